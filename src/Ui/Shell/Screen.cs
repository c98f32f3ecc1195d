using Microsoft.AspNetCore.Components;

namespace MySchool.Ui;

/// <summary>
/// Base of the modules' pages. Razor makes every component public while a module's records stay internal,
/// so what a page shows travels as an object and is named by its type in the page's first line of code.
/// </summary>
public abstract class Screen : ComponentBase
{
    /// <summary>What the page shows: the module's own record.</summary>
    [Parameter, EditorRequired] public object Data { get; set; } = null!;
}
