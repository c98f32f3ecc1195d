using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Support.Domain;
using MySchool.Support.Features;
using MySchool.Testing;
using Xunit;

namespace MySchool.Modules.Tests.Support;

/// <summary>A ticket from the person who writes to the one who answers, and back.</summary>
public sealed class TicketTests(SupportGround ground) : IClassFixture<SupportGround>
{
    [Fact]
    public async Task Ticket_goes_to_the_authors_school_with_its_term()
    {
        var id = await ground.SendAsync();
        Assert.Equal(SupportGround.School, await ground.AskAsync<Guid>("select unit_id from support.tickets where id = $1", id));
        Assert.Equal(ground.Host.Clock.Now.UtcDateTime.AddHours(24), await ground.AskAsync<DateTime>("select due_at from support.tickets where id = $1", id));
        Assert.Equal(1, await ground.AskAsync<long>("select count(*) from support.steps where ticket_id = $1 and what = 'sent'", id));
    }

    [Fact]
    public async Task Form_sent_twice_is_one_ticket()
    {
        var draft = SupportGround.Draft(SupportGround.School);
        Assert.Equal(await ground.SendAsync(draft), await ground.SendAsync(draft));
        Assert.Equal(1, await ground.AskAsync<long>("select count(*) from support.messages where ticket_id = $1", draft.Key));
    }

    [Fact]
    public async Task Without_a_school_the_operator_answers()
    {
        var id = await ground.SendAsync(SupportGround.Draft(null));
        Assert.Equal("country", await ground.AskAsync<string>("select chain_kinds[step] from support.tickets where id = $1", id));
        Assert.Equal("", await ground.AskAsync<string>("select from_name from support.tickets where id = $1", id));
    }

    [Fact]
    public async Task Administrator_does_not_answer_himself()
    {
        var chain = await ground.RunAsync<FindChain, Chain>(find => find.HandleAsync(SupportGround.School, Roles.SchoolAdministrator, default));
        Assert.Equal(["municipality", "region", "country"], chain.Kinds);
        Assert.Equal(SampleSchool.School.Plan.Place.ShortName, chain.FromName);
    }

    [Fact]
    public async Task School_without_an_administrator_is_passed_over()
    {
        await ground.DoSqlAsync("update registry.memberships set ends_on = '2026-11-01' where unit_id = $1 and role = 'school-administrator'", SupportGround.OtherSchool);
        var chain = await ground.RunAsync<FindChain, Chain>(find => find.HandleAsync(SupportGround.OtherSchool, Roles.Guardian, default));
        Assert.Equal("school", chain.Kinds[0]);
        Assert.Equal("municipality", chain.First.Kind);
        await ground.DoSqlAsync("update registry.memberships set ends_on = null where unit_id = $1 and role = 'school-administrator'", SupportGround.OtherSchool);
    }

    [Fact]
    public async Task School_that_is_not_the_authors_is_refused()
    {
        var (actor, facts) = await ground.PersonAsync(SampleSchool.Teacher.Id, new Hat(Roles.Teacher, SupportGround.School));
        Assert.Equal("support.school-missing", (await ground.RunAsync<SendTicket, Result<Guid>>(send => send.HandleAsync(actor, facts, SupportGround.Draft(SupportGround.OtherSchool), [], default))).Problem!.Code);
    }

    [Theory]
    [InlineData("bad-kind", "Тема", "Текст", "", "support.kind-missing"), InlineData("marks", "Т", "Текст", "", "support.title-odd"), InlineData("marks", "Тема", "", "", "support.text-missing")]
    [InlineData("marks", "Тема", "Текст", "не почта", "support.email-odd")]
    public async Task Bad_input_is_named(string kind, string title, string text, string email, string code)
    {
        var (actor, facts) = await ground.PersonAsync(SampleSchool.Teacher.Id, new Hat(Roles.Teacher, SupportGround.School));
        var draft = SupportGround.Draft(SupportGround.School) with { Kind = kind, Title = title, Text = text, Email = email };
        Assert.Equal(code, (await ground.RunAsync<SendTicket, Result<Guid>>(send => send.HandleAsync(actor, facts, draft, [], default))).Problem!.Code);
    }

    [Fact]
    public async Task Answer_is_news_until_the_author_opens_it_and_goes_by_mail()
    {
        var id = await ground.SendAsync(SupportGround.Draft(SupportGround.School) with { Email = "olga@example.ru" });
        Assert.True((await ground.DoAsync(await ground.AdministratorAsync(), id, "answer", "Учитель поставит её завтра")).IsOk);
        Assert.Equal("author", await ground.StateAsync(id));
        await WaitForAsync("select count(*) from kernel.outbox where type = 'TicketAnswered' and payload->>'ticketId' = $1", $"{id}", 0);
        using var mother = await ground.Host.SignInAsync(SampleSchool.Mother.Id, SupportGround.Guardian);
        Assert.Contains("новые ответы поддержки", await mother.ReadAsync("/today"), StringComparison.Ordinal);
        Assert.Contains("Учитель поставит её завтра", await mother.ReadAsync($"/support/tickets/{id}"), StringComparison.Ordinal);
        Assert.False(await ground.AskAsync<bool>("select has_news from support.tickets where id = $1", id));
    }

