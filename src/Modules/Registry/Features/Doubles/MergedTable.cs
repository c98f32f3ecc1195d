using MySchool.Kernel.Data;

namespace MySchool.Registry.Features.Doubles;

/// <summary>Tables of the registry that follow a person into a merge, within its transaction.</summary>
internal static class MergedTable
{
    private const string Overlap = "s.starts_on <= coalesce(t.ends_on, 'infinity') and t.starts_on <= coalesce(s.ends_on, 'infinity')";

    public static readonly IReadOnlyList<FollowedTable> All =
    [
        Of("enrolments", "person_id", ["school_id", "id"], $"s.class_id = t.class_id and {Overlap}"),
        Of("memberships", "person_id", ["unit_id", "id"], $"s.unit_id = t.unit_id and s.role = t.role and {Overlap}"),
        Of("class_leaders", "person_id", ["school_id", "id"], $"s.class_id = t.class_id and {Overlap}"),
        Of("teaching_assignments", "person_id", ["school_id", "id"], $"s.group_id = t.group_id and {Overlap}"),
        Of("group_members", "person_id", ["school_id", "group_id", "starts_on"], $"s.group_id = t.group_id and {Overlap}"),
        Of("guardianships", "learner_id", ["guardian_id", "starts_on"], $"s.guardian_id = t.guardian_id and {Overlap}"),
        Of("guardianships", "guardian_id", ["learner_id", "starts_on"], $"s.learner_id = t.learner_id and {Overlap}"),
        Of("movements", "person_id", ["school_id", "id"], "false"),
        Of("appointments", "person_id", ["order_id"], "false"),
    ];

    private static FollowedTable Of(string name, string column, string[] keys, string sameFact) => new("registry", name, column, keys, sameFact);
}
