using System.Globalization;
using System.Text;

namespace MySchool.Generator.Export;

/// <summary>A CSV file as RFC 4180 and OneRoster want it: UTF-8 without BOM, CRLF, quotes where needed.</summary>
internal sealed class CsvFile : IDisposable
{
    private readonly StreamWriter writer;
    private readonly int columns;

    public CsvFile(string folder, string name, params string[] header)
    {
        writer = new StreamWriter(Path.Combine(folder, name), append: false, new UTF8Encoding(false), 1 << 16) { NewLine = "\r\n" };
        columns = header.Length;
        Write(header);
    }

    /// <summary>A row; dates and numbers are written as the standard writes them.</summary>
    public void Write(params ReadOnlySpan<object?> values)
    {
        if (values.Length != columns)
            throw new ArgumentException($"{values.Length} values for {columns} columns", nameof(values));
        for (var i = 0; i < values.Length; i++)
        {
            if (i > 0) writer.Write(',');
            writer.Write(Quote(values[i] switch
            {
                null => "",
                string text => text,
                DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
                var other => other.ToString() ?? "",
            }));
        }
        writer.WriteLine();
    }

    public void Dispose() => writer.Dispose();

    private static string Quote(string text) =>
        text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
