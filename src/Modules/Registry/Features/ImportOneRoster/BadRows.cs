using System.Collections.Immutable;
using CsvHelper;
using MySchool.Contracts.Registry;
using MySchool.Registry.Resources;

namespace MySchool.Registry.Features.ImportOneRoster;

/// <summary>Rows that cannot be imported, kept up to a limit and counted beyond it. Files are read while the database already checks.</summary>
internal sealed class BadRows
{
    public const int MaxKept = 10_000;
    private readonly List<ImportBadRow> kept = [];
    private readonly Lock gate = new();

    public int Count { get; private set; }

    public void Add(string file, long line, string field, string reason)
    {
        lock (gate)
        {
            Count++;
            if (kept.Count < MaxKept) kept.Add(new ImportBadRow(file, line, field, reason));
        }
    }

    public ImmutableArray<ImportBadRow> Sorted() =>
    [
        .. kept.OrderBy(row => row.File, StringComparer.Ordinal).ThenBy(row => row.Line)
            .ThenBy(row => row.Field, StringComparer.Ordinal).ThenBy(row => row.Reason, StringComparer.Ordinal),
    ];

    /// <summary>A report that says nothing was written.</summary>
    public ImportReport Report() => new(Sorted(), Count, [], 0, TimeSpan.Zero);

    /// <summary>The report as a table for Excel: UTF-8 with a mark, semicolons, cells that cannot become formulas.</summary>
    public static async Task<byte[]> ToCsvAsync(IEnumerable<ImportBadRow> rows, CancellationToken cancel)
    {
        using var memory = new MemoryStream();
        var options = new CsvWriterOptions { Separator = ';', WriteByteOrderMark = true, Injection = CsvInjection.Escape };
        await using (var writer = CsvWriter.Create(memory, options, leaveOpen: true))
        {
            await writer.WriteRecordAsync([Texts.ImportFile, Texts.ImportLine, Texts.ImportField, Texts.ImportReason], cancel);
            foreach (var row in rows)
                await writer.WriteRecordAsync([row.File, $"{row.Line}", row.Field, row.Reason], cancel);
        }
        return memory.ToArray();
    }
}
