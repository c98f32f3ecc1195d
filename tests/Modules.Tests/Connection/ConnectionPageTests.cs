using MySchool.Connection.Features;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Testing;
using Xunit;

namespace MySchool.Modules.Tests.Connection;

/// <summary>Pages by role: what each sees, and what looks like absent.</summary>
public sealed class ConnectionPageTests(ConnectionGround ground) : IClassFixture<ConnectionGround>
{
    [Theory]
    [InlineData(Roles.Operator, 200), InlineData(Roles.RegionalCoordinator, 200), InlineData(Roles.MunicipalCoordinator, 200)]
    public async Task Coordinators_open_their_dashboard_rows_and_sheet(string role, int status)
    {
        using var browser = await OfficeAsync(role);
        foreach (var path in (string[])["/connection", "/connection/rows", "/connection/rows?only=lagging", "/connection/rows?only=nonsense", "/connection/rows.xlsx", "/connection/definitions", "/connection/invitations"])
            Assert.Equal((path, status), (path, (int)await browser.StatusAsync(path)));
    }

    [Theory]
    [InlineData(Roles.SchoolAdministrator, 200, 200), InlineData(Roles.Head, 200, 404), InlineData(Roles.Deputy, 200, 404), InlineData(Roles.Technician, 200, 404), InlineData(Roles.Teacher, 404, 404), InlineData(Roles.Psychologist, 404, 404)]
    public async Task Staff_open_what_is_theirs(string role, int steps, int invitations)
    {
        using var browser = await ground.BrowseAsync(SampleSchool.Staff(role), new Hat(role, ConnectionGround.School));
        Assert.Equal((steps, invitations, 404), ((int)await browser.StatusAsync("/connection"), (int)await browser.StatusAsync("/connection/invitations"), (int)await browser.StatusAsync("/connection/rows")));
    }

    [Fact]
    public async Task Units_outside_the_own_territory_look_absent()
    {
        using var city = await OfficeAsync(Roles.MunicipalCoordinator);
        foreach (var unit in (Guid[])[ConnectionGround.OtherMunicipality, ConnectionGround.OtherSchool, SampleSchool.Region.Region.Id, SampleSchool.Region.Country.Id, Ids.New()])
        {
            Assert.Equal(404, (int)await city.StatusAsync($"/connection/units/{unit}"));
            Assert.Equal(404, (int)await city.StatusAsync($"/connection/rows?unit={unit}"));
            Assert.Equal(404, (int)await city.StatusAsync($"/connection/rows.xlsx?unit={unit}"));
        }
        Assert.Equal(200, (int)await city.StatusAsync($"/connection/units/{ConnectionGround.School}"));
    }

    [Fact]
    public async Task Only_the_operator_changes_definitions()
    {
        using var region = await OfficeAsync(Roles.RegionalCoordinator);
        Assert.Equal(404, (int)(await region.SubmitAsync("/connection/definitions", "/connection/definitions", ("leastStaff", "9"), ("useDays", "9"))).StatusCode);
        using var operators = await OfficeAsync(Roles.Operator);
        Assert.Equal(422, (int)(await operators.SubmitAsync("/connection/definitions", "/connection/definitions", ("leastStaff", "0"), ("useDays", "9"))).StatusCode);
        Assert.Equal(302, (int)(await operators.SubmitAsync("/connection/definitions", "/connection/definitions", ("leastStaff", "6"), ("useDays", "9"))).StatusCode);
        Assert.Contains("не меньше 6", await region.ReadAsync("/connection/definitions"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Laggards_are_reminded_once_in_three_days_with_a_letter_and_a_notice()
    {
        var administrator = SampleSchool.Staff(Roles.SchoolAdministrator);
        await ground.DoAsync("insert into connection.contacts (person_id, email) values ($1, 'admin@school.example') on conflict do nothing", administrator.Id);
        var city = await ground.CoordinatorAsync(Roles.MunicipalCoordinator);
        var first = await RemindAsync(city, ConnectionGround.Municipality);
        Assert.Equal(new Reminded(1, 1), first.Value);
        Assert.Equal(new Reminded(0, 0), (await RemindAsync(city, ConnectionGround.Municipality)).Value);
        using var browser = await ground.BrowseAsync(administrator, ConnectionGround.Administrator);
        Assert.Contains("Координатор напомнил", await browser.ReadAsync("/connection"), StringComparison.Ordinal);
        ground.Host.Clock.Advance(TimeSpan.FromDays(3));
        Assert.Equal(new Reminded(1, 1), (await RemindAsync(city, ConnectionGround.Municipality)).Value);
        Assert.Equal(404, (await RemindAsync(city, ConnectionGround.OtherMunicipality)).Problem!.Status);
        ground.Host.Clock.Now = SampleSchool.Now;
    }

    [Fact]
    public async Task Last_administrator_who_leaves_is_told_of()
    {
        await ground.DoAsync("update registry.memberships set ends_on = '2026-12-15' where unit_id = $1 and role = 'school-administrator'", ConnectionGround.OtherSchool);
        await ground.CountAsync();
        using var region = await OfficeAsync(Roles.RegionalCoordinator);
        Assert.Contains("После 15 декабря", await region.ReadAsync($"/connection/units/{ConnectionGround.OtherSchool}"), StringComparison.Ordinal);
        Assert.Contains($"{ConnectionGround.OtherSchool}", await region.ReadAsync("/connection/rows?only=leaving"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Figures_of_few_people_are_not_told()
    {
        await ground.DoAsync("update connection.schools set staff = 7, staff_came = 3 where school_id = $1", ConnectionGround.OtherSchool);
        using var region = await OfficeAsync(Roles.RegionalCoordinator);
        var rows = await region.ReadAsync("/connection/rows");
        Assert.Contains("менее 10", rows, StringComparison.Ordinal);
        await ground.CountAsync();
    }

    private Task<Result<Reminded>> RemindAsync(Actor actor, Guid unit) => ground.RunAsync<RemindLaggards, Result<Reminded>>(remind => remind.HandleAsync(actor, unit, default));

    private Task<TestBrowser> OfficeAsync(string role) => ground.BrowseAsync(SampleSchool.Office(role).Person, new Hat(role, SampleSchool.Office(role).Unit.Id));
}
