using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
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

/// <summary>A learner in the sheet of term marks.</summary>
/// <param name="Learner">Who.</param>
/// <param name="Marks">Marks of the term, in order.</param>
/// <param name="Absent">Lessons missed in the term.</param>
/// <param name="Unexplained">Of these, without a reason.</param>
internal sealed record ResultRow(RosterLearner Learner, ImmutableArray<DatedMark> Marks, int Absent, int Unexplained);

/// <summary>What is still to be done before a term can be closed; each figure opens to its names.</summary>
/// <param name="NotSet">Learners without a mark for the term.</param>
/// <param name="TooFew">Learners with fewer marks than the regulation wants.</param>
/// <param name="Unexplained">Learners with absences nobody has explained.</param>
/// <param name="BareLessons">Days of lessons held without a topic.</param>
internal sealed record TermChecklist(ImmutableArray<string> NotSet, ImmutableArray<string> TooFew, ImmutableArray<string> Unexplained, ImmutableArray<DateOnly> BareLessons)
{
    public bool IsClear => NotSet.IsEmpty && TooFew.IsEmpty && Unexplained.IsEmpty && BareLessons.IsEmpty;
}

/// <summary>The sheet of term marks of one group.</summary>
internal sealed record TermSheet(
    GroupRoster Group, TermFacts? Term, TermBook Book, ImmutableArray<ResultRow> Rows, TermChecklist Checklist,
    IReadOnlyList<(TermMarkChange Change, string By)> Changes, Reopening? Reopening, bool IsTeacher, DateOnly Today)
{
    /// <summary>The periods that this sheet sets.</summary>
    public ImmutableArray<short> Periods => Term is null ? [Period.Year, Period.Exam, Period.Final] : [Term.Number];

    public short Lock => Term?.Number ?? Period.Year;

    public bool IsClosed => Book.Closed.Contains(Lock);

    public bool HasBegun => Term is null ? Group.Terms.LastOrDefault() is not { } last || last.Starts <= Today : Term.Starts <= Today;

    public bool IsWritable => IsTeacher && !IsClosed && Group.Grade > 1 && HasBegun;

    /// <summary>Values typed that were refused, so that nothing typed is lost.</summary>
    public IReadOnlyDictionary<(Guid Learner, short Period), string> Typed { get; init; } = ImmutableDictionary<(Guid, short), string>.Empty;

    public Problem? Refusal { get; init; }

    /// <summary>What has just been done, as the address says.</summary>
    public string? Done { get; init; }
}

