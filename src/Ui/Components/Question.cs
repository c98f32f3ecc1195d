using Microsoft.AspNetCore.Components;

namespace MySchool.Ui;

/// <summary>What every question of a form has: a label above, a hint under the label, an error under the field.</summary>
public abstract class Question : UiElement
{
    /// <summary>Name in the posted form.</summary>
    [Parameter, EditorRequired] public required string Name { get; set; }

    /// <summary>The question.</summary>
    [Parameter, EditorRequired] public required string Label { get; set; }

    /// <summary>What was typed, or the present value.</summary>
    [Parameter] public string? Value { get; set; }

    /// <summary>How to answer.</summary>
    [Parameter] public string? Hint { get; set; }

    /// <summary>What is wrong and what to do.</summary>
    [Parameter] public string? Error { get; set; }

    /// <summary>Whether it may be left empty; then the label says so.</summary>
    [Parameter] public bool IsOptional { get; set; }

    /// <summary>Id of the element; by name unless two forms of a page share names.</summary>
    [Parameter] public string? Id { get; set; }

    private protected string FieldId => Id ?? $"f-{Name}";

    private protected string? DescribedBy => (Hint, Error) switch
    {
        (null, null) => null,
        (_, null) => $"{FieldId}-hint",
        (null, _) => $"{FieldId}-error",
        _ => $"{FieldId}-hint {FieldId}-error",
    };

    private protected string? Invalid => Error is null ? null : "true";
}
