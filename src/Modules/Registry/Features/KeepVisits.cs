using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Registry.Features;

/// <summary>Gives somebody of support the tie that two people have let them have.</summary>
internal sealed class OpenVisit : IEventHandler<VisitOpened>
{
    /// <inheritdoc/>
    public async Task HandleAsync(IReadOnlyList<VisitOpened> happened, NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var visit in happened)
            batch.Add("insert into registry.visits (id, person_id, school_id, starts_at, ends_at) values ($1, $2, $3, $4, $5) on conflict do nothing",
                visit.VisitId, visit.PersonId, visit.SchoolId, visit.OccurredAt, visit.EndsAt);
        await batch.ExecuteNonQueryAsync(cancel);
    }
}

/// <summary>Takes it away before its time.</summary>
internal sealed class CloseVisit : IEventHandler<VisitClosed>
{
    /// <inheritdoc/>
    public async Task HandleAsync(IReadOnlyList<VisitClosed> happened, NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var visit in happened)
            batch.Add("update registry.visits set closed_at = $2 where id = $1 and closed_at is null", visit.VisitId, visit.OccurredAt);
        await batch.ExecuteNonQueryAsync(cancel);
    }
}
