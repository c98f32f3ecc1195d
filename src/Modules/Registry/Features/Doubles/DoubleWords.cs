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

    /// <summary>«8В, Школа № 7; 1 декабря 2012».</summary>
    public static string Spot(DoubleSide side) => $"{(side.Places.IsEmpty ? Texts.DoubleNowhere : Place(side.Places[0]))}; {(side.BirthDate is { } born ? Words.Date(born) : Texts.DoubleUnborn)}";

    /// <summary>«мужской».</summary>
    public static string Gender(string? gender) => gender switch { "male" => Texts.GenderMale, "female" => Texts.GenderFemale, _ => "—" };

    public static string Birth(DateOnly? date) => date is { } born ? Words.Date(born) : Texts.BirthNotKnown;

    /// <summary>«Зачисления».</summary>
    public static string Kind(MergeCount count) => count switch
    {
        { Table: "guardianships", Column: "guardian_id" } => Texts.Kind_children,
        { Table: "guardianships" } => Texts.Kind_parents,
        _ => Texts.ResourceManager.GetString("Kind_" + count.Table, CultureInfo.CurrentUICulture) ?? count.Table,
    };

    /// <summary>«2», «2, уже есть: 1».</summary>
    public static string Count(MergeCount count) => string.Join(", ", new[]
    {
        count.Given > 0 ? count.Given.ToString(Words.Russian) : "", count.Folded > 0 ? string.Format(Words.Russian, Texts.MergeFolded, count.Folded) : "",
    }.Where(part => part.Length > 0));

    /// <summary>«Фамилия».</summary>
    public static string Field(string name) => name switch
    {
        "last_name" => Texts.LastName, "first_name" => Texts.FirstName, "middle_name" => Texts.MiddleName, "birth_date" => Texts.BirthDate, _ => Texts.GenderOf,
    };

    /// <summary>A value of a field as people write it.</summary>
    public static string Value(string name, string value) => name switch
    {
        "birth_date" => Birth(DateField.Parse(value)), "gender" => Gender(value), _ => value,
    };
}