    [Fact]
    public async Task Reply_gives_the_ticket_back_with_a_new_term()
    {
        var id = await ground.SendAsync();
        await ground.DoAsync(await ground.AdministratorAsync(), id, "answer", "Какой предмет?");
        Assert.Equal("support.text-missing", (await ground.SayAsync(id, "reply")).Problem!.Code);
        Assert.True((await ground.SayAsync(id, "reply", "Алгебра")).IsOk);
        Assert.Equal("ours", await ground.StateAsync(id));
        Assert.Equal(ground.Host.Clock.Now.UtcDateTime.AddHours(24), await ground.AskAsync<DateTime>("select due_at from support.tickets where id = $1", id));
    }

    [Fact]
    public async Task Closed_ticket_is_opened_again_within_fourteen_days_only()
    {
        var id = await ground.SendAsync();
        await ground.DoAsync(await ground.AdministratorAsync(), id, "answer", "Готово", isFinal: true);
        Assert.Equal("closed", await ground.StateAsync(id));
        Assert.Equal("support.stale", (await ground.SayAsync(id, "reply", "Ещё")).Problem!.Code);
        await ground.DoSqlAsync("update support.tickets set closed_at = $2 where id = $1", id, ground.Host.Clock.Now.AddDays(-14).AddMinutes(-1));
        Assert.Equal("support.reopen-late", (await ground.SayAsync(id, "reopen", "Не помогло")).Problem!.Code);
        await ground.DoSqlAsync("update support.tickets set closed_at = $2 where id = $1", id, ground.Host.Clock.Now.AddDays(-13));
        Assert.True((await ground.SayAsync(id, "reopen", "Не помогло")).IsOk);
        Assert.Equal("ours", await ground.StateAsync(id));
    }

    [Fact]
    public async Task Author_rates_an_answer_from_one_to_five()
    {
        var id = await ground.SendAsync();
        Assert.Equal("support.stale", (await ground.SayAsync(id, "rate", rating: 5)).Problem!.Code);
        await ground.DoAsync(await ground.AdministratorAsync(), id, "answer", "Готово");
        Assert.Equal("support.rating-odd", (await ground.SayAsync(id, "rate", rating: 6)).Problem!.Code);
        Assert.True((await ground.SayAsync(id, "rate", rating: 4)).IsOk);
        Assert.Equal((short)4, await ground.AskAsync<short>("select rating from support.tickets where id = $1", id));
    }

    [Fact]
    public async Task Eleventh_ticket_of_a_day_waits_for_tomorrow()
    {
        var (actor, facts) = await ground.PersonAsync(SampleSchool.ClassTeacher.Id, new Hat(Roles.Teacher, SupportGround.School));
        Task<Result<Guid>> SendAsync() => ground.RunAsync<SendTicket, Result<Guid>>(send => send.HandleAsync(actor, facts, SupportGround.Draft(SupportGround.School) with { Key = Ids.New() }, [], default));
        for (var i = 0; i < 10; i++) Assert.True((await SendAsync()).IsOk);
        Assert.Equal(429, (await SendAsync()).Problem!.Status);
    }

    [Fact]
    public async Task Nobody_speaks_in_a_strangers_ticket()
    {
        var id = await ground.SendAsync();
        var other = await ground.ActorAsync(SampleSchool.Teacher.Id, new Hat(Roles.Teacher, SupportGround.School));
        Assert.Equal(404, (await ground.RunAsync<OwnTicket, Result<bool>>(own => own.HandleAsync(new Author(other, id), new OwnDeed("reply", "Я тоже"), [], default))).Problem!.Status);
        Assert.Equal(404, (await ground.RunAsync<OwnTicket, Result<bool>>(own => own.HandleAsync(new Author(null, id), new OwnDeed("reply", "Я тоже"), [], default))).Problem!.Status);
        Assert.Equal(0, await ground.CountAsync(other, "tickets where id = $1", id));
    }

    private async Task WaitForAsync(string sql, string value, long expected)
    {
        for (var i = 0; i < 200 && await ground.AskAsync<long>(sql, value) != expected; i++) await Task.Delay(50);
        Assert.Equal(expected, await ground.AskAsync<long>(sql, value));
    }
}
