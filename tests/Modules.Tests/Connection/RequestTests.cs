using MySchool.Connection.Features;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Testing;
using Xunit;

namespace MySchool.Modules.Tests.Connection;

/// <summary>A person's own request for access, from the first search to the role.</summary>
public sealed class RequestTests(ConnectionGround ground) : IClassFixture<ConnectionGround>
{
    private static readonly AccessRequest Teaching = new(ConnectionGround.School, Roles.Teacher, "Математика", null, null, null, null, null, null);

    [Fact]
    public async Task Confirmed_teacher_becomes_a_person_with_the_role_from_the_day_given()
    {
        var stranger = ground.Stranger("Просящих", "Анна", "Олеговна", "112-233-450 00");
        var id = (await AskAsync(Teaching, stranger)).Value;
        Assert.True((await ConfirmAsync(id, Roles.Deputy, "2026-11-25")).IsOk);
        Assert.Equal(new DateOnly(2026, 11, 25), await ground.AskAsync<DateOnly>("select m.starts_on from registry.memberships m join registry.identities i on i.person_id = m.person_id where i.esia_oid = $1 and m.role = 'deputy'", stranger.Who.Stranger!.EsiaOid));
        Assert.Null(await ground.AskAsync<string>("select sealed from connection.requests where id = $1", id));
        Assert.Equal("connection.request-stale", (await ConfirmAsync(id, Roles.Teacher, null)).Problem!.Code);
    }

