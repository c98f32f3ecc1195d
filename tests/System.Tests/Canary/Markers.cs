using System.Globalization;
using System.Text.RegularExpressions;
using MySchool.Contracts.Access;

namespace MySchool.System.Tests.Canary;

/// <summary>Which markers a resident may meet, and how answers are compared.</summary>
internal static partial class Markers
{
    /// <summary>Markers in an answer that the resident must never meet.</summary>
    public static IReadOnlyList<string> Foreign(Region region, Resident? resident, string text) =>
        [.. Mark().Matches(WithoutOfficials(region, resident, text)).Where(found => !IsOpen(region, resident, found.Groups[1].Value, int.Parse(found.Groups[2].Value, CultureInfo.InvariantCulture)))
            .Select(found => found.Value).Distinct()];

    /// <summary>
    /// Coordinators know by name who administers the schools of their own territory, on pages of connection: exactly that
    /// name is passed over, and anything else of the school is still foreign.
    /// </summary>
    private static string WithoutOfficials(Region region, Resident? resident, string text)
    {
        if (resident?.Subject is not { Territory: { } territory, IsActive: true }) return text;
        foreach (var school in region.Schools.Where(school => school.School.Municipality.IsWithin(territory)))
            text = text.Replace($"{school.Mark} администратор Имя{school.Mark} Отчество{school.Mark}", "", StringComparison.Ordinal);
        return text;
    }

    /// <summary>Markers of the resident's own schools in an answer.</summary>
    public static bool HasOwn(Resident resident, string text) => resident.Own.Any(school => text.Contains(school.Mark, StringComparison.Ordinal));

    /// <summary>What of a school is open beyond its own people. Everything not said here is closed.</summary>
    private static bool IsOpen(Region region, Resident? resident, string kind, int number)
    {
        if (resident is null || number is < 1 or > Region.Count) return false;
        if (resident.Own.Any(school => school.Number == number)) return true;
        // Coordinators and the operator: names and addresses of schools of their own territory, because the tree of
        // organisations is public (the open registry of schools) and they answer for those schools. Nothing inside a school.
        return kind == "О" && resident.Subject.Territory is { } territory
            && resident.Subject.Role is Roles.MunicipalCoordinator or Roles.RegionalCoordinator or Roles.Operator
            && region.Schools[number - 1].School.Municipality.IsWithin(territory);
    }

    /// <summary>An answer without what differs from one request to the next: ids, tokens, trace numbers.</summary>
    public static string Shape(Answer answer)
    {
        var body = Trace().Replace(Sealed().Replace(Id().Replace(answer.Body, "ID"), "TOKEN"), "TRACE");
        var headers = string.Join('\n', answer.Headers.Split('\n').Where(line => !line.StartsWith("Date:", StringComparison.Ordinal) && !line.StartsWith("Content-Length:", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        return $"{answer.Status}\n{Id().Replace(headers, "ID")}\n{body}";
    }

    [GeneratedRegex("⟦([ШО])(\\d\\d)⟧")]
    private static partial Regex Mark();

    [GeneratedRegex("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")]
    private static partial Regex Id();

    [GeneratedRegex("CfDJ8[\\w-]+")]
    private static partial Regex Sealed();

    [GeneratedRegex("\"traceId\":\"[^\"]+\"|Номер для поддержки: [\\w:.-]+")]
    private static partial Regex Trace();
}
