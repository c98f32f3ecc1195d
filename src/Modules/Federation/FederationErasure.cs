using MySchool.Contracts.Access;
using MySchool.Federation.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Data;

namespace MySchool.Federation;

/// <summary>Erases what regions told a person of this registry. What strangers were told names nobody and is gone after a day.</summary>
internal sealed class FederationErasure(WorkerDb db, IClock clock) : ErasureTables(db, Texts.ResourceManager, clock)
{
    public override string Name => "federation";

    public override IReadOnlyList<ErasureRule> Rules { get; } =
    [
        new("copies", Fate.Erased,
            "select (select count(*) from federation.copies where person_id = $1) + (select count(*) from federation.places where person_id = $1)",
            ["delete from federation.copies where person_id = $1", "delete from federation.places where person_id = $1"],
            "federation.copies.person_id", "federation.places.person_id"),
    ];

    public override IReadOnlyDictionary<string, string> LeftAlone { get; } = new Dictionary<string, string>
    {
        ["federation.regions.changed_by"] = "service record: an id with an empty card",
    };
}
