using System.Collections.Immutable;
using MySchool.Contracts.Journal;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Files;
using MySchool.Works.Domain;
using Npgsql;

namespace MySchool.Works.Features;

/// <summary>A pupil's work on a homework.</summary>
internal sealed record PupilWork(
    Guid Id, Guid HomeworkId, Guid LearnerId, Guid GroupId, string Subject, string Task, DateOnly DueOn, string State, short Attempt, DateTimeOffset? HandedAt, bool IsLate, int Version)
{
    public const string Columns = "w.id, w.homework_id, w.learner_id, w.group_id, w.subject, w.task, w.due_on, w.state, w.attempt, w.handed_at, w.is_late, w.version";

    public WorkStand Stand => new(State, Attempt);

    public static PupilWork Read(NpgsqlDataReader r) => new(
        r.GetGuid(0), r.GetGuid(1), r.GetGuid(2), r.GetGuid(3), r.GetString(4), r.GetString(5), r.GetFieldValue<DateOnly>(6), r.GetString(7), r.GetInt16(8), r.Maybe<DateTimeOffset>(9), r.GetBoolean(10), r.GetInt32(11));
}

/// <summary>A file of a work.</summary>
internal sealed record WorkFile(Guid Id, short Attempt, string Name, string MediaType, int Size, string State, bool IsHanded, short? Pages)
{
    public bool IsPicture => FileKind.IsPicture(MediaType);

    public bool IsPdf => MediaType == FileKind.Pdf.MediaType;

    public bool IsOpen => State == FileStates.Clean;

    /// <summary>Whether it is looked at and drawn over here, page by page.</summary>
    public bool IsShown => IsOpen && (IsPicture || IsPdf && Pages is not 0);
}

/// <summary>A step in the life of a work.</summary>
internal sealed record WorkStep(string What, short Attempt, string Text, Guid By, DateTimeOffset At);

/// <summary>What is drawn over a page.</summary>
internal sealed record PageLayer(Guid FileId, short Page, int Version, Layer Layer);

/// <summary>A work with everything in it, as far as it is open to whoever reads.</summary>
internal sealed record WholeWork(PupilWork? Work, string Draft, ImmutableArray<WorkFile> Files, ImmutableArray<WorkStep> Steps, ImmutableArray<PageLayer> Layers)
{
    /// <summary>What was handed in last, in words.</summary>
    public WorkStep? LastHanded => Steps.LastOrDefault(step => step.What == "handed");

    /// <summary>What the teacher said last.</summary>
    public WorkStep? LastWord => Steps.LastOrDefault(step => step.What is "returned" or "marked");
}

/// <summary>Statements over works.</summary>
internal static class WorkRows
{
    /// <summary>A work of a homework; five results.</summary>
    public static void AddWhole(NpgsqlBatch batch, short year, Guid school, Guid homeworkId, Guid learnerId)
    {
        object[] key = [year, school, homeworkId, learnerId];
        const string Of = "school_year = $1 and {0}.school_id = $2 and {0}.work_id = (select id from works.works where school_year = $1 and school_id = $2 and homework_id = $3 and learner_id = $4)";
        batch.Add($"select {PupilWork.Columns} from works.works w where w.school_year = $1 and w.school_id = $2 and w.homework_id = $3 and w.learner_id = $4", key);
        batch.Add($"select text from works.drafts d where d.{string.Format(null, Of, "d")}", key);
        batch.Add($"select id, attempt, name, media_type, size, state, is_handed, pages from works.files f where f.{string.Format(null, Of, "f")} order by position", key);
        batch.Add($"select what, attempt, text, by_person, at from works.steps s where s.{string.Format(null, Of, "s")} order by number", key);
        batch.Add($"select file_id, page, version, data::text from works.layers l where l.{string.Format(null, Of, "l")}", key);
    }

    public static async Task<WholeWork> ReadWholeAsync(NpgsqlDataReader reader, CancellationToken cancel) => new(
        await reader.ReadFirstAsync(PupilWork.Read, cancel),
        await reader.ReadFirstAsync(r => r.GetString(0), cancel) ?? "",
        [.. await reader.ReadAllAsync(r => new WorkFile(r.GetGuid(0), r.GetInt16(1), r.GetString(2), r.GetString(3), r.GetInt32(4), r.GetString(5), r.GetBoolean(6), r.Maybe<short>(7)), cancel)],
        [.. await reader.ReadAllAsync(r => new WorkStep(r.GetString(0), r.GetInt16(1), r.GetString(2), r.GetGuid(3), r.GetFieldValue<DateTimeOffset>(4)), cancel)],
        [.. await reader.ReadAllAsync(r => new PageLayer(r.GetGuid(0), r.GetInt16(1), r.GetInt32(2), Layer.Read(r.GetString(3)) is { IsOk: true, Value: var layer } ? layer : Layer.Empty), cancel)]);

    /// <summary>Moves a work on if it is as it was seen; answers its id, or nothing.</summary>
    public static void AddMove(NpgsqlBatch batch, HomeworkTask task, PupilWork work, WorkStand next, DateTimeOffset now, bool isHandedIn = false, bool isLate = false) => batch.Add("""
        update works.works set state = $4, attempt = $5, version = version + 1, changed_at = $6, handed_at = case when $7 then $6 else handed_at end, is_late = case when $7 then $8 else is_late end
         where school_year = $1 and school_id = $2 and id = $3 and version = $9 returning id
        """, task.SchoolYear, task.SchoolId, work.Id, next.State, next.Attempt, now, isHandedIn, isLate, work.Version);

    /// <summary>Leaves a step.</summary>
    public static void AddStep(NpgsqlBatch batch, Actor actor, HomeworkTask task, PupilWork work, string what, string text, DateTimeOffset now) => batch.Add("""
        insert into works.steps (school_year, school_id, work_id, number, learner_id, group_id, attempt, what, text, by_person, at)
        select $1, $2, $3, coalesce(max(number), 0) + 1, $4, $5, $6, $7, $8, $9, $10 from works.steps where school_year = $1 and school_id = $2 and work_id = $3
        """, task.SchoolYear, task.SchoolId, work.Id, work.LearnerId, work.GroupId, work.Attempt, what, text, actor.PersonId, now);
}
