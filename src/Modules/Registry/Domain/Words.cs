using System.Globalization;
using MySchool.Contracts.Access;
using MySchool.Registry.Resources;

namespace MySchool.Registry.Domain;

/// <summary>Roles, dates and counts as people say them.</summary>
internal static class Words
{
    public static readonly CultureInfo Russian = CultureInfo.GetCultureInfo("ru-RU");

    /// <summary>«26 ноября 2026».</summary>
    public static string Date(DateOnly date) => date.ToString("d MMMM yyyy", Russian);

    /// <summary>«с 1 сентября 2026» or «с 1 сентября 2026 по 31 мая 2027».</summary>
    public static string Span(DateOnly from, DateOnly? to) =>
        to is null ? $"с {Date(from)}" : $"с {Date(from)} по {Date(to.Value)}";

    /// <summary>Picks the form for a count: 1 строка, 2 строки, 5 строк.</summary>
    public static string Plural(long count, string one, string few, string many)
    {
        var tens = Math.Abs(count) % 100;
        var units = tens % 10;
        var word = tens is > 10 and < 20 ? many : units == 1 ? one : units is > 1 and < 5 ? few : many;
        return $"{count.ToString("N0", Russian)} {word}";
    }

    /// <summary>«Учитель».</summary>
    public static string Role(string role) => role switch
    {
        Roles.Teacher => Texts.RoleTeacher,
        Roles.Deputy => Texts.RoleDeputy,
        Roles.Head => Texts.RoleHead,
        Roles.SchoolAdministrator => Texts.RoleAdministrator,
        Roles.Psychologist => Texts.RolePsychologist,
        Roles.Technician => Texts.RoleTechnician,
        Roles.MunicipalCoordinator => Texts.RoleMunicipalCoordinator,
        Roles.RegionalCoordinator => Texts.RoleRegionalCoordinator,
        Roles.Operator => Texts.RoleOperator,
        Roles.Guardian => Texts.RoleGuardian,
        Roles.Learner => Texts.RoleLearner,
        _ => role,
    };

    /// <summary>«мама».</summary>
    public static string Kinship(string kinship) => kinship switch
    {
        "mother" => Texts.KinMother,
        "father" => Texts.KinFather,
        "guardian" => Texts.KinGuardian,
        _ => Texts.KinOther,
    };
}
