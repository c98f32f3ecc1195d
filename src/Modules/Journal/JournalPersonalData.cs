using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Journal.Resources;
using MySchool.Kernel.Data;

namespace MySchool.Journal;

/// <summary>What the journal keeps about a learner. Marks a teacher has given are of the learners and stand in their copies.</summary>
internal sealed class JournalPersonalData(WorkerDb db, IRegistry registry) : PersonalTables(db, Texts.ResourceManager)
{
    public override string Name => "journal";

    public override IReadOnlyList<PersonalTable> Tables { get; } =
    [
        new("marks", """
            select lesson_date, group_id as subject, value, weight, comment, recorded_at from journal.marks where learner_id = $1 and slot < 10 order by lesson_date, recorded_at
            """, "journal.marks.learner_id"),
        new("absences", """
            select lesson_date, group_id as subject, code, reason, recorded_at from journal.absences where learner_id = $1 order by lesson_date, recorded_at
            """, "journal.absences.learner_id"),
        new("changes", """
            select h.at, h.group_id as subject, l.date as lesson_date, h.kind, h.old_value, h.new_value, h.why
              from journal.cell_history h left join journal.lessons l on l.school_year = h.school_year and l.school_id = h.school_id and l.id = h.lesson_id
             where h.learner_id = $1 and not h.is_held order by h.at
            """, "journal.cell_history.learner_id") { Coded = ["kind"] },
        new("points", "select group_id as subject, array_to_string(points, ', ') as points, recorded_at from journal.criteria_points where learner_id = $1 order by recorded_at", "journal.criteria_points.learner_id"),
        new("phrases", "select text, used_at from journal.phrases where person_id = $1 order by used_at", "journal.phrases.person_id"),
        new("debts", """
            select lesson_date, group_id as subject, due_on from journal.debts where learner_id = $1 and not is_held order by due_on
            """, "journal.debts.learner_id"),
        new("homework", """
            select d.done_at, h.group_id as subject, h.due_on, h.text
              from journal.homework_done d join journal.homework h on h.school_year = d.school_year and h.school_id = d.school_id and h.id = d.homework_id
             where d.learner_id = $1 order by d.done_at
            """, "journal.homework_done.learner_id"),
        new("assigned", """
            select h.given_on, c.group_id as subject, h.due_on, h.text
              from journal.homework_learners c join journal.homework h on h.school_year = c.school_year and h.school_id = c.school_id and h.id = c.homework_id
             where c.learner_id = $1 order by h.given_on
            """, "journal.homework_learners.learner_id"),
        new("results", """
            select school_year, group_id as subject, period::text as period, value, recorded_at from journal.term_marks where learner_id = $1 order by school_year, group_id, period
            """, "journal.term_marks.learner_id") { Coded = ["period"] },
        new("result-changes", """
            select at, group_id as subject, period::text as period, old_value, new_value from journal.term_mark_history where learner_id = $1 order by at
            """, "journal.term_mark_history.learner_id") { Coded = ["period"] },
        new("requests", """
            select asked_at, group_id as subject, term::text as period, reason, state, answer from journal.reopenings where asked_by = $1 order by asked_at
            """, "journal.reopenings.asked_by") { Coded = ["state", "period"] },
        new("former", """
            select school_year, school_name, class_name, subject_name, starts_on, ends_on from journal.former_groups where learner_id = $1 order by starts_on, subject_name
            """, "journal.former_groups.learner_id"),
        new("statements", """
            select made_at, school_name, class_name, last_day, terms::text as terms, subjects::text as subjects from journal.statements where learner_id = $1 order by made_at
            """, "journal.statements.learner_id"),
        // A representative's own copy names what they have sent and said; a child's, what was sent of the child.
        new("notes", """
            select n.sent_at, n.starts_on, n.ends_on, n.reason, w.text, n.withdrawn_at, n.accepted_at
              from journal.absence_notes n left join journal.absence_words w on w.note_id = n.id and w.school_id = n.school_id and w.school_year = n.school_year
             where n.learner_id = $1 or n.author_id = $1 order by n.sent_at
            """, "journal.absence_notes.learner_id", "journal.absence_notes.author_id") { Coded = ["reason"] },
        new("words", """
            select n.sent_at, w.text from journal.absence_words w join journal.absence_notes n on n.school_year = w.school_year and n.school_id = w.school_id and n.id = w.note_id
             where w.learner_id = $1 order by n.sent_at
            """, "journal.absence_words.learner_id"),
        new("plans", "select school_year, subject_name as subject, grade, title, changed_at as at from journal.plans where owner_id = $1 order by school_year, subject_name, grade", "journal.plans.owner_id"),
        new("care", "select at, kind, text from journal.care_notes where learner_id = $1 and struck_at is null order by at", "journal.care_notes.learner_id") { Coded = ["kind"] },
        new("seen", "select week, at from journal.diary_views where learner_id = $1 or by_person = $1 order by week, at", "journal.diary_views.learner_id", "journal.diary_views.by_person"),
    ];

