using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace MySchool.Kernel.Files;

/// <summary>Pages of a PDF as pictures, by poppler behind the walls of <see cref="Sandbox"/>. See docs/decisions/038-pages-are-drawn-on-the-server.md.</summary>
public static partial class PdfPages
{
    /// <summary>Pages shown of one file.</summary>
    public const int MostPages = 60;

    private const int LongestSide = 1600;
    private const int MostOutput = 24 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    // Two cores draw no faster by drawing everything at once.
    private static readonly SemaphoreSlim Drawing = new(2);

    /// <summary>How many pages there are, at most <see cref="MostPages"/>; 0 when the file cannot be drawn here.</summary>
    public static async Task<int> CountAsync(ReadOnlyMemory<byte> pdf, CancellationToken cancel)
    {
        var said = await RunAsync("pdfinfo", ["-"], pdf, 64 * 1024, cancel);
        return said is not null && Pages().Match(Encoding.UTF8.GetString(said)) is { Success: true } found
            ? Math.Min(MostPages, int.Parse(found.Groups[1].ValueSpan, CultureInfo.InvariantCulture)) : 0;
    }

    /// <summary>Draws a page as JPEG, and draws it once more ourselves: what a strange program wrote is not given to anybody.</summary>
    /// <param name="pdf">The file.</param>
    /// <param name="page">From 1.</param>
    /// <param name="cancel">Cancels.</param>
    public static async Task<CleanPicture?> DrawAsync(ReadOnlyMemory<byte> pdf, int page, CancellationToken cancel)
    {
        var number = page.ToString(CultureInfo.InvariantCulture);
        var drawn = await RunAsync("pdftoppm", ["-jpeg", "-singlefile", "-f", number, "-l", number, "-scale-to", LongestSide.ToString(CultureInfo.InvariantCulture), "-"], pdf, MostOutput, cancel);
        if (drawn is null) return null;
        var picture = await PictureCleaner.CleanAsync(drawn, cancel, MostOutput);
        return picture.IsOk ? picture.Value : null;
    }

    private static async Task<byte[]?> RunAsync(string program, string[] arguments, ReadOnlyMemory<byte> pdf, int mostOutput, CancellationToken cancel)
    {
        await Drawing.WaitAsync(cancel);
        try
        {
            return await Sandbox.RunAsync(program, arguments, pdf, mostOutput, Patience, cancel);
        }
        finally
        {
            Drawing.Release();
        }
    }

    [GeneratedRegex(@"^Pages:\s+(\d{1,6})\s*$", RegexOptions.Multiline)]
    private static partial Regex Pages();
}
