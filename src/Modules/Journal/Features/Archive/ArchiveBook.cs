using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MySchool.Contracts.Registry;
using MySchool.Journal.Data;
using MySchool.Journal.Domain;
using MySchool.Journal.Features.Classes;
using MySchool.Journal.Features.Remarks;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Journal.Features.Archive;

/// <summary>A lesson as the archive keeps it.</summary>
internal sealed record ArchiveLesson(Guid Id, DateOnly Date, short Number, string Topic, bool IsCancelled, string? Homework);

/// <summary>The pages of a subject: lessons, and what stands in the cells.</summary>
/// <param name="Group">The group.</param>
/// <param name="Learners">Who attended within the period, those who left among them.</param>
/// <param name="Lessons">In order.</param>
/// <param name="Cells">«5», «Б», «5/4» by lesson and learner.</param>
internal sealed record ArchiveJournal(
    SchoolGroup Group, ImmutableArray<RosterLearner> Learners, ImmutableArray<ArchiveLesson> Lessons, IReadOnlyDictionary<(Guid Lesson, Guid Learner), string> Cells);

/// <summary>A remark with its steps, in order.</summary>
internal sealed record ArchiveRemark(Remark Remark, string Journal, ImmutableArray<RemarkStep> Steps);

/// <summary>Everything that is printed of a class. What stands here is what the hash speaks of, and nothing else is printed but the moment and the page numbers.</summary>
/// <param name="Of">The class over the period.</param>
/// <param name="Learners">The list with movements.</param>
/// <param name="Journals">By subject.</param>
/// <param name="Remarks">Made within the period.</param>
internal sealed record ArchiveBook(ClassTerm Of, ImmutableArray<ClassLearner> Learners, ImmutableArray<ArchiveJournal> Journals, ImmutableArray<ArchiveRemark> Remarks)
{
    /// <summary>Periods whose marks are printed: the terms within the period, and the year's own when it is whole.</summary>
    public ImmutableArray<(short Number, string Name)> Periods => [
        .. Of.School.Terms.Where(term => Of.Term is null || term.Number == Of.Term.Number).Select(term => (term.Number, term.Name)),
        .. Of.Term is not null ? [] : new (short Number, string)[] { (Period.Year, Resources.Texts.Year), (Period.Exam, Resources.Texts.Exam), (Period.Final, Resources.Texts.FinalMark) }
            // A class that sits no examinations has no columns for them.
            .Where(period => period.Number == Period.Year || Of.Book.Set.Keys.Any(key => key.Period == period.Number))];

    public string? Mark(Guid group, Guid learner, short period) => Of.Book.Set.GetValueOrDefault((group, learner, period));

    /// <summary>SHA-256 over the printed data as text: a line a fact, in the order of the pages, each field after its length, UTF-8: no text that a person types can pass for another field.</summary>
    public byte[] Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Line("journal", 1, Of.School.SchoolName, Of.ClassName, Of.School.SchoolYear, Of.Period, Of.Leader);
        foreach (var row in Learners)
            Line("learner", row.Who.PersonId, row.Who.Name.Full, row.Who.From, row.Who.To, row.Absences.Lessons, row.Absences.Illness, row.Absences.Excused, row.Absences.Unexcused, row.Absences.Unknown, row.Absences.Late);
        foreach (var journal in Journals)
        {
            Line("subject", journal.Group.GroupId, journal.Group.SubjectName, journal.Group.ClassName, journal.Group.TeacherName);
            foreach (var lesson in journal.Lessons)
            {
                Line("lesson", lesson.Date, lesson.Number, lesson.IsCancelled, lesson.Topic, lesson.Homework);
                foreach (var learner in journal.Learners)
                    if (journal.Cells.TryGetValue((lesson.Id, learner.PersonId), out var cell)) Line("cell", learner.PersonId, cell);
            }
            foreach (var learner in journal.Learners)
                foreach (var (period, _) in Periods)
                    if (Mark(journal.Group.GroupId, learner.PersonId, period) is { } mark) Line("mark", learner.PersonId, period, mark);
        }
        foreach (var remark in Remarks)
        {
            Line("remark", remark.Journal, remark.Remark.Kind, remark.Remark.DueOn, remark.Remark.State);
            foreach (var step in remark.Steps) Line("step", step.Number, step.Kind, step.Text, step.At.UtcDateTime);
        }
        return hash.GetHashAndReset();

        void Line(params ReadOnlySpan<object?> fields)
        {
            var text = new StringBuilder();
            foreach (var field in fields)
            {
                var value = field is IFormattable number ? number.ToString(field is DateOnly or DateTime ? "O" : null, CultureInfo.InvariantCulture) : field?.ToString() ?? "";
                text.Append(CultureInfo.InvariantCulture, $"{value.Length}:{value} ");
            }
            hash.AppendData(Encoding.UTF8.GetBytes(text.Append('\n').ToString()));
        }
    }
}

