using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Registry.Features.Doubles;
using MySchool.Registry.Features.Fields;
using MySchool.Registry.Resources;
using Npgsql;

namespace MySchool.Registry.Features.RehearseImport;

/// <summary>
/// Writes what the rehearsal showed, in one transaction. When the registry has moved since, nothing is written: the difference
/// is worked out anew and shown again.
/// </summary>
internal sealed class ApplyImport(DatabaseOptions options, FindDoubles doubles, IClock clock)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/school/import/{id:guid}/apply", async (
            Guid id, [FromForm] int? version, HttpContext context, ApplyImport handler, ShowRehearsal show) =>
        {
            // Once begun it is carried through, whether or not the page still waits.
            var done = await handler.HandleAsync(context.RequireActor(), id, version ?? 0, CancellationToken.None);
            return done.IsOk ? Results.Redirect($"/school/import/{id}") : await show.RefusedAsync(context.RequireActor(), id, done.Problem!, CancellationToken.None);
        }).Allow(RegistryActions.Import);
        routes.MapPost("/school/import/{id:guid}/drop", async (
            Guid id, HttpContext context, ApplyImport handler, ShowRehearsal show, CancellationToken cancel) =>
        {
            var done = await handler.DropAsync(context.RequireActor(), id, cancel);
            return done.IsOk ? Results.Redirect("/school/import") : await show.RefusedAsync(context.RequireActor(), id, done.Problem!, cancel);
        }).Allow(RegistryActions.Import);
    }

    public async Task<Result<bool>> HandleAsync(Actor actor, Guid id, int version, CancellationToken cancel)
    {
        if (Administration.SchoolOf(actor, RegistryActions.Import) is not { } school) return Problem.NotFound;
        await using var change = await ChangeImport.BeginAsync(options, actor, school, id, clock.Now, cancel);
        if (change is null) return Problem.NotFound;
        if (change.State.State == "applied") return true;
        if (change.State.State != "ready") return new Problem("registry.import-not-ready", Texts.ImportNotReady, null, 409);
        if (change.State.IsStopped) return new Problem("registry.import-too-many-absent", Texts.ImportTooManyAbsent);
        if (change.State.Version != version) return new Problem("registry.import-moved", Texts.ImportMoved, null, 409);
        try
        {
            if (await IsMovedAsync(change, cancel)) return await RefreshAsync(change, cancel);
            // Terms may trade places within the year, so their constraints are judged at the end.
            await change.RunAsync("set constraints all deferred", cancel);
            foreach (var planned in PlannedTable.All) await change.RunAsync(planned.ApplySql, cancel);
            await change.RunAsync(IdentitiesSql, cancel);
            await change.RunAsync(HeldFields.OpenSql, cancel);
            await change.RunAsync("set constraints all immediate", cancel);
            await doubles.CheckAllAsync(change.Connection, cancel);
            await change.CommitAsync("state = 'applied', applied_at = $3, applied_by = $4", RegistryActions.Import, "applied", cancel);
            return true;
        }
        catch (PostgresException refused) when (refused.SqlState.StartsWith("23", StringComparison.Ordinal))
        {
            // Somebody wrote the same people another way: only the file itself can tell what is new now.
            return new Problem("registry.import-overtaken", Texts.ImportOvertaken, null, 409);
        }
    }

    public async Task<Result<bool>> DropAsync(Actor actor, Guid id, CancellationToken cancel)
    {
        if (Administration.SchoolOf(actor, RegistryActions.Import) is not { } school) return Problem.NotFound;
        await using var change = await ChangeImport.BeginAsync(options, actor, school, id, clock.Now, cancel);
        if (change is null) return Problem.NotFound;
        if (change.State.State is "applied" or "undone") return new Problem("registry.import-not-ready", Texts.ImportNotReady, null, 409);
        await change.RunAsync("""
            delete from registry.import_changes where school_id = $1 and import_id = $2;
            delete from registry.import_secrets where school_id = $1 and import_id = $2;
            delete from registry.field_proposals where import_id = $2 and state = 'rehearsed'
            """, cancel);
        await change.CommitAsync("state = 'dropped', bad_rows = '[]'", RegistryActions.Import, "dropped", cancel);
        return true;
    }

    private static async Task<bool> IsMovedAsync(ChangeImport change, CancellationToken cancel)
    {
        foreach (var planned in PlannedTable.All)
            if (await change.CountAsync(planned.MovedSql, cancel) > 0) return true;
        return await change.CountAsync(HeldFields.KeptCountSql, cancel) > 0;
    }

    private static async Task<Result<bool>> RefreshAsync(ChangeImport change, CancellationToken cancel)
    {
        await change.RunAsync(HeldFields.KeptSql, cancel);
        foreach (var planned in PlannedTable.All) await change.RunAsync(planned.RefreshSql, cancel);
        await change.CommitAsync("version = version + 1, is_moved = true, counts = $5", RegistryActions.Import, "compared anew", cancel,
            RehearsalSteps.Jsonb(await change.RecountAsync(cancel)));
        return new Problem("registry.import-moved", Texts.ImportMoved, null, 409);
    }

    private const string IdentitiesSql = """
        insert into registry.identities (person_id, snils_hash, snils_cipher)
        select person_id, snils_hash, snils_cipher from registry.import_secrets where school_id = $1 and import_id = $2
        on conflict (person_id) do update set snils_hash = excluded.snils_hash, snils_cipher = excluded.snils_cipher where identities.snils_hash is null
        """;
}
