using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Support.Features;
using MySchool.Testing;
using Xunit;

namespace MySchool.Modules.Tests.Support;

/// <summary>A ticket on its way up and down, and who sees what of it.</summary>
public sealed class RoutingTests(SupportGround ground) : IClassFixture<SupportGround>
{
    [Fact]
    public async Task Ticket_climbs_to_the_operator_and_comes_down_again()
    {
        var id = await ground.SendAsync();
        foreach (var actor in (Actor[])[await ground.AdministratorAsync(), await ground.OfficeAsync(Roles.MunicipalCoordinator), await ground.OfficeAsync(Roles.RegionalCoordinator)])
            Assert.True((await ground.DoAsync(actor, id, "up", "Не в наших силах")).IsOk);
        var top = await ground.OfficeAsync(Roles.Operator);
        Assert.Equal("support.nobody-above", (await ground.DoAsync(top, id, "up", "Выше?")).Problem!.Code);
        Assert.True((await ground.DoAsync(top, id, "down", "Это настраивает регион")).IsOk);
        Assert.Equal("region", await ground.AskAsync<string>("select chain_kinds[step] from support.tickets where id = $1", id));
        Assert.Equal(4, await ground.AskAsync<long>("select count(*) from support.steps where ticket_id = $1 and what in ('up', 'down')", id));
        Assert.Equal(ground.Host.Clock.Now.UtcDateTime.AddHours(72), await ground.AskAsync<DateTime>("select due_at from support.tickets where id = $1", id));
    }

    [Fact]
    public async Task Levels_above_see_a_ticket_only_once_it_has_come_to_them()
    {
        var id = await ground.SendAsync();
        var municipality = await ground.OfficeAsync(Roles.MunicipalCoordinator);
        Assert.Equal(0, await ground.CountAsync(municipality, "tickets where id = $1", id));
        Assert.Equal(404, (await ground.DoAsync(municipality, id, "take")).Problem!.Status);
        await ground.DoAsync(await ground.AdministratorAsync(), id, "up", "Нужна помощь");
        Assert.Equal(1, await ground.CountAsync(municipality, "tickets where id = $1", id));
        Assert.Equal(0, await ground.CountAsync(await ground.OfficeAsync(Roles.RegionalCoordinator), "tickets where id = $1", id));
    }

