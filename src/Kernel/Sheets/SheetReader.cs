using System.Globalization;
using System.Xml;
using MySchool.Kernel.Resources;

namespace MySchool.Kernel.Sheets;

/// <summary>
/// The only door for xlsx (ECMA-376) from outside. Rows come one at a time and nothing but the shared strings is held, so a
/// million empty rows cost their reading. Formulas are never worked out: what they came to when the file was saved is taken,
/// and counted. What is outside the limits or broken ends the reading with <see cref="Fault"/>.
/// </summary>
/// <example><code>
/// var opened = SheetReader.Open(path, new SheetLimits());
/// if (!opened.IsOk) return opened.Problem!;
/// using var reader = opened.Value;
/// reader.Start(reader.Sheets[0]);
/// while (reader.Read()) Use(reader.Row, reader.Cells);
/// if (reader.Fault is { } fault) return fault;
/// </code></example>
public sealed class SheetReader : IDisposable
{
    private const int MostMerges = 20_000;
    private const int LastRow = 1_048_576;
    private readonly SheetLimits limits;
    private readonly SheetPackage package;
    private readonly SheetBook book;
    private readonly List<SheetCell> cells = [];
    private SheetCellReader? values;
    private XmlReader? xml;
    private int filledRows;

    private SheetReader(SheetPackage package, SheetLimits limits)
    {
        this.package = package;
        this.limits = limits;
        book = new SheetBook(package, limits);
    }

    /// <summary>Sheets in the order of their tabs.</summary>
    public IReadOnlyList<SheetInfo> Sheets => book.Sheets;

    /// <summary>Whether the workbook names other files; they are not opened.</summary>
    public bool HasExternalLinks => book.HasExternalLinks;

    /// <summary>Number of the row read, 1 is the first.</summary>
    public int Row { get; private set; }

    /// <summary>Cells of the row that hold something, from left to right. Reused by the next <see cref="Read"/>.</summary>
    public IReadOnlyList<SheetCell> Cells => cells;

    /// <summary>Formulas met in the sheet since its start.</summary>
    public int Formulas { get; private set; }

    /// <summary>Why reading ended before the end of the sheet; null when it did not.</summary>
    public Problem? Fault { get; private set; }

    /// <summary>Opens a workbook.</summary>
    /// <param name="path">The file. It stays open until the reader is disposed of.</param>
    /// <param name="limits">What it may hold.</param>
    /// <returns>The reader; or the refusal with status 422 or 413 and field <c>file</c>.</returns>
    public static Result<SheetReader> Open(string path, SheetLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        SheetPackage? package = null;
        Problem? problem = null;
        try
        {
            package = new SheetPackage(file, limits);
            return new SheetReader(package, limits);
        }
        catch (Exception broken) when (ProblemOf(broken) is { } found)
        {
            problem = found;
        }
        finally
        {
            if (problem is not null)
            {
                package?.Dispose();
                file.Dispose();
            }
        }
        return problem;
    }

    /// <summary>Goes to the beginning of a sheet.</summary>
    public void Start(SheetInfo sheet)
    {
        ArgumentNullException.ThrowIfNull(sheet);
        xml?.Dispose();
        (xml, Row, filledRows, Formulas) = (null, 0, 0, 0);
        cells.Clear();
        if (Fault is not null) return;
        Guard(() =>
        {
            xml = package.OpenXml(sheet.Part);
            values = new SheetCellReader(xml, book);
            return MoveTo(xml, "sheetData");
        });
    }

    /// <summary>Reads the next row that holds something.</summary>
    /// <returns>False at the end of the sheet, or when <see cref="Fault"/> says why there is no going on.</returns>
    public bool Read()
    {
        cells.Clear();
        return Fault is null && xml is not null && Guard(() =>
        {
            while (NextRow(xml))
                if (cells.Count > 0)
                    return ++filledRows <= limits.MaxRows ? true
                        : throw SheetPackage.Fault("sheet.too-many-rows", string.Format(CultureInfo.InvariantCulture, Texts.SheetTooManyRows, limits.MaxRows), 413);
            return false;
        });
    }

    /// <summary>Merged cells of a sheet, read in a pass of its own: the file tells of them after the rows.</summary>
    public IReadOnlyList<SheetMerge> Merges(SheetInfo sheet)
    {
        ArgumentNullException.ThrowIfNull(sheet);
        var found = new List<SheetMerge>();
        if (Fault is not null) return found;
        Guard(() =>
        {
            using var pass = package.OpenXml(sheet.Part);
            while (found.Count < MostMerges && MoveTo(pass, "mergeCell"))
                if (SheetAddress.Merge(pass.GetAttribute("ref")) is { } merge) found.Add(merge);
            return true;
        });
        return found;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        xml?.Dispose();
        package.Dispose();
    }

    private bool NextRow(XmlReader from)
    {
        while (from.Read())
        {
            if (from.NodeType == XmlNodeType.EndElement && from.LocalName == "sheetData") return false;
            if (from.NodeType != XmlNodeType.Element || from.LocalName != "row") continue;
            Row = SheetBook.Number(from.GetAttribute("r")) ?? Row + 1;
            if (Row is < 1 or > LastRow) throw SheetPackage.Fault("sheet.damaged", Texts.SheetDamaged);
            if (!from.IsEmptyElement) ReadCells(from);
            return true;
        }
        return false;
    }

    private void ReadCells(XmlReader from)
    {
        var depth = from.Depth;
        var column = -1;
        while (from.Read() && from.Depth > depth)
        {
            if (from.NodeType != XmlNodeType.Element || from.LocalName != "c") continue;
            column = SheetAddress.Column(from.GetAttribute("r")) ?? column + 1;
            if (values!.Read(column) is not { } cell) continue;
            if (column >= limits.MaxColumns)
                throw SheetPackage.Fault("sheet.too-many-columns", string.Format(CultureInfo.InvariantCulture, Texts.SheetTooManyColumns, limits.MaxColumns), 413);
            if (cell.IsFormula) Formulas++;
            cells.Add(cell);
        }
        cells.Sort((a, b) => a.Column.CompareTo(b.Column));
    }

    private bool Guard(Func<bool> read)
    {
        try
        {
            return read();
        }
        catch (Exception broken) when (ProblemOf(broken) is { } problem)
        {
            Fault = problem;
            cells.Clear();
            return false;
        }
    }

    // Whatever is wrong inside the file is the file's: its sender is told, and it is no error of the platform.
    private static Problem? ProblemOf(Exception broken) => broken switch
    {
        SheetFaultException fault => fault.Problem,
        XmlException xml when xml.Message.Contains("DTD", StringComparison.Ordinal) => new Problem("sheet.dtd", Texts.SheetDtd, "file"),
        XmlException or InvalidDataException or EndOfStreamException or NotSupportedException or FormatException or OverflowException
            => new Problem("sheet.damaged", Texts.SheetDamaged, "file"),
        _ => null,
    };

    private static bool MoveTo(XmlReader from, string element)
    {
        while (from.Read())
            if (from.NodeType == XmlNodeType.Element && from.LocalName == element) return !from.IsEmptyElement || element == "mergeCell";
        return false;
    }
}
