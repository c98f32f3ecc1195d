using System.Collections.Immutable;
using MySchool.Contracts.Registry;
using MySchool.Journal.Resources;
using MySchool.Kernel.Data;

namespace MySchool.Journal.Features;

/// <summary>Tells the registry what the journal holds about people and groups it wants to take back.</summary>
internal sealed class FindBuiltOnPeople(WorkerDb db) : IBuiltOnPeople
{
    private const string MarksSql = "select learner_id, count(*) from journal.marks where school_id = $1 and learner_id = any($2) and recorded_at >= $3 group by 1";
    private const string AbsencesSql = "select learner_id, count(*) from journal.absences where school_id = $1 and learner_id = any($2) and recorded_at >= $3 group by 1";
    private const string HomeworkSql = "select learner_id, count(*) from journal.homework_done where school_id = $1 and learner_id = any($2) and done_at >= $3 group by 1";

    public async Task<ImmutableArray<BuiltOnPeople>> FindAsync(
        Guid schoolId, IReadOnlyCollection<Guid> personIds, IReadOnlyCollection<Guid> groupIds, DateTimeOffset since, CancellationToken cancel)
    {
        await using var batch = db.Source.CreateBatch();
        foreach (var sql in (string[])[MarksSql, AbsencesSql, HomeworkSql]) batch.Add(sql, schoolId, personIds.ToArray(), since);
        batch.Add("select count(*) from journal.lessons where school_id = $1 and group_id = any($2)", schoolId, groupIds.ToArray());
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var found = new List<BuiltOnPeople>();
        foreach (var words in (string[])[Texts.BuiltMarks, Texts.BuiltAbsences, Texts.BuiltHomework])
            found.AddRange(await reader.ReadAllAsync(r => new BuiltOnPeople(r.GetGuid(0), string.Format(null, words, r.GetInt64(1))), cancel));
        if (await reader.ReadFirstAsync(r => r.GetInt64(0), cancel) is > 0 and var lessons)
            found.Add(new BuiltOnPeople(null, string.Format(null, Texts.BuiltLessons, lessons)));
        return [.. found];
    }
}
