using System.Collections.Immutable;
using MySchool.Contracts.Registry;
using MySchool.Journal.Domain;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Journal.Data;

/// <summary>A mark that stands for a period.</summary>
/// <param name="Value">The mark.</param>
/// <param name="Proposed">What was proposed when it was set.</param>
/// <param name="Basis">The sum behind it then.</param>
/// <param name="Version">Grows by one with each change.</param>
/// <param name="By">Who set it.</param>
internal sealed record TermMark(string Value, string? Proposed, string Basis, int Version, Guid By);

/// <summary>A change of a term mark.</summary>
internal sealed record TermMarkChange(Guid Learner, short Period, string? Old, string? New, DateTimeOffset At, Guid By);

/// <summary>A request to open a closed term again.</summary>
internal sealed record Reopening(
    Guid Id, Guid ClassId, Guid GroupId, short Term, Guid AskedBy, DateTimeOffset AskedAt, string Reason, string State, Guid? DecidedBy, DateTimeOffset? DecidedAt, string? Answer, DateOnly? OpenUntil);

/// <summary>Everything that term marks of one group follow from.</summary>
internal sealed record TermBook(Regulation Regulation, ImmutableArray<short> Closed)
{
    public Dictionary<(Guid Learner, short Period), TermMark> Set { get; } = [];

    public ILookup<Guid, DatedMark> Marks { get; set; } = Array.Empty<DatedMark>().ToLookup(_ => Guid.Empty);

    public Dictionary<(Guid Learner, short Period), int> LastVersions { get; } = [];

    /// <summary>What the regulation proposes for a learner and a period.</summary>
    public Proposal Propose(GroupRoster group, Guid learner, short period) => period switch
    {
        Period.Year => TermRules.OfYear([.. group.Terms.Select(term => Set.GetValueOrDefault((learner, term.Number))?.Value)], MarksOf(learner, null), Regulation),
        Period.Exam => new(null, ""),
        Period.Final => TermRules.OfFinal(Set.GetValueOrDefault((learner, Period.Year))?.Value, Set.GetValueOrDefault((learner, Period.Exam))?.Value),
        _ => TermRules.OfTerm(MarksOf(learner, group.Terms.FirstOrDefault(term => term.Number == period)), Regulation),
    };

    /// <summary>Marks of a term, or of the year, that averages are made of.</summary>
    public List<(string Value, short Weight)> MarksOf(Guid learner, TermFacts? term) =>
        [.. Marks[learner].Where(mark => term is null || mark.Date >= term.Starts && mark.Date <= term.Ends).Select(mark => (mark.Value, mark.Weight))];
}

/// <summary>Statements over term marks; each reader stands beside its statement.</summary>
internal static class TermBookRows
{
    public const string RegulationOf = "select five_from, four_from, three_from, min_marks, year_by, edit_window_days from journal.settings where school_id = $1";

    public static void Add(NpgsqlBatch batch, GroupRoster group, DateOnly today)
    {
        batch.Add(RegulationOf, group.SchoolId);
        batch.Add("select journal.closed_for($1, $2, $3, $4, $5)", group.SchoolYear, group.SchoolId, group.ClassId, group.GroupId, today);
        batch.AddOfYear("""
            select learner_id, period, value, proposed, basis, version, recorded_by from journal.term_marks
             where school_year = $1 and school_id = $2 and group_id = $3
            """, group.SchoolYear, group.SchoolId, group.GroupId);
        // A cleared mark's versions go on.
        batch.AddOfYear("""
            select learner_id, period, max(version) from journal.term_mark_history where school_year = $1 and school_id = $2 and group_id = $3 group by 1, 2
            """, group.SchoolYear, group.SchoolId, group.GroupId);
        batch.AddOfYear("""
            select learner_id, lesson_date, value, weight from journal.marks
             where school_year = $1 and school_id = $2 and group_id = $3 order by learner_id, lesson_date, slot
            """, group.SchoolYear, group.SchoolId, group.GroupId);
    }

    public static async Task<TermBook> ReadAsync(NpgsqlDataReader reader, CancellationToken cancel)
    {
        var regulation = await ReadRegulationAsync(reader, cancel);
        var closed = await reader.ReadFirstAsync(r => r.GetFieldValue<short[]>(0), cancel);
        var book = new TermBook(regulation, [.. closed ?? []]);
        foreach (var (key, mark) in await reader.ReadAllAsync(r => (
            (r.GetGuid(0), r.GetInt16(1)), new TermMark(r.GetString(2), r.Text(3), r.GetString(4), r.GetInt32(5), r.GetGuid(6))), cancel)) book.Set[key] = mark;
        foreach (var (key, version) in await reader.ReadAllAsync(r => ((r.GetGuid(0), r.GetInt16(1)), r.GetInt32(2)), cancel)) book.LastVersions[key] = version;
        book.Marks = (await reader.ReadAllAsync(r => (Learner: r.GetGuid(0), Mark: new DatedMark(r.GetFieldValue<DateOnly>(1), r.GetString(2), r.GetInt16(3))), cancel))
            .ToLookup(mark => mark.Learner, mark => mark.Mark);
        return book;
    }

    public static async Task<Regulation> ReadRegulationAsync(NpgsqlDataReader reader, CancellationToken cancel) =>
        await reader.ReadFirstAsync(r => new Regulation(r.GetDecimal(0), r.GetDecimal(1), r.GetDecimal(2), r.GetInt16(3),
            r.GetString(4) == "marks" ? YearBy.Marks : YearBy.Terms, r.GetInt16(5)), cancel) ?? Regulation.Usual;

    public const string ReopeningColumns = "id, class_id, group_id, term, asked_by, asked_at, reason, state, decided_by, decided_at, answer, open_until";

    public static Reopening ReadReopening(NpgsqlDataReader r) => new(
        r.GetGuid(0), r.GetGuid(1), r.GetGuid(2), r.GetInt16(3), r.GetGuid(4), r.GetFieldValue<DateTimeOffset>(5), r.GetString(6), r.GetString(7),
        r.Maybe<Guid>(8), r.Maybe<DateTimeOffset>(9), r.Text(10), r.Maybe<DateOnly>(11));
}
