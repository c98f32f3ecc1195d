using System.Text;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;
using MySchool.Kernel.Resources;
using MySchool.Kernel.Web;

namespace MySchool.Kernel.Files;

/// <summary>Marks a route that reads its form itself, piece by piece, and so checks the form's token itself.</summary>
public sealed record StreamedForm;

/// <summary>What a form with files brought.</summary>
/// <param name="Fields">Texts by name.</param>
/// <param name="Files">Files that were taken.</param>
/// <param name="Refusal">Why one was not, or null; the others are taken all the same.</param>
public sealed record Uploaded(ILookup<string, string> Fields, IReadOnlyList<TakenFile> Files, Problem? Refusal)
{
    /// <summary>The first text of a field, or null.</summary>
    public string? this[string name] => Fields[name].FirstOrDefault();
}

/// <summary>
/// A form with files, read as it arrives: texts into memory, files straight into the store, sealed. Nothing of a file lies open on
/// the disk, as it would in the framework's own buffer.
/// </summary>
public sealed class UploadForm
{
    private const int MostFields = 400;
    private const int MostText = 64 * 1024;
    private const string Token = "__RequestVerificationToken";
    private readonly MultipartReader reader;
    private MultipartSection? first;

    private UploadForm(MultipartReader reader, MultipartSection? first) => (this.reader, this.first) = (reader, first);

    /// <summary>Opens a form whose token is right.</summary>
    internal static async Task<UploadForm?> OpenAsync(HttpContext http)
    {
        if (!MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type) || type.MediaType != "multipart/form-data"
            || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 and <= 200 } boundary) return null;
        var antiforgery = http.RequestServices.GetRequiredService<IAntiforgery>();
        try
        {
            var reader = new MultipartReader(boundary, http.Request.Body) { HeadersCountLimit = 16, HeadersLengthLimit = 16 * 1024 };
            var first = await reader.ReadNextSectionAsync(http.RequestAborted);
            // A form's token stands before everything else in it; a script sends it as a header.
            if (first is not null && NameOf(first) == Token)
            {
                http.Request.Headers["RequestVerificationToken"] = await TextAsync(first, http.RequestAborted);
                first = await reader.ReadNextSectionAsync(http.RequestAborted);
            }
            // Without a header the framework would read the form itself, from its end.
            return http.Request.Headers.ContainsKey("RequestVerificationToken") && await antiforgery.IsRequestValidAsync(http) ? new UploadForm(reader, first) : null;
        }
        catch (Exception broken) when (broken is InvalidDataException or IOException and not BadHttpRequestException)
        {
            return null;
        }
    }

    /// <summary>Reads the rest.</summary>
    /// <param name="intake">Takes the files.</param>
    /// <param name="mostFiles">Files it may bring.</param>
    /// <param name="mostBytes">Bytes they may weigh together.</param>
    /// <param name="cancel">Cancels.</param>
    public async Task<Uploaded> ReadAsync(FileIntake intake, int mostFiles, long mostBytes, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(intake);
        var fields = new List<(string Name, string Value)>();
        var files = new List<TakenFile>();
        Problem? refusal = null;
        try
        {
            for (var section = first; section is not null; section = await reader.ReadNextSectionAsync(cancel))
            {
                if (FileNameOf(section) is not { } fileName)
                {
                    if (fields.Count < MostFields && NameOf(section) is { } name) fields.Add((name, await TextAsync(section, cancel)));
                    continue;
                }
                if (fileName.Length == 0) continue;
                var left = mostBytes - files.Sum(file => file.Bytes.Size);
                if (files.Count >= mostFiles || left <= 0)
                {
                    refusal ??= new Problem("file.many", string.Format(null, Texts.FilesMany, mostFiles, mostBytes >> 20), "files", 413);
                    continue;
                }
                var taken = await intake.TakeAsync(section.Body, fileName, cancel);
                if (!taken.IsOk) refusal ??= taken.Problem;
                else if (taken.Value.Bytes.Size > left) refusal ??= new Problem("file.many", string.Format(null, Texts.FilesMany, mostFiles, mostBytes >> 20), "files", 413);
                else files.Add(taken.Value);
            }
        }
        catch (Exception broken) when (broken is InvalidDataException or IOException and not BadHttpRequestException)
        {
            refusal ??= new Problem("file.broken", Texts.FileBroken, "files", 400);
        }
        first = null;
        return new Uploaded(fields.ToLookup(field => field.Name, field => field.Value), files, refusal);
    }

    private static string? NameOf(MultipartSection section) =>
        ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var said) ? HeaderUtilities.RemoveQuotes(said.Name).Value : null;

    private static string? FileNameOf(MultipartSection section)
    {
        if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var said)) return null;
        var name = said.FileNameStar.HasValue ? said.FileNameStar : said.FileName;
        return name.HasValue ? HeaderUtilities.RemoveQuotes(name).Value ?? "" : null;
    }

    private static async Task<string> TextAsync(MultipartSection section, CancellationToken cancel)
    {
        var bytes = new byte[MostText];
        var read = await section.Body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancel);
        return Encoding.UTF8.GetString(bytes, 0, read);
    }
}

/// <summary>How a route says that it takes files.</summary>
public static class UploadRoutes
{
    /// <summary>
    /// Lets the form carry files and reads it as it arrives. The token is checked before the handler is called; it finds the form by
    /// <see cref="RequireUpload"/>.
    /// </summary>
    /// <param name="route">A route that posts a form.</param>
    /// <param name="mostBytes">The most the whole request may weigh.</param>
    public static RouteHandlerBuilder TakesFiles(this RouteHandlerBuilder route, long mostBytes) =>
        route.WithMetadata(new StreamedForm(), new RequestSizeLimitAttribute(mostBytes)).AddEndpointFilter(async (context, next) =>
        {
            if (await UploadForm.OpenAsync(context.HttpContext) is not { } form)
                return new Problem("access.antiforgery", Texts.FormTooOld, null, 400).ToPage();
            context.HttpContext.Features.Set(form);
            return await next(context);
        });

    /// <summary>The form of a route that takes files.</summary>
    public static UploadForm RequireUpload(this HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        return http.Features.Get<UploadForm>() ?? throw new InvalidOperationException("The route takes no files");
    }
}
