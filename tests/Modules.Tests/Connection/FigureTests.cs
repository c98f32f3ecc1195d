using MySchool.Connection.Features;
using MySchool.Contracts.Access;
using MySchool.Contracts.Journal;
using MySchool.Contracts.Registry;
using MySchool.Journal.Domain;
using MySchool.Journal.Features;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Testing;
using Xunit;

namespace MySchool.Modules.Tests.Connection;

/// <summary>Kept figures equal a recount written apart from them, whatever happened and in whatever order.</summary>
public sealed class FigureTests(ConnectionGround shared) : IClassFixture<ConnectionGround>
{
    private ConnectionGround ground = shared;

    /// <summary>The figures straight from the tables of registry, journal and sessions; written from the definitions, not from the code.</summary>
    private const string Recount = """
        with today as (select '2026-11-23'::date as d),
        school as (
          select o.id, (select array_agg(c.ancestor_id) from registry.unit_closure c where c.descendant_id = o.id and c.depth > 0) as above,
            (select count(distinct m.person_id) from registry.memberships m, today where m.unit_id = o.id and m.role = 'school-administrator' and d between m.starts_on and coalesce(m.ends_on, d)) as admins,
            (select count(distinct m.person_id) from registry.memberships m, today where m.unit_id = o.id and m.role = 'school-administrator' and d between m.starts_on and coalesce(m.ends_on, d)
                and exists (select from connection.arrivals a where a.person_id = m.person_id)) as came,
            (select count(distinct m.person_id) from registry.memberships m, today where m.unit_id = o.id and d between m.starts_on and coalesce(m.ends_on, d)) as staff,
            (select count(distinct m.person_id) from registry.memberships m, today where m.unit_id = o.id and d between m.starts_on and coalesce(m.ends_on, d)
                and exists (select from connection.arrivals a where a.person_id = m.person_id)) as staff_came,
            (select count(*) from registry.classes c join registry.academic_years y on y.school_id = c.school_id and y.year = c.year, today where c.school_id = o.id and d between y.starts_on and y.ends_on) as classes,
            (select count(distinct e.person_id) from registry.enrolments e, today where e.school_id = o.id and d between e.starts_on and coalesce(e.ends_on, d)) as learners,
            exists (select from journal.day_totals t, today where t.school_id = o.id and t.marks > 0 and t.date > d - 7 and t.date <= d) as uses
          from registry.organisations o where o.kind = 'school' and o.closed_on is null and not o.is_demo)
        select string_agg(format('%s %s %s %s %s %s %s %s %s', u.id, n.schools, n.administered, n.connected, n.uses, n.bands, n.staff, n.staff_came, n.learners), E'\n' order by u.id)
          from registry.organisations u cross join lateral (
            select count(*) as schools, count(*) filter (where admins > 0) as administered, count(*) filter (where came > 0 and classes > 0 and staff >= 5) as connected,
                   count(*) filter (where uses) as uses, coalesce(sum(staff), 0) as staff, coalesce(sum(staff_came), 0) as staff_came, coalesce(sum(learners), 0) as learners,
                   array[count(*) filter (where staff > 0 and staff_came * 100 / staff < 25), count(*) filter (where staff > 0 and staff_came * 100 / staff between 25 and 49),
                         count(*) filter (where staff > 0 and staff_came * 100 / staff between 50 and 79), count(*) filter (where staff > 0 and staff_came * 100 / staff >= 80)] as bands
              from school where u.id = any(above)) n
         where u.kind <> 'school'
        """;

