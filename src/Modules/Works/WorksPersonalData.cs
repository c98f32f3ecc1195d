using MySchool.Contracts.Access;
using MySchool.Kernel.Data;
using MySchool.Works.Resources;

namespace MySchool.Works;

/// <summary>What the module keeps about a pupil. A teacher's words and strokes are about the pupil and stand in the pupil's copy.</summary>
internal sealed class WorksPersonalData(WorkerDb db) : PersonalTables(db, Texts.ResourceManager)
{
    public override string Name => "works";

    public override IReadOnlyList<PersonalTable> Tables { get; } =
    [
        new("works", """
            select w.due_on, w.subject, w.task, w.state, w.attempt, w.handed_at, w.is_late, d.text as draft
              from works.works w left join works.drafts d on d.school_year = w.school_year and d.school_id = w.school_id and d.work_id = w.id and d.learner_id = w.learner_id
             where w.learner_id = $1 order by w.due_on
            """, "works.works.learner_id", "works.drafts.learner_id") { Coded = ["state"] },
        new("steps", """
            select s.at, w.subject, w.due_on, s.what, s.text
              from works.steps s join works.works w on w.school_year = s.school_year and w.school_id = s.school_id and w.id = s.work_id where s.learner_id = $1 order by s.at
            """, "works.steps.learner_id") { Coded = ["what"] },
        new("files", """
            select w.subject, w.due_on, f.name, f.media_type, f.size from works.files f join works.works w on w.school_year = f.school_year and w.school_id = f.school_id and w.id = f.work_id
             where f.learner_id = $1 order by w.due_on, f.position
            """, "works.files.learner_id"),
        new("layers", "select l.at, f.name, l.page, l.data::text as data from works.layers l join works.files f on f.id = l.file_id where l.learner_id = $1 order by l.at", "works.layers.learner_id"),
    ];

    public override IReadOnlyDictionary<string, string> Exempt { get; } = new Dictionary<string, string>
    {
        ["works.steps.by_person"] = "whose hand a step is; the work is the pupil's and stands in the pupil's copy",
        ["works.layers.by_person"] = "whose hand drew; the work is the pupil's and stands in the pupil's copy",
    };
}
