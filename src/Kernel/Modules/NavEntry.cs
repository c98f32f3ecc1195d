namespace MySchool.Kernel;

/// <summary>A place in the navigation rail, registered by the module that owns it; shown to whom its action is open.</summary>
/// <param name="Text">Its word, Russian.</param>
/// <param name="Href">Where it leads.</param>
/// <param name="Icon">Name of a Lucide icon from <c>web/icons.txt</c>.</param>
/// <param name="Action">The action of the page it leads to.</param>
/// <param name="Order">Place in the rail, ascending; at most eight are shown.</param>
/// <param name="Roles">Roles it is meant for, or null for every role that may open it.</param>
public sealed record NavEntry(string Text, string Href, string Icon, AppAction Action, int Order, IReadOnlySet<string>? Roles = null);
