namespace MySchool.Journal.Domain;

/// <summary>What can stand in a cell as a mark: 2–5, зачёт, незачёт, н/а.</summary>
internal readonly record struct MarkValue
{
    public const string Passed = "зачёт";
    public const string Failed = "незачёт";

    /// <summary>Не аттестован.</summary>
    public const string NotAttested = "н/а";

    /// <summary>Освобождён от предмета: stands for a period only, never in a cell.</summary>
    public const string Released = "осв";

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
}
