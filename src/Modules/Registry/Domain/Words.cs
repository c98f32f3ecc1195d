using System.Globalization;
using MySchool.Contracts.Access;
using MySchool.Registry.Resources;

namespace MySchool.Registry.Domain;

/// <summary>Roles, dates and counts as people say them.</summary>
internal static class Words
{
    // Kaliningrad; the others follow hour by hour to Kamchatka.
    private static readonly TimeSpan FirstZone = TimeSpan.FromHours(2);

    public static readonly CultureInfo Russian = CultureInfo.GetCultureInfo("ru-RU");

    /// <summary>«26 ноября 2026».</summary>
    public static string Date(DateOnly date) => date.ToString("d MMMM yyyy", Russian);

    /// <summary>«с 1 сентября 2026» or «с 1 сентября 2026 по 31 мая 2027».</summary>
    public static string Span(DateOnly from, DateOnly? to) =>
        to is null ? string.Format(Russian, Texts.Since, Date(from)) : string.Format(Russian, Texts.FromTill, Date(from), Date(to.Value));

    /// <summary>Picks the form for a count out of «строка|строки|строк»: 1 строка, 2 строки, 5 строк.</summary>
    public static string Plural(long count, string forms)
    {
        var tens = Math.Abs(count) % 100;
        var units = tens % 10;
        var word = forms.Split('|')[tens is > 10 and < 20 ? 2 : units == 1 ? 0 : units is > 1 and < 5 ? 1 : 2];
        return $"{count.ToString("N0", Russian)} {word}";
    }

    /// <summary>
    /// «московское время, UTC+3»: zones as the law names them (107-ФЗ «Об исчислении времени», ст. 5), found by their hours,
    /// because several places of the time zone database share one. Another zone keeps its own name.
    /// </summary>
    public static string Zone(string id)
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone)) return id;
        var names = Texts.ZoneNames.Split('|');
        var place = (zone.BaseUtcOffset - FirstZone).TotalHours;
        return place >= 0 && place < names.Length && place == Math.Floor(place)
            ? string.Format(Russian, Texts.ZoneTime, names[(int)place], zone.BaseUtcOffset.Hours) : id;
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
        Roles.OutsideSystem => Texts.RoleOutsideSystem,
        Roles.SupportVisitor => Texts.RoleSupportVisitor,
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
