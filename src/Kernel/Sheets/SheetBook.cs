using System.Globalization;
using System.Xml;
using MySchool.Kernel.Resources;

namespace MySchool.Kernel.Sheets;

/// <summary>What a workbook says of all its sheets: their parts, the strings they share, which styles are dates.</summary>
internal sealed class SheetBook
{
    private const string WorkbookRelation = "/officeDocument";
    private const string DateLetters = "dmyhs";
    private const int MostFormats = 100_000;
    private readonly SheetPackage package;
    private readonly SheetLimits limits;
    private readonly List<string> shared = [];
    private bool[] dateStyles = [];

    public SheetBook(SheetPackage package, SheetLimits limits)
    {
        this.package = package;
        this.limits = limits;
        var main = Relations("_rels/.rels", "").FirstOrDefault(r => r.Type.EndsWith(WorkbookRelation, StringComparison.Ordinal)).Target
            ?? throw SheetPackage.Fault("sheet.not-xlsx", Texts.SheetNotXlsx);
        var slash = main.LastIndexOf('/');
        var folder = slash < 0 ? "" : main[..(slash + 1)];
        var relations = Relations($"{folder}_rels/{main[(slash + 1)..]}.rels", folder);
        ReadWorkbook(main, relations.GroupBy(r => r.Id).ToDictionary(same => same.Key, same => same.First().Target));
        if (PartOf("/styles") is { } styles) ReadStyles(styles);
        if (PartOf("/sharedStrings") is { } strings) ReadShared(strings);
        HasExternalLinks = relations.Any(r => r.Type.EndsWith("/externalLink", StringComparison.Ordinal));

        string? PartOf(string kind) => relations.FirstOrDefault(r => r.Type.EndsWith(kind, StringComparison.Ordinal)).Target is { } part && package.Has(part) ? part : null;
    }

    public List<SheetInfo> Sheets { get; } = [];

    public bool IsFrom1904 { get; private set; }

    public bool HasExternalLinks { get; }

    public bool IsDate(int style) => style >= 0 && style < dateStyles.Length && dateStyles[style];

    public string? Shared(int index) => index >= 0 && index < shared.Count ? shared[index] : null;

    private List<(string Id, string Type, string Target)> Relations(string part, string folder)
    {
        var found = new List<(string, string, string)>();
        if (!package.Has(part)) return found;
        using var xml = package.OpenXml(part);
        while (xml.Read())
        {
            if (xml.NodeType != XmlNodeType.Element || xml.LocalName != "Relationship") continue;
            // What lies outside the file is never followed.
            var isOutside = xml.GetAttribute("TargetMode") == "External";
            var target = xml.GetAttribute("Target") ?? "";
            found.Add((xml.GetAttribute("Id") ?? "", xml.GetAttribute("Type") ?? "", isOutside ? "" : Resolve(folder, target)));
        }
        return found;
    }

    private static string Resolve(string folder, string target)
    {
        if (target.StartsWith('/')) return target[1..];
        var steps = new List<string>(folder.Split('/', StringSplitOptions.RemoveEmptyEntries));
        foreach (var step in target.Split('/'))
            if (step == "..") { if (steps.Count > 0) steps.RemoveAt(steps.Count - 1); }
            else if (step is not ("." or "")) steps.Add(step);
        return string.Join('/', steps);
    }

    private void ReadWorkbook(string part, Dictionary<string, string> targets)
    {
        using var xml = package.OpenXml(part);
        while (xml.Read())
        {
            if (xml.NodeType != XmlNodeType.Element) continue;
            if (xml.LocalName == "workbookPr") IsFrom1904 = xml.GetAttribute("date1904") is "1" or "true";
            if (xml.LocalName != "sheet") continue;
            var id = "";
            // The relationship's namespace differs between the two editions of the standard.
            while (xml.MoveToNextAttribute())
                if (xml.LocalName == "id") id = xml.Value;
            xml.MoveToElement();
            if (Sheets.Count == limits.MaxSheets)
                throw SheetPackage.Fault("sheet.too-many", string.Format(CultureInfo.InvariantCulture, Texts.SheetTooManySheets, limits.MaxSheets), 413);
            if (targets.TryGetValue(id, out var target) && package.Has(target))
                Sheets.Add(new SheetInfo(xml.GetAttribute("name") ?? "", xml.GetAttribute("state") is "hidden" or "veryHidden") { Part = target });
        }
        if (Sheets.Count == 0) throw SheetPackage.Fault("sheet.no-sheets", Texts.SheetNoSheets);
    }

