using System.Globalization;
using MySchool.Connection.Resources;
using MySchool.Contracts.Access;

namespace MySchool.Connection.Domain;

/// <summary>Dates, counts and roles as people say them.</summary>
internal static class Words
{
    public static readonly CultureInfo Russian = CultureInfo.GetCultureInfo("ru-RU");

    public static string Say(string text, params object?[] values) => string.Format(Russian, text, values);

    /// <summary>«26 ноября».</summary>
    public static string Day(DateOnly date) => date.ToString("d MMMM", Russian);

    /// <summary>«26 ноября», in Moscow: terms of invitations are days, not hours.</summary>
    public static string Day(DateTimeOffset at) => at.ToOffset(TimeSpan.FromHours(3)).ToString("d MMMM", Russian);

    public static string Number(int count) => count.ToString("N0", Russian);

    /// <summary>«12 345 школ»: the form for a count out of «школа|школы|школ».</summary>
    public static string Plural(int count, string forms)
    {
        var tens = Math.Abs(count) % 100;
        var units = tens % 10;
        return $"{Number(count)} {forms.Split('|')[tens is > 10 and < 20 ? 2 : units == 1 ? 0 : units is > 1 and < 5 ? 1 : 2]}";
    }

    /// <summary>«73 %», or a dash when there is nothing to divide by. Rounded down: 99,9 % is not all.</summary>
    public static string Share(int part, int whole) => whole == 0 ? "—" : $"{Percent(part, whole)}\u00a0%";

    public static int Percent(int part, int whole) => whole == 0 ? 0 : (int)((long)part * 100 / whole);

    public static string Role(string role) => RoleText(role).Split('|')[0];

    /// <summary>Words by which a pasted line names the role.</summary>
    public static IEnumerable<string> RoleWords(string role) => RoleText(role).Split('|');

    public static string Kind(string kind) => kind switch
    {
        "country" => Texts.KindCountry, "region" => Texts.KindRegion, "municipality" => Texts.KindMunicipality, _ => Texts.KindSchool,
    };

    public static string Missing(string field) => field switch
    {
        "ogrn" => Texts.Ogrn, "inn" => Texts.Inn, "oktmo" => Texts.Oktmo, _ => Texts.Address,
    };

    private static string RoleText(string role) => role switch
    {
        Roles.Teacher => Texts.RoleTeacher, Roles.Deputy => Texts.RoleDeputy, Roles.Head => Texts.RoleHead, Roles.Psychologist => Texts.RolePsychologist,
        Roles.Technician => Texts.RoleTechnician, Roles.SchoolAdministrator => Texts.RoleSchoolAdministrator,
        Roles.MunicipalCoordinator => Texts.RoleMunicipalCoordinator, Roles.RegionalCoordinator => Texts.RoleRegionalCoordinator,
        Roles.Guardian => Texts.RoleGuardian, Roles.Operator => Texts.RoleOperator, _ => role,
    };
}
