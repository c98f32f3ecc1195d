using System.Globalization;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Generator;
using MySchool.Generator.Export;
using MySchool.Generator.People;
using MySchool.Generator.Places;
using MySchool.Kernel;
using MySchool.Testing;
using Npgsql;
using Xunit;

namespace MySchool.Modules.Tests.Registry;

/// <summary>What an import writes, changes and leaves alone.</summary>
public sealed class ImportTests : IAsyncLifetime
{
    private const int Seed = 7;
    private TestDatabase database = null!;

    public async ValueTask InitializeAsync() => database = await TestDatabase.CreateEmptyAsync();

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task A_generated_region_comes_in_as_the_generator_made_it_and_a_second_time_changes_nothing()
    {
        using var folder = new ImportFolder();
        OneRosterExport.Write(folder.Path, RegionSize.Small, SampleSchool.Today, Seed, null);
        var region = RegionPlan.Create(RegionSize.Small, Seed);
        var population = new Population(region, Seed, SampleSchool.Calendar);
        var schools = population.MakeSchools().ToList();

        var report = await DoneAsync(RosterFiles.ImportAsync(database, folder.Path));
        var groups = schools.SelectMany(s => s.Groups).ToList();
        Dictionary<string, int> expected = new()
        {
            ["organisations"] = region.All.Count(),
            ["people"] = schools.Sum(s => s.NewPeople.Count) + population.Offices.Count(o => o.Role != Roles.Operator),
            ["classes"] = schools.Sum(s => s.Classes.Count),
            ["enrolments"] = schools.Sum(s => s.Pupils.Count()),
            ["class_leaders"] = schools.Sum(s => s.Classes.Count(c => c.Leader is not null)),
            ["teaching_groups"] = groups.Count,
            ["teaching_assignments"] = groups.Count,
            ["group_members"] = groups.Where(g => g.Part > 0).Sum(g => g.Pupils.Count),
            ["guardianships"] = schools.SelectMany(s => s.Guardianships).Where(g => g.Restriction is null).DistinctBy(g => (g.Learner.Id, g.Guardian.Id)).Count(),
        };
        foreach (var (table, count) in expected)
        {
            Assert.Equal((table, count), (table, await database.ScalarAsync<long>($"select count(*) from registry.{table}")));
            Assert.Equal((table, count), (table, report.Counts.Single(c => c.Kind == table).Added));
        }
        foreach (var person in schools.SelectMany(s => s.NewPeople).Where((_, i) => i % 97 == 0))
            Assert.Equal(
                string.Create(CultureInfo.InvariantCulture, $"{person.Last} {person.First} {person.Middle} {person.Birth:yyyy-MM-dd} {(person.IsMale ? "male" : "female")}"),
                await database.ScalarAsync<string>("""
                    select concat_ws(' ', last_name, first_name, middle_name, birth_date, gender) from registry.people p join registry.identities i on i.person_id = p.id
                     where source_id = $1 and length(snils_hash) = 32
                    """, person.Id.ToString()));
        foreach (var group in groups.Where((_, i) => i % 29 == 0))
            Assert.Equal(
                $"{group.Class.Name} {group.Subject.Name} {(group.Part == 0 ? "class" : "subgroup")} {group.Name} {group.Teacher.Person.Id}",
                await database.ScalarAsync<string>("""
                    select concat_ws(' ', c.grade || c.letter, s.name, g.kind, g.name, p.source_id) from registry.teaching_groups g
                      join registry.classes c on c.id = g.class_id join registry.subjects s on s.id = g.subject_id
                      join registry.teaching_assignments a on a.group_id = g.id join registry.people p on p.id = a.person_id where g.source_id = $1
                    """, group.Id.ToString()));

        var rows = await RosterFiles.RowsAsync(database);
        var again = await DoneAsync(RosterFiles.ImportAsync(database, folder.Path));
        Assert.All(again.Counts, c => Assert.Equal((c.Kind, 0, 0), (c.Kind, c.Added, c.Changed)));
        Assert.Equal(rows + 1, await RosterFiles.RowsAsync(database)); // The audit of the second import.
    }

    [Fact]
    public async Task A_tiny_school_becomes_a_class_a_whole_group_and_a_part()
    {
        await DoneAsync(new RosterFiles().ImportAsync(database));
        Assert.Equal("7А Алгебра class: ; 7А Английский язык subgroup 1: u2", await database.ScalarAsync<string>("""
            select string_agg(c.grade || c.letter || ' ' || s.name || ' ' || g.kind || coalesce(nullif(' ' || g.name, ' '), '') || ': ' || coalesce(m.who, ''), '; ' order by s.name)
              from registry.teaching_groups g join registry.classes c on c.id = g.class_id join registry.subjects s on s.id = g.subject_id
              left join lateral (select string_agg(p.source_id, ' ') as who from registry.group_members m join registry.people p on p.id = m.person_id where m.group_id = g.id) m on true
            """));
        Assert.Equal("mother u3 of u2", await database.ScalarAsync<string>("""
            select string_agg(k.kinship || ' ' || g.source_id || ' of ' || l.source_id, ';') from registry.guardianships k
              join registry.people g on g.id = k.guardian_id join registry.people l on l.id = k.learner_id
            """));
    }

