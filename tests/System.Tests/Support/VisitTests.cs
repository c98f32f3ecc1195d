using System.Net;
using System.Runtime.Versioning;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.System.Tests.Provider;
using MySchool.Testing;
using Npgsql;
using Xunit;

namespace MySchool.System.Tests.Support;

/// <summary>Support reads one school for an hour: by two approvals of different people, only reading, every page noted and shown to the school.</summary>
[SupportedOSPlatform("linux")]
public sealed class VisitTests(ProviderPlatform platform) : IClassFixture<ProviderPlatform>, IAsyncLifetime
{
    private const string Place = "/support/access";
    private const string Why = "Посмотреть, почему в журнале 7А не видно отметок";
    private static readonly Guid School = SampleSchool.School.Id;
    private static readonly Guid Asker = SampleSchool.Office(Roles.Operator).Person.Id;
    private static readonly Guid Country = SampleSchool.Office(Roles.Operator).Unit.Id;
    private static readonly Guid Colleague = Guid.CreateVersion7();
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await RunAsync("truncate support.visits cascade");
        await RunAsync("truncate registry.visits");
        await RunAsync("delete from kernel.audit where role = 'support-visitor'");
        await RunAsync("insert into registry.people (id, last_name, first_name) values ($1, 'Второй', 'Оператор') on conflict do nothing", Colleague);
        await RunAsync("insert into registry.memberships (unit_id, id, person_id, role, starts_on) select $2, $1, $1, 'operator', '2026-01-01' where not exists (select from registry.memberships where person_id = $1)", Colleague, Country);
        await RunAsync("""
            insert into support.tickets (id, role, from_name, kind, title, chain, chain_names, chain_kinds, step, first_unit, seen_by, state, created_at, changed_at)
            select $1, 'teacher', 'Школа', 'marks', 'Нет отметок', c, array_fill('Школа № 7'::text, array[cardinality(c)]), array['school'] || array_fill('region'::text, array[cardinality(c) - 1]), cardinality(c), $2, c, 'new', now(), now()
              from (select array(select ancestor_id from registry.unit_closure where descendant_id = $2 order by depth) as c) n where not exists (select from support.tickets where id = $1)
            """, Colleague, School);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task An_hour_opens_by_two_approvals_is_read_only_noted_and_shown_to_the_school_and_to_the_family()
    {
        using var asker = await OfficeAsync(Asker);
        var id = await AskAsync(asker);
        using (var own = await asker.SubmitAsync(Place, $"{Place}/{id}/approve")) Assert.Equal(HttpStatusCode.Forbidden, own.StatusCode);
        await ApproveAsync(await AdministratorAsync(), id);
        Assert.Equal(HttpStatusCode.NotFound, await (await VisitorAsync()).StatusAsync("/journal"));
        await ApproveAsync(await OfficeAsync(Colleague), id);
        await UntilAsync("select count(*) from registry.visits where person_id = $1", Asker);

        using var visitor = await VisitorAsync();
        Assert.Equal(HttpStatusCode.OK, await visitor.StatusAsync("/journal"));
        Assert.Equal(HttpStatusCode.OK, await visitor.StatusAsync($"/people/{SampleSchool.Pupil.Id}"));
        Assert.Equal(HttpStatusCode.OK, await visitor.StatusAsync($"/journal/{SampleSchool.Algebra.Id}"));
        Assert.DoesNotContain("СНИЛС", WebUtility.HtmlDecode(await visitor.ReadAsync($"/people/{SampleSchool.Pupil.Id}")), StringComparison.Ordinal);
        // Only this school, and nothing that changes anything.
        Assert.Equal(HttpStatusCode.NotFound, await visitor.StatusAsync($"/people/{await platform.Host.Database.ScalarAsync<Guid>("select person_id from registry.enrolments where school_id = $1 and ends_on is null limit 1", SampleSchool.OtherSchool.Id)}"));
        foreach (var path in (string[])["/school/import", "/erasures", Place, "/school/movement"]) Assert.Equal(HttpStatusCode.NotFound, await visitor.StatusAsync(path));
        using (var written = await visitor.SubmitAsync("/journal", "/journal/settings", ("days", "99"))) Assert.Equal(HttpStatusCode.NotFound, written.StatusCode);

        using var administrator = await AdministratorAsync();
        var shown = await ReadAsync(administrator, $"{Place}/{id}");
        foreach (var said in (string[])[Why, SampleSchool.Office(Roles.Operator).Person.FullName, "Второй Оператор", $"Поддержка открыла страницу школы: /journal/{SampleSchool.Algebra.Id}", SampleSchool.Pupil.FullName])
            Assert.Contains(said, shown, StringComparison.Ordinal);
        await platform.Host.ConsentAsync(SampleSchool.Mother.Id);
        using var mother = await platform.Host.SignInAsync(SampleSchool.Mother.Id, new Hat(Roles.Guardian, Guid.Empty));
        Assert.Contains("Поддержка по разрешению", await ReadAsync(mother, $"/people/{SampleSchool.Pupil.Id}/views"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_hour_ends_by_itself_at_the_next_request()
    {
        using var asker = await OfficeAsync(Asker);
        await OpenAsync(asker);
        using var visitor = await VisitorAsync();
        Assert.Equal(HttpStatusCode.OK, await visitor.StatusAsync("/journal"));
        var began = platform.Host.Clock.Now;
        try
        {
            // Within the same hour of the clock, where kept facts would otherwise stand.
            await RunAsync("update registry.visits set ends_at = $1", began.AddMinutes(5));
            Assert.Equal(HttpStatusCode.OK, await visitor.StatusAsync("/journal"));
            platform.Host.Clock.Now = began.AddMinutes(5);
            Assert.NotEqual(HttpStatusCode.OK, await visitor.StatusAsync("/journal"));
            Assert.NotEqual(HttpStatusCode.OK, await visitor.StatusAsync($"/people/{SampleSchool.Pupil.Id}"));
        }
        finally
        {
            platform.Host.Clock.Now = began;
        }
    }

    [Fact]
    public async Task The_school_ends_it_before_its_time()
    {
        using var asker = await OfficeAsync(Asker);
        var id = await OpenAsync(asker);
        using var visitor = await VisitorAsync();
        Assert.Equal(HttpStatusCode.OK, await visitor.StatusAsync("/journal"));
        using var administrator = await AdministratorAsync();
        using (var ended = await administrator.SubmitAsync(Place, $"{Place}/{id}/end")) Assert.Equal(HttpStatusCode.Found, ended.StatusCode);
        await UntilAsync("select count(*) from registry.visits where person_id = $1 and closed_at is not null", Asker);
        Assert.NotEqual(HttpStatusCode.OK, await visitor.StatusAsync("/journal"));
        using (var again = await administrator.SubmitAsync(Place, $"{Place}/{id}/end")) Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
    }

    [Fact]
    public async Task Two_of_one_side_strangers_and_the_asker_do_not_open_it()
    {
        using var asker = await OfficeAsync(Asker);
        var id = await AskAsync(asker);
        await ApproveAsync(await AdministratorAsync(), id);
        using var region = await OfficeOfAsync(Roles.RegionalCoordinator);
        using (var second = await region.SubmitAsync(Place, $"{Place}/{id}/approve")) Assert.Equal(HttpStatusCode.Forbidden, second.StatusCode);
        using var head = await platform.Host.SignInAsync(SampleSchool.Staff(Roles.Head).Id, new Hat(Roles.Head, School));
        Assert.Contains(Why, await ReadAsync(head, Place), StringComparison.Ordinal);
        using (var powerless = await head.SubmitAsync(Place, $"{Place}/{id}/approve")) Assert.Equal(HttpStatusCode.NotFound, powerless.StatusCode);
        using var foreign = await AdministratorAsync(SampleSchool.OtherSchool);
        Assert.DoesNotContain(Why, await ReadAsync(foreign, Place), StringComparison.Ordinal);
        using (var stranger = await foreign.SubmitAsync(Place, $"{Place}/{id}/approve")) Assert.Equal(HttpStatusCode.NotFound, stranger.StatusCode);
        Assert.Equal("asked", await platform.Host.Database.ScalarAsync<string>("select state from support.visits where id = $1", id));
        Assert.Equal(0, await platform.Host.Database.ScalarAsync<long>("select count(*) from registry.visits"));
    }

    [Fact]
    public async Task Asking_names_a_ticket_that_came_from_a_school_and_says_why()
    {
        using var asker = await OfficeAsync(Asker);
        foreach (var (ticket, reason) in ((string, string)[])[("нет", Why), ("999999", Why), (await NumberAsync(), "надо")])
        {
            using var refused = await asker.SubmitAsync(Place, Place, ("ticket", ticket), ("reason", reason));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        }
        await AskAsync(asker);
        using (var twice = await asker.SubmitAsync(Place, Place, ("ticket", await NumberAsync()), ("reason", Why))) Assert.Equal(HttpStatusCode.Conflict, twice.StatusCode);
        using var administrator = await AdministratorAsync();
        using var forbidden = await administrator.SubmitAsync(Place, Place, ("ticket", await NumberAsync()), ("reason", Why));
        Assert.Equal(HttpStatusCode.NotFound, forbidden.StatusCode);
    }

    [Fact]
    public async Task The_tables_themselves_refuse_an_hour_without_two_approvals_and_longer_than_an_hour()
    {
        using var asker = await OfficeAsync(Asker);
        var id = await AskAsync(asker);
        await Assert.ThrowsAsync<PostgresException>(() => RunAsync("update support.visits set state = 'open', opened_at = now(), ends_at = now() + interval '61 minutes' where id = $1", id));
        await Assert.ThrowsAsync<PostgresException>(() => RunAsync("insert into registry.visits (id, person_id, school_id, starts_at, ends_at) values ($1, $2, $3, now(), now() + interval '2 hours')", id, Asker, School));
    }

    private async Task<Guid> OpenAsync(TestBrowser asker)
    {
        var id = await AskAsync(asker);
        await ApproveAsync(await OfficeOfAsync(Roles.RegionalCoordinator), id);
        await ApproveAsync(await OfficeAsync(Colleague), id);
        await UntilAsync("select count(*) from registry.visits where person_id = $1", Asker);
        return id;
    }

    private async Task<Guid> AskAsync(TestBrowser asker)
    {
        using var asked = await asker.SubmitAsync(Place, Place, ("ticket", await NumberAsync()), ("reason", Why));
        Assert.Equal(HttpStatusCode.Found, asked.StatusCode);
        return await platform.Host.Database.ScalarAsync<Guid>("select id from support.visits where state = 'asked'");
    }

    private static async Task ApproveAsync(TestBrowser who, Guid id)
    {
        using (who)
        using (var approved = await who.SubmitAsync(Place, $"{Place}/{id}/approve")) Assert.Equal(HttpStatusCode.Found, approved.StatusCode);
    }

    private async Task UntilAsync(string sql, params object[] values)
    {
        while (await platform.Host.Database.ScalarAsync<long>(sql, values) == 0) await Task.Delay(50, Stop);
    }

    private async Task<string> NumberAsync() => (await platform.Host.Database.ScalarAsync<long>("select number from support.tickets where id = $1", Colleague)).ToString(global::System.Globalization.CultureInfo.InvariantCulture);

    private Task<TestBrowser> VisitorAsync() => platform.Host.SignInAsync(Asker, new Hat(Roles.SupportVisitor, School));

    private Task<TestBrowser> OfficeAsync(Guid person) => platform.Host.SignInAsync(person, new Hat(Roles.Operator, Country));

    private Task<TestBrowser> OfficeOfAsync(string role) => platform.Host.SignInAsync(SampleSchool.Office(role).Person.Id, new Hat(role, SampleSchool.Office(role).Unit.Id));

    private Task<TestBrowser> AdministratorAsync(Generator.People.School? school = null) => platform.Host.SignInAsync(
        (school ?? SampleSchool.School).Memberships.First(m => m.Role == Roles.SchoolAdministrator).Person.Id, new Hat(Roles.SchoolAdministrator, (school ?? SampleSchool.School).Id));

    private async Task RunAsync(string sql, params object[] values)
    {
        await using var command = platform.Host.Database.Owner.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync(Stop);
    }

    private static async Task<string> ReadAsync(TestBrowser who, string page) => WebUtility.HtmlDecode(await who.ReadAsync(page));
}
