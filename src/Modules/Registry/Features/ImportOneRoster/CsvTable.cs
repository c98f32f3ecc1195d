using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using CsvHelper;
using MySchool.Registry.Resources;

namespace MySchool.Registry.Features.ImportOneRoster;

/// <summary>
/// One file of the import, read row by row. Every field is checked as it is taken; what is wrong goes to the bad
/// rows and reads as null, so that one pass finds everything.
/// </summary>
internal sealed class CsvTable : IDisposable
{
    private const int MaxRecordBytes = 64 * 1024;
    private const int MaxListItems = 200;
    private const string IsoDate = "yyyy-MM-dd";

    // Control characters, what a decoder could not read, and marks that turn the direction of text to disguise it.
    private static readonly SearchValues<char> Unfit = SearchValues.Create(
        [.. Enumerable.Range(0, 0x10000).Select(code => (char)code).Where(c =>
            char.IsControl(c) || c is '\uFFFD' or (>= '\u2028' and <= '\u202E') or (>= '\u2066' and <= '\u2069'))]);

    private readonly CsvReader reader;
    private readonly BadRows bad;
    private readonly FrozenDictionary<string, int> columns;

    private CsvTable(CsvReader reader, string file, BadRows bad, FrozenDictionary<string, int> columns)
    {
        this.reader = reader;
        this.bad = bad;
        this.columns = columns;
        File = file;
    }

    public string File { get; }

    public long Line => reader.LineNumber;

    /// <summary>Opens a file and checks that it has the columns the import cannot do without.</summary>
    /// <returns>Null when it cannot be read at all; the reason is among the bad rows.</returns>
    public static async Task<CsvTable?> OpenAsync(string path, IEnumerable<string> required, BadRows bad, CancellationToken cancel)
    {
        var file = Path.GetFileName(path);
        if (await CsvEncoding.DetectAsync(path, cancel) is not { } encoding)
        {
            bad.Add(file, 0, "", Texts.BadEncoding);
            return null;
        }
        var reader = CsvReader.FromFile(path, OptionsFor(file, encoding, bad));
        try
        {
            reader.ReadHeader();
            var columns = reader.Headers.Select((name, index) => (Name: name.Trim(), index)).DistinctBy(c => c.Name, StringComparer.OrdinalIgnoreCase)
                .ToFrozenDictionary(c => c.Name, c => c.index, StringComparer.OrdinalIgnoreCase);
            var missing = required.Where(name => !columns.ContainsKey(name)).ToList();
            foreach (var name in missing) bad.Add(file, 1, name, Texts.BadColumnMissing);
            if (missing.Count == 0) return new CsvTable(reader, file, bad, columns);
        }
        catch (CsvFormatException)
        {
            bad.Add(file, 1, "", Texts.BadHeader);
        }
        reader.Dispose();
        return null;
    }

    private static CsvReaderOptions OptionsFor(string file, Encoding encoding, BadRows bad) => new()
    {
        Encoding = encoding,
        MaxRecordSize = MaxRecordBytes,
        TrackLineNumbers = true,
        IncludeValuesInExceptions = false,
        FieldCountMismatch = CsvFieldCountHandling.Allow,
        MissingField = CsvMissingFieldHandling.ReturnEmpty,
        OnMalformedRecord = broken => bad.Add(file, broken.LineNumber, "", Texts.BadQuotes),
    };

    /// <summary>Moves to the next row. A record without an end closes the file, with a bad row to tell of it.</summary>
    public bool Read()
    {
        try
        {
            return reader.Read();
        }
        catch (CsvFormatException broken)
        {
            bad.Add(File, broken.LineNumber, "", Texts.BadRecordSize);
            return false;
        }
    }

    public bool Has(string column) => columns.ContainsKey(column);

    public void Refuse(string column, string reason) => bad.Add(File, Line, column, reason);

    /// <summary>Text without edge spaces; null when empty.</summary>
    public string? Text(string column, int maxLength, bool isRequired = false)
    {
        var text = Raw(column);
        if (text.Length == 0)
        {
            if (isRequired) Refuse(column, Texts.BadEmpty);
            return null;
        }
        if (text.Length > maxLength)
        {
            Refuse(column, string.Format(CultureInfo.InvariantCulture, Texts.BadTooLong, maxLength));
            return null;
        }
        if (!text.AsSpan().ContainsAny(Unfit)) return text;
        Refuse(column, Texts.BadCharacters);
        return null;
    }

    public DateOnly? Date(string column, int firstYear, int lastYear, bool isRequired = false)
    {
        var text = Raw(column);
        if (text.Length == 0)
        {
            if (isRequired) Refuse(column, Texts.BadEmpty);
            return null;
        }
        // 1.2 allows a date with time in some exporters' dateTime columns; only the date is meant here.
        if (!DateOnly.TryParseExact(text, IsoDate, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            Refuse(column, Texts.BadDate);
            return null;
        }
        if (date.Year >= firstYear && date.Year <= lastYear) return date;
        Refuse(column, string.Format(CultureInfo.InvariantCulture, Texts.BadYear, firstYear, lastYear));
        return null;
    }

    /// <summary>A word of the format turned into ours.</summary>
    public string? Choice(string column, FrozenDictionary<string, string> words, bool isRequired = false)
    {
        var text = Raw(column);
        if (text.Length == 0)
        {
            if (isRequired) Refuse(column, Texts.BadEmpty);
            return null;
        }
        if (words.TryGetValue(text, out var word)) return word;
        Refuse(column, string.Format(CultureInfo.InvariantCulture, Texts.BadChoice, string.Join(", ", words.Keys.Order(StringComparer.Ordinal))));
        return null;
    }

    public short? Number(string column, short min, short max)
    {
        var text = Raw(column);
        if (text.Length == 0) return null;
        if (short.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max) return number;
        Refuse(column, string.Format(CultureInfo.InvariantCulture, Texts.BadNumber, min, max));
        return null;
    }

    /// <summary>Items between commas inside the field.</summary>
    public string[] List(string column, int maxLength)
    {
        var text = Raw(column);
        if (text.Length == 0) return [];
        var items = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (items.Length <= MaxListItems && items.All(item => item.Length <= maxLength && !item.AsSpan().ContainsAny(Unfit))) return items;
        Refuse(column, Texts.BadList);
        return [];
    }

    public void Dispose() => reader.Dispose();

    private string Raw(string column) =>
        columns.TryGetValue(column, out var index) && index < reader.FieldCount ? reader.GetString(index).Trim() : "";
}
