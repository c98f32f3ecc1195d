using System.Collections;
using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using MySchool.Ui.Resources;

namespace MySchool.Ui;

/// <summary>The words of the island <c>journal-grid</c>: its script holds none, so another language is one more resource file.</summary>
public static class GridTexts
{
    private const string Prefix = "Grid";

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };
    private static readonly ConcurrentDictionary<CultureInfo, string> Written = new();

    /// <summary>For the attribute <c>texts</c>: a JSON object of every text whose key begins with «Grid», without that word.</summary>
    public static string Json => Written.GetOrAdd(CultureInfo.CurrentUICulture, Write);

    private static string Write(CultureInfo culture) => JsonSerializer.Serialize(
        Texts.ResourceManager.GetResourceSet(culture, createIfNotExists: true, tryParents: true)!.Cast<DictionaryEntry>()
            .Where(text => ((string)text.Key).StartsWith(Prefix, StringComparison.Ordinal))
            .OrderBy(text => (string)text.Key, StringComparer.Ordinal)
            .ToDictionary(text => ((string)text.Key)[Prefix.Length..], text => (string)text.Value!), Readable);
}
