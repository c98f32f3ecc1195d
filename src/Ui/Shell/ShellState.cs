namespace MySchool.Ui;

/// <summary>What the frame around a page needs to know of the person. Filled by the Access module for each request.</summary>
public interface IShell
{
    /// <summary>The state of this request.</summary>
    ShellState State { get; }
}

/// <summary>The frame's state.</summary>
/// <param name="PersonName">Name of the signed-in person, or null.</param>
/// <param name="Hats">Roles to switch between; the worn one is marked.</param>
/// <param name="Nav">Places of the rail, already cut down to what the role may open; at most eight.</param>
/// <param name="Preferences">How this person reads.</param>
/// <param name="Path">Path of the request, to mark the current place.</param>
/// <param name="AntiforgeryField">Name of the hidden field of forms.</param>
/// <param name="AntiforgeryToken">Its value; also sent by islands in the header <c>RequestVerificationToken</c>.</param>
public sealed record ShellState(
    string? PersonName, IReadOnlyList<ShellHat> Hats, IReadOnlyList<NavItem> Nav, DisplayPreferences Preferences,
    string Path, string AntiforgeryField, string AntiforgeryToken)
{
    /// <summary>Number of this request in the log, which a page of failure shows.</summary>
    public string Trace { get; init; } = "";

    /// <summary>What waits for the person outside the places of the rail, such as answers of support.</summary>
    public IReadOnlyList<NavItem> Waiting { get; init; } = [];
}

/// <summary>A role in the switcher.</summary>
/// <param name="Role">Value posted to <c>/account/role</c> as <c>role</c>.</param>
/// <param name="UnitId">Posted as <c>unit</c>.</param>
/// <param name="Name">«Учитель».</param>
/// <param name="UnitName">«Школа № 7».</param>
/// <param name="IsWorn">Whether it is the one in use.</param>
public sealed record ShellHat(string Role, Guid UnitId, string Name, string UnitName, bool IsWorn);

/// <summary>A place in the rail.</summary>
/// <param name="Text">Its word.</param>
/// <param name="Href">Where it leads.</param>
/// <param name="Icon">Name of a Lucide icon.</param>
/// <param name="Count">How many things wait there; zero shows nothing.</param>
/// <param name="CountMeaning">What is counted, for those who do not see the number.</param>
public sealed record NavItem(string Text, string Href, string Icon, int Count = 0, string CountMeaning = "");

/// <summary>How a person reads; kept per person and rendered by the server before first paint.</summary>
/// <param name="Theme"><c>auto</c>, <c>light</c> or <c>dark</c>.</param>
/// <param name="Contrast"><c>none</c>, <c>black-white</c>, <c>white-black</c>, <c>blue</c>, <c>beige</c> or <c>green</c>.</param>
/// <param name="TextScale">100 to 200, percent.</param>
public sealed record DisplayPreferences(string Theme = "auto", string Contrast = "none", int TextScale = 100);
