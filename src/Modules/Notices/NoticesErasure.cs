using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Notices.Resources;

namespace MySchool.Notices;

/// <summary>Erases how a person is told and what waits to be told. Nothing of it has to be kept.</summary>
internal sealed class NoticesErasure(WorkerDb db, IClock clock) : ErasureTables(db, Texts.ResourceManager, clock)
{
    public override string Name => "notices";

    public override IReadOnlyList<ErasureRule> Rules { get; } =
    [
        ErasureRule.OfMerges("notices"),
        new("settings", Fate.Erased, "select count(*) from notices.settings where person_id = $1", ["delete from notices.settings where person_id = $1"], "notices.settings.person_id"),
        new("devices", Fate.Erased, "select count(*) from notices.devices where person_id = $1", ["delete from notices.devices where person_id = $1"], "notices.devices.person_id"),
        new("waiting", Fate.Erased, "select (select count(*) from notices.pending where learner_id = $1) + (select count(*) from notices.lines where person_id = $1 or learner_id = $1)",
            ["delete from notices.pending where learner_id = $1", "delete from notices.lines where person_id = $1 or learner_id = $1"],
            "notices.pending.learner_id", "notices.lines.person_id", "notices.lines.learner_id"),
    ];

    public override IReadOnlyDictionary<string, string> LeftAlone { get; } = new Dictionary<string, string>();
}
