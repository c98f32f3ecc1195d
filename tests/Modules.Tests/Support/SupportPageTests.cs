using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Support.Domain;
using MySchool.Support.Features;
using MySchool.Testing;
using MySchool.Ui;
using Xunit;
using SampleSchool = MySchool.Testing.SampleSchool;

namespace MySchool.Modules.Tests.Support;

/// <summary>The way to support through pages, with a session and without.</summary>
public sealed class SupportPageTests(SupportGround ground) : IClassFixture<SupportGround>
{
    [Theory]
    [InlineData("/diary", "/diary"), InlineData("/people/0199f6d2-1111-7222-8333-444455556666/movement", "/people/…/movement"), InlineData("/journal/12345", "/journal/…")]
    [InlineData("/help/how-to-sign-in", "/help/how-to-sign-in"), InlineData("/x/AbCdEfGhIjKlMnOpQrStUvWx", "/x/…"), InlineData("/people/Иванов", "/people/…"), InlineData("/people/%D0%98", "/people/…")]
    public void Address_tells_of_a_page_and_never_of_a_person(string path, string told) => Assert.Equal(told, SupportLink.Masked(path));

    [Theory]
    [InlineData("https://evil.example", null), InlineData("//evil.example/x?child=1", "//evil.example/x"), InlineData("/diary?child=1#mark", "/diary"), InlineData(null, null)]
    public void What_a_form_brings_back_is_cut_again(string? from, string? path) => Assert.Equal(path, Seen.Of(from, null, "").Path);

