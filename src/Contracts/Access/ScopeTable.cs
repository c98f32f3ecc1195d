using System.Collections.Immutable;
using MySchool.Kernel;

namespace MySchool.Contracts.Access;

/// <summary>Which relations feed which row-level security scope. The SQL policies use these names.</summary>
public sealed class ScopeTable : IScopeTable
{
    /// <inheritdoc/>
    public IReadOnlyDictionary<string, ImmutableHashSet<(string Relation, string Kind)>> Scopes { get; } =
        new Dictionary<string, ImmutableHashSet<(string, string)>>
        {
            // Schools whose card, classes and staff names are open.
            ["member_schools"] = Of((Relations.Member, Places.School), (Relations.Staff, Places.School),
                (Relations.Deputy, Places.School), (Relations.Head, Places.School), (Relations.Administers, Places.School),
                (Relations.Counsels, Places.School), (Relations.Maintains, Places.School)),
            // Schools whose every learner's card is open.
            ["registry_schools"] = Of((Relations.Deputy, Places.School), (Relations.Head, Places.School),
                (Relations.Administers, Places.School), (Relations.Counsels, Places.School)),
            // Schools whose registry rows may be written.
            ["managed_schools"] = Of((Relations.Administers, Places.School)),
            // Schools whose every journal is open to read.
            ["journal_schools"] = Of((Relations.Deputy, Places.School), (Relations.Head, Places.School)),
            // Schools whose lesson plans are open to colleagues.
            ["plan_schools"] = Of((Relations.Staff, Places.School), (Relations.Deputy, Places.School), (Relations.Head, Places.School)),
            // Schools whose connection is open: figures and steps, no person.
            ["connection_schools"] = Of((Relations.Deputy, Places.School), (Relations.Head, Places.School),
                (Relations.Administers, Places.School), (Relations.Maintains, Places.School)),
            // Schools whose roster an outside system reads as a whole.
            ["roster_schools"] = Of((Relations.Rosters, Places.School)),
            // Territories whose aggregates are open.
            ["territories"] = Of((Relations.Coordinates, Places.Territory), (Relations.Operates, Places.Territory)),
            // Schools and territories that answer those who write to support.
            ["support_units"] = Of((Relations.Administers, Places.School), (Relations.Coordinates, Places.Territory), (Relations.Operates, Places.Territory)),
            // Countries whose platform is run: sites and systems are registered there.
            ["operated"] = Of((Relations.Operates, Places.Territory)),
            // Classes whose learners' names are open.
            ["classes"] = Of((Relations.Teaches, Places.Class), (Relations.Leads, Places.Class)),
            // Teaching groups whose journal may be written.
            ["groups"] = Of((Relations.Teaches, Places.Group)),
            // Teaching groups whose lessons and homework may be read because a learner attends them.
            ["learner_groups"] = Of((Relations.Attends, Places.Group), (Relations.Leads, Places.Group)),
            // Learners whose marks of every school are open: the learner's own and the guardian's.
            ["own_learners"] = Of((Relations.Self, Places.Person), (Relations.Guardian, Places.Person)),
            // Learners of the classes led: whoever leads answers notes of their families.
            ["led_learners"] = Of((Relations.Leads, Places.Person)),
            // People whose rights are spoken for: erasure is asked for after school too.
            ["wards"] = Of((Relations.Represents, Places.Person)),
            // The one school that support reads by two approvals. Policies of reading only.
            ["visited_schools"] = Of((Relations.Visits, Places.School)),
            // Learners whose marks and card are open by name.
            ["learners"] = Of((Relations.Self, Places.Person), (Relations.Guardian, Places.Person), (Relations.Leads, Places.Person)),
        }.ToImmutableDictionary();

    private static ImmutableHashSet<(string, string)> Of(params ReadOnlySpan<(string, string)> pairs) => [.. pairs];
}
