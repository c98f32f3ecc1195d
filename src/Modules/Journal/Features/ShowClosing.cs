using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Journal.Data;
using MySchool.Journal.Domain;
using MySchool.Journal.Pages;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Ui;
using Npgsql;

namespace MySchool.Journal.Features;

/// <summary>What a group still lacks for its term to be closed; names open in the class.</summary>
internal sealed record GroupClosing(
    SchoolGroup Group, int Learners, ImmutableArray<string> NotSet, ImmutableArray<string> TooFew, ImmutableArray<string> Unexplained, int BareLessons)
{
    public bool IsClear => NotSet.IsEmpty && Unexplained.IsEmpty && BareLessons == 0;
}

/// <summary>A class on the way to the end of a term.</summary>
internal sealed record ClassClosing(Guid ClassId, string Name, short Grade, ImmutableArray<GroupClosing> Groups, DateTimeOffset? ClosedAt, string? ClosedBy, string? Note)
{
    public bool IsClosed => ClosedAt is not null;

    public int Set => Groups.Sum(group => group.Learners - group.NotSet.Length);

    public int Wanted => Groups.Sum(group => group.Learners);

    public bool IsClear => Groups.All(group => group.IsClear);
}

/// <summary>A request to open a term again, in words.</summary>
internal sealed record ReopeningLine(Reopening Asked, string Group, string By, string? DecidedBy);

/// <summary>The end of a term in a school.</summary>
internal sealed record SchoolClosing(
    SchoolRosters School, TermFacts? Term, ImmutableArray<ClassClosing> Classes, IReadOnlyList<ReopeningLine> Requests, DateOnly Today, bool MayClose, bool MayReopen)
{
    public short Period => Term?.Number ?? Domain.Period.Year;

    public Problem? Refusal { get; init; }

    /// <summary>What has just been done, as the address says.</summary>
    public string? Done { get; init; }

    /// <summary>The class looked at, or null for the whole school.</summary>
    public Guid? ClassId { get; init; }
}

