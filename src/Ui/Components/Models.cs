namespace MySchool.Ui;

/// <summary>How loud a button is.</summary>
public enum ButtonKind
{
    /// <summary>Bordered; the usual one.</summary>
    Quiet,
    /// <summary>Filled; at most one a screen.</summary>
    Primary,
    /// <summary>Filled red; names its object.</summary>
    Danger,
    /// <summary>Looks like a link.</summary>
    Plain,
}

/// <summary>What a notice or a badge says with its colour, always together with words.</summary>
public enum Tone
{
    /// <summary>No meaning beyond the words.</summary>
    Neutral,
    /// <summary>Worth knowing.</summary>
    Info,
    /// <summary>It worked.</summary>
    Success,
    /// <summary>Needs a look.</summary>
    Warning,
    /// <summary>It failed, or is in danger.</summary>
    Danger,
}

/// <summary>An answer to choose.</summary>
/// <param name="Value">Posted.</param>
/// <param name="Text">Shown.</param>
/// <param name="Note">A line beneath, in radio cards.</param>
public sealed record Choice(string Value, string Text, string? Note = null);

/// <summary>A step of the way back; the last one, the page itself, is not listed.</summary>
/// <param name="Text">Its words.</param>
/// <param name="Href">Where it leads.</param>
public sealed record Crumb(string Text, string Href);

/// <summary>A tab; tabs are links.</summary>
/// <param name="Text">Its word.</param>
/// <param name="Href">Where it leads.</param>
/// <param name="IsCurrent">Whether it is open.</param>
/// <param name="Count">A number after the word.</param>
public sealed record TabItem(string Text, string Href, bool IsCurrent = false, int? Count = null);

/// <summary>A point of a chart.</summary>
/// <param name="Label">Under the bar.</param>
/// <param name="Value">Not negative.</param>
/// <param name="Text">The value as people say it; the number itself when null.</param>
public sealed record ChartPoint(string Label, double Value, string? Text = null);

/// <summary>A line of history, newest first.</summary>
/// <param name="When">«сегодня, 10:42».</param>
/// <param name="What">What happened.</param>
/// <param name="Who">Who did it.</param>
/// <param name="Why">The reason, when one was asked.</param>
public sealed record TimelineItem(string When, string What, string? Who = null, string? Why = null);

/// <summary>A column of a <see cref="DataTable{TItem}"/>.</summary>
/// <param name="Title">Its header.</param>
/// <param name="Value">A text or number, or a <c>RenderFragment</c>.</param>
/// <param name="IsNumeric">Aligned right with tabular figures.</param>
public sealed record Column<TItem>(string Title, Func<TItem, object?> Value, bool IsNumeric = false);