/// <summary>Reads a group's term marks with what they follow from.</summary>
internal sealed class ShowResults(AppDb db, IRegistry registry, TeacherNames names, ReadingAudit audit, IClock clock)
{
    private const int ChangesShown = 30;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/journal/{groupId:guid}/results", async (
            Guid groupId, short? term, string? done, HttpContext context, ShowResults handler, CancellationToken cancel) =>
        {
            var results = await handler.HandleAsync(context.RequireActor(), groupId, term, cancel);
            return results.IsOk ? Page.Of<ResultsPage>(new { Data = results.Value with { Done = done } }) : results.Problem!.ToPage();
        }).Allow(JournalActions.OpenJournal);

    /// <param name="actor">Who asks.</param>
    /// <param name="groupId">The group.</param>
    /// <param name="period">Number of a term, 90 for the year, null for the term of today.</param>
    /// <param name="cancel">Cancels waiting.</param>
    public async Task<Result<TermSheet>> HandleAsync(Actor actor, Guid groupId, short? period, CancellationToken cancel)
    {
        if (await JournalAccess.FindGroupAsync(registry, actor, groupId, JournalActions.OpenJournal, cancel) is not { } group) return Problem.NotFound;
        var today = clock.TodayIn(group.TimeZone);
        var term = period == Period.Year ? null
            : group.Terms.FirstOrDefault(t => t.Number == period) ?? ((IReadOnlyList<TermFacts>)group.Terms).TermAt(today);
        var (from, to) = term is null ? (group.Terms.FirstOrDefault()?.Starts ?? today, group.Terms.LastOrDefault()?.Ends ?? today) : (term.Starts, term.Ends);
        var noted = audit.NoteAsync(actor, JournalActions.OpenJournal, group.SchoolId, null, $"group={groupId} results");
        var read = await db.ReadAsync(actor, batch =>
        {
            TermBookRows.Add(batch, group, today);
            AddTerm(batch, group, from, to, today < to ? today : to, term?.Number ?? Period.Year);
        }, async (reader, token) => (Book: await TermBookRows.ReadAsync(reader, token), Term: await ReadTermAsync(reader, token)), cancel);
        var known = await names.OfAsync(actor, [.. read.Term.Changes.Select(change => change.By)], cancel);
        await noted;
        return Compose(group, term, read.Book, read.Term, from, to, today) with
        {
            Changes = [.. read.Term.Changes.Select(change => (change, known[change.By]))],
            IsTeacher = JournalAccess.Allows(actor, JournalActions.SetTermMarks, group),
        };
    }

    private static void AddTerm(NpgsqlBatch batch, GroupRoster group, DateOnly from, DateOnly to, DateOnly held, short period)
    {
        batch.AddOfYear("""
            select a.learner_id, count(*)::int, (count(*) filter (where coalesce(c.category, 'unknown') = 'unknown'))::int
              from journal.absences a left join journal.absence_codes c on c.school_id = a.school_id and c.code = a.code
             where a.school_year = $1 and a.school_id = $2 and a.group_id = $3 and a.lesson_date between $4 and $5 and coalesce(c.category, '') <> 'late'
             group by 1
            """, group.SchoolYear, group.SchoolId, group.GroupId, from, to);
        batch.AddOfYear("""
            select date from journal.lessons where school_year = $1 and school_id = $2 and group_id = $3 and date between $4 and $5 and topic = '' and not is_cancelled order by date
            """, group.SchoolYear, group.SchoolId, group.GroupId, from, held);
        batch.AddOfYear("""
            select learner_id, period, old_value, new_value, at, by_person from journal.term_mark_history
             where school_year = $1 and school_id = $2 and group_id = $3 order by at desc, learner_id limit $4
            """, group.SchoolYear, group.SchoolId, group.GroupId, ChangesShown);
        batch.Add($"""
            select {TermBookRows.ReopeningColumns} from journal.reopenings
             where school_year = $1 and school_id = $2 and group_id = $3 and term = $4 order by asked_at desc limit 1
            """, group.SchoolYear, group.SchoolId, group.GroupId, period);
    }

    private sealed record TermRows(
        Dictionary<Guid, (int Absent, int Unexplained)> Absences, List<DateOnly> Bare, List<TermMarkChange> Changes, Reopening? Reopening);

    private static async Task<TermRows> ReadTermAsync(NpgsqlDataReader reader, CancellationToken cancel)
    {
        var absences = await reader.ReadAllAsync(r => (Learner: r.GetGuid(0), Absent: r.GetInt32(1), Unexplained: r.GetInt32(2)), cancel);
        var bare = await reader.ReadAllAsync(r => r.GetFieldValue<DateOnly>(0), cancel);
        var changes = await reader.ReadAllAsync(r => new TermMarkChange(r.GetGuid(0), r.GetInt16(1), r.Text(2), r.Text(3), r.GetFieldValue<DateTimeOffset>(4), r.GetGuid(5)), cancel);
        var reopening = await reader.ReadFirstAsync(TermBookRows.ReadReopening, cancel);
        return new(absences.ToDictionary(a => a.Learner, a => (a.Absent, a.Unexplained)), bare, changes, reopening);
    }

    private static TermSheet Compose(GroupRoster group, TermFacts? term, TermBook book, TermRows rows, DateOnly from, DateOnly to, DateOnly today)
    {
        var sheet = group.Learners.Where(learner => learner.From <= to && (learner.To is null || learner.To >= to || learner.To >= today)).Select(learner =>
        {
            var (absent, unexplained) = rows.Absences.GetValueOrDefault(learner.PersonId);
            return new ResultRow(learner, [.. book.Marks[learner.PersonId].Where(mark => mark.Date >= from && mark.Date <= to)], absent, unexplained);
        }).ToImmutableArray();
        var period = term?.Number ?? Period.Year;
        var notSet = sheet.Where(row => group.Grade > 1 && !book.Set.ContainsKey((row.Learner.PersonId, period)));
        var tooFew = sheet.Where(row => group.Grade > 1 && term is not null && !book.Set.ContainsKey((row.Learner.PersonId, period))
            && WeightedAverage.Of(row.Marks.Select(mark => (mark.Value, mark.Weight))).Count < book.Regulation.MinMarks);
        var checklist = new TermChecklist(Names(notSet), Names(tooFew), Names(sheet.Where(row => row.Unexplained > 0)), [.. rows.Bare]);
        return new(group, term, book, sheet, checklist, [], rows.Reopening, false, today);

        static ImmutableArray<string> Names(IEnumerable<ResultRow> rows) => [.. rows.Select(row => row.Learner.Name.Short)];
    }
}
