using MySchool.Registry.Domain;
using MySchool.Registry.Resources;

namespace MySchool.Registry.Features.Movement;

/// <summary>Orders and reasons as people say them.</summary>
internal static class MovementWords
{
    /// <summary>«Перевод в другой класс».</summary>
    public static string Kind(string kind) => Texts.ResourceManager.GetString("Movement_" + kind, Words.Russian) ?? kind;

    /// <summary>«по заявлению родителей».</summary>
    public static string Reason(string reason) => Texts.ResourceManager.GetString("Reason_" + reason, Words.Russian) ?? reason;

    /// <summary>Reason and note together.</summary>
    public static string Why(MovementLine line) =>
        string.Join(". ", new[] { line.Reason is null ? null : Reason(line.Reason), line.Note }.Where(part => part is { Length: > 0 }));

    /// <summary>«отправлен» of papers on the way.</summary>
    public static string State(string state) => Texts.ResourceManager.GetString("Transfer_" + state, Words.Russian) ?? state;

    /// <summary>What the button of an order says: «Перевести в другой класс».</summary>
    public static string Deed(string kind) => Texts.ResourceManager.GetString("Deed_" + kind, Words.Russian) ?? Texts.Save;

    /// <summary>«Перевод в другой класс, 7А → 7Б, с 2 декабря 2026».</summary>
    public static string Line(MovementLine line)
    {
        var classes = line.Subgroup is { Length: > 0 } group ? group
            : line.FromClass is not null && line.ToClass is not null && line.FromClass != line.ToClass ? $"{line.FromClass} → {line.ToClass}" : line.ToClass ?? line.FromClass;
        var days = MovementKinds.Departures.Contains(line.Kind) ? string.Format(Words.Russian, Texts.LastDayIs, Words.Date(line.On))
            : MovementKinds.Leaves.Contains(line.Kind) ? Words.Span(line.On, line.EndsOn) : Words.Span(line.On, null);
        return string.Join(", ", new[] { Kind(line.Kind), classes, line.OtherSchool, days }.Where(part => part is { Length: > 0 }));
    }

    /// <summary>«Приказ 12-у от 1 декабря 2026. По заявлению родителей».</summary>
    public static string Paper(MovementLine line)
    {
        var why = Why(line);
        return string.Format(Words.Russian, Texts.OrderOf, line.OrderNo, Words.Date(line.OrderedOn)) + (why.Length > 0 ? $". {why}" : "");
    }

    /// <summary>«1А, 2027/28»: a class among those of several years.</summary>
    public static string Class(ClassFact of) => $"{of.Name}, {of.Year}/{(of.Year + 1) % 100:00}";
}