    private void ReadStyles(string part)
    {
        var formats = new Dictionary<int, bool>();
        var styles = new List<bool>();
        var isInCells = false;
        using var xml = package.OpenXml(part);
        while (xml.Read())
        {
            if (xml.LocalName == "cellXfs") isInCells = xml.NodeType == XmlNodeType.Element && !xml.IsEmptyElement;
            else if (xml.NodeType == XmlNodeType.Element && xml.LocalName == "numFmt" && Number(xml.GetAttribute("numFmtId")) is { } id)
                formats[id] = IsDateFormat(xml.GetAttribute("formatCode") ?? "");
            else if (xml.NodeType == XmlNodeType.Element && xml.LocalName == "xf" && isInCells && styles.Count < MostFormats)
                styles.Add(Number(xml.GetAttribute("numFmtId")) is { } used && (formats.TryGetValue(used, out var isDate) ? isDate : IsBuiltInDate(used)));
        }
        dateStyles = [.. styles];
    }

    // ECMA-376 part 1, 18.8.30: numbers below 164 are known without being written down.
    private static bool IsBuiltInDate(int id) => id is (>= 14 and <= 22) or (>= 27 and <= 36) or (>= 45 and <= 47) or (>= 50 and <= 58);

    private static bool IsDateFormat(string code)
    {
        var (isQuoted, isBracketed) = (false, false);
        for (var i = 0; i < code.Length; i++)
            switch (code[i])
            {
                case '"': isQuoted = !isQuoted; break;
                case '\\' or '_' or '*' when !isQuoted: i++; break;
                case '[' when !isQuoted: isBracketed = true; break;
                case ']' when !isQuoted: isBracketed = false; break;
                case ';' when !isQuoted: return false;
                case var letter when !isQuoted && !isBracketed && DateLetters.Contains(char.ToLowerInvariant(letter), StringComparison.Ordinal): return true;
            }
        return false;
    }

    private void ReadShared(string part)
    {
        var left = limits.MaxSharedBytes;
        using var xml = package.OpenXml(part);
        while (xml.Read())
        {
            if (xml.NodeType != XmlNodeType.Element || xml.LocalName != "si") continue;
            var text = SheetText.Read(xml);
            left -= text.Length + sizeof(long);
            if (left < 0) throw SheetPackage.Fault("sheet.too-much-text", Texts.SheetTooMuchText, 413);
            shared.Add(text);
        }
    }

    public static int? Number(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}

/// <summary>Text of a rich string: its runs one after another, without how they are to be pronounced.</summary>
internal static class SheetText
{
    private const int MostText = 32_767;

    /// <summary>Reads from the start of an element to its end.</summary>
    public static string Read(XmlReader xml)
    {
        if (xml.IsEmptyElement) return "";
        var depth = xml.Depth;
        var text = new System.Text.StringBuilder();
        var isText = false;
        while (xml.Read() && xml.Depth > depth)
        {
            if (xml.NodeType == XmlNodeType.Element && xml.LocalName == "rPh")
            {
                xml.Skip();
                if (xml.Depth <= depth) break;
            }
            if (xml.LocalName == "t") isText = xml.NodeType == XmlNodeType.Element && !xml.IsEmptyElement;
            else if (isText && xml.NodeType is XmlNodeType.Text or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace or XmlNodeType.CDATA)
                text.Append(xml.Value.AsSpan(0, Math.Min(xml.Value.Length, MostText - Math.Min(text.Length, MostText))));
        }
        return text.ToString();
    }
}
