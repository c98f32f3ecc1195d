using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Registry.Pages;
using MySchool.Registry.Resources;
using MySchool.Ui;

namespace MySchool.Registry.Features.RehearseImport;

/// <summary>An import in the list of a school's imports.</summary>
internal sealed record ImportLine(Guid Id, string FileName, string State, DateTimeOffset MadeAt, string MadeBy, bool IsAlive);

/// <summary>The import page: a file to choose, and the imports before.</summary>
internal sealed record ImportScreen(ImmutableArray<ImportLine> Before, bool IsRemembered, Problem? Refusal);

/// <summary>Takes a file and shows what became of those before.</summary>
internal sealed class ShowImport(RehearseImport rehearse, ImportJobs jobs, AppDb db)
{
    private const long MaxFileBytes = 200L << 20;
    private const long MaxBodyBytes = MaxFileBytes + (1 << 20);
    // Most schools' files are read sooner; whoever waits longer sees how far it is.
    private static readonly TimeSpan ShortWait = TimeSpan.FromSeconds(6);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/school/import", async (bool? remembered, HttpContext context, ShowImport handler, CancellationToken cancel) =>
            await handler.ShowAsync(context.RequireActor(), remembered == true, null, cancel)).Allow(RegistryActions.Import);
        routes.MapPost("/school/import", async (HttpContext context, ShowImport handler, CancellationToken cancel) =>
        {
            var begun = await handler.HandleAsync(context.RequireActor(), context.Request, cancel);
            return begun.IsOk ? Results.Redirect($"/school/import/{begun.Value}") : await handler.ShowAsync(context.RequireActor(), false, begun.Problem, cancel);
        })
            .WithFormOptions(multipartBodyLengthLimit: MaxBodyBytes, valueCountLimit: 8)
            .WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes))
            .Allow(RegistryActions.Import);
    }

    public async Task<Result<Guid>> HandleAsync(Actor actor, HttpRequest request, CancellationToken cancel)
    {
        if (!request.HasFormContentType) return Missing;
        IFormCollection form;
        try
        {
            form = await request.ReadFormAsync(cancel);
        }
        catch (Exception broken) when (broken is InvalidDataException or IOException and not BadHttpRequestException)
        {
            // A form cut short or without its boundaries; one too large the server answers itself.
            return Missing;
        }
        if (form.Files.GetFile("file") is not { Length: > 0 } file) return Missing;
        if (file.Length > MaxFileBytes) return new Problem("registry.import-too-big", Texts.ImportTooBig, "file", 413);
        var path = Path.GetTempFileName();
        await using (var to = new FileStream(path, FileMode.Create, FileAccess.Write))
            await file.CopyToAsync(to, cancel);
        var begun = await rehearse.HandleAsync(actor, new FileToRehearse(path, file.FileName, form["endsAbsent"] == "true"), cancel);
        if (begun.IsOk) await jobs.WaitAsync(begun.Value, ShortWait, cancel);
        else File.Delete(path);
        return begun;
    }

    private async Task<IResult> ShowAsync(Actor actor, bool isRemembered, Problem? refusal, CancellationToken cancel)
    {
        if (refusal is { Status: 404 } || Administration.SchoolOf(actor, RegistryActions.Import) is not { } school) return Problem.NotFound.ToPage();
        var before = await db.ReadAsync(actor, batch => batch.Add("""
            select i.id, i.file_name, i.state, i.made_at, coalesce(p.last_name || ' ' || p.first_name, ''), i.alive_at > now() - interval '30 seconds'
              from registry.imports i left join registry.people p on p.id = i.made_by
             where i.school_id = $1 and i.state <> 'dropped' order by i.made_at desc limit 20
            """, school), (reader, token) => reader.ReadAllAsync(r => new ImportLine(
                r.GetGuid(0), r.GetString(1), r.GetString(2), r.GetFieldValue<DateTimeOffset>(3), r.GetString(4), r.GetBoolean(5)), token), cancel);
        return Page.Of<ImportPage>(new { Data = new ImportScreen([.. before], isRemembered, refusal) }, refusal?.Status ?? 200);
    }

    private static Problem Missing => new("registry.import-missing", Texts.ImportMissing, "file");
}