    [Fact]
    public async Task Refusal_needs_a_reason_and_the_asker_reads_it()
    {
        var stranger = ground.Stranger("Отказных", "Анна");
        var id = (await AskAsync(Teaching, stranger)).Value;
        Assert.Equal("connection.reason-missing", (await RefuseAsync(id, " ")).Problem!.Code);
        Assert.True((await RefuseAsync(id, "Вы работаете в другой школе")).IsOk);
        using var browser = ground.BrowseAsStranger(stranger);
        Assert.Contains("Вы работаете в другой школе", await browser.ReadAsync("/connect"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Administrator_of_another_school_finds_no_such_request()
    {
        var id = (await AskAsync(Teaching, ground.Stranger("Чужих", "Инна"))).Value;
        var other = SampleSchool.OtherSchool.Memberships.First(m => m.Role == Roles.SchoolAdministrator).Person;
        var actor = await ground.ActorAsync(other.Id, new Hat(Roles.SchoolAdministrator, ConnectionGround.OtherSchool));
        Assert.Equal(404, (await ground.RunAsync<DecideRequests, Result<bool>>(decide => decide.ConfirmAsync(actor, id, Roles.Teacher, null, default))).Problem!.Status);
        Assert.Equal(404, (await ground.RunAsync<DecideRequests, Result<bool>>(decide => decide.RefuseAsync(actor, id, "нет", default))).Problem!.Status);
    }

    [Theory]
    [InlineData(Roles.Teacher), InlineData(Roles.Head), InlineData(Roles.Deputy), InlineData(Roles.Technician), InlineData(Roles.Psychologist)]
    public async Task Nobody_but_the_administrator_sees_requests(string role)
    {
        using var browser = await ground.BrowseAsync(SampleSchool.Staff(role), new Hat(role, ConnectionGround.School));
        Assert.Equal(404, (int)await browser.StatusAsync("/connection/requests"));
    }

    [Fact]
    public async Task Parent_is_tied_to_the_child_whom_esia_names()
    {
        var child = SampleSchool.Pupil;
        var stranger = ground.Stranger("Мачехин", "Олег") with { Children = [new NamedChild(new PersonName("Другое", "Имя", ""), child.Birth, child.Snils)] };
        var id = (await AskAsync(new AccessRequest(ConnectionGround.School, Roles.Guardian, null, "0", null, null, null, null, "guardian"), stranger)).Value;
        Assert.True((await ConfirmAsync(id, null, null)).IsOk);
        Assert.Equal(child.Id, await ground.AskAsync<Guid>("select g.learner_id from registry.guardianships g join registry.identities i on i.person_id = g.guardian_id where i.esia_oid = $1", stranger.Who.Stranger!.EsiaOid));
    }

    [Fact]
    public async Task Parent_who_types_is_tied_by_name_and_birth_date_or_told_that_nobody_fits()
    {
        var child = SampleSchool.Pupil;
        AccessRequest Typed(string last) => new(ConnectionGround.School, Roles.Guardian, null, null, last, child.First, "", child.Birth.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture), "father");
        var id = (await AskAsync(Typed(child.Last.ToUpperInvariant()), ground.Stranger("Пишущих", "Олег"))).Value;
        Assert.True((await ConfirmAsync(id, null, null)).IsOk);
        var nobody = (await AskAsync(Typed("Небывалых"), ground.Stranger("Ошибшихся", "Олег"))).Value;
        Assert.Equal("registry.child-not-found", (await ConfirmAsync(nobody, null, null)).Problem!.Code);
    }

    [Fact]
    public async Task A_child_of_another_school_is_not_found_here()
    {
        var child = SampleSchool.OtherSchool.Pupils.First().Person;
        var stranger = ground.Stranger("Дальних", "Олег") with { Children = [new NamedChild(new PersonName(child.Last, child.First, ""), child.Birth, child.Snils)] };
        var id = (await AskAsync(new AccessRequest(ConnectionGround.School, Roles.Guardian, null, "0", null, null, null, null, null), stranger)).Value;
        Assert.Equal("registry.child-not-found", (await ConfirmAsync(id, null, null)).Problem!.Code);
    }

    [Fact]
    public async Task Flood_is_stopped_and_the_same_request_is_one()
    {
        var stranger = ground.Stranger("Частых", "Анна");
        Assert.True((await AskAsync(Teaching, stranger)).IsOk);
        Assert.Equal("connection.asked-already", (await AskAsync(Teaching, stranger)).Problem!.Code);
        Assert.True((await AskAsync(Teaching with { Role = Roles.Head }, stranger)).IsOk);
        Assert.True((await AskAsync(Teaching with { Role = Roles.Deputy }, stranger)).IsOk);
        Assert.Equal(429, (await AskAsync(Teaching with { Role = Roles.Psychologist }, stranger)).Problem!.Status);
    }

    [Theory]
    [InlineData("operator", null, null, null, "connection.role-missing"), InlineData("", null, null, null, "connection.role-missing"), InlineData(Roles.Guardian, null, null, null, "connection.child-missing")]
    [InlineData(Roles.Guardian, "Иванов", "Пётр", "2030-01-01", "connection.child-birth"), InlineData(Roles.Guardian, "Иванов", "Пётр", "вчера", "connection.child-birth"), InlineData(Roles.Guardian, "<b>", "Пётр", "2015-01-01", "connection.child-missing")]
    public async Task Bad_input_is_named(string role, string? last, string? first, string? birth, string code) =>
        Assert.Equal(code, (await AskAsync(Teaching with { Role = role, ChildLast = last, ChildFirst = first, ChildBirth = birth }, ground.Stranger("Ошибок", "Анна"))).Problem!.Code);

    [Fact]
    public async Task School_is_found_by_words_town_and_number()
    {
        using var browser = ground.BrowseAsStranger(ground.Stranger("Ищущих", "Анна"));
        var place = SampleSchool.School.Plan.Place;
        foreach (var query in (string[])[place.ShortName, place.Ogrn!, $"{place.ShortName} {place.Parent!.ShortName.Split(' ')[^1]}"])
            Assert.Contains($"/connect?school={place.Id}", await browser.ReadAsync($"/connect?q={Uri.EscapeDataString(query)}"), StringComparison.Ordinal);
        Assert.Contains("Такой школы не нашли", await browser.ReadAsync("/connect?q=%25%25%25"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stranger_asks_by_the_form_and_sees_the_state()
    {
        using var browser = ground.BrowseAsStranger(ground.Stranger("Формы", "Анна", "", "112-233-451 01"));
        var sent = await browser.SubmitAsync($"/connect?school={ConnectionGround.School}", "/connect", ("school", $"{ConnectionGround.School}"), ("role", Roles.Teacher), ("word", "Физика"));
        Assert.Equal("/connect", sent.Headers.Location?.ToString());
        Assert.Contains("ждёт решения школы", await browser.ReadAsync("/connect"), StringComparison.Ordinal);
        using var administrator = await ground.BrowseAsync(SampleSchool.Staff(Roles.SchoolAdministrator), ConnectionGround.Administrator);
        var page = await administrator.ReadAsync("/connection/requests");
        Assert.Contains("Формы Анна", page, StringComparison.Ordinal);
        Assert.Contains("451 01", page, StringComparison.Ordinal);
        Assert.DoesNotContain("112-233", page, StringComparison.Ordinal);
    }

    private Task<Result<Guid>> AskAsync(AccessRequest request, Asker asker) => ground.RunAsync<AskForAccess, Result<Guid>>(ask => ask.HandleAsync(request, asker, default));

    private Task<Result<bool>> ConfirmAsync(Guid id, string? role, string? startsOn) => ground.RunAsync<DecideRequests, Result<bool>>(async decide => await decide.ConfirmAsync(await ground.AdministratorAsync(), id, role, startsOn, default));

    private Task<Result<bool>> RefuseAsync(Guid id, string? reason) => ground.RunAsync<DecideRequests, Result<bool>>(async decide => await decide.RefuseAsync(await ground.AdministratorAsync(), id, reason, default));
}
