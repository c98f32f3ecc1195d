using System.Collections.Frozen;
using MySchool.Contracts.Access;
using MySchool.Kernel;

namespace MySchool.Connection.Domain;

/// <summary>A unit as the rules see it.</summary>
/// <param name="Id">The unit.</param>
/// <param name="Kind">region, municipality or school.</param>
/// <param name="Above">Units above it, nearest first.</param>
internal sealed record Place(Guid Id, string Kind, IReadOnlyList<Guid> Above);

/// <summary>
/// Who may invite whom and where. One sentence: an official is invited by whoever coordinates or operates something above the
/// unit, staff by the administrator of that very school; and each role stands at one kind of unit.
/// The policies of connection.invitations say the same in SQL; a test compares.
/// </summary>
internal static class InvitationRules
{
    private static readonly FrozenDictionary<string, (string Kind, AppAction Action)> Table = new Dictionary<string, (string, AppAction)>
    {
        [Roles.RegionalCoordinator] = ("region", ConnectionActions.InviteOfficials),
        [Roles.MunicipalCoordinator] = ("municipality", ConnectionActions.InviteOfficials),
        [Roles.SchoolAdministrator] = ("school", ConnectionActions.InviteOfficials),
        [Roles.Head] = ("school", ConnectionActions.InviteStaff),
        [Roles.Deputy] = ("school", ConnectionActions.InviteStaff),
        [Roles.Teacher] = ("school", ConnectionActions.InviteStaff),
        [Roles.Psychologist] = ("school", ConnectionActions.InviteStaff),
        [Roles.Technician] = ("school", ConnectionActions.InviteStaff),
    }.ToFrozenDictionary();

    /// <summary>Roles that an administrator of a school invites to.</summary>
    public static readonly IReadOnlyList<string> StaffRoles = [Roles.Teacher, Roles.Deputy, Roles.Head, Roles.Psychologist, Roles.Technician];

    /// <summary>Whether the role answers for others: a wrong name is then never accepted by itself.</summary>
    public static bool IsOfficial(string role) => Table.TryGetValue(role, out var rule) && rule.Action == ConnectionActions.InviteOfficials;

    /// <summary>The role an official of this kind of unit has; null for a country.</summary>
    public static string? OfficialOf(string kind) => kind switch
    {
        "region" => Roles.RegionalCoordinator, "municipality" => Roles.MunicipalCoordinator, "school" => Roles.SchoolAdministrator, _ => null,
    };

    /// <summary>Whether the actor may invite somebody to this role in this unit.</summary>
    public static bool Allows(Actor actor, string role, Place place)
    {
        if (!Table.TryGetValue(role, out var rule) || rule.Kind != place.Kind) return false;
        return rule.Action == ConnectionActions.InviteStaff
            ? Decide.Allows(actor, rule.Action, new Coordinate(Places.School, place.Id))
            : Decide.Allows(actor, rule.Action, [.. place.Above.Select(above => new Coordinate(Places.Territory, above))]);
    }
}
