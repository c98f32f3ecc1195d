using MySchool.Contracts.Access;
using MySchool.Journal.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Data;

namespace MySchool.Journal;

/// <summary>
/// Erases a learner from the journal. The school keeps what the law of education wants in its archive: marks, absences and their
/// history, and statements without the name; words about the learner go at once.
/// </summary>
internal sealed class JournalErasure(WorkerDb db, IClock clock) : ErasureTables(db, Texts.ResourceManager, clock)
{
    private const string Remarks = "(comment is not null)";

    public override string Name => "journal";

    public override IReadOnlyList<ErasureRule> Rules { get; } =
    [
        ErasureRule.OfMerges("journal"),
        new("remarks", Fate.Erased,
            $"select (select count(*) from journal.marks where learner_id = $1 and {Remarks}) + (select count(*) from journal.absences where learner_id = $1 and reason is not null)",
            [
                $"update journal.marks set comment = null where learner_id = $1 and {Remarks}",
                "update journal.absences set reason = null where learner_id = $1 and reason is not null",
                "delete from journal.cell_history where learner_id = $1 and kind = 'comment'",
                "update journal.cell_history set why = null where learner_id = $1 and why is not null",
            ]),
        new("homework", Fate.Erased, "select count(*) from journal.homework_done where learner_id = $1",
            ["delete from journal.homework_done where learner_id = $1"], "journal.homework_done.learner_id"),
        new("assigned", Fate.Erased, "select count(*) from journal.homework_learners where learner_id = $1",
            ["delete from journal.homework_learners where learner_id = $1"], "journal.homework_learners.learner_id"),
        new("notes", Fate.Erased, "select (select count(*) from journal.absence_notes where learner_id = $1) + (select count(*) from journal.absence_words where learner_id = $1)",
            ["delete from journal.absence_words where learner_id = $1", "delete from journal.absence_notes where learner_id = $1"],
            "journal.absence_notes.learner_id", "journal.absence_words.learner_id"),
        new("points", Fate.Erased, "select count(*) from journal.criteria_points where learner_id = $1", ["delete from journal.criteria_points where learner_id = $1"], "journal.criteria_points.learner_id"),
        new("phrases", Fate.Erased, "select count(*) from journal.phrases where person_id = $1", ["delete from journal.phrases where person_id = $1"], "journal.phrases.person_id"),
        new("debts", Fate.Erased, "select count(*) from journal.debts where learner_id = $1", ["delete from journal.debts where learner_id = $1"], "journal.debts.learner_id"),
        new("care", Fate.Erased, "select count(*) from journal.care_notes where learner_id = $1",
            ["delete from journal.care_notes where learner_id = $1"], "journal.care_notes.learner_id"),
        new("seen", Fate.Erased, "select count(*) from journal.diary_views where learner_id = $1 or by_person = $1",
            ["delete from journal.diary_views where learner_id = $1 or by_person = $1"], "journal.diary_views.learner_id", "journal.diary_views.by_person"),
        new("former", Fate.Erased, "select count(*) from journal.former_groups where learner_id = $1",
            ["delete from journal.former_groups where learner_id = $1"], "journal.former_groups.learner_id"),
        new("names", Fate.Erased, "select count(*) from journal.statements where learner_id = $1 and learner_name <> ''",
            ["update journal.statements set learner_name = '' where learner_id = $1 and learner_name <> ''"]),
        new("marks", Fate.Kept, "select count(*), max(lesson_date) from journal.marks where learner_id = $1",
            ["delete from journal.marks where learner_id = $1"], "journal.marks.learner_id") { Term = RetentionTerms.ClassJournal },
        new("results", Fate.Kept, "select count(*), max(recorded_at)::date from journal.term_marks where learner_id = $1",
            ["delete from journal.term_marks where learner_id = $1"], "journal.term_marks.learner_id") { Term = RetentionTerms.MarkSummary },
        new("result-changes", Fate.Kept, "select count(*), max(at)::date from journal.term_mark_history where learner_id = $1",
            ["delete from journal.term_mark_history where learner_id = $1"], "journal.term_mark_history.learner_id") { Term = RetentionTerms.MarkSummary },
        new("absences", Fate.Kept, "select count(*), max(lesson_date) from journal.absences where learner_id = $1",
            ["delete from journal.absences where learner_id = $1"], "journal.absences.learner_id") { Term = RetentionTerms.ClassJournal },
        new("changes", Fate.Kept, "select count(*), max(at)::date from journal.cell_history where learner_id = $1",
            ["delete from journal.cell_history where learner_id = $1"], "journal.cell_history.learner_id") { Term = RetentionTerms.ClassJournal },
        new("statements", Fate.Kept, "select count(*), max(last_day) from journal.statements where learner_id = $1",
            ["delete from journal.statements where learner_id = $1"], "journal.statements.learner_id") { Term = RetentionTerms.MarkSummary },
    ];

    public override IReadOnlyDictionary<string, string> LeftAlone { get; } = new Dictionary<string, string>
    {
        ["journal.marks.recorded_by"] = "whose hand a mark is: an id whose card is empty",
        ["journal.criteria.set_by"] = "who set what a work is judged by: an id with an empty card",
        ["journal.criteria_points.recorded_by"] = "whose hand the points are: an id with an empty card",
        ["journal.absences.recorded_by"] = "whose hand an absence is: an id with an empty card",
        ["journal.cell_history.by_person"] = "whose hand a change is: an id with an empty card",
        ["journal.term_marks.recorded_by"] = "whose hand a mark is: an id whose card is empty",
        ["journal.term_mark_history.by_person"] = "whose hand a change is: an id with an empty card",
        ["journal.closed_terms.closed_by"] = "who closed a term: an id with an empty card",
        ["journal.reopenings.asked_by"] = "who asked to correct the school's journal: part of the journal, an id with an empty card",
        ["journal.reopenings.decided_by"] = "who answered: an id with an empty card",
        ["journal.lesson_history.by_person"] = "who changed a topic: an id with an empty card",
        ["journal.homework.given_by"] = "who gave the work to the group: an id with an empty card",
        ["journal.care_notes.by_person"] = "which class teacher wrote it: an id with an empty card",
        ["journal.remarks.opened_by"] = "who asked a colleague to mend a journal: part of the journal, an id with an empty card",
        ["journal.remark_steps.by_person"] = "who answered a colleague: part of the journal, an id with an empty card",
        ["journal.prints.made_by"] = "who printed a class for the archive: an id with an empty card",
        ["journal.absence_notes.author_id"] = "which representative sent it about the child: an id with an empty card",
        ["journal.absence_notes.accepted_by"] = "which class teacher accepted it: an id with an empty card",
        ["journal.plans.owner_id"] = "whose plan of lessons it is: the school's work goes on by it, an id with an empty card",
    };
}