    [Fact]
    public async Task A_changed_row_is_changed_and_its_former_state_kept()
    {
        await DoneAsync(new RosterFiles().ImportAsync(database));
        var report = await DoneAsync(new RosterFiles().Change("users.csv", "Петров,Пётр", "Сидоров,Пётр").ImportAsync(database));
        Assert.Equal(("people", 0, 1), report.Counts.Where(c => c.Added + c.Changed > 0).Select(c => (c.Kind, (int)c.Added, (int)c.Changed)).Single());
        Assert.Equal("Петров -> Сидоров, import", await database.ScalarAsync<string>(
            "select string_agg(old_row->>'last_name' || ' -> ' || (new_row->>'last_name') || ', ' || why, ';') from registry.history where table_name = 'people'"));
    }

    [Fact]
    public async Task A_group_that_all_attend_again_is_a_part_no_more()
    {
        await DoneAsync(new RosterFiles().ImportAsync(database));
        var all = new RosterFiles();
        await DoneAsync(all.Set("enrollments.csv", all.Text("enrollments.csv") + "e8,g2,s1,u4,student,,\n").ImportAsync(database));
        Assert.Equal(0, await database.ScalarAsync<long>("select count(*) from registry.group_members"));
        Assert.Equal(2, await database.ScalarAsync<long>("select count(*) from registry.teaching_groups where kind = 'class'"));
    }

    [Fact]
    public async Task A_group_with_a_guest_of_another_class_is_a_part()
    {
        var files = new RosterFiles().Change("enrollments.csv", "e2,k1", "e2,k2");
        await DoneAsync(files.Set("classes.csv", files.Text("classes.csv") + "k2,7Б,homeroom,s1,t1,7,\n").ImportAsync(database));
        Assert.Equal("subgroup", await database.ScalarAsync<string>("select kind from registry.teaching_groups where source_id = 'g1'"));
        Assert.Equal(2, await database.ScalarAsync<long>("select count(*) from registry.group_members"));
    }

    [Theory]
    [InlineData("1251")]
    [InlineData("utf-8 with a mark")]
    [InlineData("semicolons")]
    public async Task Files_of_every_allowed_form_read_the_same(string form)
    {
        var files = new RosterFiles();
        var text = files.Text("users.csv");
        files.Set("users.csv", form switch
        {
            "1251" => ImportFolder.Windows1251.GetBytes(text),
            "semicolons" => [.. "\uFEFF"u8, .. global::System.Text.Encoding.UTF8.GetBytes(text.Replace(',', ';'))],
            _ => [.. "\uFEFF"u8, .. global::System.Text.Encoding.UTF8.GetBytes(text)],
        });
        await DoneAsync(files.ImportAsync(database));
        Assert.Equal("Иванова Анна Ильинична", await database.ScalarAsync<string>("select last_name || ' ' || first_name || ' ' || middle_name from registry.people where source_id = 'u1'"));
    }

    [Fact]
    public async Task What_begins_as_a_formula_is_a_name_like_any_other()
    {
        await DoneAsync(new RosterFiles().Change("users.csv", "Ильин,", "=cmd|'/C calc'!A0,").ImportAsync(database));
        Assert.Equal(1, await database.ScalarAsync<long>("select count(*) from registry.people where last_name = $1", "=cmd|'/C calc'!A0"));
    }

    [Fact]
    public async Task An_import_whose_connection_dies_leaves_nothing()
    {
        using var folder = new ImportFolder();
        OneRosterExport.Write(folder.Path, RegionSize.Small, SampleSchool.Today, Seed, null);
        await using var killer = await NpgsqlDataSource.Create((await TestServer.GetAsync()).SuperuserConnection).OpenConnectionAsync(TestContext.Current.CancellationToken);
        var kill = new KillAtWriting(() =>
        {
            using var command = new NpgsqlCommand("select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = 'myschool-import' and datname = $1", killer);
            command.Parameters.Add(new() { Value = database.Name });
            Assert.Equal(1L, command.ExecuteScalar());
        });
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => RosterFiles.ImportAsync(database, folder.Path, progress: kill));
        Assert.Equal(0, await RosterFiles.RowsAsync(database));
        await DoneAsync(RosterFiles.ImportAsync(database, folder.Path));
    }

    /// <summary>Strikes when everything is checked and writing begins.</summary>
    private sealed class KillAtWriting(Action kill) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value)
        {
            if (value.Stage == MySchool.Registry.Resources.Texts.ImportWriting) kill();
        }
    }

    private static async Task<ImportReport> DoneAsync(Task<Result<ImportReport>> import)
    {
        var done = await import;
        Assert.True(done.IsOk, done.Problem?.Message);
        Assert.True(done.Value.IsDone, string.Join('\n', done.Value.BadRows.Take(5)));
        return done.Value;
    }
}