    [Fact]
    public async Task Name_stays_with_the_school()
    {
        var id = await ground.SendAsync();
        var administrator = await ground.AdministratorAsync();
        await ground.DoAsync(administrator, id, "up", "Нужна помощь");
        var municipality = await ground.OfficeAsync(Roles.MunicipalCoordinator);
        Assert.Equal(1, await ground.CountAsync(administrator, "authors where ticket_id = $1", id));
        Assert.Equal(0, await ground.CountAsync(municipality, "authors where ticket_id = $1", id));
        using var browser = await ground.Host.SignInAsync(municipality.PersonId, municipality.Hat);
        var page = await browser.ReadAsync($"/support/queue/{id}");
        Assert.Contains("Оценка за контрольную не видна", page, StringComparison.Ordinal);
        Assert.DoesNotContain(SampleSchool.Mother.Last, page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_passed_a_ticket_on_sees_it_and_no_longer_acts()
    {
        var id = await ground.SendAsync();
        var administrator = await ground.AdministratorAsync();
        await ground.DoAsync(administrator, id, "up", "Нужна помощь");
        Assert.Equal(1, await ground.CountAsync(administrator, "tickets where id = $1", id));
        Assert.Equal(404, (await ground.DoAsync(administrator, id, "answer", "Отвечу сам")).Problem!.Status);
        using var browser = await ground.Host.SignInAsync(administrator.PersonId, administrator.Hat);
        Assert.Contains("Сейчас отвечает", await browser.ReadAsync($"/support/queue/{id}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Administrator_of_another_school_finds_no_ticket()
    {
        var id = await ground.SendAsync();
        var other = await ground.OtherAdministratorAsync();
        Assert.Equal(404, (await ground.DoAsync(other, id, "take")).Problem!.Status);
        foreach (var from in (string[])["tickets where id = $1", "authors where ticket_id = $1", "messages where ticket_id = $1", "steps where ticket_id = $1"])
            Assert.Equal(0, await ground.CountAsync(other, from, id));
        using var browser = await ground.Host.SignInAsync(other.PersonId, other.Hat);
        Assert.Equal(404, (int)await browser.StatusAsync($"/support/queue/{id}"));
    }

    [Theory]
    [InlineData(Roles.Head), InlineData(Roles.Deputy), InlineData(Roles.Psychologist), InlineData(Roles.Technician), InlineData(Roles.Teacher)]
    public async Task Staff_who_do_not_answer_have_no_queue(string role)
    {
        var id = await ground.SendAsync();
        var actor = await ground.ActorAsync(SampleSchool.Staff(role).Id, new Hat(role, SupportGround.School));
        Assert.Equal(0, await ground.CountAsync(actor, "tickets where id = $1", id));
        using var browser = await ground.Host.SignInAsync(actor.PersonId, actor.Hat);
        Assert.Equal(404, (int)await browser.StatusAsync("/support/queue"));
    }

    [Fact]
    public async Task Note_is_for_those_who_answer()
    {
        var id = await ground.SendAsync();
        Assert.True((await ground.DoAsync(await ground.AdministratorAsync(), id, "note", "Звонила дважды")).IsOk);
        using var mother = await ground.Host.SignInAsync(SampleSchool.Mother.Id, SupportGround.Guardian);
        Assert.DoesNotContain("Звонила дважды", await mother.ReadAsync($"/support/tickets/{id}"), StringComparison.Ordinal);
        Assert.Equal(0, await ground.CountAsync(await ground.MotherAsync(), "messages where ticket_id = $1 and kind = 'note'", id));
        Assert.Equal(1, await ground.CountAsync(await ground.AdministratorAsync(), "messages where ticket_id = $1 and kind = 'note'", id));
    }

    [Fact]
    public async Task Second_answer_over_a_colleagues_is_a_conflict()
    {
        var id = await ground.SendAsync();
        var administrator = await ground.AdministratorAsync();
        Assert.True((await ground.DoAsync(administrator, id, "take", version: 1)).IsOk);
        Assert.Equal(409, (await ground.DoAsync(administrator, id, "answer", "Ответ", version: 1)).Problem!.Status);
    }

    [Theory]
    [InlineData("up"), InlineData("down"), InlineData("close")]
    public async Task Passing_and_closing_need_a_reason(string deed)
    {
        var id = await ground.SendAsync();
        Assert.Equal("support.reason-missing", (await ground.DoAsync(await ground.AdministratorAsync(), id, deed)).Problem!.Code);
    }

    [Fact]
    public async Task Answer_carries_the_article_chosen()
    {
        var id = await ground.SendAsync();
        Assert.True((await ground.DoAsync(await ground.AdministratorAsync(), id, "answer", "Вот как", article: "mark-changed")).IsOk);
        Assert.Contains("/help/mark-changed", await ground.AskAsync<string>("select text from support.messages where ticket_id = $1 and kind = 'answer'", id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Picture_goes_up_only_when_it_is_let_go()
    {
        var municipality = await ground.OfficeAsync(Roles.MunicipalCoordinator);
        foreach (var shares in (bool[])[false, true])
        {
            var id = await ground.SendAsync(null, Drawings.Png(20, 10));
            await ground.DoAsync(await ground.AdministratorAsync(), id, "up", "Посмотрите", shares: shares);
            Assert.Equal(shares ? 1 : 0, await ground.CountAsync(municipality, "pictures where ticket_id = $1", id));
            Assert.Equal(1, await ground.CountAsync(await ground.AdministratorAsync(), "pictures where ticket_id = $1", id));
            Assert.Equal(0, await ground.CountAsync(await ground.OtherAdministratorAsync(), "pictures where ticket_id = $1", id));
        }
    }

    [Fact]
    public async Task Overdue_is_listed_and_counted()
    {
        var id = await ground.SendAsync();
        await ground.DoSqlAsync("update support.tickets set due_at = $2 where id = $1", id, ground.Host.Clock.Now.AddMinutes(-1));
        var administrator = await ground.AdministratorAsync();
        using var browser = await ground.Host.SignInAsync(administrator.PersonId, administrator.Hat);
        var page = await browser.ReadAsync("/support/queue?list=overdue");
        Assert.Contains($"/support/queue/{id}", page, StringComparison.Ordinal);
        Assert.Contains("срок был", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Terms_are_the_operators_to_set()
    {
        var coordinator = await ground.OfficeAsync(Roles.RegionalCoordinator);
        var top = await ground.OfficeAsync(Roles.Operator);
        Assert.Equal(404, (await ground.RunAsync<EditTerms, Result<bool>>(edit => edit.HandleAsync(coordinator, [1, 2, 3, 4], default))).Problem!.Status);
        Assert.Equal("support.hours-odd", (await ground.RunAsync<EditTerms, Result<bool>>(edit => edit.HandleAsync(top, [24, 0, 72, 72], default))).Problem!.Code);
        Assert.True((await ground.RunAsync<EditTerms, Result<bool>>(edit => edit.HandleAsync(top, [24, 48, 72, 96], default))).IsOk);
        Assert.Equal((short)96, await ground.AskAsync<short>("select hours from support.terms where level = 'country'"));
    }
}
