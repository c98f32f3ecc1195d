using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Caching.Memory;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Web;
using MySchool.Registry.Pages;
using MySchool.Registry.Resources;
using MySchool.Ui;

namespace MySchool.Registry.Features.ImportOneRoster;

/// <summary>The import page: a file to choose, or what came of it.</summary>
internal sealed record ImportScreen(Problem? Refusal, ImportReport? Report, Guid? ReportId)
{
    public const int ShownRows = 200;

    public ImmutableArray<ImportBadRow> Shown => Report is null ? [] : [.. Report.BadRows.Take(ShownRows)];
}

/// <summary>Reports of refused imports, kept an hour for those who made them. They hold ids and lines, no personal data.</summary>
internal sealed class ImportReports : IDisposable
{
    private const int MaxReports = 50;
    private readonly MemoryCache kept = new(new MemoryCacheOptions { SizeLimit = MaxReports });

    public Guid Keep(Guid personId, ImportReport report)
    {
        var id = Ids.New();
        kept.Set((personId, id), report, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = TimeSpan.FromHours(1) });
        return id;
    }

    public ImportReport? Find(Guid personId, Guid id) => kept.Get<ImportReport>((personId, id));

    public void Dispose() => kept.Dispose();
}

/// <summary>Imports a school from a page.</summary>
internal sealed class ShowImport(ImportOneRoster import, ImportReports reports)
{
    private const long MaxFileBytes = 200L << 20;
    private const long MaxBodyBytes = MaxFileBytes + (1 << 20);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/school/import", () => Page.Of<ImportPage>(new { Data = new ImportScreen(null, null, null) })).Allow(RegistryActions.Import);
        routes.MapPost("/school/import", async (HttpContext context, ShowImport handler, CancellationToken cancel) =>
        {
            var screen = await handler.HandleAsync(context.RequireActor(), context.Request, cancel);
            return screen.Refusal is { Status: 404 } hidden ? hidden.ToPage()
                : Page.Of<ImportPage>(new { Data = screen }, screen.Refusal?.Status ?? (screen.Report?.IsDone == true ? 200 : 422));
        })
            .WithFormOptions(multipartBodyLengthLimit: MaxBodyBytes, valueCountLimit: 8)
            .WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes))
            .Allow(RegistryActions.Import);
        routes.MapGet("/school/import/{id:guid}", async (Guid id, HttpContext context, ImportReports reports, CancellationToken cancel) =>
            reports.Find(context.RequireActor().PersonId, id) is { } report
                ? Results.File(await BadRows.ToCsvAsync(report.BadRows, cancel), "text/csv; charset=utf-8", Texts.ImportReportFile)
                : Problem.NotFound.ToPage())
            .Allow(RegistryActions.Import);
    }

    public async Task<ImportScreen> HandleAsync(Actor actor, HttpRequest request, CancellationToken cancel)
    {
        if (!request.HasFormContentType) return Refused("registry.import-missing", Texts.ImportMissing);
        IFormCollection form;
        try
        {
            form = await request.ReadFormAsync(cancel);
        }
        catch (Exception broken) when (broken is InvalidDataException or IOException and not BadHttpRequestException)
        {
            // A form cut short or without its boundaries; one too large the server answers itself.
            return Refused("registry.import-missing", Texts.ImportMissing);
        }
        if (form.Files.GetFile("file") is not { Length: > 0 } file) return Refused("registry.import-missing", Texts.ImportMissing);
        if (file.Length > MaxFileBytes) return Refused("registry.import-too-big", Texts.ImportTooBig, 413);
        var path = Path.GetTempFileName();
        try
        {
            await using (var to = new FileStream(path, FileMode.Create, FileAccess.Write))
                await file.CopyToAsync(to, cancel);
            var done = await import.HandleAsync(actor, path, null, cancel);
            if (!done.IsOk) return new ImportScreen(done.Problem, null, null);
            var id = done.Value.IsDone ? (Guid?)null : reports.Keep(actor.PersonId, done.Value);
            return new ImportScreen(null, done.Value, id);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static ImportScreen Refused(string code, string message, int status = 422) => new(new Problem(code, message, "file", status), null, null);
}
