using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Access.Copies;
using MySchool.Access.Resources;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Web;

namespace MySchool.Access.Features;

/// <summary>
/// Gives a ready copy to whoever asked for it and to nobody else; the zip is made as it leaves. The right to speak for a child is
/// judged once more: a court may have spoken since the copy was asked for.
/// </summary>
internal sealed class GiveCopy(CopyBook book, IRegistry registry, ReadingAudit audit, IClock clock)
{
    public async Task<Result<byte[]>> HandleAsync(Actor actor, Guid id, CancellationToken cancel)
    {
        if (await book.FindReadyAsync(actor, id, cancel) is not { } copy) return Problem.NotFound;
        if (!await registry.MaySpeakForAsync([actor.PersonId], copy.SubjectId, clock.Now, cancel)) return Problem.NotFound;
        var noted = audit.NoteAsync(actor, AccessActions.TakeCopy, null, copy.SubjectId, id.ToString());
        try
        {
            return Pack(await book.OpenAsync(actor, id, cancel));
        }
        catch (CryptographicException)
        {
            // The keys were lost or changed, by a restored backup say: the copy is worth nothing, and a new one is a minute away.
            return new Problem("access.copy-closed", Texts.CopyClosed, Status: 409);
        }
        finally
        {
            await noted;
        }
    }

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/account/copies/{id:guid}/file", async (Guid id, HttpContext http, GiveCopy feature, CancellationToken cancel) =>
        {
            var zip = await feature.HandleAsync(http.RequireActor(), id, cancel);
            return zip.IsOk ? Results.File(zip.Value, "application/zip", "my-school-data.zip") : zip.Problem!.ToPage();
        }).Allow(AccessActions.TakeCopy);

    private byte[] Pack(List<(string Name, byte[] File)> files)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, file) in files)
            {
                var entry = zip.CreateEntry(name);
                entry.LastWriteTime = clock.Now;
                using var content = entry.Open();
                content.Write(file);
            }
        return stream.ToArray();
    }
}
