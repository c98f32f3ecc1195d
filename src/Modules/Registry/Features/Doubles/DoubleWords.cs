using System.Globalization;
using MySchool.Contracts.Access;
using MySchool.Registry.Domain;
using MySchool.Registry.Resources;

namespace MySchool.Registry.Features.Doubles;

/// <summary>Pairs and their reasons as people read them.</summary>
internal static class DoubleWords
{
    private const int NearlySure = 90;
    private const int Probable = 70;

    /// <summary>A sentence for a code of <see cref="DoubleRules"/>.</summary>
    public static string Reason(string code) => Texts.ResourceManager.GetString("Double_" + code, CultureInfo.CurrentUICulture) ?? code;

    /// <summary>«Почти наверняка один человек».</summary>
    public static string Likelihood(int score) => score >= NearlySure ? Texts.DoubleSure : score >= Probable ? Texts.DoubleProbable : Texts.DoublePossible;

    /// <summary>«7Б, Школа № 7», «учитель, Школа № 7», «родитель: 7Б, Школа № 7».</summary>
    public static string Place(DoublePlace place)
    {
        var text = place.Role switch
        {
            Roles.Learner => $"{place.ClassName}, {place.UnitName}",
            Roles.Guardian => string.Format(Words.Russian, Texts.DoubleParentAt, place.ClassName, place.UnitName),
            _ => $"{Words.Role(place.Role)}, {place.UnitName}",
        };
        return place.To is null ? text : $"{text} ({Words.Span(place.From, place.To)})";
    }

    /// <summary>«муж.».</summary>
    public static string Gender(string? gender) => gender switch { "male" => Texts.GenderMale, "female" => Texts.GenderFemale, _ => "—" };

    public static string Birth(DateOnly? date) => date is { } born ? Words.Date(born) : Texts.BirthNotKnown;
}
