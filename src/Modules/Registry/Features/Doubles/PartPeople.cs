using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Registry.Pages;
using MySchool.Registry.Resources;
using MySchool.Ui;
using Npgsql;

namespace MySchool.Registry.Features.Doubles;

/// <summary>A merge that was made, and may be taken back while it stands.</summary>
internal sealed record MergeLine(
    Guid Id, Guid SurvivorId, Guid FormerId, string State, ImmutableArray<Guid> Schools, ImmutableArray<Guid> LeftUnits, ImmutableArray<Guid> RightUnits, DateTimeOffset MergedAt)
{
    public PersonName Name { get; init; }

    /// <summary>Whether other modules still follow the merge, or the parting.</summary>
    public bool IsFollowed { get; init; } = true;

    /// <summary>Whether the actor could have decided it.</summary>
    public bool IsOpenTo(Actor actor) => Schools.Length == 1
        ? Decide.Allows(actor, RegistryActions.SettleDoubles, new Coordinate(Places.School, Schools[0]))
        : Decide.Allows(actor, RegistryActions.SettleDoubles, Territories(LeftUnits)) && Decide.Allows(actor, RegistryActions.SettleDoubles, Territories(RightUnits));

    private static Coordinate[] Territories(ImmutableArray<Guid> units) => [.. units.Select(id => new Coordinate(Places.Territory, id))];
}

/// <summary>Merges that were made.</summary>
internal sealed record MergesScreen(ImmutableArray<MergeLine> Lines, Problem? Refusal);