    public override IReadOnlyDictionary<string, string> Exempt { get; } = new Dictionary<string, string>
    {
        ["journal.marks.recorded_by"] = "whose hand a mark is; the mark is the learner's and stands in the learner's copy",
        ["journal.criteria.set_by"] = "who set what a work is judged by: no data about a person",
        ["journal.criteria_points.recorded_by"] = "whose hand the points are; they are the learner's and stand in the learner's copy",
        ["journal.absences.recorded_by"] = "whose hand an absence is; it is the learner's and stands in the learner's copy",
        ["journal.cell_history.by_person"] = "whose hand a change is; it is the learner's and stands in the learner's copy",
        ["journal.term_marks.recorded_by"] = "whose hand a mark is; the mark is the learner's and stands in the learner's copy",
        ["journal.term_mark_history.by_person"] = "whose hand a change is; it is the learner's and stands in the learner's copy",
        ["journal.closed_terms.closed_by"] = "who closed a term of a class: a deed of office, copied from the audit",
        ["journal.reopenings.decided_by"] = "who answered a colleague: a deed of office, copied from the audit",
        ["journal.lesson_history.by_person"] = "who changed a topic of a lesson: no data about a person; the deed is copied from the audit",
        ["journal.homework.given_by"] = "work given to a group: no data about a person",
        ["journal.care_notes.by_person"] = "who wrote the note; it is about the learner and stands in the learner's copy",
        ["journal.remarks.opened_by"] = "who asked a colleague to mend a journal: a deed of office, copied from the audit",
        ["journal.remark_steps.by_person"] = "who answered a colleague: a deed of office, copied from the audit",
        ["journal.prints.made_by"] = "who printed a class for the archive: a deed of office, copied from the audit",
        ["journal.absence_notes.accepted_by"] = "who accepted a note; the note is the learner's and stands in the learner's copy",
    };

    // The journal keeps a group's id; its subject and class are the registry's to say.
    protected override async Task<Func<string, object, object?>> OpenAsync(PersonalCopy of, CancellationToken cancel)
    {
        await using var find = Db.Source.CreateCommand("""
            select group_id from journal.marks where learner_id = $1 union select group_id from journal.absences where learner_id = $1
            union select group_id from journal.criteria_points where learner_id = $1 union select group_id from journal.debts where learner_id = $1
            union select group_id from journal.cell_history where learner_id = $1
            union select group_id from journal.term_marks where learner_id = $1 union select group_id from journal.term_mark_history where learner_id = $1
            union select group_id from journal.reopenings where asked_by = $1 union select group_id from journal.homework_learners where learner_id = $1
            union select h.group_id from journal.homework_done d join journal.homework h on h.school_year = d.school_year and h.school_id = d.school_id and h.id = d.homework_id where d.learner_id = $1
            """);
        find.Parameters.Add(new() { Value = of.PersonId });
        await using var reader = await find.ExecuteReaderAsync(cancel);
        var titles = await registry.GetGroupTitlesAsync(await reader.ReadAllAsync(row => row.GetGuid(0), cancel), cancel);
        return (_, value) => value is Guid group ? titles.GetValueOrDefault(group) : value;
    }
}
