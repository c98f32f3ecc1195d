using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Registry.Features.Fields;
using MySchool.Testing;
using Xunit;

namespace MySchool.Modules.Tests.Registry;

/// <summary>A school's file says otherwise than ЕСИА.</summary>
public sealed class FieldImportTests : IAsyncLifetime
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
    public async Task New_people_of_a_file_write_no_history() =>
        Assert.Equal("0 import", await database.ScalarAsync<string>("select (select count(*) from registry.field_changes) || ' ' || string_agg(distinct origin, ',') from registry.people"));

    [Fact]
    public async Task What_is_held_is_not_in_the_difference_and_waits_once_the_file_is_written()
    {
        await HoldAsync();
        var shown = await rig.RehearseAsync(administrator, Changed().Zip());
        Assert.DoesNotContain(shown.Lines, line => line.Fields.Any(field => field.Field == "Фамилия"));
        Assert.Contains(shown.Notes, note => note.EndsWith("1. Значения из файла встанут рядом с карточками и будут ждать решения.", StringComparison.Ordinal));
        Assert.Equal("rehearsed", await StatesAsync());
        await rig.ApplyAsync(administrator, shown);
        Assert.Equal("Петров Пётр Ильич", await NameAsync());
        Assert.Equal("open", await StatesAsync());
        Assert.Equal($"middle_name import {shown.Id}", await database.ScalarAsync<string>("select string_agg(field || ' ' || source || ' ' || import_id, ';') from registry.field_changes where why = 'import'"));
        Assert.True((await rig.Undo.HandleAsync(administrator, shown.Id, RehearsalRig.Cancel)).IsOk);
        Assert.Null(await StatesAsync());
        Assert.Equal("Петров Пётр ", await NameAsync());
    }

    [Fact]
    public async Task A_dropped_file_has_said_nothing()
    {
        await HoldAsync();
        var shown = await rig.RehearseAsync(administrator, Changed().Zip());
        Assert.True((await rig.Apply.DropAsync(administrator, shown.Id, RehearsalRig.Cancel)).IsOk);
        Assert.Null(await StatesAsync());
    }

    [Fact]
    public async Task What_came_to_be_held_after_the_rehearsal_is_compared_anew_and_not_written()
    {
        var shown = await rig.RehearseAsync(administrator, Changed().Zip());
        Assert.Contains(shown.Lines.SelectMany(line => line.Fields), field => field is { Field: "Фамилия", After: "Сидоров" });
        await HoldAsync();
        Assert.Equal("registry.import-moved", (await rig.Apply.HandleAsync(administrator, shown.Id, shown.Version, RehearsalRig.Cancel)).Problem?.Code);
        await rig.ApplyAsync(administrator, await rig.ShowAsync(administrator, shown.Id));
        Assert.Equal("Петров Пётр Ильич", await NameAsync());
        Assert.Equal("open", await StatesAsync());
    }

    [Fact]
    public async Task A_region_changes_what_a_school_has_corrected_and_not_what_esia_has_proven()
    {
        await database.ScalarAsync<object>("with said as (select set_config('change.source', 'school', true)) update registry.people set last_name = 'Школьный' from said where source_id = 'u2'");
        Assert.True((await new RosterFiles().ImportAsync(database)).Value.IsDone);
        Assert.Equal("Петров Пётр ", await NameAsync());
        await HoldAsync();
        Assert.True((await Changed().ImportAsync(database)).Value.IsDone);
        Assert.Equal("Петров Пётр Ильич", await NameAsync());
        Assert.Equal("region", await database.ScalarAsync<string>("select source from registry.field_proposals where state = 'open'"));
        // The same file again asks nothing new.
        Assert.True((await Changed().ImportAsync(database)).Value.IsDone);
        Assert.Equal("open", await StatesAsync());
    }

    [Fact]
    public async Task The_operators_table_lets_the_file_have_the_last_word_and_nobody_else_sets_it()
    {
        await HoldAsync();
        await using var app = new AppDb(database.Options, new ScopeTable());
        var rule = new RuleTruth(app, new TestClock());
        var country = Guid.CreateVersion7();
        var operating = new Actor(Guid.CreateVersion7(), Guid.CreateVersion7(), new Hat(Roles.Operator, country), [new Tie(Relations.Operates, new Coordinate(Places.Territory, country))], SampleSchool.Today);
        Assert.Equal(404, (await rule.HandleAsync(administrator, Lines("import", "esia", "region", "school"), default)).Problem?.Status);
        Assert.Equal("registry.truth-odd", (await rule.HandleAsync(operating, Lines("import", "import", "region", "school"), default)).Problem?.Code);
        Assert.True((await rule.HandleAsync(operating, Lines("import", "esia", "region", "school"), default)).IsOk);
        await rig.ApplyAsync(administrator, await rig.RehearseAsync(administrator, Changed().Zip()));
        Assert.Equal("Сидоров Пётр Ильич", await NameAsync());
        // The second wall alone: whoever operates nothing changes no row.
        await using var transaction = await app.BeginAsync(administrator, default);
        Assert.Equal(0, await transaction.RunAsync(batch => batch.Add("update registry.field_truth set sources = sources"), (reader, _) => Task.FromResult(reader.RecordsAffected), default));
    }

    private static global::System.Collections.Immutable.ImmutableArray<TruthLine> Lines(params string[] sources) =>
        [.. MySchool.Registry.Domain.FieldTruth.Fields.Select(field => new TruthLine(field, [.. sources]))];

    private static RosterFiles Changed() => new RosterFiles().Change("users.csv", "Петров,Пётр,,", "Сидоров,Пётр,Ильич,");

    // ЕСИА has said the surname as it is written.
    private Task<object?> HoldAsync() => database.ScalarAsync<object>("""
        insert into registry.field_changes (person_id, id, field, at, source, old_value, new_value, why)
        select id, registry.uuid7(), 'last_name', now(), 'esia', last_name, last_name, 'confirm' from registry.people where source_id = 'u2'
        """);

    private Task<string?> NameAsync() => database.ScalarAsync<string>("select last_name || ' ' || first_name || ' ' || middle_name from registry.people where source_id = 'u2'");

    private Task<string?> StatesAsync() => database.ScalarAsync<string>("select string_agg(state, ' ') from registry.field_proposals");
}
