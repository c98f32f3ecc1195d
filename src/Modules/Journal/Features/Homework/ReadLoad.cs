using MySchool.Contracts.Registry;
using MySchool.Journal.Domain;
using MySchool.Kernel.Data;
using NpgsqlTypes;

namespace MySchool.Journal.Features.Homework;

/// <summary>
/// Minutes of homework that a class has for a day, over all its subjects. A teacher does not read what colleagues give, so it is read
/// by the worker's door: subjects and minutes, no text.
/// </summary>
internal sealed class ReadLoad(WorkerDb db)
{
    /// <param name="group">Whose class; the caller has judged that its homework is the asker's to give.</param>
    /// <param name="day">The day it falls due.</param>
    /// <param name="without">A work to leave out, or null.</param>
    /// <param name="minutes">Minutes of the work that is about to be given, or null.</param>
    /// <param name="cancel">Cancels waiting.</param>
    public async Task<HomeworkLoad> HandleAsync(GroupRoster group, DateOnly day, Guid? without, short? minutes, CancellationToken cancel)
    {
        await using var batch = db.Source.CreateBatch();
        batch.Add("select minutes from journal.homework_norms where grade = $1 and school_id = any(array[$2, '00000000-0000-0000-0000-000000000000'::uuid]) order by school_id desc limit 1",
            group.Grade, group.SchoolId);
        batch.Add("""
            select subject_name, group_id, minutes from journal.homework
             where school_year = $1 and school_id = $2 and class_id = $3 and due_on = $4 and id is distinct from $5
            """, group.SchoolYear, group.SchoolId, group.ClassId, day, Maybe.Of(without, NpgsqlDbType.Uuid));
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var norm = await reader.ReadFirstAsync(row => row.GetInt16(0), cancel);
        var already = await reader.ReadAllAsync(row => (Subject: row.GetString(0), Group: row.GetGuid(1), Minutes: row.Maybe<short>(2)), cancel);
        if (minutes is not null) already.Add((group.SubjectName, group.GroupId, minutes));
        return HomeworkRules.LoadOf(already, day, norm);
    }
}
