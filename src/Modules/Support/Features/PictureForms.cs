using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using MySchool.Support.Domain;
using MySchool.Kernel.Files;

namespace MySchool.Support.Features;

/// <summary>Forms with pictures.</summary>
internal static class PictureForms
{
    private const long MostBody = TicketRules.MostPictures * (long)PictureCleaner.MostBytes + (1 << 20);

    /// <summary>Lets a form carry as many pictures as a ticket takes.</summary>
    public static RouteHandlerBuilder TakesPictures(this RouteHandlerBuilder route) =>
        route.WithFormOptions(multipartBodyLengthLimit: MostBody, valueCountLimit: 64).WithMetadata(new RequestSizeLimitAttribute(MostBody));

    /// <summary>The files of the form; one more than allowed is enough to refuse.</summary>
    public static async Task<IReadOnlyList<ReadOnlyMemory<byte>>> ReadPicturesAsync(this HttpContext http, CancellationToken cancel)
    {
        if (!http.Request.HasFormContentType) return [];
        var form = await http.Request.ReadFormAsync(cancel);
        var files = new List<ReadOnlyMemory<byte>>();
        foreach (var file in form.Files.Where(file => file.Name == "pictures" && file.Length > 0).Take(TicketRules.MostPictures + 1))
        {
            // One too large is refused by its size; there is no need of more of it.
            var bytes = new byte[Math.Min(file.Length, PictureCleaner.MostBytes + 1)];
            await using var stream = file.OpenReadStream();
            await stream.ReadExactlyAsync(bytes, cancel);
            files.Add(bytes);
        }
        return files;
    }
}
