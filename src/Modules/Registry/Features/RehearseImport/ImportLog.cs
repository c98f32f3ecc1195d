using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Registry.Features.ImportLists;
using Npgsql;

namespace MySchool.Registry.Features.RehearseImport;

/// <summary>What is known of an import while it is read and when it could not be: written beside its transaction, so that it outlives a failure.</summary>
internal sealed class ImportLog(WorkerDb worker)
{
    // Older plans than this hold people's data for nobody.
    private const int DaysKept = 14;

    public async Task BeginAsync(Actor actor, Rehearsal rehearsal, string source, string fileName, DateTimeOffset now, CancellationToken cancel)
    {
        await using var batch = worker.Source.CreateBatch();
        foreach (var table in (string[])["import_changes", "import_secrets"])
            batch.Add($"""
                delete from registry.{table} c using registry.imports i
                 where i.school_id = $1 and i.state in ('ready', 'refused', 'dropped') and i.made_at < $2 and c.school_id = i.school_id and c.import_id = i.id
                """, rehearsal.SchoolId, now.AddDays(-DaysKept));
        batch.Add("update registry.imports set state = 'dropped', bad_rows = '[]' where school_id = $1 and state in ('ready', 'refused') and made_at < $2",
            rehearsal.SchoolId, now.AddDays(-DaysKept));
        batch.Add("""
            insert into registry.imports (school_id, id, source, file_name, state, ends_absent, alive_at, made_at, made_by)
            values ($1, $2, $3, $4, 'reading', $5, now(), $6, $7)
            """, rehearsal.SchoolId, rehearsal.Id, source, fileName, rehearsal.EndsAbsent, now, actor.PersonId);
        await batch.ExecuteNonQueryAsync(cancel);
    }

    public Task TellAsync(Rehearsal rehearsal, ImportProgress at, CancellationToken cancel) => RunAsync(
        "update registry.imports set stage = $3, rows_read = $4, alive_at = now() where school_id = $1 and id = $2 and state = 'reading'",
        cancel, rehearsal.SchoolId, rehearsal.Id, at.Stage, at.Rows);

    public Task NoteAsync(Rehearsal rehearsal, ListFiles files, CancellationToken cancel) => RunAsync(
        "update registry.imports set source = $3, notes = $4, columns = $5 where school_id = $1 and id = $2",
        cancel, rehearsal.SchoolId, rehearsal.Id, files.IsTemplate ? "template" : "list", RehearsalSteps.Jsonb(files.Notes), RehearsalSteps.Jsonb(files.Columns));

    public Task RefuseAsync(Rehearsal rehearsal, string refusal, CancellationToken cancel) => RunAsync(
        "update registry.imports set state = 'refused', refusal = $3 where school_id = $1 and id = $2 and state = 'reading'",
        cancel, rehearsal.SchoolId, rehearsal.Id, refusal);

    public Task RefuseAsync(Rehearsal rehearsal, ImportReport report, CancellationToken cancel) => RunAsync(
        "update registry.imports set state = 'refused', bad_rows = $3, bad_count = $4 where school_id = $1 and id = $2 and state = 'reading'",
        cancel, rehearsal.SchoolId, rehearsal.Id, RehearsalSteps.Jsonb(report.BadRows), report.BadRowCount);

    private async Task RunAsync(string sql, CancellationToken cancel, params object[] values)
    {
        await using var command = worker.Source.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
