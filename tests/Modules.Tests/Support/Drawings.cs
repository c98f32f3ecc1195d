using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using SkiaSharp;

namespace MySchool.Modules.Tests.Support;

/// <summary>Pictures as cameras and programs write them, with a secret in every place that can hold one.</summary>
internal static class Drawings
{
    public const string Secret = "SECRET-55.7558N-37.6173E";

    public static byte[] Png(int width, int height) => Draw(width, height, SKEncodedImageFormat.Png);

    public static byte[] Jpeg(int width, int height) => Draw(width, height, SKEncodedImageFormat.Jpeg);

    public static byte[] Webp(int width, int height) => Draw(width, height, SKEncodedImageFormat.Webp);

    /// <summary>JPEG with EXIF (the camera held sideways, a secret description), XMP, a colour profile, IPTC and a comment.</summary>
    public static byte[] LoadedJpeg(int width, int height, ushort orientation = 1)
    {
        var plain = Jpeg(width, height);
        return
        [
            .. plain[..2], .. Segment(0xE1, [.. "Exif\0\0"u8, .. Exif(orientation)]), .. Segment(0xE1, [.. "http://ns.adobe.com/xap/1.0/\0"u8, .. Text]),
            .. Segment(0xE2, [.. "ICC_PROFILE\0\u0001\u0001"u8, .. Text]), .. Segment(0xED, [.. "Photoshop 3.0\0"u8, .. Text]), .. Segment(0xFE, Text), .. plain[2..],
        ];
    }

    /// <summary>PNG with a text, a compressed text, an international text and EXIF.</summary>
    public static byte[] LoadedPng(int width, int height)
    {
        var plain = Png(width, height);
        // After the signature and IHDR.
        return [.. plain[..33], .. Chunk("tEXt", [.. "Comment\0"u8, .. Text]), .. Chunk("zTXt", [.. "Author\0\0"u8, .. Packed(Text)]), .. Chunk("iTXt", [.. "XML:com.adobe.xmp\0\0\0\0\0"u8, .. Text]), .. Chunk("eXIf", Exif(1)), .. plain[33..]];
    }

    /// <summary>A PNG that says it is huge and holds next to nothing.</summary>
    public static byte[] Bomb(uint side)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteUInt32BigEndian(header, side);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), side);
        (header[8], header[9]) = (8, 2);
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, .. Chunk("IHDR", header), .. Chunk("IDAT", Packed(new byte[1 << 20])), .. Chunk("IEND", [])];
    }

    private static byte[] Text => Encoding.ASCII.GetBytes(Secret);

    private static byte[] Draw(int width, int height, SKEncodedImageFormat format)
    {
        using var bitmap = new SKBitmap(width, height);
        using (var canvas = new SKCanvas(bitmap))
        {
            canvas.Clear(SKColors.White);
            using var red = new SKPaint { Color = SKColors.Red };
            canvas.DrawRect(0, 0, width / 2f, height, red);
        }
        using var data = bitmap.Encode(format, 90);
        return data.ToArray();
    }

    // Little-endian TIFF: ImageDescription and Orientation.
    private static byte[] Exif(ushort orientation)
    {
        var tiff = new List<byte>([0x49, 0x49, 0x2A, 0, 8, 0, 0, 0, 2, 0]);
        tiff.AddRange([0x0E, 0x01, 2, 0, (byte)(Text.Length + 1), 0, 0, 0, 38, 0, 0, 0]);
        tiff.AddRange([0x12, 0x01, 3, 0, 1, 0, 0, 0, (byte)orientation, 0, 0, 0]);
        tiff.AddRange([0, 0, 0, 0, .. Text, 0]);
        return [.. tiff];
    }

    private static byte[] Segment(byte marker, byte[] body) => [0xFF, marker, (byte)((body.Length + 2) >> 8), (byte)(body.Length + 2), .. body];

    private static byte[] Packed(byte[] body)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest)) zlib.Write(body);
        return packed.ToArray();
    }

    private static byte[] Chunk(string type, byte[] body)
    {
        byte[] named = [.. Encoding.ASCII.GetBytes(type), .. body];
        var (length, sum) = (new byte[4], new byte[4]);
        BinaryPrimitives.WriteInt32BigEndian(length, body.Length);
        BinaryPrimitives.WriteUInt32BigEndian(sum, Crc(named));
        return [.. length, .. named, .. sum];
    }

    private static uint Crc(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var one in bytes)
        {
            crc ^= one;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) == 1 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
        }
        return ~crc;
    }
}
