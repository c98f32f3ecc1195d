using System.Net;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Registry.Domain;
using MySchool.Registry.Features.Movement;
using MySchool.Registry.Features.Rollover;
using MySchool.Testing;
using Xunit;

namespace MySchool.Modules.Tests.Registry;

/// <summary>The next academic year: planned by several hands, applied whole, taken back whole.</summary>
public sealed class RolloverTests : IAsyncLifetime
{
    private static readonly DateOnly Today = SampleSchool.Today;
    private static readonly DateOnly NewYear = new(2027, 9, 1);
    private readonly Office office = new();

    public ValueTask InitializeAsync() => office.InitializeAsync();

    public ValueTask DisposeAsync() => office.DisposeAsync();

    [Fact]
    public async Task The_year_is_planned_applied_and_undone_and_everything_stands_as_before()
    {
        var before = await FactsAsync();
        var plan = (await StartAsync()).Value;
        Assert.Equal(before, await FactsAsync());
        Assert.True((await ApplyAsync(1)).IsOk);
        var pupil = SampleSchool.Class.Pupils[0].Person.Id;
        Assert.Equal(SampleSchool.Class.Id, await office.ClassOnAsync(pupil, plan.LastDay));
        var next = plan.Classes.Single(c => c.Id == plan.Fates.Single(f => f.ClassId == SampleSchool.Class.Id).ToId);
        Assert.Equal(("8А", next.Id), (next.Name, await office.ClassOnAsync(pupil, plan.Starts)));
        foreach (var leaver in SampleSchool.School.Classes.Where(c => c.Grade == 11).SelectMany(c => c.Pupils)) Assert.Null(await office.ClassOnAsync(leaver.Person.Id, plan.Starts));
        Assert.Equal(SampleSchool.School.Groups.Count(g => g.Class == SampleSchool.Class), await office.Host.Database.ScalarAsync<long>("select count(*) from registry.teaching_groups where class_id = $1", next.Id));
        // The present year goes on: today's teacher teaches today, and the new groups only from September.
        Assert.Contains((await office.ActorAsync(SampleSchool.Teacher.Id, Roles.Teacher, SampleSchool.School.Id)).Ties, t => t.Target.Id == SampleSchool.Algebra.Id);
        Assert.Equal("registry.year-applied", (await ApplyAsync(2)).Problem?.Code);

        Assert.True((await UndoAsync()).IsOk);
        Assert.Equal(before, await FactsAsync());
        Assert.True((await ApplyAsync(3)).IsOk);
    }

    [Fact]
    public async Task Two_people_edit_and_the_later_is_told_of_the_earlier()
    {
        var plan = (await StartAsync()).Value;
        Assert.True((await ChangeAsync(1, Change("new-class", grade: 10, letter: "Т"))).IsOk);
        var late = await ChangeAsync(1, Change("drop-class", target: plan.Classes[0].Id));
        Assert.Equal(("registry.plan-changed", 409), (late.Problem?.Code, late.Problem?.Status));
        var actor = await office.AdministratorAsync();
        var screen = await office.WithAsync<PlanYear, Result<RolloverScreen>>(h => h.ShowAsync(actor, null, default));
        Assert.Contains(screen.Value.Row!.Plan.Classes, c => c.Name == "10Т");
        Assert.Contains(screen.Value.Row.ChangedBy, late.Problem!.Message, StringComparison.Ordinal);
        Assert.Equal("registry.plan-changed", (await ApplyAsync(1)).Problem?.Code);
        Assert.Equal(2, await office.Host.Database.ScalarAsync<long>("select count(*) from registry.history where table_name = 'rollovers'"));
    }

    [Fact]
    public async Task A_repeater_stays_in_the_grade_classes_merge_and_graduates_leave()
    {
        var plan = (await StartAsync()).Value;
        var repeater = SampleSchool.Class.Pupils[1].Person.Id;
        var seventh = plan.Classes.FirstOrDefault(c => c.Grade == 7) ?? plan.Classes[0];
        Assert.True((await ChangeAsync(1, Change("learner", target: repeater, to: seventh.Id.ToString()))).IsOk);
        var eighth = plan.Fates.Single(f => f.ClassId == SampleSchool.Class.Id).ToId!.Value;
        var other = plan.Fates.First(f => f.ClassId != SampleSchool.Class.Id && f.ToId is not null);
        Assert.True((await ChangeAsync(2, Change("fate", target: other.ClassId, to: eighth.ToString()))).IsOk);
        Assert.True((await ApplyAsync(3)).IsOk);
        Assert.Equal(seventh.Id, await office.ClassOnAsync(repeater, plan.Starts));
        Assert.Equal(eighth, await office.ClassOnAsync(SampleSchool.School.Classes.Single(c => c.Id == other.ClassId).Pupils[0].Person.Id, plan.Starts));
    }