/// <summary>Reads what is printed of a class in one round trip. Plans: ranges of (year, school, group).</summary>
internal static class ArchiveRows
{
    public static void Add(NpgsqlBatch batch, Guid school, SchoolRosters rosters, (DateOnly From, DateOnly To) within, DateOnly today)
    {
        var groups = rosters.Groups.Select(group => group.GroupId).ToArray();
        ClassBookRows.Add(batch, school, rosters, today);
        batch.AddOfYear("""
            select l.group_id, l.id, l.date, l.number, l.topic, l.is_cancelled, (select string_agg(h.text, '; ' order by h.due_on, h.id) from journal.homework h
                where h.school_year = $1 and h.school_id = $2 and h.lesson_id = l.id)
              from journal.lessons l
             where l.school_year = $1 and l.school_id = $2 and l.group_id = any($3) and l.date between $4 and $5 order by l.date, l.number
            """, rosters.SchoolYear, school, groups, within.From, within.To);
        batch.AddOfYear("""
            select group_id, lesson_id, learner_id, string_agg(value, ' ' order by slot) from journal.marks
             where school_year = $1 and school_id = $2 and group_id = any($3) and lesson_date between $4 and $5 group by 1, 2, 3
            """, rosters.SchoolYear, school, groups, within.From, within.To);
        batch.AddOfYear("""
            select group_id, lesson_id, learner_id, code from journal.absences
             where school_year = $1 and school_id = $2 and group_id = any($3) and lesson_date between $4 and $5
            """, rosters.SchoolYear, school, groups, within.From, within.To);
        batch.AddOfYear($"""
            select {RemarkRows.Columns} from {RemarkRows.Tables}
             where r.school_year = $1 and r.school_id = $2 and r.group_id = any($3) order by r.opened_at, r.id
            """, rosters.SchoolYear, school, groups);
        batch.AddOfYear("""
            select s.remark_id, s.number, s.kind, s.text, s.at, s.by_person from journal.remark_steps s
              join journal.remarks r on r.school_year = $1 and r.school_id = $2 and r.id = s.remark_id
             where s.school_year = $1 and s.school_id = $2 and r.group_id = any($3) order by s.remark_id, s.number
            """, rosters.SchoolYear, school, groups);
    }

    public static async Task<ArchiveBook> ReadAsync(
        NpgsqlDataReader reader, SchoolRosters rosters, Guid classId, TermFacts? term, DateOnly today, CancellationToken cancel)
    {
        var book = await ClassBookRows.ReadAsync(reader, cancel);
        var lessons = (await reader.ReadAllAsync(r => (Group: r.GetGuid(0), Lesson: new ArchiveLesson(
            r.GetGuid(1), r.GetFieldValue<DateOnly>(2), r.GetInt16(3), r.GetString(4), r.GetBoolean(5), r.Text(6))), cancel)).ToLookup(row => row.Group, row => row.Lesson);
        var cells = (await ReadCellsAsync()).Concat(await ReadCellsAsync()).ToLookup(row => row.Group);
        var remarks = await reader.ReadAllAsync(RemarkRows.Read, cancel);
        var steps = (await reader.ReadAllAsync(r => (Of: r.GetGuid(0), Step: new RemarkStep(r.GetInt32(1), r.GetString(2), r.GetString(3), r.GetFieldValue<DateTimeOffset>(4), r.GetGuid(5))), cancel))
            .ToLookup(row => row.Of, row => row.Step);
        var of = ClassTerms.Of(rosters, classId, term, book, today, withLeft: true);
        var titles = rosters.Groups.ToDictionary(group => group.GroupId, group => $"{group.SubjectName}, {group.ClassName}");
        return new(of, of.Learners, [.. rosters.Groups.Select(Journal)],
            [.. remarks.Where(remark => term is null || remark.Term == term.Number).Select(remark => new ArchiveRemark(remark, titles[remark.GroupId], [.. steps[remark.Id]]))]);

        Task<List<(Guid Group, Guid Lesson, Guid Learner, string Value)>> ReadCellsAsync() => reader.ReadAllAsync(r => (r.GetGuid(0), r.GetGuid(1), r.GetGuid(2), r.GetString(3)), cancel);

        ArchiveJournal Journal(SchoolGroup group) => new(
            group, [.. rosters.Learners[group.GroupId].Where(learner => learner.From <= of.To && (learner.To is null || learner.To >= of.From)).DistinctBy(learner => learner.PersonId)],
            [.. lessons[group.GroupId]],
            cells[group.GroupId].GroupBy(cell => (cell.Lesson, cell.Learner)).ToDictionary(cell => cell.Key, cell => string.Join('/', cell.Select(row => row.Value))));
    }
}
