using System.Globalization;
using MySchool.Kernel.Resources;
using SkiaSharp;

namespace MySchool.Kernel.Files;

/// <summary>A picture drawn anew: nothing of the file it came in is left but what one sees.</summary>
/// <param name="Bytes">The file.</param>
/// <param name="MediaType">JPEG or PNG.</param>
/// <param name="Width">In pixels.</param>
/// <param name="Height">In pixels.</param>
public sealed record CleanPicture(byte[] Bytes, string MediaType, int Width, int Height);

/// <summary>
/// Decodes a picture and encodes it again, so that place, camera, author, thumbnails, colour profiles and whatever else a
/// file carries stay behind. Size is judged by the header, before a pixel is unpacked.
/// </summary>
public static class PictureCleaner
{
    /// <summary>The most a file may weigh, unless the caller takes more.</summary>
    public const int MostBytes = 8 << 20;

    /// <summary>A telephone's photograph has 12 to 50 million pixels; unpacked they take four bytes each.</summary>
    public const long MostPixels = 50_000_000;

    private const int MostSide = 16_000;
    private const int LongestSide = 2_000;
    private const int MostKept = 4 << 20;
    private const int Quality = 85;

    // A picture at a time: whatever is sent, the memory of one decoder is all it takes.
    private static readonly SemaphoreSlim OneAtATime = new(1);

    /// <summary>Draws a picture anew.</summary>
    /// <param name="file">The file as it came.</param>
    /// <param name="cancel">Cancels.</param>
    /// <param name="mostBytes">The most it may weigh.</param>
    /// <returns>The picture; or the refusal, of the field <c>pictures</c>, status 422 or 413.</returns>
    public static async Task<Result<CleanPicture>> CleanAsync(ReadOnlyMemory<byte> file, CancellationToken cancel, int mostBytes = MostBytes)
    {
        if (file.Length > mostBytes) return new Problem("picture.big", string.Format(CultureInfo.CurrentCulture, Texts.PictureBig, mostBytes >> 20), "pictures", 413);
        // The type is what the bytes say, never the name. Other decoders of the library are not reached.
        if (FileKind.Of(file) is not { } kind || !FileKind.IsPicture(kind.MediaType))
            return FileKind.IsHeic(file.Span) ? new Problem("picture.heic", Texts.PictureHeic, "pictures") : Unreadable;
        await OneAtATime.WaitAsync(cancel);
        try
        {
            return await Task.Run(() => Clean(file), cancel);
        }
        finally
        {
            OneAtATime.Release();
        }
    }

    private static Problem Unreadable => new("picture.unreadable", Texts.PictureUnreadable, "pictures");

    private static Result<CleanPicture> Clean(ReadOnlyMemory<byte> file)
    {
        using var data = SKData.CreateCopy(file.Span);
        using var codec = SKCodec.Create(data);
        if (codec is null) return Unreadable;
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        if (width < 1 || height < 1 || width > MostSide || height > MostSide || (long)width * height > MostPixels)
            return new Problem("picture.pixels", Texts.PicturePixels, "pictures", 413);
        // Many formats unpack straight into a smaller picture, and then never take the memory of the large one.
        var scale = Math.Min(1f, (float)LongestSide / Math.Max(width, height));
        var size = codec.GetScaledDimensions(scale);
        using var raw = new SKBitmap();
        if (!raw.TryAllocPixels(new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, SKAlphaType.Premul, SKColorSpace.CreateSrgb()))) return Unreadable;
        if (codec.GetPixels(raw.Info, raw.GetPixels()) != SKCodecResult.Success) return Unreadable;
        using var upright = Upright(raw, codec.EncodedOrigin);
        return Encode(upright, codec.EncodedFormat == SKEncodedImageFormat.Jpeg);
    }

    private static Result<CleanPicture> Encode(SKBitmap picture, bool isPhotograph)
    {
        // Screens stay sharp; photographs, and screens too large for it, become JPEG.
        foreach (var format in isPhotograph ? [SKEncodedImageFormat.Jpeg] : (ReadOnlySpan<SKEncodedImageFormat>)[SKEncodedImageFormat.Png, SKEncodedImageFormat.Jpeg])
        {
            using var encoded = picture.Encode(format, Quality);
            if (encoded is null || encoded.Size > MostKept) continue;
            return new CleanPicture(encoded.ToArray(), format == SKEncodedImageFormat.Png ? "image/png" : "image/jpeg", picture.Width, picture.Height);
        }
        return Unreadable;
    }

    // How the camera was held is written in the very data that is thrown away: the picture is turned instead. Then it is made to fit.
    private static SKBitmap Upright(SKBitmap raw, SKEncodedOrigin origin)
    {
        var isSideways = origin is SKEncodedOrigin.LeftTop or SKEncodedOrigin.RightTop or SKEncodedOrigin.RightBottom or SKEncodedOrigin.LeftBottom;
        var (width, height) = isSideways ? (raw.Height, raw.Width) : (raw.Width, raw.Height);
        var scale = Math.Min(1f, (float)LongestSide / Math.Max(width, height));
        var upright = new SKBitmap(new SKImageInfo(Math.Max(1, (int)(width * scale)), Math.Max(1, (int)(height * scale)), SKColorType.Rgba8888, SKAlphaType.Premul));
        using var canvas = new SKCanvas(upright);
        canvas.Clear(SKColors.White);
        canvas.Scale(scale);
        canvas.Concat(Turn(origin, raw.Width, raw.Height));
        using var image = SKImage.FromBitmap(raw);
        canvas.DrawImage(image, 0, 0, new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
        return upright;
    }

    private static SKMatrix Turn(SKEncodedOrigin origin, int w, int h) => origin switch
    {
        SKEncodedOrigin.TopRight => new(-1, 0, w, 0, 1, 0, 0, 0, 1),
        SKEncodedOrigin.BottomRight => new(-1, 0, w, 0, -1, h, 0, 0, 1),
        SKEncodedOrigin.BottomLeft => new(1, 0, 0, 0, -1, h, 0, 0, 1),
        SKEncodedOrigin.LeftTop => new(0, 1, 0, 1, 0, 0, 0, 0, 1),
        SKEncodedOrigin.RightTop => new(0, -1, h, 1, 0, 0, 0, 0, 1),
        SKEncodedOrigin.RightBottom => new(0, -1, h, -1, 0, w, 0, 0, 1),
        SKEncodedOrigin.LeftBottom => new(0, 1, 0, -1, 0, w, 0, 0, 1),
        _ => SKMatrix.Identity,
    };
}