    [Fact]
    public async Task What_stands_in_the_way_is_said_and_nothing_is_written()
    {
        var plan = (await StartAsync()).Value;
        var terms = plan.Terms.Select(t => ((DateOnly?)t.Starts, (DateOnly?)t.Ends)).ToArray();
        terms[0] = (plan.Starts.AddDays(-3), plan.Terms[1].Starts);
        var dates = Change("dates") with { Starts = plan.Starts, Ends = plan.Ends, Terms = [.. terms] };
        Assert.True((await ChangeAsync(1, dates)).IsOk);
        var taken = plan.Classes.First(c => c.Grade == 8);
        Assert.True((await ChangeAsync(2, Change("new-class", grade: 8, letter: taken.Letter))).IsOk);
        var actor = await office.AdministratorAsync();
        var obstacles = (await office.WithAsync<PlanYear, Result<RolloverScreen>>(h => h.ShowAsync(actor, null, default))).Value.Obstacles;
        Assert.Contains(obstacles, o => o.Contains("даты выходят за учебный год", StringComparison.Ordinal));
        Assert.Contains(obstacles, o => o.Contains("пересекается с другим периодом", StringComparison.Ordinal));
        Assert.Contains(obstacles, o => o == $"Класс {taken.Name} назван дважды.");
        Assert.Equal("registry.year-obstacles", (await ApplyAsync(3)).Problem?.Code);
        Assert.Equal(0, await office.Host.Database.ScalarAsync<long>("select count(*) from registry.academic_years where school_id = $1 and year = 2027", SampleSchool.School.Id));
    }

    [Fact]
    public async Task Wrong_edits_are_refused_by_name()
    {
        var plan = (await StartAsync()).Value;
        var awaited = plan.Fates.First(f => f.ToId is not null).ToId!.Value;
        (string Code, RolloverChange Edit)[] wrong =
        [
            ("registry.change-unknown", Change("explode")), ("registry.grade-odd", Change("new-class", grade: 13, letter: "А")), ("registry.letter-odd", Change("new-class", grade: 3, letter: " ")),
            ("registry.shift-odd", Change("new-class", grade: 3, letter: "Э") with { Shift = 3 }), ("registry.class-awaited", Change("drop-class", target: awaited)),
            ("registry.class-missing", Change("fate", target: plan.Fates[0].ClassId, to: Guid.CreateVersion7().ToString())), ("registry.date-missing", Change("dates")),
            ("registry.not-a-teacher", Change("class", target: awaited, grade: 8, letter: "А") with { Leader = SampleSchool.Mother.Id }),
            ("not-found", Change("learner", target: SampleSchool.OtherSchool.Pupils.First().Person.Id, to: "")), ("not-found", Change("fate", target: Guid.CreateVersion7())),
        ];
        foreach (var (code, edit) in wrong) Assert.Equal(code, (await ChangeAsync(1, edit)).Problem?.Code);
    }

    [Fact]
    public async Task A_year_somebody_has_built_on_is_not_undone_and_says_by_what()
    {
        var plan = (await StartAsync()).Value;
        Assert.True((await ApplyAsync(1)).IsOk);
        var first = plan.Classes.First(c => c.Grade == 1);
        var order = office.Order(MovementKinds.Enrolment, NewYear, first.Id, reason: "first-grade");
        var enrolled = await office.EnrolAsync(new EnrolRequest(null, "Первоклашкин", "Пётр", null, "2020-04-02", order));
        Assert.True(enrolled.IsOk, enrolled.Problem?.Code);
        var group = await office.Host.Database.ScalarAsync<Guid>("select id from registry.teaching_groups where school_id = $1 and year = 2027 limit 1", SampleSchool.School.Id);
        await office.Host.Database.ScalarAsync<int>("""
            insert into journal.lessons (school_year, school_id, id, group_id, date, number, starts_at, ends_at) values (2027, $1, gen_random_uuid(), $2, '2027-09-02', 1, '08:30', '09:15')
            """, SampleSchool.School.Id, group);
        var undone = await UndoAsync();
        Assert.Equal("registry.year-built-on", undone.Problem?.Code);
        Assert.Contains("приказов о движении — 1;", undone.Problem!.Message, StringComparison.Ordinal);
        Assert.Contains("уроков — 1;", undone.Problem.Message, StringComparison.Ordinal);
        Assert.Equal(first.Id, await office.ClassOnAsync(enrolled.Value, NewYear));
    }

