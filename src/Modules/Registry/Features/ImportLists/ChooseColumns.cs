using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Registry.Features.RehearseImport;
using MySchool.Registry.Resources;

namespace MySchool.Registry.Features.ImportLists;

/// <summary>Remembers what the columns of a list mean, by the titles it has: the next list of that shape is understood at once.</summary>
internal sealed class ChooseColumns(AppDb db, IClock clock)
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/school/import/{id:guid}/columns", async (
            Guid id, [FromForm] int? sheet, HttpContext context, ChooseColumns handler, ShowRehearsal show, CancellationToken cancel) =>
        {
            var form = await context.Request.ReadFormAsync(cancel);
            var chosen = form.Where(field => field.Key.StartsWith('c') && int.TryParse(field.Key.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out _))
                .ToDictionary(field => int.Parse(field.Key.AsSpan(1), CultureInfo.InvariantCulture), field => field.Value.ToString());
            var done = await handler.HandleAsync(context.RequireActor(), id, sheet ?? 0, chosen, cancel);
            return done.IsOk ? Results.Redirect("/school/import?remembered=true") : await show.RefusedAsync(context.RequireActor(), id, done.Problem!, cancel);
        }).Allow(RegistryActions.Import);

    public async Task<Result<bool>> HandleAsync(Actor actor, Guid id, int sheet, IReadOnlyDictionary<int, string> chosen, CancellationToken cancel)
    {
        if (Administration.SchoolOf(actor, RegistryActions.Import) is not { } school) return Problem.NotFound;
        await using var transaction = await db.BeginAsync(actor, cancel);
        var known = await transaction.RunAsync(
            batch => batch.Add("select columns::text from registry.imports where school_id = $1 and id = $2 and state <> 'dropped'", school, id),
            (reader, token) => reader.ReadFirstAsync(r => r.GetString(0), token), cancel);
        if (known is null || Of(known) is var sheets && (sheet < 0 || sheet >= sheets.Length)) return Problem.NotFound;
        var taken = sheets[sheet];
        var fields = taken.Columns.Select((column, at) => chosen.TryGetValue(at, out var word) && Enum.TryParse<ListField>(word, out var field) && Enum.IsDefined(field) ? field : column.Field).ToImmutableArray();
        if (!fields.Contains(ListField.FullName) && !(fields.Contains(ListField.LastName) && fields.Contains(ListField.FirstName)))
            return new Problem("registry.list-no-name", Texts.ColumnsNoName);
        await transaction.RunAsync(batch =>
        {
            batch.Add("""
                insert into registry.import_mappings (school_id, signature, columns, made_at, made_by) values ($1, $2, $3, $4, $5)
                on conflict (school_id, signature) do update set columns = excluded.columns, made_at = excluded.made_at, made_by = excluded.made_by
                """, school, taken.Signature, RehearsalSteps.Jsonb(fields), clock.Now, actor.PersonId);
            batch.AddAudit(actor, RegistryActions.Import, clock.Now, school, null, $"columns {id}");
        }, cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }

    public static ImmutableArray<SheetColumns> Of(string json) => JsonSerializer.Deserialize<ImmutableArray<SheetColumns>?>(json, Json.Options) ?? [];
}
