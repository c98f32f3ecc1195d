using System.Collections.Frozen;
using MySchool.Contracts.Access;

namespace MySchool.Registry.Features.ImportOneRoster;

/// <summary>Enumerations of OneRoster 1.2 (and the words of 1.1 that still come) as the registry names them.</summary>
internal static class OneRosterWords
{
    public const string Skipped = "skipped";

    public static readonly FrozenDictionary<string, string> OrgTypes = Words(
        ("national", "country"), ("state", "region"), ("district", "municipality"), ("local", "municipality"), ("school", "school"));

    public static readonly FrozenDictionary<string, string> SessionTypes = Words(
        ("schoolYear", "year"), ("term", "term"), ("semester", "term"), ("gradingPeriod", "part"));

    public static readonly FrozenDictionary<string, string> ClassTypes = Words(("homeroom", "class"), ("scheduled", "group"));

    /// <summary>Roles of people. The deputy has no word of its own in the standard, which allows extensions by <c>ext:</c>.</summary>
    public static readonly FrozenDictionary<string, string> UserRoles = Words(
        ("teacher", Roles.Teacher), ("principal", Roles.Head), ("ext:deputy", Roles.Deputy),
        ("siteAdministrator", Roles.SchoolAdministrator), ("administrator", Roles.SchoolAdministrator),
        ("counselor", Roles.Psychologist), ("systemAdministrator", Roles.Technician),
        ("districtAdministrator", Roles.MunicipalCoordinator), ("ext:regionalCoordinator", Roles.RegionalCoordinator),
        ("student", Roles.Learner), ("parent", "parent"), ("guardian", Roles.Guardian), ("relative", "relative"),
        ("aide", Skipped), ("proctor", Skipped));

    public static readonly FrozenDictionary<string, string> EnrolmentRoles = Words(
        ("student", "student"), ("teacher", "teacher"), ("administrator", Skipped), ("proctor", Skipped), ("aide", Skipped));

    public static readonly FrozenDictionary<string, string> Sexes = Words(
        ("male", "male"), ("female", "female"), ("unspecified", ""), ("other", ""));

    public static readonly FrozenDictionary<string, string> Statuses = Words(("active", "active"), ("tobedeleted", "gone"));

    public static readonly FrozenDictionary<string, string> Flags = Words(("true", "true"), ("false", "false"));

    private static FrozenDictionary<string, string> Words(params ReadOnlySpan<(string Theirs, string Ours)> words)
    {
        var found = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (theirs, ours) in words) found.Add(theirs, ours);
        return found.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }
}
