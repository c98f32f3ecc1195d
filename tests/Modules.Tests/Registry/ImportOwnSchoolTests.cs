using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Testing;
using Xunit;

namespace MySchool.Modules.Tests.Registry;

/// <summary>What a school's administrator may import: their own school, and nobody of another.</summary>
public sealed class ImportOwnSchoolTests : IAsyncLifetime
{
    private const string TwoSchools = "sourcedId,name,type,parentSourcedId\nr1,Область,state,\ns1,Школа № 1,school,r1\ns2,Школа № 2,school,r1\n";
    private TestDatabase database = null!;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateEmptyAsync();
        var done = await new RosterFiles().Set("orgs.csv", TwoSchools).ImportAsync(database);
        Assert.True(done.Value.IsDone);
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task The_own_school_is_imported_and_its_rows_changed()
    {
        var done = await new RosterFiles().Change("users.csv", "Петров,Пётр", "Сидоров,Пётр").ImportAsync(database, await AdministratorAsync("s1"));
        Assert.True(done.Value.IsDone, string.Join('\n', done.Value.BadRows));
        Assert.Equal(1, await database.ScalarAsync<long>("select count(*) from registry.people where last_name = 'Сидоров'"));
    }

    [Fact]
    public async Task Another_school_is_refused()
    {
        var report = await RefusedAsync(new RosterFiles().Set("orgs.csv", TwoSchools), "s2");
        Assert.Contains(report.BadRows, r => r is { File: "orgs.csv", Line: 3, Field: "sourcedId" } && r.Reason.StartsWith("Это не ваша школа", StringComparison.Ordinal));
        Assert.Contains(report.BadRows, r => r is { File: "classes.csv", Line: 2, Field: "schoolSourcedId" });
    }

    [Fact]
    public async Task A_person_of_another_school_is_not_taken_over()
    {
        var theirs = new RosterFiles();
        theirs.Set("orgs.csv", theirs.Text("orgs.csv").Replace("s1,Школа № 1", "s2,Школа № 2", StringComparison.Ordinal));
        foreach (var file in new[] { "classes.csv", "users.csv", "roles.csv", "enrollments.csv" })
            theirs.Set(file, theirs.Text(file).Replace("s1", "s2", StringComparison.Ordinal));
        var report = await RefusedAsync(theirs, "s2");
        Assert.Equal([2, 3, 4, 5], report.BadRows.Where(r => r.File == "users.csv" && r.Reason.StartsWith("Человек с этим sourcedId записан в другой школе", StringComparison.Ordinal)).Select(r => (int)r.Line));
    }

    [Fact]
    public async Task A_coordinator_is_not_appointed()
    {
        var report = await RefusedAsync(new RosterFiles().Change("roles.csv", "r1,u1,teacher,s1", "r1,u1,ext:regionalCoordinator,r1"), "s1");
        Assert.Contains(report.BadRows, r => r is { File: "roles.csv", Line: 2, Field: "role" });
    }

    [Fact]
    public async Task Somebody_who_administers_nothing_finds_nothing()
    {
        var school = await SchoolAsync("s1");
        var teacher = new Actor(Guid.CreateVersion7(), Guid.CreateVersion7(), new Hat(Roles.Teacher, school), [new Tie(Relations.Staff, new Coordinate(Places.School, school))], SampleSchool.Today);
        var done = await new RosterFiles().ImportAsync(database, teacher);
        Assert.Equal(404, done.Problem?.Status);
    }

    private async Task<ImportReport> RefusedAsync(RosterFiles files, string school)
    {
        var before = await RosterFiles.RowsAsync(database);
        var done = await files.ImportAsync(database, await AdministratorAsync(school));
        Assert.True(done.IsOk, done.Problem?.Message);
        Assert.False(done.Value.IsDone);
        Assert.Equal(before, await RosterFiles.RowsAsync(database));
        return done.Value;
    }

    private async Task<Actor> AdministratorAsync(string school)
    {
        var id = await SchoolAsync(school);
        return new Actor(Guid.CreateVersion7(), Guid.CreateVersion7(), new Hat(Roles.SchoolAdministrator, id),
            [new Tie(Relations.Administers, new Coordinate(Places.School, id))], SampleSchool.Today);
    }

    private Task<Guid> SchoolAsync(string source) => database.ScalarAsync<Guid>("select id from registry.organisations where source_id = $1", source)!;
}
