using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Support.Domain;

/// <summary>Where a person was when they decided to write. Each part is shown before sending and may be left out.</summary>
/// <param name="Path">The page, ids cut out; null when unknown.</param>
/// <param name="Trace">Number of the failure; null when none.</param>
/// <param name="Browser">«Chrome, Windows»; null when unknown.</param>
internal sealed record Seen(string? Path, string? Trace, string? Browser)
{
    public static Seen Of(string? from, string? trace, string userAgent) => new(PathOf(from), TraceOf(trace), Device.Name(userAgent));

    /// <summary>Keeps only what the person left ticked.</summary>
    public Seen Only(IReadOnlyCollection<string> kept) => new(
        kept.Contains("path") ? Path : null, kept.Contains("trace") ? Trace : null, kept.Contains("browser") ? Browser : null);

    // What comes back from the form is as much typed as any other field.
    private static string? PathOf(string? from) =>
        from is ['/', ..] && !from.Any(char.IsControl) ? SupportLink.Masked(from.Split('?', '#')[0]) is { Length: <= 200 } path ? path : null : null;

    private static string? TraceOf(string? trace) =>
        trace is { Length: > 0 and <= 100 } && trace.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or ':' or '.') ? trace : null;
}