    private const string Kept = """
        select string_agg(format('%s %s %s %s %s %s %s %s %s', unit_id, schools, administered, connected, uses, bands, staff, staff_came, learners), E'\n' order by unit_id) from connection.units
        """;

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3)]
    public async Task Kept_counts_equal_a_full_recount_after_random_changes(int seed)
    {
        // A ground of its own: random changes close schools and end roles that other tests stand on.
        await using var own = ground = new ConnectionGround();
        await own.InitializeAsync();
        var dice = new Random(seed);
        for (var step = 0; step < 40; step++)
        {
            await ChangeAsync(dice);
            if (step % 8 == 7) await CompareAsync($"seed {seed}, step {step}");
        }
        await CompareAsync($"seed {seed}");
    }

    [Fact]
    public async Task School_is_connected_when_its_administrator_came_and_classes_and_staff_are_there()
    {
        await SignInAsync(SampleSchool.Staff(Roles.SchoolAdministrator).Id);
        Assert.True(await ground.AskAsync<bool>("select is_connected from connection.schools where school_id = $1", ConnectionGround.School));
        await ground.DoAsync("update connection.definitions set least_staff = 400");
        Assert.False(await ground.AskAsync<bool>("select is_connected from connection.schools where school_id = $1", ConnectionGround.School));
        await ground.DoAsync("update connection.definitions set least_staff = 5");
        await CompareAsync("definitions back");
    }

    [Fact]
    public async Task A_frozen_point_stays_as_it_was()
    {
        await ground.Service<DailyWork>().HandleAsync(default);
        await ground.DoAsync("update connection.units set connected = connected");
        var before = await ground.AskAsync<string>("select string_agg(p::text, '|' order by p::text) from connection.points p");
        await SignInAsync(SampleSchool.Staff(Roles.Head).Id);
        await ground.Service<DailyWork>().HandleAsync(default);
        Assert.NotNull(before);
        Assert.Equal(before, await ground.AskAsync<string>("select string_agg(p::text, '|' order by p::text) from connection.points p"));
    }

    [Fact]
    public async Task Demonstration_school_is_never_counted_and_a_reset_opens_another()
    {
        var region = await ground.CoordinatorAsync(Roles.RegionalCoordinator);
        var opened = await ground.RunAsync<OpenDemoSchool, Result<Guid>>(demo => demo.HandleAsync(region, false, default));
        await ground.CountAsync();
        await CompareAsync("demo");
        Assert.Equal(409, (await ground.RunAsync<OpenDemoSchool, Result<Guid>>(demo => demo.HandleAsync(region, false, default))).Problem!.Status);
        var facts = await ground.Service<IRegistry>().GetFactsAsync(region.PersonId, null, ground.Host.Clock.Now, default);
        Assert.Contains(facts!.Offers, offer => offer.Hat == new Hat(Roles.SchoolAdministrator, opened.Value));
        // Who comes again comes to work, not to the demonstration.
        Assert.Equal(region.Hat, facts.Offers[0].Hat);
        await TryJournalAsync(region.PersonId, opened.Value);
        var second = await ground.RunAsync<OpenDemoSchool, Result<Guid>>(demo => demo.HandleAsync(region, true, default));
        await ground.CountAsync();
        await CompareAsync("reset");
        Assert.NotEqual(opened.Value, second.Value);
        Assert.True(await ground.AskAsync<bool>("select is_closed from connection.schools where school_id = $1", opened.Value));
        Assert.Equal(404, (await ground.RunAsync<OpenDemoSchool, Result<Guid>>(async demo => await demo.HandleAsync(await ground.AdministratorAsync(), false, default))).Problem!.Status);
    }

    // Whoever opened it teaches its first class and sets a mark there at once.
    private async Task TryJournalAsync(Guid person, Guid school)
    {
        Assert.Equal((3, 36, 15), (
            await ground.AskAsync<int>("select count(*)::int from registry.classes where school_id = $1", school),
            await ground.AskAsync<int>("select count(*)::int from registry.enrolments where school_id = $1 and ends_on is null", school),
            await ground.AskAsync<int>("select count(*)::int from registry.teaching_groups where school_id = $1", school)));
        await ground.Host.DeliveredAsync();
        var teacher = await ground.ActorAsync(person, new Hat(Roles.Teacher, school));
        var group = await ground.AskAsync<Guid>("select group_id from registry.teaching_assignments where school_id = $1 and person_id = $2 order by group_id limit 1", school, person);
        var lesson = await ground.AskAsync<Guid>("select id from journal.lessons where school_id = $1 and group_id = $2 and date <= $3 order by date desc limit 1", school, group, SampleSchool.Today);
        var learner = await ground.AskAsync<Guid>("select e.person_id from registry.enrolments e join registry.teaching_groups g on g.class_id = e.class_id where g.id = $1 limit 1", group);
        var saved = await ground.RunAsync<RecordMarks, Result<RecordMarksAnswer>>(marks => marks.HandleAsync(teacher, group, new RecordMarksRequest(Ids.New(),
            [new CellChange(lesson, learner, CellKind.Mark, "5", null, 0), new CellChange(lesson, learner, CellKind.Absence, "ОП", null, 0)]), default));
        Assert.True(saved.IsOk, saved.Problem?.Code);
        Assert.All(saved.Value.Cells, cell => Assert.Equal("saved", cell.State));
    }

    private async Task CompareAsync(string when) =>
        Assert.Equal((when, await ground.AskAsync<string>(Recount)), (when, await ground.AskAsync<string>(Kept)));

    private async Task ChangeAsync(Random dice)
    {
        var school = dice.Next(2) == 0 ? ConnectionGround.School : ConnectionGround.OtherSchool;
        switch (dice.Next(6))
        {
            case 0:
                await ground.DoAsync("insert into registry.memberships (unit_id, id, person_id, role, starts_on) select $1, gen_random_uuid(), id, 'psychologist', '2026-11-01' from registry.people order by md5(id::text || $2) limit 1", school, Salt(dice));
                break;
            case 1:
                await ground.DoAsync("update registry.memberships set ends_on = '2026-11-20' where id = (select id from registry.memberships where unit_id = $1 and ends_on is null and starts_on < '2026-11-20' order by md5(id::text || $2) limit 1)", school, Salt(dice));
                break;
            case 2:
                await ground.DoAsync("update registry.enrolments set ends_on = case when ends_on is null then '2026-11-01'::date end where id = (select id from registry.enrolments where school_id = $1 order by md5(id::text || $2) limit 1)", school, Salt(dice));
                break;
            case 3:
                await ground.DoAsync("update registry.organisations set closed_on = case when closed_on is null then '2026-11-01'::date end where id = $1", school);
                break;
            case 4:
                await SignInAsync(await ground.AskAsync<Guid>("select person_id from registry.memberships where unit_id = $1 order by md5(id::text || $2) limit 1", school, Salt(dice)));
                return;
            default:
                await MarkAsync(school, dice.Next(2) == 0);
                return;
        }
        await RecountAsync(school);
    }

    private static string Salt(Random dice) => dice.Next().ToString(System.Globalization.CultureInfo.InvariantCulture);

    private async Task SignInAsync(Guid person)
    {
        var facts = await ground.Service<IRegistry>().GetFactsAsync(person, null, ground.Host.Clock.Now, default);
        var happened = new PersonSignedIn(Ids.New(), ground.Host.Clock.Now, person, [.. facts!.Offers.Select(offer => offer.Hat.UnitId).Where(unit => unit != Guid.Empty)]);
        await DeliverAsync(new CountArrivals(ground.Service<CountFigures>()), happened);
    }

    private Task RecountAsync(Guid school) => DeliverAsync(new CountChangedUnits(ground.Service<CountFigures>()), new UnitsChanged(Ids.New(), ground.Host.Clock.Now, [school]));

    /// <summary>Sets or takes away the marks of a day, as the journal and its day totals would.</summary>
    private async Task MarkAsync(Guid school, bool isSet)
    {
        var day = SampleSchool.Today.AddDays(-1);
        await ground.DoAsync("update journal.day_totals set marks = 0 where school_id = $1 and date <> $2", school, day);
        await ground.DoAsync("insert into journal.day_totals (school_id, date, territory_ids, marks) values ($1, $2, '{}', $3) on conflict (school_id, date) do update set marks = $3", school, day, isSet ? 1 : 0);
        var cell = new RecordedCell(Ids.New(), Ids.New(), day, isSet ? new RecordedMark("5", 1, 1, null, 1, "") : null, null, !isSet, false);
        await DeliverAsync(new CountMarks(ground.Host.Clock), new MarksRecorded(Ids.New(), school, 2026, Ids.New(), "Алгебра", Ids.New(), "", Ids.New(), ground.Host.Clock.Now, [cell]));
        // Taking a mark away asks for a recount through the outbox; the test does not wait for the pump.
        await RecountAsync(school);
    }

    private async Task DeliverAsync<TEvent>(IEventHandler<TEvent> handler, TEvent happened) where TEvent : IModuleEvent
    {
        await using var connection = await ground.Service<WorkerDb>().Source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await handler.HandleAsync([happened], connection, default);
        await transaction.CommitAsync();
    }
}
