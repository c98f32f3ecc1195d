using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Files;
using MySchool.Kernel.Web;

namespace MySchool.Works.Features;

/// <summary>Gives the bytes of a file, and of a page of a PDF, to those whom its row is open to.</summary>
internal sealed class GiveWorkFile(AppDb db, WorkerDb worker, ByteStore store, IConsents consents)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/works/files/{fileId:guid}", async (Guid fileId, HttpContext http, GiveWorkFile feature, CancellationToken cancel) =>
            await feature.BytesAsync(http, fileId, cancel)).Allow(WorksActions.Open);
        routes.MapGet("/works/files/{fileId:guid}/pages/{page:int}", async (Guid fileId, int page, HttpContext http, GiveWorkFile feature, CancellationToken cancel) =>
            await feature.PageAsync(http, fileId, page, cancel)).Allow(WorksActions.Open);
    }

    private sealed record FoundFile(Guid Id, Guid Learner, Guid Group, string Address, byte[] Key, string MediaType, string Name, short Year, Guid School);

    private async Task<FoundFile?> FindAsync(HttpContext http, Guid fileId, CancellationToken cancel)
    {
        var actor = http.RequireActor();
        var file = await db.ReadAsync(actor, batch => batch.Add(
            $"select id, learner_id, group_id, address, sealed_key, media_type, name, school_year, school_id from works.files where id = $1 and state = '{FileStates.Clean}'", fileId),
            (reader, token) => reader.ReadFirstAsync(r => new FoundFile(r.GetGuid(0), r.GetGuid(1), r.GetGuid(2), r.GetString(3), r.GetFieldValue<byte[]>(4), r.GetString(5), r.GetString(6), r.GetInt16(7), r.GetGuid(8)), token), cancel);
        if (file is null || !Decide.Allows(actor, WorksActions.Open, new Coordinate(Places.Person, file.Learner), new Coordinate(Places.Group, file.Group))) return null;
        return actor.Hat.Role == Roles.Guardian && !consents.Stands(actor, WorksFlows.Work, file.Learner) ? null : file;
    }

    private async Task<IResult> BytesAsync(HttpContext http, Guid fileId, CancellationToken cancel) =>
        await FindAsync(http, fileId, cancel) is { } file ? http.Give(store, (file.Address, file.Key, file.MediaType, file.Name)) : Problem.NotFound.ToPage();

    private async Task<IResult> PageAsync(HttpContext http, Guid fileId, int page, CancellationToken cancel)
    {
        if (page is < 1 or > PdfPages.MostPages || await FindAsync(http, fileId, cancel) is not { } file || file.MediaType != FileKind.Pdf.MediaType) return Problem.NotFound.ToPage();
        if (await KeptAsync(file, page, cancel) is { } kept) return http.Give(store, kept);
        var drawn = await PdfPages.DrawAsync(await store.ReadAsync(file.Address, file.Key, cancel), page, cancel);
        if (drawn is null) return Problem.NotFound.ToPage();
        await KeepAsync(file, page, drawn, cancel);
        return await KeptAsync(file, page, cancel) is { } now ? http.Give(store, now) : Problem.NotFound.ToPage();
    }

    private async Task<(string, byte[], string, string)?> KeptAsync(FoundFile file, int page, CancellationToken cancel)
    {
        await using var find = worker.Source.CreateCommand("select address, sealed_key, media_type, name from works.pages where school_year = $1 and school_id = $2 and file_id = $3 and page = $4");
        foreach (var value in (object[])[file.Year, file.School, file.Id, (short)page]) find.Parameters.Add(new() { Value = value });
        await using var reader = await find.ExecuteReaderAsync(cancel);
        return await reader.ReadFirstAsync(r => ((string, byte[], string, string)?)(r.GetString(0), r.GetFieldValue<byte[]>(1), r.GetString(2), r.GetString(3)), cancel);
    }

    // Two who look at once draw twice and keep one; the other's bytes are swept.
    private async Task KeepAsync(FoundFile file, int page, CleanPicture drawn, CancellationToken cancel)
    {
        var bytes = (await store.PutAsync(new MemoryStream(drawn.Bytes), FileIntake.MostBytes, cancel))!;
        await using var keep = worker.Source.CreateCommand($"""
            insert into works.pages (school_year, school_id, file_id, page, name, media_type, size, address, sealed_key, digest, state)
            select f.school_year, f.school_id, f.id, $4, $5, $6, $7, $8, $9, $10, '{FileStates.Clean}' from works.files f where f.school_year = $1 and f.school_id = $2 and f.id = $3 on conflict do nothing
            """);
        foreach (var value in (object[])[file.Year, file.School, file.Id, (short)page, $"{page}.jpg", drawn.MediaType, (int)bytes.Size, bytes.Address, bytes.SealedKey, bytes.Digest]) keep.Parameters.Add(new() { Value = value });
        await keep.ExecuteNonQueryAsync(cancel);
    }
}
