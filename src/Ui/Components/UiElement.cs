using System.Globalization;
using Microsoft.AspNetCore.Components;

namespace MySchool.Ui;

/// <summary>What the small components share: attributes passed through and a class joined to their own.</summary>
public abstract class UiElement : ComponentBase
{
    /// <summary>A class more.</summary>
    [Parameter] public string? Class { get; set; }

    /// <summary>Attributes for the outer element.</summary>
    [Parameter(CaptureUnmatchedValues = true)] public IReadOnlyDictionary<string, object>? Attributes { get; set; }

    private protected string Join(params ReadOnlySpan<string?> classes)
    {
        var all = string.Join(' ', classes);
        return Class is null ? all.TrimEnd() : $"{all.TrimEnd()} {Class}";
    }

    private protected static string Say(string text, params object?[] values) => string.Format(CultureInfo.CurrentCulture, text, values);
}
