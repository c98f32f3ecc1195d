using MySchool.Contracts.Access;
using MySchool.Federation.Resources;
using MySchool.Kernel.Data;

namespace MySchool.Federation;

/// <summary>
/// What this node keeps of regions' answers to a person: that it is kept, until when and of what. The words themselves are the
/// region's, which gives its own copy of them.
/// </summary>
internal sealed class FederationPersonalData(WorkerDb db) : PersonalTables(db, Texts.ResourceManager)
{
    public override string Name => "federation";

    public override IReadOnlyList<PersonalTable> Tables { get; } =
    [
        new("copies", """
            select c.told_at, c.ends_at, r.name as region, split_part(c.ask, ' ', 1) as asked
              from federation.copies c join federation.regions r on r.id = c.region_id where c.person_id = $1 and $1 = $2 order by c.told_at
            """, "federation.copies.person_id"),
        new("places", "select told_at, ends_at from federation.places where person_id = $1 and $1 = $2 order by told_at", "federation.places.person_id"),
    ];

    public override IReadOnlyDictionary<string, string> Exempt { get; } = new Dictionary<string, string>
    {
        ["federation.regions.changed_by"] = "service record: who changed how a region is asked",
    };
}
