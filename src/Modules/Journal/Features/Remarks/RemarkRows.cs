using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Journal.Features.Remarks;

/// <summary>A journal that remarks are made on.</summary>
/// <param name="GroupId">The group.</param>
/// <param name="ClassId">Its class.</param>
/// <param name="Title">«Алгебра, 7Б».</param>
/// <param name="Teacher">Who teaches it today, or empty.</param>
internal sealed record RemarkedGroup(Guid GroupId, Guid ClassId, string Title, string Teacher);

/// <summary>A remark as it stands.</summary>
/// <param name="Id">Its id.</param>
/// <param name="GroupId">The journal.</param>
/// <param name="Term">Number of the term.</param>
/// <param name="Kind">What it speaks of.</param>
/// <param name="LessonId">The lesson it points at.</param>
/// <param name="LessonDate">That lesson's day.</param>
/// <param name="Text">What is to be mended.</param>
/// <param name="DueOn">By when.</param>
/// <param name="State">open, answered or closed.</param>
/// <param name="Version">Grows by one with each step.</param>
/// <param name="OpenedAt">When it was made.</param>
internal sealed record Remark(
    Guid Id, Guid GroupId, short Term, string Kind, Guid? LessonId, DateOnly? LessonDate, string Text, DateOnly DueOn, string State, int Version, DateTimeOffset OpenedAt)
{
    public bool IsLate(DateOnly today) => State == Domain.RemarkRules.Open && DueOn < today;
}

/// <summary>A step of a remark.</summary>
internal sealed record RemarkStep(int Number, string Kind, string Text, DateTimeOffset At, Guid By);

/// <summary>Statements over remarks; each reader stands beside its statement.</summary>
internal static class RemarkRows
{
    public const string Columns = "r.id, r.group_id, r.term, r.kind, r.lesson_id, l.date, r.text, r.due_on, r.state, r.version, r.opened_at";

    public const string Tables = "journal.remarks r left join journal.lessons l on l.school_year = r.school_year and l.school_id = r.school_id and l.id = r.lesson_id";

    public static Remark Read(NpgsqlDataReader r) => new(
        r.GetGuid(0), r.GetGuid(1), r.GetInt16(2), r.GetString(3), r.Maybe<Guid>(4), r.Maybe<DateOnly>(5), r.GetString(6), r.GetFieldValue<DateOnly>(7), r.GetString(8), r.GetInt32(9),
        r.GetFieldValue<DateTimeOffset>(10));

    public static RemarkStep ReadStep(NpgsqlDataReader r) => new(r.GetInt32(0), r.GetString(1), r.GetString(2), r.GetFieldValue<DateTimeOffset>(3), r.GetGuid(4));

    public static void AddStep(NpgsqlBatch batch, Actor actor, short year, Guid remark, int number, Guid group, string kind, string text, DateTimeOffset at) => batch.Add("""
        insert into journal.remark_steps (school_year, school_id, remark_id, number, group_id, kind, text, at, by_person) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """, year, actor.Hat.UnitId, remark, number, group, kind, text, at, actor.PersonId);

    /// <summary>Whether the actor may do the thing to a journal.</summary>
    public static bool Allows(Actor actor, AppAction action, Guid group) =>
        Decide.Allows(actor, action, new Coordinate(Places.Group, group), new Coordinate(Places.School, actor.Hat.UnitId));
}