/// <summary>The checklist of a term: the school by classes, a class by groups and names.</summary>
internal sealed class ShowClosing(AppDb db, IRegistry registry, TeacherNames names, ReadingAudit audit, IClock clock)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/closing", async (short? term, string? done, HttpContext context, ShowClosing handler, CancellationToken cancel) =>
            await handler.ShowAsync(context.RequireActor(), null, term, null, cancel, done)).Allow(JournalActions.OpenClosing);
        routes.MapGet("/closing/{classId:guid}", async (Guid classId, short? term, string? done, HttpContext context, ShowClosing handler, CancellationToken cancel) =>
            await handler.ShowAsync(context.RequireActor(), classId, term, null, cancel, done)).Allow(JournalActions.OpenClosing);
    }

    /// <summary>The page, with what was refused.</summary>
    public async Task<IResult> ShowAsync(Actor actor, Guid? classId, short? term, Problem? refusal, CancellationToken cancel, string? done = null)
    {
        if (refusal?.Status == 404) return refusal.ToPage();
        var closing = await HandleAsync(actor, classId, term, cancel);
        if (!closing.IsOk) return closing.Problem!.ToPage();
        var shown = closing.Value with { Refusal = refusal, Done = done };
        return classId is null ? Page.Of<ClosingPage>(new { Data = shown }, refusal?.Status ?? 200) : Page.Of<ClosingClassPage>(new { Data = shown }, refusal?.Status ?? 200);
    }

    public async Task<Result<SchoolClosing>> HandleAsync(Actor actor, Guid? classId, short? period, CancellationToken cancel)
    {
        var school = actor.Hat.UnitId;
        var place = new Coordinate(Places.School, school);
        if (!Decide.Allows(actor, JournalActions.OpenClosing, place)) return Problem.NotFound;
        if (await registry.GetSchoolRostersAsync(actor, school, classId, cancel) is not { } rosters) return Problem.NotFound;
        var today = clock.TodayIn(rosters.TimeZone);
        var term = period == Period.Year ? null : rosters.Terms.FirstOrDefault(t => t.Number == period) ?? TermToClose(rosters, today);
        var noted = classId is null ? Task.CompletedTask : audit.NoteAsync(actor, JournalActions.OpenClosing, school, null, $"class={classId}");
        var rows = await db.ReadAsync(actor, batch => AddTo(batch, school, rosters, term, today), ReadAsync, cancel);
        var by = await names.OfAsync(actor, [.. rows.Closed.Values.Select(closed => closed.By), .. rows.Requests.SelectMany(request => new[] { request.AskedBy, request.DecidedBy ?? request.AskedBy })], cancel);
        await noted;
        var groups = rosters.Groups.ToDictionary(group => group.GroupId);
        return new SchoolClosing(rosters, term, [.. ClosingRows.Classes(rosters, term, rows, by, today)],
            [.. rows.Requests.Where(request => groups.ContainsKey(request.GroupId)).Select(request => new ReopeningLine(
                request, $"{groups[request.GroupId].SubjectName}, {groups[request.GroupId].ClassName}", by[request.AskedBy], request.DecidedBy is { } id ? by[id] : null))],
            today, Decide.Allows(actor, JournalActions.CloseTerm, place), Decide.Allows(actor, JournalActions.DecideReopening, place)) { ClassId = classId };
    }

    // The term that runs, or for two weeks after its end the one that has ended: that is when it is closed.
    private static TermFacts? TermToClose(SchoolRosters rosters, DateOnly today) =>
        rosters.Terms.LastOrDefault(term => term.Ends < today && today.DayNumber - term.Ends.DayNumber <= 14)
        ?? ((IReadOnlyList<TermFacts>)rosters.Terms).TermAt(today) ?? rosters.Terms.FirstOrDefault();

    private static void AddTo(NpgsqlBatch batch, Guid school, SchoolRosters rosters, TermFacts? term, DateOnly today)
    {
        var (from, to) = (term?.Starts ?? rosters.Terms.FirstOrDefault()?.Starts ?? today, term?.Ends ?? rosters.Terms.LastOrDefault()?.Ends ?? today);
        var groups = rosters.Groups.Select(group => group.GroupId).ToArray();
        batch.Add(TermBookRows.RegulationOf, school);
        batch.AddOfYear("select group_id, learner_id from journal.term_marks where school_year = $1 and school_id = $2 and group_id = any($3) and period = $4",
            rosters.SchoolYear, school, groups, term?.Number ?? Period.Year);
        batch.AddOfYear("""
            select group_id, learner_id, sum(cardinality(string_to_array(value, '/')))::int from journal.marks
             where school_year = $1 and school_id = $2 and group_id = any($3) and lesson_date between $4 and $5 and value ~ '^[1-5](/[1-5])?$' group by 1, 2
            """, rosters.SchoolYear, school, groups, from, to);
        batch.AddOfYear("""
            select distinct a.group_id, a.learner_id from journal.absences a
              left join journal.absence_codes c on c.school_id = a.school_id and c.code = a.code
             where a.school_year = $1 and a.school_id = $2 and a.group_id = any($3) and a.lesson_date between $4 and $5 and coalesce(c.category, 'unknown') = 'unknown'
            """, rosters.SchoolYear, school, groups, from, to);
        batch.AddOfYear("""
            select group_id, count(*)::int from journal.lessons
             where school_year = $1 and school_id = $2 and group_id = any($3) and date between $4 and $5 and topic = '' and not is_cancelled group by 1
            """, rosters.SchoolYear, school, groups, from, today < to ? today : to);
        batch.Add("select class_id, closed_at, closed_by, note from journal.closed_terms where school_year = $1 and school_id = $2 and term = $3",
            rosters.SchoolYear, school, term?.Number ?? Period.Year);
        batch.Add($"""
            select {TermBookRows.ReopeningColumns} from journal.reopenings
             where school_year = $1 and school_id = $2 and (state = 'asked' or term = $3) order by state <> 'asked', asked_at desc limit 50
            """, rosters.SchoolYear, school, term?.Number ?? Period.Year);
    }

    private static async Task<ClosingData> ReadAsync(NpgsqlDataReader reader, CancellationToken cancel) => new(
        await TermBookRows.ReadRegulationAsync(reader, cancel),
        [.. await reader.ReadAllAsync(r => (r.GetGuid(0), r.GetGuid(1)), cancel)],
        (await reader.ReadAllAsync(r => (Key: (r.GetGuid(0), r.GetGuid(1)), Count: r.GetInt32(2)), cancel)).ToDictionary(row => row.Key, row => row.Count),
        [.. await reader.ReadAllAsync(r => (r.GetGuid(0), r.GetGuid(1)), cancel)],
        (await reader.ReadAllAsync(r => (Group: r.GetGuid(0), Count: r.GetInt32(1)), cancel)).ToDictionary(row => row.Group, row => row.Count),
        (await reader.ReadAllAsync(r => (Class: r.GetGuid(0), Closed: new ClosedClass(r.GetFieldValue<DateTimeOffset>(1), r.GetGuid(2), r.Text(3))), cancel)).ToDictionary(row => row.Class, row => row.Closed),
        await reader.ReadAllAsync(TermBookRows.ReadReopening, cancel));
}

