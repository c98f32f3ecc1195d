using System.Collections.Immutable;
using MySchool.Connection.Features;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Testing;
using Npgsql;
using Xunit;

namespace MySchool.Modules.Tests.Connection;

/// <summary>The life of an invitation.</summary>
public sealed class InvitationTests(ConnectionGround ground) : IClassFixture<ConnectionGround>
{
    [Fact]
    public async Task Stranger_who_accepts_becomes_a_person_with_the_role_and_history()
    {
        var stranger = ground.Stranger("Новикова", "Анна", "Олеговна", "112-233-449 99");
        var made = await InviteOneAsync("Новикова Анна Олеговна; anna@school.example; учитель");
        Assert.True((await AcceptAsync(made, stranger)).Value);
        Assert.Equal("teacher", await ground.AskAsync<string>("select m.role from registry.memberships m join registry.identities i on i.person_id = m.person_id where i.esia_oid = $1 and m.unit_id = $2", stranger.Who.Stranger!.EsiaOid, ConnectionGround.School));
        Assert.Equal(2, await ground.AskAsync<long>("select count(*) from registry.history h join registry.identities i on i.esia_oid = $1 where h.row_id = i.person_id or h.new_row ->> 'personId' = i.person_id::text", stranger.Who.Stranger.EsiaOid));
        Assert.Equal("accepted", await StateAsync(made));
    }

    [Fact]
    public async Task Known_person_gets_the_role_and_no_second_person()
    {
        var before = await ground.AskAsync<long>("select count(*) from registry.people");
        var mother = SampleSchool.Mother;
        var made = await InviteOneAsync($"{mother.FullName}; психолог");
        Assert.True((await AcceptAsync(made, Known(mother))).Value);
        Assert.Equal(before, await ground.AskAsync<long>("select count(*) from registry.people"));
        Assert.Equal(1, await ground.AskAsync<long>("select count(*) from registry.memberships where person_id = $1 and role = 'psychologist'", mother.Id));
    }

    [Fact]
    public async Task Invitation_is_accepted_once()
    {
        var made = await InviteOneAsync("Первых Инна");
        Assert.True((await AcceptAsync(made, ground.Stranger("Первых", "Инна"))).IsOk);
        Assert.Equal("connection.invitation-spent", (await OpenAsync(made)).Problem!.Code);
        Assert.Equal("connection.invitation-spent", (await AcceptAsync(made, ground.Stranger("Первых", "Инна"), isOpenedBefore: true)).Problem!.Code);
    }

