namespace MySchool.Journal.Domain;

/// <summary>What can stand in a cell as a mark: 2–5, зачёт, незачёт, н/а.</summary>
internal readonly record struct MarkValue
{
    private static readonly string[] Allowed = ["2", "3", "4", "5", "зачёт", "незачёт", "н/а"];

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
}