/// <summary>A closed class.</summary>
internal readonly record struct ClosedClass(DateTimeOffset At, Guid By, string? Note);

/// <summary>Rows of a school's term.</summary>
internal sealed record ClosingData(
    Regulation Regulation, HashSet<(Guid Group, Guid Learner)> Set, Dictionary<(Guid Group, Guid Learner), int> Marks, HashSet<(Guid Group, Guid Learner)> Unexplained,
    Dictionary<Guid, int> Bare, Dictionary<Guid, ClosedClass> Closed, List<Reopening> Requests);

/// <summary>Rows made into classes and groups.</summary>
internal static class ClosingRows
{
    public static IEnumerable<ClassClosing> Classes(SchoolRosters school, TermFacts? term, ClosingData rows, IReadOnlyDictionary<Guid, string> names, DateOnly today) =>
        school.Groups.GroupBy(group => group.ClassId).Select(ofClass =>
        {
            var closed = rows.Closed.TryGetValue(ofClass.Key, out var found) ? found : (ClosedClass?)null;
            return new ClassClosing(ofClass.Key, ofClass.First().ClassName.Split(',')[0], ofClass.First().Grade,
                [.. ofClass.Select(group => Group(group, school, term, rows, today))], closed?.At, closed is { } by ? names[by.By] : null, closed?.Note);
        });

    private static GroupClosing Group(SchoolGroup group, SchoolRosters school, TermFacts? term, ClosingData rows, DateOnly today)
    {
        var ends = term?.Ends ?? school.Terms.LastOrDefault()?.Ends ?? today;
        var learners = school.Learners[group.GroupId].Where(l => l.From <= ends && (l.To is null || l.To >= ends || l.To >= today)).DistinctBy(l => l.PersonId).ToList();
        var hasMarks = group.Grade > 1;
        var notSet = learners.Where(l => hasMarks && !rows.Set.Contains((group.GroupId, l.PersonId))).ToList();
        return new(group, hasMarks ? learners.Count : 0, Names(notSet),
            Names(notSet.Where(l => term is not null && rows.Marks.GetValueOrDefault((group.GroupId, l.PersonId)) < rows.Regulation.MinMarks)),
            Names(learners.Where(l => rows.Unexplained.Contains((group.GroupId, l.PersonId)))), rows.Bare.GetValueOrDefault(group.GroupId));
    }

    private static ImmutableArray<string> Names(IEnumerable<RosterLearner> learners) => [.. learners.Select(learner => learner.Name.Short)];
}
