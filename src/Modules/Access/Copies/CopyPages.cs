using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using MySchool.Access.Resources;
using MySchool.Contracts.Access;
using MySchool.Kernel;

namespace MySchool.Access.Copies;

/// <summary>The files of a copy: JSON for programs, and pages that open in any browser without the platform.</summary>
internal static class CopyPages
{
    private static readonly HtmlEncoder Html = HtmlEncoder.Create(UnicodeRanges.All);
    private static readonly JsonSerializerOptions Spread = new(Json.Options) { WriteIndented = true };
    private static readonly CultureInfo Russian = CultureInfo.GetCultureInfo("ru-RU");

    // A file on somebody's disk: there is no platform beside it to take a style from.
    private const string Style = """
        :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
        body { max-width: 72rem; margin: 0 auto; padding: 1.5rem }
        h1 { font-size: 1.6rem; line-height: 1.25 } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem }
        div { overflow-x: auto } table { border-collapse: collapse; width: 100%; font-size: .875rem; font-variant-numeric: tabular-nums }
        th, td { text-align: left; vertical-align: top; padding: .4rem .75rem .4rem 0; border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent) }
        th { font-weight: 600 } p, li, th { color: color-mix(in srgb, currentColor 85%, transparent) }
        @media print { body { padding: 0 } a { color: inherit } }
        """;

    /// <summary>A module's rows for programs: codes, ISO dates, names of columns.</summary>
    public static byte[] ToJson(IPersonalData module, IEnumerable<PersonalSection> sections) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        Module = module.Name,
        module.Title,
        Sections = sections.Select(section => new
        {
            section.Key,
            section.Title,
            Rows = section.Rows.Select(row => section.Columns.Select((column, i) => (column.Key, Value: row[i])).ToDictionary(cell => cell.Key, cell => cell.Value)),
        }),
    }, Spread);

    /// <summary>A module's rows for people.</summary>
    public static byte[] ToHtml(IPersonalData module, IEnumerable<PersonalSection> sections, string zone) => Draw(module.Title, page =>
    {
        Add(page, "p", null).Append("<a href=\"index.html\">").Append(Html.Encode(Texts.CopyBack)).Append("</a></p>\n");
        foreach (var section in sections)
        {
            Add(page, "h2", $"{section.Title} ({section.Rows.Length.ToString(Russian)})");
            if (section.Rows.IsEmpty) Add(page, "p", Texts.CopyNothing);
            else AddTable(page, section, TimeZoneInfo.FindSystemTimeZoneById(zone));
        }
    });

    /// <summary>The first page: whose data, for whom, what is in it and what is left out.</summary>
    public static byte[] ToIndex(string subject, string asker, string at, bool isOwn, IEnumerable<IPersonalData> modules) => Draw(Texts.CopyIndexTitle, page =>
    {
        Add(page, "p", string.Format(Russian, isOwn ? Texts.CopyIndexOwn : Texts.CopyIndexOf, subject, asker, at));
        page.Append("<ul>\n");
        foreach (var module in modules)
            Add(page, "li", null).Append(Russian, $"<a href=\"{module.Name}.html\">").Append(Html.Encode(module.Title)).Append(Russian, $"</a> (<a href=\"{module.Name}.json\">JSON</a>)</li>\n");
        page.Append("</ul>\n");
        Add(page, "p", isOwn ? Texts.CopyIndexLeftOut : Texts.CopyIndexLeftOutOf);
        Add(page, "p", Texts.CopyIndexKeep);
    });

    private static void AddTable(StringBuilder page, PersonalSection section, TimeZoneInfo zone)
    {
        page.Append("<div><table><thead><tr>");
        foreach (var column in section.Columns) page.Append("<th scope=\"col\">").Append(Html.Encode(column.Title)).Append("</th>");
        page.Append("</tr></thead><tbody>\n");
        foreach (var row in section.Rows)
        {
            page.Append("<tr>");
            for (var i = 0; i < row.Length; i++) page.Append("<td>").Append(Html.Encode(Say(row[i], section.Columns[i], zone))).Append("</td>");
            page.Append("</tr>\n");
        }
        page.Append("</tbody></table></div>\n");
    }

    private static string Say(object? value, PersonalColumn column, TimeZoneInfo zone) => value switch
    {
        null => "—",
        bool yes => yes ? Texts.CopyYes : Texts.CopyNo,
        DateOnly day => day.ToString("d MMMM yyyy", Russian),
        DateTimeOffset at => TimeZoneInfo.ConvertTime(at, zone).ToString("d MMMM yyyy, HH:mm", Russian),
        string code when column.Words.TryGetValue(code, out var word) => word,
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private static byte[] Draw(string title, Action<StringBuilder> fill)
    {
        var page = new StringBuilder("<!doctype html>\n<html lang=\"ru\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n");
        Add(page, "title", title);
        page.Append("<style>\n").Append(Style).Append("\n</style>\n");
        Add(page, "h1", title);
        fill(page);
        return Encoding.UTF8.GetBytes(page.Append("</html>\n").ToString());
    }

    private static StringBuilder Add(StringBuilder page, string tag, string? text)
    {
        page.Append('<').Append(tag).Append('>');
        return text is null ? page : page.Append(Html.Encode(text)).Append("</").Append(tag).Append(">\n");
    }
}
