using System.Globalization;
using MySchool.Registry.Domain;
using MySchool.Registry.Features.Doubles;
using MySchool.Registry.Resources;

namespace MySchool.Registry.Features.Fields;

/// <summary>Fields, sources and changes as people read them.</summary>
internal static class FieldWords
{
    /// <summary>«Фамилия».</summary>
    public static string Field(string name) => name switch { "snils" => Texts.Snils, "esia" => Texts.SignInOf, _ => DoubleWords.Field(name) };

    /// <summary>«Госуслуги».</summary>
    public static string Source(string source) => Texts.ResourceManager.GetString("Source_" + source, CultureInfo.CurrentUICulture) ?? source;

    /// <summary>A value as people write it; «пусто» when there is none.</summary>
    public static string Value(string field, string value) => value.Length == 0 ? Texts.FieldEmpty : field == "snils" ? $"•••-•••-{value[..3]} {value[3..]}" : DoubleWords.Value(field, value);

    /// <summary>«Госуслуги говорят «Петров», в карточке «Иванов».»</summary>
    public static string Says(FieldProposal proposal, string held) => string.Format(
        Words.Russian, Texts.ResourceManager.GetString("Says_" + proposal.Source, CultureInfo.CurrentUICulture) ?? Texts.Says_platform,
        Value(proposal.Field, proposal.Value), Value(proposal.Field, held), Source(proposal.Holder)) + (proposal.CanBeAccepted ? "" : $" {Texts.ProposalProven}");

    /// <summary>«Иванов → Петров»; an account says only that it is bound, a confirmation only its value.</summary>
    public static string Change(FieldChange change) => change.Field == "esia" ? Texts.EsiaBound
        : change.Why == "confirm" ? string.Format(Words.Russian, Texts.FieldConfirmed, Value(change.Field, change.After))
        : string.Format(Words.Russian, Texts.FieldBecame, Value(change.Field, change.Before), Value(change.Field, change.After));

    /// <summary>«исправлено вручную».</summary>
    public static string? Why(string why) => Texts.ResourceManager.GetString("Changed_" + why, CultureInfo.CurrentUICulture);

    /// <summary>What the page says after a deed; null when nothing was done.</summary>
    public static string? Done(string done) => done switch
    {
        "applied" => Texts.FieldsApplied, "proposed" => Texts.FieldsProposed, "refused" => Texts.FieldsRefused, "same" => Texts.FieldsSame, _ => null,
    };
}
