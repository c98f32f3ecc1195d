using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Registry.Resources;
using Npgsql;

namespace MySchool.Registry.Features.Exchange;

/// <summary>An object of OneRoster to read again, or one that is no more.</summary>
/// <param name="Kind"><c>org</c>, <c>academicSession</c>, <c>class</c>, <c>user</c>, <c>enrollment</c>.</param>
/// <param name="SourcedId">Which; ids of learners at subjects begin with the enrollment's id and change with it.</param>
/// <param name="Event"><c>changed</c>, <c>deleted</c>, <c>replaced</c> (by <paramref name="Became"/>), <c>reload</c>: read the whole school.</param>
/// <param name="Became">The id that stands in its place.</param>
/// <param name="School">The school it was seen in.</param>
/// <param name="At">When.</param>
internal sealed record ObjectChange(string Kind, string SourcedId, string Event, string? Became, Guid School, DateTimeOffset At);

/// <summary>A page of changes and where the next one begins.</summary>
internal sealed record ChangePage(ImmutableArray<ObjectChange> Changes, string Cursor, bool HasMore);

/// <summary>
/// Changes since a cursor, in an order that never changes: whoever asks with the last cursor misses nothing and gets nothing
/// twice. Without a cursor the answer is the present one, to be taken before the first full reading.
/// </summary>
internal sealed class TellChanges(WorkerDb worker, AppDb app, SystemSchools schools, IClock clock)
{
    /// <summary>How long changes are kept.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(90);

    private const int UsualLimit = 1_000;
    private const int MostLimit = 10_000;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/registry/v1/changes", async (string? after, int? limit, HttpContext http, TellChanges feature, CancellationToken cancel) =>
            (await feature.HandleAsync(http.RequireActor(), after, limit ?? UsualLimit, cancel)).ToJson())
            .Allow(RegistryActions.ReadRoster).ForPrograms(ApiScopes.RosterCore, ApiScopes.Roster);

    public async Task<Result<ChangePage>> HandleAsync(Actor system, string? after, int limit, CancellationToken cancel)
    {
        if (limit is < 1 or > MostLimit) return new Problem("registry.changes-limit", string.Format(CultureInfo.InvariantCulture, Texts.RosterLimitWrong, MostLimit), "limit", 400);
        var (first, last) = await NumberAsync(cancel);
        if (string.IsNullOrEmpty(after)) return new ChangePage([], Say(last), false);
        if (!long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var cursor) || cursor > last)
            return new Problem("registry.changes-cursor", Texts.ChangesCursorWrong, "after", 400);
        if (cursor < first - 1) return new Problem("registry.changes-gone", Texts.ChangesCursorOld, "after", 410);
        return await ReadAsync(await schools.OpenAsync(system, cancel), cursor, last, limit, cancel);
    }

    // One reader at a time, so that positions follow commits; what is too old goes by the same step.
    private async Task<(long First, long Last)> NumberAsync(CancellationToken cancel)
    {
        await using var connection = await worker.Source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using (var wait = new NpgsqlCommand("select pg_advisory_xact_lock(7300453)", connection)) await wait.ExecuteNonQueryAsync(cancel);
        // A command of its own, so that its snapshot is younger than the lock.
        await using (var number = new NpgsqlBatch(connection))
        {
            number.Add("""
                update registry.changes c set position = top.last + n.step
                  from (select id, row_number() over (order by id) as step from registry.changes where position is null) n,
                       (select greatest(coalesce(max(position), 0), (select dropped from registry.changes_floor)) as last from registry.changes) top
                 where c.id = n.id
                """);
            number.Add("""
                with old as (delete from registry.changes where at < $1 and position is not null returning position)
                update registry.changes_floor set dropped = greatest(dropped, (select max(position) from old)) where exists (select from old)
                """, clock.Now - Kept);
            await number.ExecuteNonQueryAsync(cancel);
        }
        await using var bounds = new NpgsqlCommand("select dropped, greatest(dropped, (select max(position) from registry.changes)) from registry.changes_floor", connection);
        await using var reader = await bounds.ExecuteReaderAsync(cancel);
        var found = await reader.ReadFirstAsync(row => (First: row.GetInt64(0) + 1, Last: row.GetInt64(1)), cancel);
        await reader.DisposeAsync();
        await transaction.CommitAsync(cancel);
        return found;
    }

    private Task<Result<ChangePage>> ReadAsync(Actor actor, long cursor, long last, int limit, CancellationToken cancel) => app.ReadAsync<Result<ChangePage>>(actor, batch =>
    {
        batch.Add("""
            select position, kind, object_id, event, became, school_id, at from registry.changes
             where position > $1 and position <= $2 order by position limit $3
            """, cursor, last, limit + 1);
        batch.AddAudit(actor, RegistryActions.ReadRoster, clock.Now, null, null, $"changes {cursor}+{limit}");
    }, async (reader, token) =>
    {
        var rows = await reader.ReadAllAsync(row => (Position: row.GetInt64(0), Change: new ObjectChange(
            row.GetString(1), row.GetString(2), row.GetString(3), row.Text(4), row.GetGuid(5), row.GetFieldValue<DateTimeOffset>(6))), token);
        var page = rows.Take(limit).ToList();
        // The end of what is numbered, not of what was open: others' changes are passed once.
        return new ChangePage([.. page.Select(row => row.Change)], Say(rows.Count > limit ? page[^1].Position : last), rows.Count > limit);
    }, cancel);

    private static string Say(long position) => position.ToString(CultureInfo.InvariantCulture);
}
