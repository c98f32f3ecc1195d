using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Registry.Features.Fields;
using MySchool.Registry.Resources;
using Npgsql;

namespace MySchool.Registry.Features.RehearseImport;

/// <summary>What stands in the way of undoing an import.</summary>
/// <param name="What">In Russian: what was built on it.</param>
/// <param name="Whom">On what or whom; empty when many.</param>
internal sealed record Obstacle(string What, string Whom);

/// <summary>Takes an import back as one step, while nobody has built on it.</summary>
internal sealed class UndoImport(DatabaseOptions options, IEnumerable<IBuiltOnPeople> builders, IClock clock)
{
    private const int MostShown = 200;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/school/import/{id:guid}/undo", async (Guid id, HttpContext context, UndoImport handler, ShowRehearsal show) =>
        {
            var actor = context.RequireActor();
            var done = await handler.HandleAsync(actor, id, CancellationToken.None);
            return !done.IsOk ? await show.RefusedAsync(actor, id, done.Problem!, CancellationToken.None)
                : done.Value.IsEmpty ? Results.Redirect($"/school/import/{id}")
                : await show.HinderedAsync(actor, id, done.Value, CancellationToken.None);
        }).Allow(RegistryActions.Import);

    /// <summary>Undoes, or lists what stands in the way; an empty list means it is undone.</summary>
    public async Task<Result<ImmutableArray<Obstacle>>> HandleAsync(Actor actor, Guid id, CancellationToken cancel)
    {
        if (Administration.SchoolOf(actor, RegistryActions.Import) is not { } school) return Problem.NotFound;
        await using var change = await ChangeImport.BeginAsync(options, actor, school, id, clock.Now, cancel);
        if (change is null) return Problem.NotFound;
        if (change.State.State == "undone") return ImmutableArray<Obstacle>.Empty;
        if (change.State.State != "applied") return new Problem("registry.import-not-applied", Texts.ImportNotApplied, null, 409);
        var obstacles = await ObstaclesAsync(change, cancel);
        if (obstacles.Length > 0) return obstacles;
        try
        {
            await change.RunAsync("set constraints all deferred", cancel);
            await change.SayAsync("undo", cancel);
            await change.RunAsync(IdentitiesSql, cancel);
            await change.RunAsync(HeldFields.ForgetSql, cancel);
            foreach (var planned in PlannedTable.All.Reverse()) await change.RunAsync(planned.UndoSql, cancel);
            await change.RunAsync("set constraints all immediate", cancel);
            await change.CommitAsync("state = 'undone', undone_at = $3, undone_by = $4", RegistryActions.Import, "undone", cancel);
            return ImmutableArray<Obstacle>.Empty;
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            // Rows that name what the import brought, written since.
            var kind = Texts.ResourceManager.GetString("Kind_" + refused.TableName, Domain.Words.Russian) ?? refused.TableName ?? "";
            return ImmutableArray.Create(new Obstacle(string.Format(Domain.Words.Russian, Texts.UndoReferred, kind), ""));
        }
        catch (PostgresException refused) when (refused.SqlState.StartsWith("23", StringComparison.Ordinal))
        {
            return ImmutableArray.Create(new Obstacle(Texts.UndoTaken, ""));
        }
    }

    private async Task<ImmutableArray<Obstacle>> ObstaclesAsync(ChangeImport change, CancellationToken cancel)
    {
        var found = new List<Obstacle>();
        foreach (var planned in PlannedTable.All)
        {
            var kind = Texts.ResourceManager.GetString("Kind_" + planned.Table.Name, Domain.Words.Russian);
            found.AddRange(await change.ListAsync(planned.ObstacleSql, r => new Obstacle(
                string.Format(Domain.Words.Russian, Texts.UndoChangedSince, kind), $"{r.GetString(0)} {r.GetString(1)}".Trim()), cancel));
        }
        found.AddRange(await change.ListAsync(SignedInSql, r => new Obstacle(Texts.UndoSignedIn, r.GetString(0)), cancel));
        var people = await change.ListAsync(PeopleSql, r => r.GetGuid(0), cancel);
        var groups = await change.ListAsync(GroupsSql, r => r.GetGuid(0), cancel);
        foreach (var builder in builders)
            foreach (var built in await builder.FindAsync(change.State.SchoolId, people, groups, change.State.AppliedAt!.Value, cancel))
                found.Add(new Obstacle(built.What, built.PersonId is { } id ? await NameAsync(change, id, cancel) : ""));
        return [.. found.Take(MostShown)];
    }

    private static async Task<string> NameAsync(ChangeImport change, Guid id, CancellationToken cancel) =>
        (await change.ListAsync($"select trim(last_name || ' ' || first_name || ' ' || middle_name) from registry.people where id = '{id}'", r => r.GetString(0), cancel))
            .FirstOrDefault() ?? "";

    // Whom the import brought in, or put into a class, a group or a role: facts about them may rest on it.
    private const string PeopleSql = """
        select distinct coalesce((c.new_row ->> 'person_id')::uuid, c.row_id) from registry.import_changes c
         where c.school_id = $1 and c.import_id = $2 and c.kind = 'new' and c.table_name in ('people', 'enrolments', 'group_members', 'teaching_assignments')
        """;

    private const string GroupsSql = """
        select c.row_id from registry.import_changes c where c.school_id = $1 and c.import_id = $2 and c.kind = 'new' and c.table_name = 'teaching_groups'
        """;

    private const string SignedInSql = """
        select distinct p.last_name || ' ' || p.first_name from registry.import_changes c
          join registry.identities x on x.person_id = c.row_id join registry.people p on p.id = x.person_id
         where c.school_id = $1 and c.import_id = $2 and c.kind = 'new' and c.table_name = 'people' and x.esia_oid is not null limit 50
        """;

    private const string IdentitiesSql = """
        delete from registry.identities x using registry.import_secrets s
         where s.school_id = $1 and s.import_id = $2 and x.person_id = s.person_id and x.snils_hash = s.snils_hash and x.esia_oid is null;
        update registry.identities x set snils_hash = null, snils_cipher = null from registry.import_secrets s
         where s.school_id = $1 and s.import_id = $2 and x.person_id = s.person_id and x.snils_hash = s.snils_hash
        """;
}
