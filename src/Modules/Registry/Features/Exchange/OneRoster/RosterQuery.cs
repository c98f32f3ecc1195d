using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using MySchool.Kernel;
using MySchool.Registry.Domain;
using MySchool.Registry.Resources;

namespace MySchool.Registry.Features.Exchange.OneRoster;

/// <summary>
/// What of a collection is wanted: paging, order, filter and fields of OneRoster 1.2 (§3.4 of its REST binding). A filter is a
/// chain of <c>field predicate 'value'</c> joined by AND and OR, AND binding tighter.
/// </summary>
internal sealed partial record RosterQuery(ImmutableArray<RosterField> Fields, int Limit, int Offset, string Where, string Order, ImmutableArray<object> Values)
{
    /// <summary>What the standard gives when nothing is asked.</summary>
    public const int UsualLimit = 100;

    private const int MostLimit = 10_000;
    private const int LongestFilter = 2_000;
    private const int MostTerms = 20;

    /// <summary>Where the parameters of the filter begin: schools, today and the address come before them.</summary>
    public const int FirstParameter = 4;

    /// <summary>Reads the query string; the code of a refusal is the standard's <c>codeMinor</c>.</summary>
    public static Result<RosterQuery> Read(RosterCollection collection, IQueryCollection query)
    {
        if (Number(query["limit"], UsualLimit, 1) is not { } limit) return new Problem("invaliddata", string.Format(Words.Russian, Texts.RosterLimitWrong, MostLimit), "limit", 400);
        if (Number(query["offset"], 0, 0) is not { } offset) return new Problem("invaliddata", Texts.RosterOffsetWrong, "offset", 400);
        var fields = ReadFields(collection, query["fields"]);
        if (!fields.IsOk) return fields.Problem!;
        var order = ReadOrder(collection, query["sort"], query["orderBy"]);
        if (!order.IsOk) return order.Problem!;
        var values = ImmutableArray.CreateBuilder<object>();
        var where = ReadFilter(collection, query["filter"], values);
        if (!where.IsOk) return where.Problem!;
        return new RosterQuery(fields.Value, Math.Min(limit, MostLimit), offset, where.Value, order.Value, values.DrainToImmutable());
    }

    private static int? Number(string? text, int usual, int least) =>
        string.IsNullOrEmpty(text) ? usual : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least ? number : null;

    private static Result<ImmutableArray<RosterField>> ReadFields(RosterCollection collection, string? text)
    {
        if (string.IsNullOrEmpty(text)) return collection.Fields;
        var names = text.Split(',', StringSplitOptions.TrimEntries).ToHashSet(StringComparer.Ordinal);
        var unknown = names.FirstOrDefault(name => !collection.Fields.Any(field => field.Property == name));
        if (unknown is not null) return new Problem("invalid_selection_field", string.Format(Words.Russian, Texts.RosterFieldUnknown, unknown, collection.Plural), "fields", 400);
        return collection.Fields.Where(field => names.Contains(field.Property)).ToImmutableArray();
    }

    private static Result<string> ReadOrder(RosterCollection collection, string? sort, string? direction)
    {
        if (direction is not (null or "" or "asc" or "desc")) return new Problem("invaliddata", Texts.RosterOrderWrong, "orderBy", 400);
        // The id at the end makes the order of a page the same at each question.
        if (string.IsNullOrEmpty(sort)) return collection.Fields[0].Sql;
        if (Find(collection, sort) is not { } field) return new Problem("invaliddata", string.Format(Words.Russian, Texts.RosterFieldUnknown, sort, collection.Plural), "sort", 400);
        return $"{field.Sql} {(direction == "desc" ? "desc" : "asc")} nulls last, {collection.Fields[0].Sql}";
    }

    private static Result<string> ReadFilter(RosterCollection collection, string? text, ImmutableArray<object>.Builder values)
    {
        if (string.IsNullOrWhiteSpace(text)) return "";
        var wrong = new Problem("invalid_filter_field", Texts.RosterFilterWrong, "filter", 400);
        if (text.Length > LongestFilter) return wrong;
        var sql = new StringBuilder();
        for (var at = 0; ; )
        {
            var term = Term().Match(text, at);
            if (!term.Success || values.Count == MostTerms) return wrong;
            if (Find(collection, term.Groups["field"].Value) is not { } field)
                return new Problem("invalid_filter_field", string.Format(Words.Russian, Texts.RosterFieldUnknown, term.Groups["field"].Value, collection.Plural), "filter", 400);
            var isPart = term.Groups["predicate"].Value == "~";
            // «Contains» is of texts: a date contains nothing.
            if (isPart && field.Kind is (RosterKind.Date or RosterKind.Instant)) return wrong;
            if (Value(field, term.Groups["value"].Value.Replace("''", "'", StringComparison.Ordinal)) is not { } value) return wrong;
            sql.Append(Compare(field, term.Groups["predicate"].Value, FirstParameter + values.Count));
            values.Add(isPart ? $"%{Escape((string)value)}%" : value);
            at = term.Index + term.Length;
            if (at == text.Length) return sql.ToString();
            sql.Append(term.Groups["join"].Value.Equals("or", StringComparison.OrdinalIgnoreCase) ? " or " : " and ");
            if (!term.Groups["join"].Success) return wrong;
        }
    }

    private static RosterField? Find(RosterCollection collection, string name) =>
        collection.Fields.FirstOrDefault(field => field.FilterName == name && field.Kind is not (RosterKind.References or RosterKind.Strings or RosterKind.Json));

    private static object? Value(RosterField field, string text) => field.Kind switch
    {
        RosterKind.Date => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : null,
        RosterKind.Instant => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? at : null,
        _ => text.Contains('\0', StringComparison.Ordinal) ? null : text,
    };

    private static string Compare(RosterField field, string predicate, int parameter) => predicate switch
    {
        "~" => $"{field.Sql} ilike ${parameter}",
        "!=" => $"{field.Sql} is distinct from ${parameter}",
        _ => $"{field.Sql} {predicate} ${parameter}",
    };

    private static string Escape(string text) => LikeSigns().Replace(text, @"\$0");

    [GeneratedRegex(@"\G\s*(?<field>[A-Za-z.]{1,60})\s*(?<predicate>!=|>=|<=|=|>|<|~)\s*'(?<value>(?:[^']|''){0,300})'\s*(?:(?<join>AND|OR)\s)?", RegexOptions.IgnoreCase)]
    private static partial Regex Term();

    [GeneratedRegex(@"[\\%_]")]
    private static partial Regex LikeSigns();
}
