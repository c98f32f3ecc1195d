using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace MySchool.Kernel.Files;

/// <summary>Marks an answer that holds somebody's file: its headers let nothing in it run, load, or act as a page of ours.</summary>
public sealed record StoredContent
{
    /// <summary>The policy of such an answer.</summary>
    public const string Policy = "default-src 'none'; sandbox; frame-ancestors 'none'";
}

/// <summary>Files as answers.</summary>
public static class FileAnswers
{
    /// <summary>Gives a file. Pictures are shown in place, all the rest is saved.</summary>
    /// <param name="http">The request; the caller has judged who asks.</param>
    /// <param name="store">The store.</param>
    /// <param name="file">Its row: address, sealed key, media type, name.</param>
    public static IResult Give(this HttpContext http, ByteStore store, (string Address, byte[] SealedKey, string MediaType, string Name) file)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(store);
        http.Features.Set(new StoredContent());
        var disposition = new ContentDispositionHeaderValue(FileKind.IsPicture(file.MediaType) ? "inline" : "attachment");
        disposition.SetHttpFileName(file.Name);
        http.Response.Headers.ContentDisposition = disposition.ToString();
        // The browser may keep it and must ask each time: a right that has ended ends here too, and what has not changed is not sent again.
        http.Response.Headers.CacheControl = "private, no-cache";
        return Results.Stream(target => store.CopyToAsync(file.Address, file.SealedKey, target, http.RequestAborted), file.MediaType, entityTag: new EntityTagHeaderValue($"\"{file.Address[..32]}\""));
    }
}
