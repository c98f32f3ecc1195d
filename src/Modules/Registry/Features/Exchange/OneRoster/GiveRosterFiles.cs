using System.Collections.Immutable;
using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Web;
using MySchool.Registry.Resources;

namespace MySchool.Registry.Features.Exchange.OneRoster;

/// <summary>A school's roster as files of OneRoster 1.2 (CSV binding), for the school's own administrator to take elsewhere.</summary>
internal sealed class GiveRosterFiles(RosterReader reader, ReadingAudit audit)
{
    private static readonly string[] Absent =
    [
        "categories", "classResources", "courseResources", "lineItemLearningObjectiveIds", "lineItems", "lineItemScoreScales", "resources",
        "resultLearningObjectiveIds", "results", "resultScoreScales", "scoreScales", "userProfiles", "userResources",
    ];

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/school/oneroster.zip", async (HttpContext http, GiveRosterFiles feature, CancellationToken cancel) =>
            await feature.HandleAsync(http.RequireActor(), cancel) is { } zip ? Results.File(zip, "application/zip", "oneroster.zip") : Results.NotFound())
            .Allow(RegistryActions.ExportRoster);

    public async Task<byte[]?> HandleAsync(Actor actor, CancellationToken cancel)
    {
        var school = actor.Hat.UnitId;
        if (!Decide.Allows(actor, RegistryActions.ExportRoster, new Coordinate(Places.School, school))) return null;
        using var stream = new MemoryStream();
        await using (var zip = await ZipArchive.CreateAsync(stream, ZipArchiveMode.Create, leaveOpen: true, Encoding.UTF8, cancel))
        {
            await AddAsync(zip, "manifest.csv", ["propertyName", "value"], Manifest(), cancel);
            foreach (var collection in RosterCollections.Files)
            {
                ImmutableArray<RosterField> fields = [.. collection.Fields.Where(field => field.Column is not null)];
                var rows = await reader.ReadRowsAsync(actor, [school], collection, fields, cancel);
                // Bulk files leave status and time of change empty, but not out.
                await AddAsync(zip, $"{collection.Plural}.csv", [fields[0].Column!, "status", "dateLastModified", .. fields.Skip(1).Select(field => field.Column!)],
                    rows.Select(row => (string?[])[row[0], null, null, .. row.Skip(1)]), cancel);
            }
        }
        await audit.NoteAsync(actor, RegistryActions.ExportRoster, school, null, $"{stream.Length} bytes");
        return stream.ToArray();
    }

    private static IEnumerable<string?[]> Manifest() =>
    [
        ["manifest.version", "1.0"], ["oneroster.version", "1.2"],
        .. RosterCollections.Files.Select(collection => (string?[])[$"file.{collection.Plural}", "bulk"]),
        .. Absent.Select(name => (string?[])[$"file.{name}", "absent"]),
        ["source.systemName", Texts.RosterSystemName], ["source.systemCode", "myschool"],
    ];

    // RFC 4180.
    private static async Task AddAsync(ZipArchive zip, string name, string?[] header, IEnumerable<string?[]> rows, CancellationToken cancel)
    {
        await using var file = await zip.CreateEntry(name).OpenAsync(cancel);
        await using var text = new StreamWriter(file, new UTF8Encoding(false)) { NewLine = "\r\n" };
        foreach (var row in rows.Prepend(header)) await text.WriteLineAsync(string.Join(',', row.Select(Quote)).AsMemory(), cancel);
    }

    private static string Quote(string? value) =>
        value is null ? "" : value.AsSpan().IndexOfAny(",\"\r\n") < 0 ? value : $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
