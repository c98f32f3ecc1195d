using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Registry.Features.RehearseImport;
using MySchool.Testing;
using Npgsql;
using Xunit;

namespace MySchool.Modules.Tests.Registry;

/// <summary>A school imported by the operator; then its administrator rehearses, writes and undoes imports of their own.</summary>
public sealed class RehearsalTests : IAsyncLifetime
{
    private TestDatabase database = null!;
    private RehearsalRig rig = null!;
    private Actor administrator = null!;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateEmptyAsync();
        Assert.True((await new RosterFiles().ImportAsync(database)).Value.IsDone);
        rig = new RehearsalRig(database);
        administrator = RehearsalRig.Administrator(await rig.SchoolAsync("s1"));
    }

    public async ValueTask DisposeAsync()
    {
        await rig.DisposeAsync();
        await database.DisposeAsync();
    }

    [Fact]
    public async Task A_rehearsal_shows_what_is_new_and_writes_nothing()
    {
        var before = await rig.DumpAsync();
        var shown = await rig.RehearseAsync(administrator, More().Zip());
        Assert.Equal("ready", shown.State);
        Assert.Equal((1, 3), Of(shown, "people"));
        Assert.Equal(["Сомова Вера"], Lines(shown, "people", "new"));
        Assert.Equal(["Сомова Вера"], Lines(shown, "enrolments", "new"));
        Assert.Equal(before, await rig.DumpAsync());
    }

    [Fact]
    public async Task What_was_shown_is_written_and_the_same_file_then_changes_nothing()
    {
        var shown = await rig.RehearseAsync(administrator, More().Zip());
        Assert.Equal("applied", (await rig.ApplyAsync(administrator, shown)).State);
        Assert.Equal(1, await database.ScalarAsync<long>("select count(*) from registry.people p join registry.enrolments e on e.person_id = p.id where p.last_name = 'Сомова'"));
        Assert.Equal(shown.Total, await database.ScalarAsync<long>("select count(*) from registry.history where import_id = $1", shown.Id));
        Assert.Equal(0, (await rig.RehearseAsync(administrator, More().Zip())).Total);
    }

    [Fact]
    public async Task A_rehearsed_import_and_a_direct_one_come_to_the_same_registry()
    {
        await using var other = await TestDatabase.CreateEmptyAsync();
        await new RosterFiles().ImportAsync(other);
        await More().ImportAsync(other);
        await rig.ApplyAsync(administrator, await rig.RehearseAsync(administrator, More().Zip()));
        Assert.Equal(await CountsAsync(other), await CountsAsync(database));
    }

    [Fact]
    public async Task A_changed_field_is_shown_old_and_new()
    {
        var shown = await rig.RehearseAsync(administrator, new RosterFiles().Change("users.csv", "Петров,Пётр", "Сидоров,Пётр").Zip());
        var line = Assert.Single(shown.Lines);
        Assert.Equal(("changed", "Сидоров Пётр"), (line.Kind, line.Title));
        Assert.Equal([new FieldChange("Фамилия", "Петров", "Сидоров")], line.Fields);
    }

    [Fact]
    public async Task When_the_registry_moved_nothing_is_written_and_the_new_difference_is_shown()
    {
        var shown = await rig.RehearseAsync(administrator, new RosterFiles().Change("users.csv", "Петров,Пётр", "Сидоров,Пётр").Zip());
        await database.ScalarAsync<object>("update registry.people set last_name = 'Орлов' where source_id = 'u2'");
        var refused = await rig.Apply.HandleAsync(administrator, shown.Id, shown.Version, RehearsalRig.Cancel);
        Assert.Equal(("registry.import-moved", 409), (refused.Problem?.Code, refused.Problem?.Status));
        Assert.Equal("Орлов", await database.ScalarAsync<string>("select last_name from registry.people where source_id = 'u2'"));

        var anew = await rig.ShowAsync(administrator, shown.Id);
        Assert.True(anew.IsMoved);
        Assert.Equal([new FieldChange("Фамилия", "Орлов", "Сидоров")], Assert.Single(anew.Lines).Fields);
        Assert.Equal("registry.import-moved", (await rig.Apply.HandleAsync(administrator, shown.Id, shown.Version, RehearsalRig.Cancel)).Problem?.Code);
        await rig.ApplyAsync(administrator, anew);
        Assert.Equal("Сидоров", await database.ScalarAsync<string>("select last_name from registry.people where source_id = 'u2'"));
    }

    [Fact]
    public async Task A_change_that_somebody_made_by_hand_is_no_longer_a_difference()
    {
        var shown = await rig.RehearseAsync(administrator, new RosterFiles().Change("users.csv", "Петров,Пётр", "Сидоров,Пётр").Zip());
        await database.ScalarAsync<object>("update registry.people set last_name = 'Сидоров' where source_id = 'u2'");
        await rig.Apply.HandleAsync(administrator, shown.Id, shown.Version, RehearsalRig.Cancel);
        Assert.Equal(0, (await rig.ShowAsync(administrator, shown.Id)).Total);
    }

    [Fact]
    public async Task Undo_brings_back_every_row_as_it_was()
    {
        var before = await rig.DumpAsync();
        var shown = await rig.RehearseAsync(administrator, More().Change("users.csv", "Петров,Пётр", "Сидоров,Пётр")
            .Change("users.csv", "u4,Ильин,Илья,,,,s1", "u4,Ильин,Илья,,{SNILS:123-456-789 64},,s1").Zip());
        await rig.ApplyAsync(administrator, shown);
        Assert.NotEqual(before, await rig.DumpAsync());
        var undone = await rig.Undo.HandleAsync(administrator, shown.Id, RehearsalRig.Cancel);
        Assert.True(undone.IsOk);
        Assert.Empty(undone.Value);
        Assert.Equal(before, await rig.DumpAsync());
        Assert.Equal("undone", (await rig.ShowAsync(administrator, shown.Id)).State);
    }

    [Fact]
    public async Task A_mark_of_an_imported_learner_stands_in_the_way_of_undoing()
    {
        var shown = await rig.ApplyAsync(administrator, await rig.RehearseAsync(administrator, More().Zip()));
        await database.ScalarAsync<object>("""
            insert into journal.marks (school_year, school_id, group_id, lesson_id, learner_id, lesson_date, value, work_type, weight, version, recorded_by, recorded_at)
            select 2026, e.school_id, g.id, gen_random_uuid(), e.person_id, '2026-10-01', '5', 1, 1, 1, e.person_id, now() + interval '1 day'
              from registry.enrolments e join registry.people p on p.id = e.person_id join registry.teaching_groups g on g.class_id = e.class_id
             where p.last_name = 'Сомова' limit 1
            """);
        Assert.Equal([new Obstacle("Отметки: 1", "Сомова Вера")], await HinderedAsync(shown));
    }

    [Fact]
    public async Task A_later_change_and_a_later_fact_stand_in_the_way_of_undoing()
    {
        var shown = await rig.ApplyAsync(administrator, await rig.RehearseAsync(administrator, More().Zip()));
        await database.ScalarAsync<object>("update registry.people set middle_name = 'Ивановна' where last_name = 'Сомова'");
        Assert.Equal([new Obstacle("Изменено после импорта: Люди", "Сомова Вера")], await HinderedAsync(shown));
        await database.ScalarAsync<object>("update registry.people set middle_name = '' where last_name = 'Сомова'");
        await database.ScalarAsync<object>("""
            insert into registry.memberships (unit_id, id, person_id, role, starts_on)
            select $1, gen_random_uuid(), id, 'teacher', '2026-11-01' from registry.people where last_name = 'Сомова'
            """, administrator.Hat.UnitId);
        Assert.Equal([new Obstacle("На импортированное ссылаются записи: Роли сотрудников", "")], await HinderedAsync(shown));
    }

    [Fact]
    public async Task Those_absent_from_the_file_stay_unless_it_is_asked_to_close_them()
    {
        await rig.ApplyAsync(administrator, await rig.RehearseAsync(administrator, Big(30).Zip()));
        var left = await rig.RehearseAsync(administrator, Big(28).Zip());
        Assert.Equal((0, 2), (left.Total, left.Absent));
        var ended = await rig.RehearseAsync(administrator, Big(28).Zip(), endsAbsent: true);
        Assert.Equal(["Ученик28 Имя", "Ученик29 Имя"], Lines(ended, "enrolments", "ended"));
        await rig.ApplyAsync(administrator, ended);
        Assert.Equal(2, await database.ScalarAsync<long>("select count(*) from registry.enrolments where ends_on = $1", SampleSchool.Today.AddDays(-1)));
    }

    [Fact]
    public async Task A_file_cut_short_closes_nobody()
    {
        await rig.ApplyAsync(administrator, await rig.RehearseAsync(administrator, Big(30).Zip()));
        var shown = await rig.RehearseAsync(administrator, Big(10).Zip(), endsAbsent: true);
        Assert.True(shown.IsStopped);
        Assert.Equal("registry.import-too-many-absent", (await rig.Apply.HandleAsync(administrator, shown.Id, shown.Version, RehearsalRig.Cancel)).Problem?.Code);
        Assert.Equal(0, await database.ScalarAsync<long>("select count(*) from registry.enrolments where ends_on is not null"));
    }

    [Fact]
    public async Task A_killed_import_leaves_nothing_and_may_be_written_again()
    {
        var shown = await rig.RehearseAsync(administrator, More().Zip());
        var before = await rig.DumpAsync();
        await using var blocker = await database.Owner.OpenConnectionAsync(RehearsalRig.Cancel);
        await using var hold = await blocker.BeginTransactionAsync(RehearsalRig.Cancel);
        await using (var block = new NpgsqlCommand("lock table registry.enrolments in access exclusive mode", blocker, hold)) await block.ExecuteNonQueryAsync(RehearsalRig.Cancel);
        var writing = rig.Apply.HandleAsync(administrator, shown.Id, shown.Version, RehearsalRig.Cancel);
        // Only a superuser sees what others wait for, and may end them.
        await using var killer = await NpgsqlDataSource.Create((await TestServer.GetAsync()).SuperuserConnection).OpenConnectionAsync(RehearsalRig.Cancel);
        await using var kill = new NpgsqlCommand("select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = 'myschool-import' and datname = $1 and wait_event_type = 'Lock'", killer);
        kill.Parameters.Add(new() { Value = database.Name });
        while (await kill.ExecuteScalarAsync(RehearsalRig.Cancel) is 0L) await Task.Delay(20, RehearsalRig.Cancel);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => writing);
        await hold.RollbackAsync(RehearsalRig.Cancel);
        Assert.Equal(before, await rig.DumpAsync());
        Assert.Equal("applied", (await rig.ApplyAsync(administrator, await rig.ShowAsync(administrator, shown.Id))).State);
    }

    [Fact]
    public async Task Written_twice_is_written_once()
    {
        var shown = await rig.RehearseAsync(administrator, More().Zip());
        var both = await Task.WhenAll(rig.Apply.HandleAsync(administrator, shown.Id, shown.Version, RehearsalRig.Cancel), rig.Apply.HandleAsync(administrator, shown.Id, shown.Version, RehearsalRig.Cancel));
        Assert.All(both, done => Assert.True(done.IsOk));
        Assert.Equal(1, await database.ScalarAsync<long>("select count(*) from registry.people where last_name = 'Сомова'"));
    }

    [Fact]
    public async Task Rows_are_paged_and_found_by_name()
    {
        var shown = await rig.RehearseAsync(administrator, Big(120).Zip());
        Assert.True(shown.HasMore);
        Assert.Equal(RehearsalScreen.PageRows, shown.Lines.Length);
        var found = await rig.ShowAsync(administrator, shown.Id, new ChangeFilter("people", "new", "ученик11", 1));
        Assert.Equal(11, found.Lines.Length);
        Assert.Empty((await rig.ShowAsync(administrator, shown.Id, new ChangeFilter("people", "new", "%", 1))).Lines);
        Assert.Empty((await rig.ShowAsync(administrator, shown.Id, new ChangeFilter("people", null, null, 99_999))).Lines);
    }

    [Fact]
    public async Task Another_school_and_another_role_find_no_such_import()
    {
        var shown = await rig.RehearseAsync(administrator, More().Zip());
        var school = administrator.Hat.UnitId;
        foreach (var stranger in (Actor[])[
            RehearsalRig.Administrator(Guid.CreateVersion7()),
            new(Guid.CreateVersion7(), Guid.CreateVersion7(), new Hat(Roles.Head, school), [new Tie(Relations.Head, new Coordinate(Places.School, school))], SampleSchool.Today)])
        {
            Assert.Equal(404, (await rig.Show.HandleAsync(stranger, shown.Id, new ChangeFilter(null, null, null, 1), RehearsalRig.Cancel)).Problem?.Status);
            Assert.Equal(404, (await rig.Apply.HandleAsync(stranger, shown.Id, 1, RehearsalRig.Cancel)).Problem?.Status);
            Assert.Equal(404, (await rig.Apply.DropAsync(stranger, shown.Id, RehearsalRig.Cancel)).Problem?.Status);
            Assert.Equal(404, (await rig.Undo.HandleAsync(stranger, shown.Id, RehearsalRig.Cancel)).Problem?.Status);
        }
        Assert.Equal(404, (await rig.Rehearse.HandleAsync(new Actor(Guid.CreateVersion7(), Guid.Empty, new Hat(Roles.Teacher, school), [], SampleSchool.Today), new FileToRehearse("", "", false), RehearsalRig.Cancel)).Problem?.Status);
    }

    [Fact]
    public async Task A_dropped_rehearsal_keeps_nobody()
    {
        var shown = await rig.RehearseAsync(administrator, More().Zip());
        Assert.True((await rig.Apply.DropAsync(administrator, shown.Id, RehearsalRig.Cancel)).IsOk);
        Assert.Equal(0, await database.ScalarAsync<long>("select count(*) from registry.import_changes"));
        Assert.Equal(404, (await rig.Show.HandleAsync(administrator, shown.Id, new ChangeFilter(null, null, null, 1), RehearsalRig.Cancel)).Problem?.Status);
    }

    private async Task<IEnumerable<Obstacle>> HinderedAsync(RehearsalScreen shown)
    {
        var before = await rig.DumpAsync();
        var undone = await rig.Undo.HandleAsync(administrator, shown.Id, RehearsalRig.Cancel);
        Assert.True(undone.IsOk, undone.Problem?.Message);
        Assert.Equal(before, await rig.DumpAsync());
        return undone.Value;
    }

    private static (long New, long Untouched) Of(RehearsalScreen screen, string table) =>
        screen.Counts.Where(count => count.Table == table).Select(count => (count.New, count.Untouched - 1)).Single();

    private static IEnumerable<string> Lines(RehearsalScreen screen, string table, string kind) =>
        screen.Lines.Where(line => line.Table == table && line.Kind == kind).Select(line => line.Title);

    private static async Task<string> CountsAsync(TestDatabase of) => (await of.ScalarAsync<string>("""
        select string_agg(t, ' ') from (values
          ((select 'people ' || string_agg(last_name || first_name || coalesce(birth_date::text, ''), ',' order by last_name, first_name) from registry.people)),
          ((select 'enrolments ' || string_agg(starts_on::text || coalesce(ends_on::text, ''), ',' order by source_id) from registry.enrolments)),
          ((select 'groups ' || string_agg(kind || name, ',' order by source_id) from registry.teaching_groups)),
          ((select 'members ' || count(*) from registry.group_members)), ((select 'guardians ' || count(*) from registry.guardianships))) w(t)
        """))!;

    // One more learner, in the class and at algebra.
    private static RosterFiles More()
    {
        var files = new RosterFiles();
        return files.Set("users.csv", files.Text("users.csv") + "u5,Сомова,Вера,,,,s1\n").Set("roles.csv", files.Text("roles.csv") + "r5,u5,student,s1,,\n")
            .Set("enrollments.csv", files.Text("enrollments.csv") + "e8,k1,s1,u5,student,,\ne9,g1,s1,u5,student,,\n");
    }

    private static RosterFiles Big(int learners)
    {
        var files = new RosterFiles();
        var numbers = Enumerable.Range(0, learners).ToList();
        return files.Set("users.csv", files.Text("users.csv") + string.Concat(numbers.Select(n => $"n{n},Ученик{n},Имя,,,,s1\n")))
            .Set("enrollments.csv", files.Text("enrollments.csv") + string.Concat(numbers.Select(n => $"n{n},k1,s1,n{n},student,,\n")));
    }
}