/// <summary>Takes a merge back: each row goes where it was, and what was written of the survivor since stays with the survivor.</summary>
internal sealed class PartPeople(AppDb app, WorkerDb db, IClock clock)
{
    private const int MostShown = 100;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/doubles/merged", async (HttpContext context, PartPeople handler, CancellationToken cancel) =>
            await handler.PageAsync(context.RequireActor(), null, cancel)).Allow(RegistryActions.SettleDoubles);
        routes.MapPost("/doubles/merged/{id:guid}/part", async (Guid id, HttpContext context, PartPeople handler, CancellationToken cancel) =>
        {
            var done = await handler.HandleAsync(context.RequireActor(), id, cancel);
            return done.IsOk ? Results.Redirect("/doubles/merged") : await handler.PageAsync(context.RequireActor(), done.Problem, cancel);
        }).Allow(RegistryActions.SettleDoubles);
    }

    public async Task<IResult> PageAsync(Actor actor, Problem? refusal, CancellationToken cancel)
    {
        if (refusal is { Status: 404 }) return refusal.ToPage();
        return Page.Of<MergesPage>(new { Data = new MergesScreen(await ListAsync(actor, cancel), refusal) }, refusal?.Status ?? 200);
    }

    public async Task<ImmutableArray<MergeLine>> ListAsync(Actor actor, CancellationToken cancel)
    {
        var found = await app.ReadAsync(actor, batch =>
        {
            batch.Add($"select {Columns} order by merged_at desc limit {MostShown}");
            batch.AddAudit(actor, RegistryActions.SettleDoubles, clock.Now, null, null, "merges shown");
        }, (reader, token) => reader.ReadAllAsync(Read, token), cancel);
        var open = found.Where(merge => merge.IsOpenTo(actor)).ToList();
        await using var names = db.Source.CreateBatch();
        names.Add("select id, last_name, first_name, middle_name from registry.people where id = any($1)", open.Select(merge => merge.SurvivorId).ToArray());
        // What has been told and not yet heard by everybody; the second telling is a look for what came late.
        names.Add("select (payload ->> 'mergeId')::uuid from kernel.outbox where type in ('PeopleMerged', 'PeopleParted') and payload ->> 'isAgain' is distinct from 'true'");
        await using var rows = await names.ExecuteReaderAsync(cancel);
        var known = (await rows.ReadAllAsync(r => (Id: r.GetGuid(0), Name: RegistryRows.Name(r, 1)), cancel)).ToDictionary(person => person.Id, person => person.Name);
        var told = (await rows.ReadAllAsync(r => r.GetGuid(0), cancel)).ToHashSet();
        return [.. open.Select(merge => merge with { Name = known[merge.SurvivorId], IsFollowed = !told.Contains(merge.Id) })];
    }

    public async Task<Result<bool>> HandleAsync(Actor actor, Guid id, CancellationToken cancel)
    {
        var merge = await app.ReadAsync(actor, batch => batch.Add($"select {Columns} where id = $1", id), (reader, token) => reader.ReadFirstAsync(Read, token), cancel);
        if (merge is null || !merge.IsOpenTo(actor)) return Problem.NotFound;
        await using var connection = await db.Source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await StandsAsync(connection, merge, cancel) is { } refusal) return refusal.Code.Length == 0 ? true : refusal;
        try
        {
            await WriteAsync(connection, actor, merge, cancel);
            await transaction.CommitAsync(cancel);
            return true;
        }
        catch (PostgresException refused) when (refused.SqlState.StartsWith("23", StringComparison.Ordinal))
        {
            return new Problem("registry.part-taken", Texts.PartTaken, null, 409);
        }
    }

    // Held until the end, so that a merge is parted once. An empty problem: it is parted already.
    private static async Task<Problem?> StandsAsync(NpgsqlConnection connection, MergeLine merge, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.Add("select id from registry.people where id in ($1, $2) order by id for update", merge.SurvivorId, merge.FormerId);
        batch.Add("""
            select m.state, exists (select from registry.former_ids f where f.former_id = m.survivor_id),
                   exists (select from registry.merge_rows r join registry.identities i on i.person_id = m.survivor_id and i.esia_oid is not null
                            where r.merge_id = m.id and r.table_name = 'identities' and (r.row ->> 'person_id')::uuid = m.former_id and r.row ->> 'snils_hash' is not null
                              and not exists (select from registry.merge_rows w where w.merge_id = m.id and w.table_name = 'identities' and (w.row ->> 'person_id')::uuid = m.survivor_id and w.row ->> 'esia_oid' is not null))
              from registry.merges m where m.id = $1 for update
            """, merge.Id);
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        await reader.NextResultAsync(cancel);
        var (state, isFormerNow, signedIn) = await reader.ReadFirstAsync(r => (r.GetString(0), r.GetBoolean(1), r.GetBoolean(2)), cancel);
        return state == "parted" ? new Problem("", "")
            : isFormerNow ? new Problem("registry.part-later-merge", Texts.PartLaterMerge, null, 409)
            : signedIn ? new Problem("registry.part-signed-in", Texts.PartSignedIn, null, 409) : null;
    }

    private async Task WriteAsync(NpgsqlConnection connection, Actor actor, MergeLine merge, CancellationToken cancel)
    {
        var (survivor, former) = (merge.SurvivorId, merge.FormerId);
        var school = merge.Schools.Length == 1 ? merge.Schools[0] : (Guid?)null;
        await using var batch = new NpgsqlBatch(connection);
        foreach (var table in MergedTable.All)
        {
            batch.Add(table.ReturnSql, survivor, former, merge.Id);
            if (table.Folds) batch.Add(table.UnfoldSql, survivor, former, merge.Id);
        }
        MergePeople.Whose(actor, school is not null, school, "part", clock.Now).AddTo(batch);
        MergedPerson.AddParting(batch, survivor, former, merge.Id);
        batch.Add("delete from registry.former_ids where former_id = $1", former);
        batch.Add("update registry.merges set state = 'parted', parted_by = $2, parted_at = $3 where id = $1", merge.Id, actor.PersonId, clock.Now);
        batch.AddEvent(new PeopleParted(Ids.New(), merge.Id, survivor, former, merge.Schools, clock.Now));
        MergedPerson.AddHistory(batch, actor, merge.Id, survivor, former, school, clock.Now, "part");
        batch.AddAudit(actor, RegistryActions.SettleDoubles, clock.Now, school, survivor, $"parted {former}");
        batch.AddAudit(actor, RegistryActions.SettleDoubles, clock.Now, school, former, $"parted from {survivor}");
        // Facts have gone back by their own triggers' notes; the two are looked at again as two.
        batch.Add("insert into registry.double_pending values ($1), ($2)", survivor, former);
        await batch.ExecuteNonQueryAsync(cancel);
    }

    private const string Columns = "id, survivor_id, former_id, state, schools, left_units, right_units, merged_at from registry.merges";

    private static MergeLine Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetGuid(1), row.GetGuid(2), row.GetString(3), [.. row.GetFieldValue<Guid[]>(4)], [.. row.GetFieldValue<Guid[]>(5)],
        [.. row.GetFieldValue<Guid[]>(6)], row.GetFieldValue<DateTimeOffset>(7));
}
