using System.Text;
using MySchool.Kernel.Files;
using SkiaSharp;
using Xunit;

namespace MySchool.Modules.Tests.Support;

/// <summary>A picture keeps what one sees and nothing else.</summary>
public sealed class PictureTests
{
    [Fact]
    public async Task Jpeg_loses_place_camera_profile_and_comments()
    {
        var loaded = Drawings.LoadedJpeg(40, 20);
        Assert.True(Count(loaded, Drawings.Secret) >= 5);
        var clean = (await PictureCleaner.CleanAsync(loaded, default)).Value;
        Assert.Equal("image/jpeg", clean.MediaType);
        Assert.Equal(0, Count(clean.Bytes, Drawings.Secret));
        foreach (var name in (string[])["Exif", "http://ns.adobe.com", "ICC_PROFILE", "Photoshop"]) Assert.Equal(0, Count(clean.Bytes, name));
    }

    [Fact]
    public async Task Png_loses_its_texts_and_exif()
    {
        var loaded = Drawings.LoadedPng(40, 20);
        Assert.True(Count(loaded, Drawings.Secret) >= 3);
        var clean = (await PictureCleaner.CleanAsync(loaded, default)).Value;
        Assert.Equal("image/png", clean.MediaType);
        Assert.Equal(0, Count(clean.Bytes, Drawings.Secret));
        foreach (var chunk in (string[])["tEXt", "zTXt", "iTXt", "eXIf", "iCCP"]) Assert.Equal(0, Count(clean.Bytes, chunk));
    }

    [Fact]
    public async Task Webp_becomes_a_picture_that_everybody_opens()
    {
        var clean = (await PictureCleaner.CleanAsync(Drawings.Webp(40, 20), default)).Value;
        Assert.Equal(("image/png", 40, 20), (clean.MediaType, clean.Width, clean.Height));
    }

    [Theory]
    [InlineData(1, 40, 20), InlineData(3, 40, 20), InlineData(6, 20, 40), InlineData(8, 20, 40)]
    public async Task Picture_is_turned_as_the_camera_was_held(ushort orientation, int width, int height)
    {
        var clean = (await PictureCleaner.CleanAsync(Drawings.LoadedJpeg(40, 20, orientation), default)).Value;
        Assert.Equal((width, height), (clean.Width, clean.Height));
        using var seen = SKBitmap.Decode(clean.Bytes);
        // The red half was on the left.
        var (x, y) = orientation switch { 1 => (5, 10), 3 => (35, 10), 6 => (10, 5), _ => (10, 35) };
        Assert.True(seen.GetPixel(x, y).Green < 90, $"{seen.GetPixel(x, y)}");
        Assert.True(seen.GetPixel(width - 1 - x, height - 1 - y).Green > 165, $"{seen.GetPixel(width - 1 - x, height - 1 - y)}");
    }

    [Fact]
    public async Task Large_picture_is_made_smaller()
    {
        var clean = (await PictureCleaner.CleanAsync(Drawings.Jpeg(5000, 2500), default)).Value;
        Assert.InRange(clean.Width, 1500, 2000);
        Assert.InRange(clean.Height, clean.Width / 2 - 1, clean.Width / 2 + 1);
    }

    [Theory]
    [InlineData(8_000u), InlineData(20_000u), InlineData(2_000_000_000u)]
    public async Task Bomb_is_refused_by_its_header(uint side)
    {
        var refused = await PictureCleaner.CleanAsync(Drawings.Bomb(side), default);
        Assert.Contains(refused.Problem!.Code, (string[])["picture.pixels", "picture.unreadable"]);
    }

    [Fact]
    public async Task What_is_no_picture_is_named()
    {
        Assert.Equal("picture.unreadable", (await PictureCleaner.CleanAsync("<svg onload=alert(1)>"u8.ToArray(), default)).Problem!.Code);
        Assert.Equal("picture.unreadable", (await PictureCleaner.CleanAsync("GIF89a"u8.ToArray(), default)).Problem!.Code);
        Assert.Equal("picture.unreadable", (await PictureCleaner.CleanAsync(Array.Empty<byte>(), default)).Problem!.Code);
        Assert.Equal("picture.heic", (await PictureCleaner.CleanAsync((byte[])[0, 0, 0, 24, .. "ftypheic"u8, 0, 0, 0, 0, .. "mif1"u8], default)).Problem!.Code);
        Assert.Equal("picture.big", (await PictureCleaner.CleanAsync(new byte[PictureCleaner.MostBytes + 1], default)).Problem!.Code);
    }

    [Fact]
    public async Task Picture_cut_short_is_refused_at_every_length()
    {
        foreach (var whole in (byte[][])[Drawings.LoadedJpeg(40, 20), Drawings.LoadedPng(40, 20), Drawings.Webp(40, 20)])
            for (var length = 0; length < whole.Length - 40; length += 7)
            {
                var cut = await PictureCleaner.CleanAsync(whole.AsMemory(0, length), default);
                Assert.False(cut.IsOk, $"{length} of {whole.Length}");
            }
    }

    private static int Count(byte[] bytes, string text)
    {
        var (count, mark) = (0, Encoding.ASCII.GetBytes(text));
        for (var rest = bytes.AsSpan(); rest.IndexOf(mark) is var at && at >= 0; rest = rest[(at + mark.Length)..]) count++;
        return count;
    }
}
