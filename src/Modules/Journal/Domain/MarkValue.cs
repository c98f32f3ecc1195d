using System.Collections.Immutable;

namespace MySchool.Journal.Domain;

/// <summary>What can stand in a cell as a mark: 2–5, зачёт, незачёт, н/а, or a point that waits for a work.</summary>
internal readonly record struct MarkValue
{
    public const string Passed = "зачёт";
    public const string Failed = "незачёт";

    /// <summary>Не аттестован.</summary>
    public const string NotAttested = "н/а";

    /// <summary>Освобождён от предмета: stands for a period only, never in a cell.</summary>
    public const string Released = "осв";

    /// <summary>«Точка»: the work is owed. Counts in no average; a mark takes its place.</summary>
    public const string Owed = "•";

    private static readonly string[] Allowed = ["2", "3", "4", "5", Passed, Failed, NotAttested];

    private MarkValue(string text) => Text = text;

    public string Text { get; }

    /// <summary>The figure that counts in an average, or null for зачёт, незачёт and н/а.</summary>
    public int? Points => Text.Length == 1 ? Text[0] - '0' : null;

    public static IReadOnlyList<string> All => Allowed;

    public static bool TryParse(string? text, out MarkValue value)
    {
        var known = Array.IndexOf(Allowed, text?.Trim().ToLowerInvariant().Replace("зачет", "зачёт", StringComparison.Ordinal));
        value = known < 0 ? default : new(Allowed[known]);
        return known >= 0;
    }

    /// <summary>Figures of a mark as it stands in a row: one of «4», two of a split «4/5», none of what does not count.</summary>
    public static IEnumerable<int> FiguresOf(string value) =>
        value.Length is 1 or 3 && value.All(sign => char.IsAsciiDigit(sign) || sign == '/') ? value.Where(char.IsAsciiDigit).Select(sign => sign - '0') : [];
}

/// <summary>All that stands in one cell: up to three marks, a figure of which may be split («4/5» for one work), or a single point.</summary>
internal static class CellMarks
{
    public const int Most = 3;

    /// <summary>Marks that wait to be posted lie this many places further in their cell.</summary>
    public const int HeldFrom = 10;

    /// <summary>Reads «5», «4/5», «5 4», «5 3/4», «зачёт 5», «•», in the order typed; false for anything else.</summary>
    public static bool TryParse(string? text, out ImmutableArray<string> marks)
    {
        marks = [];
        var typed = text?.Split((char[])[' ', '\u00a0'], StringSplitOptions.RemoveEmptyEntries) ?? [];
        if (typed.Length is 0 or > Most) return false;
        if (typed is [MarkValue.Owed or "."])
        {
            marks = [MarkValue.Owed];
            return true;
        }
        var read = typed.Select(One).ToList();
        if (read.Contains(null)) return false;
        marks = [.. read!];
        return true;
    }

    /// <summary>The marks of a cell as screens and the history write them.</summary>
    public static string Join(IEnumerable<string> marks) => string.Join(' ', marks);

    private static string? One(string typed)
    {
        if (MarkValue.TryParse(typed, out var whole)) return whole.Text;
        return typed.Split('/') is [var first, var second]
            && MarkValue.TryParse(first, out var one) && one.Points is not null && MarkValue.TryParse(second, out var other) && other.Points is not null
            ? $"{one.Text}/{other.Text}" : null;
    }
}