    [Fact]
    public async Task Every_page_leads_to_support_with_where_it_was()
    {
        using var mother = await ground.Host.SignInAsync(SampleSchool.Mother.Id, SupportGround.Guardian);
        Assert.Contains("/support/new?from=%2Fdiary", await mother.ReadAsync("/diary"), StringComparison.Ordinal);
        using var stranger = ground.Host.Browse();
        Assert.Contains("/support/new?from=%2Fsign-in", await stranger.ReadAsync("/sign-in"), StringComparison.Ordinal);
        Assert.Contains("/support/new?from=%2Fjournal%2F%E2%80%A6", await mother.ReadAsync($"/journal/{Ids.New()}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answers_already_written_stand_before_the_form()
    {
        using var mother = await ground.Host.SignInAsync(SampleSchool.Mother.Id, SupportGround.Guardian);
        var page = await mother.ReadAsync("/support/new?q=" + Uri.EscapeDataString("не вижу ребёнка") + "&from=/diary");
        Assert.Contains("/help/no-child", page, StringComparison.Ordinal);
        Assert.True(page.IndexOf("/help/no-child", StringComparison.Ordinal) < page.IndexOf("name=\"text\"", StringComparison.Ordinal));
        Assert.Contains("no-child", await mother.ReadAsync("/help/suggest?q=" + Uri.EscapeDataString("не вижу ребёнка"), "application/json"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_unticked_is_not_kept()
    {
        using var mother = await ground.Host.SignInAsync(SampleSchool.Mother.Id, SupportGround.Guardian);
        var key = Ids.New();
        var sent = await mother.SubmitAsync("/support/new?q=abc", "/support/new", ("key", $"{key}"), ("kind", "marks"), ("title", "Не видна оценка"), ("text", "Текст"),
            ("school", $"{SupportGround.School}"), ("from", "/diary"), ("trace", "0HN:1"), ("keepTrace", "true"));
        Assert.Equal($"/support/tickets/{key}?sent=1", sent.Headers.Location?.ToString());
        Assert.Equal("0HN:1", await ground.AskAsync<string>("select seen_trace from support.tickets where id = $1", key));
        Assert.Equal(1, await ground.AskAsync<long>("select count(*) from support.tickets where id = $1 and seen_path is null and seen_browser is null and role = ''", key));
    }

    [Fact]
    public async Task Refused_form_keeps_what_was_typed()
    {
        using var mother = await ground.Host.SignInAsync(SampleSchool.Mother.Id, SupportGround.Guardian);
        var refused = await mother.SubmitAsync("/support/new?q=abc", "/support/new", ("key", $"{Ids.New()}"), ("kind", "nothing"), ("title", "Заголовок мой"), ("text", "Мой длинный рассказ"));
        Assert.Equal(422, (int)refused.StatusCode);
        var page = await refused.Content.ReadAsStringAsync();
        Assert.Contains("Мой длинный рассказ", page, StringComparison.Ordinal);
        Assert.Contains("Заголовок мой", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Picture_is_sent_cleaned_and_seen_by_both_sides_only()
    {
        var id = await ground.SendAsync(null, Drawings.LoadedJpeg(40, 20));
        var picture = await ground.AskAsync<Guid>("select id from support.pictures where ticket_id = $1", id);
        var administrator = await ground.AdministratorAsync();
        using var seen = await ground.Host.SignInAsync(administrator.PersonId, administrator.Hat);
        using var answer = await seen.GetAsync($"/support/pictures/{picture}", "image/jpeg");
        Assert.Equal("image/jpeg", answer.Content.Headers.ContentType?.MediaType);
        Assert.DoesNotContain(Drawings.Secret, System.Text.Encoding.Latin1.GetString(await answer.Content.ReadAsByteArrayAsync()), StringComparison.Ordinal);
        using var teacher = await ground.Host.SignInAsync(SampleSchool.Teacher.Id, new Hat(Roles.Teacher, SupportGround.School));
        Assert.Equal(404, (int)await teacher.StatusAsync($"/support/pictures/{picture}"));
        using var nobody = ground.Host.Browse();
        Assert.Equal(404, (int)await nobody.StatusAsync($"/support/letter/pictures/{picture}?key=abc"));
    }

    [Fact]
    public async Task Stranger_is_heard_once_the_address_is_confirmed()
    {
        var id = await WriteAsync("anna@example.ru");
        Assert.Equal("unconfirmed", await ground.StateAsync(id));
        var top = await ground.OfficeAsync(Roles.Operator);
        Assert.Equal(0, await ground.CountAsync(top, "tickets where id = $1", id));
        Assert.Equal(404, (await ground.DoAsync(top, id, "take")).Problem!.Status);
        var key = KeyOf(id);
        using var stranger = ground.Host.Browse();
        var confirmed = await stranger.SubmitAsync($"/support/letter?key={key}", "/support/letter/confirm", ("key", key));
        Assert.Equal(302, (int)confirmed.StatusCode);
        Assert.Equal("new", await ground.StateAsync(id));
        Assert.True((await ground.DoAsync(top, id, "answer", "Войдите через Госуслуги")).IsOk);
        var page = await stranger.ReadAsync($"/support/letter?key={key}");
        Assert.Contains("Войдите через Госуслуги", page, StringComparison.Ordinal);
        Assert.Equal(302, (int)(await stranger.SubmitAsync($"/support/letter?key={key}", "/support/letter/reply", ("key", key), ("text", "Не выходит"))).StatusCode);
        Assert.Equal("ours", await ground.StateAsync(id));
    }

    [Fact]
    public async Task Link_of_a_letter_opens_its_own_ticket_only()
    {
        var id = await WriteAsync("boris@example.ru");
        using var stranger = ground.Host.Browse();
        var key = KeyOf(id);
        foreach (var bad in (string[])["", "abc", key[..^4], key + "AAAA"]) Assert.Equal(404, (int)await stranger.StatusAsync($"/support/letter?key={bad}"));
        // A ticket of somebody signed in has no such door, whatever the key says.
        Assert.Equal(404, (int)await stranger.StatusAsync($"/support/letter?key={KeyOf(await ground.SendAsync())}"));
    }

    [Fact]
    public async Task Address_that_nobody_confirms_is_forgotten_with_the_ticket()
    {
        var id = await WriteAsync("vera@example.ru");
        await ground.DoSqlAsync("update support.tickets set created_at = $2 where id = $1", id, ground.Host.Clock.Now.AddDays(-2).AddMinutes(-1));
        Assert.Equal("support.confirm-late", (await ground.RunAsync<OwnTicket, Result<bool>>(own => own.HandleAsync(new Author(null, id), new OwnDeed("confirm"), [], default))).Problem!.Code);
        var job = Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions.GetServices<Microsoft.Extensions.Hosting.IHostedService>(ground.Host.Services).OfType<ForgetUnconfirmed>().Single();
        Assert.Equal(1, await job.ForgetAsync(default));
        Assert.Equal(0, await ground.AskAsync<long>("select (select count(*) from support.tickets where id = $1) + (select count(*) from support.authors where ticket_id = $1)", id));
    }

    [Fact]
    public async Task Same_address_is_not_flooded_with_letters()
    {
        for (var i = 0; i < 3; i++) await WriteAsync("victim@example.ru");
        using var stranger = ground.Host.Browse();
        Assert.Equal(429, (int)(await SendAsync(stranger, "VICTIM@example.ru")).StatusCode);
    }

    [Fact]
    public async Task Stranger_finds_the_school_from_the_country_down()
    {
        using var stranger = ground.Host.Browse();
        Assert.Contains("unit=", await stranger.ReadAsync("/support/new?q=abc&unit=all"), StringComparison.Ordinal);
        var chosen = await stranger.ReadAsync($"/support/new?q=abc&unit={SupportGround.School}");
        Assert.Contains(SampleSchool.School.Plan.Place.ShortName, chosen, StringComparison.Ordinal);
        Assert.Equal(200, (int)await stranger.StatusAsync($"/support/new?q=abc&unit={Ids.New()}"));
    }

    private string KeyOf(Guid ticket) => ((LetterLinks)ground.Host.Services.GetService(typeof(LetterLinks))!).KeyOf(ticket);

    private async Task<Guid> WriteAsync(string email)
    {
        using var stranger = ground.Host.Browse();
        var sent = await SendAsync(stranger, email);
        Assert.Equal("/support/sent", sent.Headers.Location?.ToString());
        return await ground.AskAsync<Guid>("select ticket_id from support.authors where lower(email) = lower($1) order by ticket_id desc limit 1", email);
    }

    private static Task<HttpResponseMessage> SendAsync(TestBrowser browser, string email) => browser.SubmitAsync("/support/new?q=abc", "/support/new",
        ("key", $"{Ids.New()}"), ("kind", "sign-in"), ("title", "Не могу войти"), ("text", "Госуслуги не пускают"), ("name", "Анна"), ("email", email));
}
