using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Works.Resources;

namespace MySchool.Works;

/// <summary>
/// Erases a pupil's works. The keys of the files go with their rows, so that the bytes are noise from that moment, in backups of the
/// folder too; the sweeper takes them off the disk within the hour.
/// </summary>
internal sealed class WorksErasure(WorkerDb db, IClock clock) : ErasureTables(db, Texts.ResourceManager, clock)
{
    public override string Name => "works";

    public override IReadOnlyList<ErasureRule> Rules { get; } =
    [
        ErasureRule.OfMerges("works"),
        new("works", Fate.Erased, "select (select count(*) from works.works where learner_id = $1) + (select count(*) from works.files where learner_id = $1)",
            [
                "delete from works.pages p using works.files f where p.school_year = f.school_year and p.school_id = f.school_id and p.file_id = f.id and f.learner_id = $1",
                "delete from works.layers where learner_id = $1", "delete from works.files where learner_id = $1", "delete from works.steps where learner_id = $1",
                "delete from works.drafts where learner_id = $1", "delete from works.works where learner_id = $1",
            ],
            "works.works.learner_id", "works.drafts.learner_id", "works.steps.learner_id", "works.files.learner_id", "works.layers.learner_id"),
    ];

    public override IReadOnlyDictionary<string, string> LeftAlone { get; } = new Dictionary<string, string>
    {
        ["works.steps.by_person"] = "which teacher checked the work: an id with an empty card",
        ["works.layers.by_person"] = "which teacher drew: an id with an empty card",
    };
}
