using System.Collections.Immutable;
using MySchool.Contracts.Registry;
using MySchool.Journal.Data;
using MySchool.Journal.Domain;
using MySchool.Journal.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Journal.Features.Remarks;

/// <summary>Something a journal lacks, found by looking: a proposal that the deputy makes a remark of, or does not.</summary>
/// <param name="Group">The journal.</param>
/// <param name="Kind">One of <see cref="RemarkRules.Kinds"/>.</param>
/// <param name="Count">How much of it.</param>
/// <param name="Text">In words, as the remark will say it.</param>
internal sealed record Lack(SchoolGroup Group, string Kind, int Count, string Text);

/// <summary>Looks journals of a school through: lessons without a topic, homework missing, marks set late, too few marks. Decides nothing.</summary>
internal sealed class FindLacks(AppDb db)
{
    // A mark set later than this after its lesson is late; so few of them are an accident.
    private const int LateDays = 5;
    private const int FewestLate = 5;

    // Homework is looked for over three weeks; one lesson without it is no fault.
    private const int HomeworkDays = 21;
    private const int FewestBare = 3;
    private const int OftenOverThreeWeeks = 9;
    private const int DaysNamed = 6;

    public async Task<ImmutableArray<Lack>> HandleAsync(Actor actor, SchoolRosters school, TermFacts term, DateOnly today, CancellationToken cancel)
    {
        var to = term.Ends < today ? term.Ends : today.AddDays(-1);
        if (to < term.Starts) return [];
        var groups = school.Groups.Select(group => group.GroupId).ToArray();
        var rows = await db.ReadAsync(actor, batch => Add(batch, actor.Hat.UnitId, school, groups, term, to), ReadAsync, cancel);
        var isHalf = 2 * (to.DayNumber - term.Starts.DayNumber) >= term.Ends.DayNumber - term.Starts.DayNumber;
        return [.. school.Groups.SelectMany(group => Of(group, school, rows, isHalf, to)).Where(lack => !rows.Asked.Contains((lack.Group.GroupId, lack.Kind)))];
    }

    private static void Add(NpgsqlBatch batch, Guid school, SchoolRosters rosters, Guid[] groups, TermFacts term, DateOnly to)
    {
        batch.Add(TermBookRows.RegulationOf, school);
        batch.AddOfYear("""
            select l.group_id, l.date, l.topic = '', not exists (select from journal.homework h where h.school_year = $1 and h.school_id = $2 and h.lesson_id = l.id)
              from journal.lessons l
             where l.school_year = $1 and l.school_id = $2 and l.group_id = any($3) and l.date between $4 and $5 and not l.is_cancelled order by l.date
            """, rosters.SchoolYear, school, groups, term.Starts, to);
        // A mark's first version tells when it was set; a corrected one is not counted against anybody.
        batch.AddOfYear("""
            select group_id, learner_id, coalesce(sum(cardinality(string_to_array(value, '/'))) filter (where value ~ '^[1-5](/[1-5])?$'), 0)::int,
                   (count(*) filter (where version = 1 and (recorded_at at time zone $6)::date - lesson_date > $7))::int
              from journal.marks where school_year = $1 and school_id = $2 and group_id = any($3) and lesson_date between $4 and $5 group by 1, 2
            """, rosters.SchoolYear, school, groups, term.Starts, to, rosters.TimeZone, LateDays);
        batch.Add("select group_id, kind from journal.remarks where school_year = $1 and school_id = $2 and term = $3 and state <> 'closed' and lesson_id is null",
            rosters.SchoolYear, school, term.Number);
    }

    private sealed record Found(
        Regulation Regulation, ILookup<Guid, (DateOnly Date, bool IsBare, bool HasNoHomework)> Lessons, ILookup<Guid, (Guid Learner, int Marks, int Late)> Marks, HashSet<(Guid, string)> Asked);

    private static async Task<Found> ReadAsync(NpgsqlDataReader reader, CancellationToken cancel) => new(
        await TermBookRows.ReadRegulationAsync(reader, cancel),
        (await reader.ReadAllAsync(r => (Group: r.GetGuid(0), Lesson: (r.GetFieldValue<DateOnly>(1), r.GetBoolean(2), r.GetBoolean(3))), cancel)).ToLookup(row => row.Group, row => row.Lesson),
        (await reader.ReadAllAsync(r => (Group: r.GetGuid(0), Marks: (r.GetGuid(1), r.GetInt32(2), r.GetInt32(3))), cancel)).ToLookup(row => row.Group, row => row.Marks),
        [.. await reader.ReadAllAsync(r => (r.GetGuid(0), r.GetString(1)), cancel)]);

    private static IEnumerable<Lack> Of(SchoolGroup group, SchoolRosters school, Found rows, bool isHalf, DateOnly to)
    {
        var lessons = rows.Lessons[group.GroupId].ToList();
        var bare = lessons.Where(lesson => lesson.IsBare).Select(lesson => lesson.Date).ToList();
        if (bare.Count > 0) yield return new(group, RemarkRules.Topic, bare.Count, Say(Texts.LackTopic, Words.Plural(bare.Count, Texts.CountBare), Days(bare)));
        // Grade 1 has neither marks nor homework (СП 2.4.3648-20).
        if (group.Grade == 1) yield break;
        var recent = lessons.Where(lesson => lesson.Date > to.AddDays(-HomeworkDays)).ToList();
        var without = recent.Where(lesson => lesson.HasNoHomework).Select(lesson => lesson.Date).ToList();
        // A subject of one or two lessons a week that has had no homework at all this term has none by its nature.
        var hasHomework = lessons.Exists(lesson => !lesson.HasNoHomework) || recent.Count >= OftenOverThreeWeeks;
        if (hasHomework && without.Count >= FewestBare && 2 * without.Count > recent.Count)
            yield return new(group, RemarkRules.Homework, without.Count, Say(Texts.LackHomework, without.Count, Words.Plural(recent.Count, Texts.CountLessonsOf), Days(without)));
        var late = rows.Marks[group.GroupId].Sum(row => row.Late);
        if (late >= FewestLate) yield return new(group, RemarkRules.Late, late, Say(Texts.LackLate, Words.Plural(late, Texts.CountMarks), LateDays));
        if (!isHalf) yield break;
        var counts = rows.Marks[group.GroupId].ToDictionary(row => row.Learner, row => row.Marks);
        var here = school.Learners[group.GroupId].Where(learner => learner.From <= to && (learner.To is null || learner.To >= to)).Select(learner => learner.PersonId).Distinct().ToList();
        var few = here.Count(learner => counts.GetValueOrDefault(learner) < rows.Regulation.MinMarks);
        if (4 * few > here.Count) yield return new(group, RemarkRules.Few, few, Say(Texts.LackFew, few, here.Count, rows.Regulation.MinMarks));
    }

    private static string Days(List<DateOnly> days) => days.Count <= DaysNamed
        ? string.Join(", ", days.Select(Words.Date)) : Say(Texts.AndOthers, string.Join(", ", days.TakeLast(DaysNamed).Select(Words.Date)), days.Count - DaysNamed);

    private static string Say(string words, params object?[] values) => string.Format(Words.Russian, words, values);
}