    [Fact]
    public async Task A_leaver_of_summer_gives_the_place_of_the_new_year_up()
    {
        var plan = (await StartAsync()).Value;
        Assert.True((await ApplyAsync(1)).IsOk);
        var pupil = SampleSchool.Class.Pupils[2].Person.Id;
        Assert.True((await office.MoveAsync(pupil, office.Order(MovementKinds.Leaving, Today, reason: "abroad"))).IsOk);
        Assert.Null(await office.ClassOnAsync(pupil, plan.LastDay));
        Assert.Null(await office.ClassOnAsync(pupil, plan.Starts));
    }

    [Fact]
    public async Task The_new_year_is_the_administrators_alone()
    {
        using var head = await office.Host.SignInAsync(SampleSchool.Staff(Roles.Head).Id, new Hat(Roles.Head, SampleSchool.School.Id));
        Assert.Equal(HttpStatusCode.NotFound, await head.StatusAsync("/school/year"));
        using var administrator = await office.Host.SignInAsync(SampleSchool.Staff(Roles.SchoolAdministrator).Id, new Hat(Roles.SchoolAdministrator, SampleSchool.School.Id));
        using var started = await administrator.SubmitAsync("/school/year", "/school/year/start");
        Assert.Equal(HttpStatusCode.Redirect, started.StatusCode);
        var page = WebUtility.HtmlDecode(await administrator.ReadAsync("/school/year"));
        Assert.Contains("План готов", page, StringComparison.Ordinal);
        Assert.Contains("Выпускаются", page, StringComparison.Ordinal);
    }

    internal static RolloverChange Change(string what, Guid? target = null, string? to = null, short? grade = null, string? letter = null) =>
        new(what, target, to, grade, letter, null, null, null, null, true, true, []);

    private async Task<Result<RolloverPlan>> StartAsync()
    {
        var actor = await office.AdministratorAsync();
        return await office.WithAsync<PlanYear, Result<RolloverPlan>>(h => h.StartAsync(actor, default));
    }

    private async Task<Result<RolloverPlan>> ChangeAsync(int version, RolloverChange change)
    {
        var actor = await office.AdministratorAsync();
        return await office.WithAsync<PlanYear, Result<RolloverPlan>>(h => h.ChangeAsync(actor, version, change, default));
    }

    private async Task<Result<bool>> ApplyAsync(int version)
    {
        var actor = await office.AdministratorAsync();
        return await office.WithAsync<ApplyRollover, Result<bool>>(h => h.HandleAsync(actor, version, default));
    }

    private async Task<Result<bool>> UndoAsync()
    {
        var actor = await office.AdministratorAsync();
        return await office.WithAsync<UndoRollover, Result<bool>>(h => h.HandleAsync(actor, default));
    }

    // Every dated fact of the school and its years, as one line.
    private Task<string?> FactsAsync() => office.Host.Database.ScalarAsync<string>("""
        select md5(string_agg(t, E'\n' order by t)) from (
          select 'e' || id || class_id || starts_on || coalesce(ends_on::text, '') as t from registry.enrolments
          union all select 'm' || group_id || person_id || starts_on || coalesce(ends_on::text, '') from registry.group_members
          union all select 'a' || id || group_id || starts_on || coalesce(ends_on::text, '') from registry.teaching_assignments
          union all select 'l' || id || class_id || starts_on || coalesce(ends_on::text, '') from registry.class_leaders
          union all select 'c' || id || year from registry.classes union all select 'y' || school_id || year || starts_on from registry.academic_years
          union all select 't' || id || starts_on from registry.terms union all select 'g' || id || year from registry.teaching_groups) f
        """);
}
