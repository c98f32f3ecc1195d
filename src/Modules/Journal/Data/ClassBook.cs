using MySchool.Contracts.Registry;
using MySchool.Journal.Domain;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Journal.Data;

/// <summary>A lesson missed, or come to late.</summary>
internal sealed record MissedLesson(Guid Group, Guid Learner, DateOnly Date, short Number, string Code, string CodeName, string Category)
{
    public bool IsLate => Category == "late";

    /// <summary>Neither explained nor excused: nobody has given a good reason.</summary>
    public bool IsUnexcused => Category is "unknown" or "unexcused";
}

/// <summary>A class's year: everything its summary, risks, meeting sheets and reports follow from.</summary>
internal sealed record ClassBook(
    Regulation Regulation, ILookup<(Guid Group, Guid Learner), DatedMark> Marks, ILookup<Guid, MissedLesson> Missed,
    Dictionary<(Guid Group, Guid Learner, short Period), string> Set, ILookup<Guid, DateOnly> Lessons);

/// <summary>Statements of <see cref="ClassBook"/>. Plans: ranges of (year, school, group); a class has some twenty groups.</summary>
internal static class ClassBookRows
{
    public static void Add(NpgsqlBatch batch, Guid school, SchoolRosters rosters, DateOnly today)
    {
        var groups = rosters.Groups.Select(group => group.GroupId).ToArray();
        batch.Add(TermBookRows.RegulationOf, school);
        batch.AddOfYear("""
            select group_id, learner_id, lesson_date, value, weight from journal.marks
             where school_year = $1 and school_id = $2 and group_id = any($3) and lesson_date <= $4 order by group_id, learner_id, lesson_date, slot
            """, rosters.SchoolYear, school, groups, today);
        batch.AddOfYear("""
            select a.group_id, a.learner_id, a.lesson_date, l.number, a.code, coalesce(c.name, a.code), coalesce(c.category, 'unknown')
              from journal.absences a
              join journal.lessons l on l.school_year = $1 and l.school_id = $2 and l.id = a.lesson_id
              left join journal.absence_codes c on c.school_id = a.school_id and c.code = a.code
             where a.school_year = $1 and a.school_id = $2 and a.group_id = any($3) and a.lesson_date <= $4 order by a.lesson_date, l.number
            """, rosters.SchoolYear, school, groups, today);
        batch.AddOfYear("select group_id, learner_id, period, value from journal.term_marks where school_year = $1 and school_id = $2 and group_id = any($3)",
            rosters.SchoolYear, school, groups);
        batch.AddOfYear("select group_id, date from journal.lessons where school_year = $1 and school_id = $2 and group_id = any($3) and not is_cancelled order by date",
            rosters.SchoolYear, school, groups);
    }

    public static async Task<ClassBook> ReadAsync(NpgsqlDataReader reader, CancellationToken cancel)
    {
        var regulation = await TermBookRows.ReadRegulationAsync(reader, cancel);
        var marks = await reader.ReadAllAsync(r => (Key: (r.GetGuid(0), r.GetGuid(1)), Mark: new DatedMark(r.GetFieldValue<DateOnly>(2), r.GetString(3), r.GetInt16(4))), cancel);
        var missed = await reader.ReadAllAsync(r => new MissedLesson(
            r.GetGuid(0), r.GetGuid(1), r.GetFieldValue<DateOnly>(2), r.GetInt16(3), r.GetString(4), r.GetString(5), r.GetString(6)), cancel);
        var set = await reader.ReadAllAsync(r => (Key: (r.GetGuid(0), r.GetGuid(1), r.GetInt16(2)), Value: r.GetString(3)), cancel);
        var lessons = await reader.ReadAllAsync(r => (Group: r.GetGuid(0), Date: r.GetFieldValue<DateOnly>(1)), cancel);
        return new(regulation, marks.ToLookup(mark => mark.Key, mark => mark.Mark), missed.ToLookup(lesson => lesson.Learner),
            set.ToDictionary(row => row.Key, row => row.Value), lessons.ToLookup(lesson => lesson.Group, lesson => lesson.Date));
    }
}