    [Fact]
    public async Task Of_many_who_press_together_one_gets_the_role()
    {
        var made = await InviteOneAsync("Общих Ольга");
        var opened = (await OpenAsync(made)).Value;
        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ground.RunAsync<AcceptInvitation, Result<bool>>(accept => accept.HandleAsync(opened, ground.Stranger("Общих", "Ольга"), default))));
        Assert.Single(results, result => result.IsOk);
    }

    [Fact]
    public async Task Half_done_acceptance_is_finished_by_the_same_person_without_a_second_role()
    {
        var (stranger, made) = (ground.Stranger("Упорных", "Ирина"), await InviteOneAsync("Упорных Ирина"));
        var opened = (await OpenAsync(made)).Value;
        Assert.True((await ground.RunAsync<AcceptInvitation, Result<bool>>(accept => accept.HandleAsync(opened, stranger, default))).IsOk);
        // As after a crash between the order and the mark: claimed, the order already answered.
        await ground.DoAsync("update connection.invitations set state = 'claimed', claimed_by = $2 where id = $1", made.Id, stranger.Key);
        Assert.True((await ground.RunAsync<AcceptInvitation, Result<bool>>(accept => accept.HandleAsync(opened, stranger, default))).IsOk);
        Assert.Equal(1, await ground.AskAsync<long>("select count(*) from registry.memberships m join registry.identities i on i.person_id = m.person_id where i.esia_oid = $1", stranger.Who.Stranger!.EsiaOid));
    }

    [Fact]
    public async Task Expired_and_revoked_invitations_open_nothing()
    {
        var (late, revoked) = (await InviteOneAsync("Поздних Анна"), await InviteOneAsync("Лишних Анна"));
        await ground.DoAsync("update connection.invitations set expires_at = created_at + interval '1 second', created_at = created_at - interval '1 day' where id = $1", late.Id);
        ground.Host.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("connection.invitation-expired", (await OpenAsync(late)).Problem!.Code);
        Assert.True((await ManageAsync(revoked.Id, (manage, actor, found) => manage.RevokeAsync(actor, found, default))).IsOk);
        Assert.Equal("connection.invitation-revoked", (await OpenAsync(revoked)).Problem!.Code);
        Assert.Equal("connection.changed-meanwhile", (await ManageAsync(revoked.Id, (manage, actor, found) => manage.RevokeAsync(actor, found, default))).Problem!.Code);
    }

    [Fact]
    public async Task Sent_anew_the_old_link_and_code_are_dead()
    {
        var made = await InviteOneAsync("Забытых Анна; z@school.example");
        var again = await ground.RunAsync<ManageInvitation, Result<NewInvitation>>(async manage => await manage.ResendAsync(await ground.AdministratorAsync(), made.Id, default));
        Assert.Equal(404, (await OpenAsync(made)).Problem!.Status);
        Assert.Equal("connection.code-wrong", (await ByCodeAsync(made.Code, ground.Stranger("Забытых", "Анна"))).Problem!.Code);
        Assert.True((await OpenAsync(again.Value)).IsOk);
        Assert.True((await ByCodeAsync(again.Value.Code, ground.Stranger("Забытых", "Анна"))).IsOk);
    }

    [Fact]
    public async Task Coordinator_with_another_name_waits_for_the_inviter()
    {
        var region = await ground.CoordinatorAsync(Roles.RegionalCoordinator);
        var made = await InviteAsync(region, new InviteRequest(ConnectionGround.OtherMunicipality, "Правильных Анна Ивановна", null, null, null));
        var stranger = ground.Stranger("Неправильных", "Анна", "Ивановна");
        Assert.False((await AcceptAsync(made, stranger)).Value);
        Assert.Equal(0, await ground.AskAsync<long>("select count(*) from registry.identities where esia_oid = $1", stranger.Who.Stranger!.EsiaOid));
        var shown = (await ground.RunAsync<ShowInvitations, List<InvitationLine>>(list => list.HandleAsync(region, default))).Single(line => line.Id == made.Id);
        Assert.Equal(("waiting", "Неправильных Анна Ивановна"), (shown.State, shown.ProvenName));
        Assert.True((await ground.RunAsync<ManageInvitation, Result<bool>>(async manage => await manage.ConfirmAsync(region, (await manage.FindAsync(region, made.Id, default))!, default))).IsOk);
        Assert.Equal("municipal-coordinator", await ground.AskAsync<string>("select m.role from registry.memberships m join registry.identities i on i.person_id = m.person_id where i.esia_oid = $1", stranger.Who.Stranger.EsiaOid));
    }

    [Fact]
    public async Task Teacher_with_another_name_is_let_in_and_the_inviter_is_warned()
    {
        var made = await InviteOneAsync("Девичьих Анна");
        Assert.True((await AcceptAsync(made, ground.Stranger("Замужних", "Анна"))).Value);
        Assert.Equal("Замужних Анна", await ground.AskAsync<string>("select proven_name from connection.invitations where id = $1", made.Id));
    }

    [Fact]
    public async Task Five_wrong_codes_close_the_code_and_leave_the_link()
    {
        var made = await InviteOneAsync("Угаданных Анна");
        var wrong = made.Code[..5] + (made.Code.EndsWith("2222-2222", StringComparison.Ordinal) ? "3333-3333" : "2222-2222");
        for (var i = 0; i < 5; i++) Assert.Equal("connection.code-wrong", (await ByCodeAsync(wrong, ground.Stranger("Чужих", $"Анна"))).Problem!.Code);
        Assert.Equal("connection.code-wrong", (await ByCodeAsync(made.Code, ground.Stranger("Угаданных", "Анна"))).Problem!.Code);
        Assert.True((await OpenAsync(made)).IsOk);
    }

    [Fact]
    public async Task Ten_wrong_codes_an_hour_stop_whoever_tries_and_nobody_else()
    {
        var (made, guesser) = (await InviteOneAsync("Дальних Анна"), ground.Stranger("Чужих", "Пётр"));
        for (var i = 0; i < 10; i++) Assert.Equal("connection.code-wrong", (await ByCodeAsync("2222-2222-2222", guesser)).Problem!.Code);
        Assert.Equal(429, (await ByCodeAsync(made.Code, guesser)).Problem!.Status);
        Assert.True((await ByCodeAsync(made.Code, ground.Stranger("Дальних", "Анна"))).IsOk);
        ground.Host.Clock.Advance(TimeSpan.FromMinutes(61));
        Assert.True((await ByCodeAsync(made.Code, guesser)).IsOk);
    }

    [Fact]
    public async Task Secrets_are_kept_as_hashes_only()
    {
        var made = await InviteOneAsync("Тайных Анна");
        Assert.Equal(0, await ground.AskAsync<long>("select count(*) from connection.invitations i where i::text like '%' || $1 || '%' or i::text like '%' || $2 || '%'", made.Link, made.Code.Replace("-", "", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Form_sent_twice_invites_once()
    {
        var actor = await ground.AdministratorAsync();
        var request = new InviteRequest(null, "Двойных Анна", Roles.Teacher, null, Ids.New());
        Assert.True((await ground.RunAsync<InvitePeople, Result<ImmutableArray<NewInvitation>>>(invite => invite.HandleAsync(actor, request, default))).IsOk);
        Assert.Equal("connection.invited-already", (await ground.RunAsync<InvitePeople, Result<ImmutableArray<NewInvitation>>>(invite => invite.HandleAsync(actor, request, default))).Problem!.Code);
    }

    [Fact]
    public async Task Letter_goes_to_the_address_in_the_same_transaction_with_the_link()
    {
        var made = await InviteOneAsync("Почтовых Анна; post@school.example; завуч");
        var letter = await ground.AskAsync<string>("select payload ->> 'text' from kernel.outbox where type = 'Letter' and payload ->> 'to' = 'post@school.example'");
        // The pump may have taken it already; then it lies in the folder of letters.
        if (letter is not null)
        {
            Assert.Contains($"/invite/{made.Link}", letter, StringComparison.Ordinal);
            Assert.Contains(made.Code, letter, StringComparison.Ordinal);
            Assert.Contains('\n', letter);
        }
        Assert.Equal(Roles.Deputy, made.Role);
    }

    [Fact]
    public async Task Outside_the_own_subtree_the_first_wall_refuses()
    {
        var city = await ground.CoordinatorAsync(Roles.MunicipalCoordinator);
        var administrator = await ground.AdministratorAsync();
        foreach (var (actor, unit) in (IEnumerable<(Actor, Guid)>)[(city, ConnectionGround.OtherSchool), (city, ConnectionGround.Municipality), (city, ConnectionGround.OtherMunicipality), (administrator, ConnectionGround.OtherSchool)])
        {
            var refused = await ground.RunAsync<InvitePeople, Result<ImmutableArray<NewInvitation>>>(invite => invite.HandleAsync(actor, new InviteRequest(unit, "Чужих Анна", Roles.Teacher, null, null), default));
            Assert.Equal(404, refused.Problem!.Status);
        }
    }

    [Theory]
    [InlineData(Roles.MunicipalCoordinator, Roles.SchoolAdministrator, "school", true), InlineData(Roles.MunicipalCoordinator, Roles.SchoolAdministrator, "other school", false)]
    [InlineData(Roles.MunicipalCoordinator, Roles.MunicipalCoordinator, "city", false), InlineData(Roles.MunicipalCoordinator, Roles.Teacher, "school", false)]
    [InlineData(Roles.RegionalCoordinator, Roles.MunicipalCoordinator, "other city", true), InlineData(Roles.RegionalCoordinator, Roles.RegionalCoordinator, "region", false)]
    [InlineData(Roles.SchoolAdministrator, Roles.Teacher, "school", true), InlineData(Roles.SchoolAdministrator, Roles.Teacher, "other school", false)]
    [InlineData(Roles.SchoolAdministrator, Roles.SchoolAdministrator, "school", false), InlineData(Roles.Operator, Roles.RegionalCoordinator, "region", true)]
    public async Task The_second_wall_alone_keeps_the_same_table(string inviter, string role, string where, bool isOpen)
    {
        var actor = inviter == Roles.SchoolAdministrator ? await ground.AdministratorAsync() : await ground.CoordinatorAsync(inviter);
        var unit = where switch
        {
            "school" => ConnectionGround.School, "other school" => ConnectionGround.OtherSchool, "city" => ConnectionGround.Municipality,
            "other city" => ConnectionGround.OtherMunicipality, _ => SampleSchool.Region.Region.Id,
        };
        // Lies about the place are overwritten by the trigger before the policy looks.
        var insert = ground.Service<AppDb>().WriteAsync(actor, batch => batch.Add("""
            insert into connection.invitations (id, unit_id, kind, territory_ids, unit_name, role, name, link_hash, code_handle, code_salt, code_hash, invited_by, created_at, expires_at)
            values ($1, $2, 'school', array[$3::uuid], 'x', $4, 'Прямых Анна', sha256(convert_to($1::text, 'UTF8')), upper(left(translate(md5($1::text), '01', '22'), 4)), '', '', $5, now(), now() + interval '1 day')
            """, Ids.New(), unit, actor.Hat.UnitId, role, actor.PersonId), default);
        if (isOpen) await insert;
        else Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => insert)).SqlState);
    }

    [Fact]
    public async Task Childs_account_takes_no_role_of_the_staff()
    {
        var made = await InviteOneAsync("Юных Анна");
        using var browser = ground.BrowseAsStranger(ground.Stranger("Юных", "Анна"), isChild: true);
        var answer = await browser.SubmitAsync($"/invite/{made.Link}", $"/invite/{made.Link}");
        Assert.Equal(409, (int)answer.StatusCode);
        Assert.Equal("open", await StateAsync(made));
    }

    [Fact]
    public async Task Stranger_walks_from_the_link_to_the_cabinet_without_a_second_sign_in()
    {
        var (stranger, made) = (ground.Stranger("Прохожих", "Анна"), await InviteOneAsync("Прохожих Анна"));
        using var nobody = ground.Host.Browse();
        Assert.Contains($"/sign-in/esia?return=/invite/{made.Link}", await nobody.ReadAsync($"/invite/{made.Link}"), StringComparison.Ordinal);
        using var browser = ground.BrowseAsStranger(stranger);
        var accepted = await browser.SubmitAsync($"/invite/{made.Link}", $"/invite/{made.Link}");
        Assert.Equal("/today", accepted.Headers.Location?.ToString());
        Assert.True(browser.Cookies.ContainsKey("__Host-session"));
        Assert.Equal(200, (int)await browser.StatusAsync("/today"));
        Assert.DoesNotContain("__Host-welcome", browser.Cookies.Keys);
    }

    [Theory]
    [InlineData("/invite/x"), InlineData("/invite/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task Unknown_link_is_absent_and_says_what_to_do(string path)
    {
        using var browser = ground.Host.Browse();
        var answer = await browser.GetAsync(path);
        Assert.Equal(404, (int)answer.StatusCode);
        Assert.Contains("Такого приглашения нет", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bad_lines_keep_what_was_typed_and_invite_nobody()
    {
        using var browser = await ground.BrowseAsync(SampleSchool.Staff(Roles.SchoolAdministrator), ConnectionGround.Administrator);
        var answer = await browser.SubmitAsync("/connection/invitations", "/connection/invitations", ("lines", "Хороших Анна\nплохая"), ("role", Roles.Teacher), ("days", "14"));
        var page = await answer.Content.ReadAsStringAsync();
        Assert.Equal(422, (int)answer.StatusCode);
        Assert.Contains("Хороших Анна\nплохая", System.Net.WebUtility.HtmlDecode(page).ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains("Строка 2", page, StringComparison.Ordinal);
        Assert.Equal(0, await ground.AskAsync<long>("select count(*) from connection.invitations where name = 'Хороших Анна'"));
    }

    private async Task<NewInvitation> InviteOneAsync(string line) =>
        await InviteAsync(await ground.AdministratorAsync(), new InviteRequest(null, line, Roles.Teacher, null, null));

    private async Task<NewInvitation> InviteAsync(Actor actor, InviteRequest request) =>
        (await ground.RunAsync<InvitePeople, Result<ImmutableArray<NewInvitation>>>(invite => invite.HandleAsync(actor, request, default))).Value.Single();

    private Task<Result<OpenedInvitation>> OpenAsync(NewInvitation made) => ground.RunAsync<FindInvitation, Result<OpenedInvitation>>(find => find.ByLinkAsync(made.Link, default));

    private Task<Result<OpenedInvitation>> ByCodeAsync(string code, Asker asker) => ground.RunAsync<FindInvitation, Result<OpenedInvitation>>(find => find.ByCodeAsync(code, asker.Key, default));

    private async Task<Result<bool>> AcceptAsync(NewInvitation made, Asker asker, bool isOpenedBefore = false)
    {
        var opened = isOpenedBefore ? new OpenedInvitation(made.Id, ConnectionGround.School, "", made.Role, made.Name, null, Ids.New(), made.ExpiresAt) : (await OpenAsync(made)).Value;
        return await ground.RunAsync<AcceptInvitation, Result<bool>>(accept => accept.HandleAsync(opened, asker, default));
    }

    private Task<Result<bool>> ManageAsync(Guid id, Func<ManageInvitation, Actor, ManageInvitation.Found, Task<Result<bool>>> act) =>
        ground.RunAsync<ManageInvitation, Result<bool>>(async manage =>
        {
            var actor = await ground.AdministratorAsync();
            return await act(manage, actor, (await manage.FindAsync(actor, id, default))!);
        });

    private Task<string?> StateAsync(NewInvitation made) => ground.AskAsync<string>("select state from connection.invitations where id = $1", made.Id);

    private static Asker Known(MySchool.Generator.People.Person person) => new(
        new MySchool.Contracts.Registry.Candidate(person.Id, null), new MySchool.Contracts.Registry.PersonName(person.Last, person.First, person.Middle), Seals.KeyOf(person.Id), []);
}
