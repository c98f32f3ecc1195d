using SkiaSharp;

namespace MySchool.Journal.Printing;

/// <summary>Where text stands at its point.</summary>
internal enum PdfAlign
{
    Left,
    Centre,
    Right,
}

/// <summary>
/// A book of A4 landscape pages in points. Pages are laid out first and drawn when all are known, so a page may name another's number.
/// Both faces of Golos Text travel with the module and are embedded, so a print is the same on any machine.
/// </summary>
internal sealed class PdfBook
{
    public const float Width = 842;
    public const float Height = 595;

    /// <summary>Wider for the binding.</summary>
    public const float Left = 48;
    public const float Right = Width - 28;
    public const float Top = 34;
    public const float Bottom = Height - 40;

    private readonly List<Action<PdfPage>> pages = [];

    public int Count => pages.Count;

    /// <summary>Adds a page; answers its number.</summary>
    public int Add(Action<PdfPage> draw)
    {
        pages.Add(draw);
        return pages.Count;
    }

    /// <summary>Draws all of it.</summary>
    /// <param name="to">Written to the end, left open.</param>
    /// <param name="title">Title of the document.</param>
    /// <param name="made">When it was made.</param>
    /// <param name="footer">What stands at the foot of each page, before its number.</param>
    /// <param name="pageOf">«стр. {0} из {1}».</param>
    public void Write(Stream to, string title, DateTimeOffset made, string footer, string pageOf)
    {
        var metadata = SKDocumentPdfMetadata.Default;
        metadata.Title = title;
        metadata.Creation = made.UtcDateTime;
        metadata.Modified = made.UtcDateTime;
        using var document = SKDocument.CreatePdf(to, metadata);
        using var ink = new PdfInk();
        for (var number = 1; number <= pages.Count; number++)
        {
            var page = new PdfPage(document.BeginPage(Width, Height), ink);
            pages[number - 1](page);
            page.Line(Left, Bottom + 8, Right, Bottom + 8);
            page.Text(footer, Left, Bottom + 18, 6.5f);
            page.Text(string.Format(System.Globalization.CultureInfo.InvariantCulture, pageOf, number, pages.Count), Right, Bottom + 18, 6.5f, align: PdfAlign.Right);
            document.EndPage();
        }
        document.Close();
    }
}

/// <summary>Faces and paints, once a book.</summary>
internal sealed class PdfInk : IDisposable
{
    private static readonly SKTypeface Regular = Load("GolosText-Regular.ttf");
    private static readonly SKTypeface SemiBold = Load("GolosText-SemiBold.ttf");
    private readonly Dictionary<(float Size, bool IsBold), SKFont> fonts = [];

    public SKPaint Fill { get; } = new() { Color = SKColors.Black, IsAntialias = true };

    public SKPaint Stroke { get; } = new() { Color = new SKColor(120, 120, 120), StrokeWidth = 0.4f, Style = SKPaintStyle.Stroke };

    public SKPaint Shade { get; } = new() { Color = new SKColor(238, 238, 238), Style = SKPaintStyle.Fill };

    public SKFont Font(float size, bool isBold)
    {
        // Without hints widths are the font's own at any size, so that text copied out of the file has no gaps within words.
        if (!fonts.TryGetValue((size, isBold), out var font)) fonts[(size, isBold)] = font = new SKFont(isBold ? SemiBold : Regular, size) { Subpixel = true, LinearMetrics = true, Hinting = SKFontHinting.None };
        return font;
    }

    public void Dispose()
    {
        foreach (var font in fonts.Values) font.Dispose();
        Fill.Dispose();
        Stroke.Dispose();
        Shade.Dispose();
    }

    private static SKTypeface Load(string name)
    {
        using var stream = typeof(PdfInk).Assembly.GetManifestResourceStream($"MySchool.Journal.Fonts.{name}")!;
        using var data = SKData.Create(stream);
        return SKTypeface.FromData(data);
    }
}

/// <summary>A page being drawn.</summary>
internal sealed class PdfPage(SKCanvas canvas, PdfInk ink)
{
    private const string Ellipsis = "…";

    public void Text(string text, float x, float y, float size, bool isBold = false, PdfAlign align = PdfAlign.Left) => canvas.DrawText(text, x, y, align switch
    {
        PdfAlign.Centre => SKTextAlign.Center, PdfAlign.Right => SKTextAlign.Right, _ => SKTextAlign.Left,
    }, ink.Font(size, isBold), ink.Fill);

    /// <summary>Text cut to a width, with an ellipsis when it does not fit.</summary>
    public void Fitted(string text, float x, float y, float width, float size, bool isBold = false)
    {
        var font = ink.Font(size, isBold);
        if (font.MeasureText(text) > width)
        {
            var fits = text.Length;
            while (fits > 1 && font.MeasureText(text[..fits] + Ellipsis) > width) fits--;
            text = text[..fits] + Ellipsis;
        }
        Text(text, x, y, size, isBold);
    }

    /// <summary>Text that goes up along a column.</summary>
    public void Upright(string text, float x, float y, float length, float size)
    {
        canvas.Save();
        canvas.RotateDegrees(-90, x, y);
        Fitted(text, x, y, length, size);
        canvas.Restore();
    }

    public void Line(float fromX, float fromY, float toX, float toY) => canvas.DrawLine(fromX, fromY, toX, toY, ink.Stroke);

    public void Box(float x, float y, float width, float height, bool isShaded = false)
    {
        if (isShaded) canvas.DrawRect(x, y, width, height, ink.Shade);
        canvas.DrawRect(x, y, width, height, ink.Stroke);
    }
}

/// <summary>Widths of text before any page is drawn.</summary>
internal sealed class PdfRuler : IDisposable
{
    private readonly PdfInk ink = new();

    /// <summary>Breaks text into lines of a width: between words, within a word that is too long for a line.</summary>
    public IReadOnlyList<string> Wrap(string text, float width, float size)
    {
        var font = ink.Font(size, false);
        var lines = new List<string>();
        var line = "";
        foreach (var word in text.Split([' ', '\n', '\r', '\t'], StringSplitOptions.RemoveEmptyEntries))
        {
            var longer = line.Length == 0 ? word : $"{line} {word}";
            if (font.MeasureText(longer) <= width)
            {
                line = longer;
                continue;
            }
            if (line.Length > 0) lines.Add(line);
            line = word;
            while (line.Length > 1 && font.MeasureText(line) > width)
            {
                var fits = line.Length - 1;
                while (fits > 1 && font.MeasureText(line[..fits]) > width) fits--;
                lines.Add(line[..fits]);
                line = line[fits..];
            }
        }
        if (line.Length > 0 || lines.Count == 0) lines.Add(line);
        return lines;
    }

    public void Dispose() => ink.Dispose();
}
