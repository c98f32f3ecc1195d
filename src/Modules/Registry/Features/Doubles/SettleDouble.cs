using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using System.Text.Json;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Registry.Resources;
using Npgsql;

namespace MySchool.Registry.Features.Doubles;

/// <summary>Keeps the decision that two people are two, or takes it back. What is decided is not asked again.</summary>
internal sealed class SettleDouble(DoubleRows rows, WorkerDb db, IClock clock)
{
    private const int MostWhy = 300;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/doubles/{left:guid}/{right:guid}/apart", async (
            Guid left, Guid right, [FromForm] string? why, HttpContext context, SettleDouble handler, ShowDoubles show, CancellationToken cancel) =>
        {
            var done = await handler.SetApartAsync(context.RequireActor(), left, right, why, cancel);
            return done.IsOk ? Results.Redirect("/doubles") : await show.ShowAsync(context.RequireActor(), left, right, why, done.Problem, cancel);
        }).Allow(RegistryActions.SettleDoubles);
        routes.MapPost("/doubles/{left:guid}/{right:guid}/reopen", async (
            Guid left, Guid right, HttpContext context, SettleDouble handler, ShowDoubles show, CancellationToken cancel) =>
        {
            var done = await handler.ReopenAsync(context.RequireActor(), left, right, cancel);
            return done.IsOk ? Results.Redirect($"/doubles/{left}/{right}") : await show.ShowAsync(context.RequireActor(), left, right, null, done.Problem, cancel);
        }).Allow(RegistryActions.SettleDoubles);
    }

    public async Task<Result<bool>> SetApartAsync(Actor actor, Guid left, Guid right, string? why, CancellationToken cancel)
    {
        var reason = string.IsNullOrWhiteSpace(why) ? null : why.Trim();
        if (reason?.Length > MostWhy) return new Problem("registry.why-too-long", Texts.WhyTooLong, "why");
        return await ChangeAsync(actor, left, right, "open", "apart", reason, cancel);
    }

    public Task<Result<bool>> ReopenAsync(Actor actor, Guid left, Guid right, CancellationToken cancel) =>
        ChangeAsync(actor, left, right, "apart", "open", null, cancel);

    private async Task<Result<bool>> ChangeAsync(Actor actor, Guid left, Guid right, string from, string to, string? why, CancellationToken cancel)
    {
        if (await rows.FindAsync(actor, left, right, cancel) is not { } pair) return Problem.NotFound;
        if (pair.State == to) return true;
        await using var connection = await db.Source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var batch = new NpgsqlBatch(connection);
        // Repeated or decided by two at once, the first one stands and the second finds it done.
        batch.Add("""
            with changed as (
              update registry.doubles set state = $4, why = $5, decided_by = case $4 when 'apart' then $6::uuid end, decided_at = case $4 when 'apart' then $7::timestamptz end
               where left_id = $1 and right_id = $2 and state = $3 returning left_id)
            insert into registry.history (id, at, table_name, row_id, school_id, actor_id, old_row, new_row, why)
            select $8, $7, 'doubles', left_id, $9, $6, $10::jsonb, $11::jsonb, $5 from changed
            """, pair.LeftId, pair.RightId, from, to, Maybe.Text(why), actor.PersonId, clock.Now, Ids.New(), Maybe.Uuid(pair.SchoolId),
            Row(pair, from), Row(pair, to));
        batch.AddAudit(actor, RegistryActions.SettleDoubles, clock.Now, pair.SchoolId, pair.LeftId, $"{to} {pair.RightId}");
        await batch.ExecuteNonQueryAsync(cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }

    private static string Row(DoublePair pair, string state) => JsonSerializer.Serialize(new { pair.LeftId, pair.RightId, State = state }, Json.Options);
}
