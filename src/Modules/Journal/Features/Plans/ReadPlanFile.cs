using System.Globalization;
using Microsoft.AspNetCore.Http;
using MySchool.Journal.Domain;
using MySchool.Journal.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Sheets;

namespace MySchool.Journal.Features.Plans;

/// <summary>Reads a workbook of КТП in whatever shape it has: the first sheet whose titles are understood, or else the first that has any.</summary>
internal static class ReadPlanFile
{
    public const long MostBytes = 10L << 20;
    private const int MostLines = 2_000;
    private const int LongestCell = 2_000;
    private const int MostColumns = 40;
    private const int MostLetters = 1_000_000;

    /// <summary>The sheet of an uploaded form, or the refusal at its file.</summary>
    public static async Task<Result<(string Name, PlanSheet Sheet)>> HandleAsync(HttpRequest request, CancellationToken cancel)
    {
        var missing = new Problem("journal.plan-file-missing", Texts.PlanFileMissing, "file");
        if (await FormAsync(request, cancel) is not { } form) return missing;
        if (form.Files.GetFile("file") is not { Length: > 0 } file) return missing;
        if (file.Length > MostBytes) return new Problem("journal.plan-file-big", Texts.PlanFileBig, "file", 413);
        var path = Path.GetTempFileName();
        try
        {
            await using (var to = new FileStream(path, FileMode.Create, FileAccess.Write)) await file.CopyToAsync(to, cancel);
            return Read(path).Then<(string, PlanSheet)>(sheet => (NameOf(file.FileName), sheet));
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>The form of a request; null for what is none, is cut short or has no boundaries. One too large the server answers itself.</summary>
    public static async Task<IFormCollection?> FormAsync(HttpRequest request, CancellationToken cancel)
    {
        if (!request.HasFormContentType) return null;
        try
        {
            return await request.ReadFormAsync(cancel);
        }
        catch (Exception broken) when (broken is InvalidDataException or IOException and not BadHttpRequestException)
        {
            return null;
        }
    }

    /// <summary>Reads a file.</summary>
    public static Result<PlanSheet> Read(string path)
    {
        var opened = SheetReader.Open(path, new SheetLimits(MaxRows: 20_000));
        if (!opened.IsOk) return opened.Problem!;
        using var reader = opened.Value;
        PlanSheet? best = null;
        foreach (var sheet in reader.Sheets.Where(sheet => !sheet.IsHidden))
        {
            var found = PlanSheet.Find(Lines(reader, sheet));
            if (reader.Fault is { } fault) return fault;
            best ??= found;
            if (found is not { HasTitles: true }) continue;
            best = found;
            break;
        }
        return best is null || best.Lines.IsEmpty ? new Problem("journal.plan-file-empty", Texts.PlanFileEmpty, "file") : best;
    }

    private static List<PlanSheetLine> Lines(SheetReader reader, SheetInfo sheet)
    {
        var wide = reader.Merges(sheet).Where(merge => merge.FirstRow == merge.LastRow && merge.LastColumn > merge.FirstColumn).Select(merge => merge.FirstRow).ToHashSet();
        var lines = new List<PlanSheetLine>();
        var letters = 0;
        reader.Start(sheet);
        while (lines.Count < MostLines && letters < MostLetters && reader.Read())
        {
            lines.Add(new(reader.Row, [.. reader.Cells.Where(cell => !cell.IsError && cell.Column < MostColumns).Select(cell => new PlanSheetCell(cell.Column, Say(cell.Value)))], wide.Contains(reader.Row)));
            letters += lines[^1].Cells.Sum(cell => cell.Text.Length);
        }
        return lines;
    }

    private static string Say(object value)
    {
        var text = value switch
        {
            double number => number.ToString(number == Math.Floor(number) ? "0" : "R", CultureInfo.InvariantCulture),
            DateTime date => date.ToString("dd.MM.yyyy", CultureInfo.InvariantCulture),
            _ => string.Join(' ', value.ToString()!.Split((char[])['\n', '\r', '\t', '\u00A0'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)),
        };
        return text.Length <= LongestCell ? text : text[..LongestCell];
    }

    private static string NameOf(string name)
    {
        var plain = string.Concat(Path.GetFileName(name.Replace('\\', '/')).Where(c => !char.IsControl(c))).Trim();
        return plain.Length <= 200 ? plain : plain[..200];
    }
}
