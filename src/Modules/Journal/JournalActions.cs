using MySchool.Contracts.Access;
using MySchool.Contracts.Journal;
using MySchool.Kernel;

namespace MySchool.Journal;

/// <summary>What the journal lets people do, and whom.</summary>
internal static class JournalActions
{
    /// <summary>Journals of the teacher's groups, or of the school for its head and deputies.</summary>
    public static readonly AppAction ListJournals = AppAction.For("journal.list",
        Relations.Staff, Relations.Teaches, Relations.Leads, Relations.Head, Relations.Deputy, Relations.Visits);

    /// <summary>The grid of one group.</summary>
    public static readonly AppAction OpenJournal = JournalLinks.OpenJournal;

    /// <summary>Marks and absences of one group.</summary>
    public static readonly AppAction RecordMarks = AppAction.For("journal.record-marks", Relations.Teaches);

    /// <summary>Topic, work type and homework of a lesson.</summary>
    public static readonly AppAction EditLesson = AppAction.For("journal.edit-lesson", Relations.Teaches);

    /// <summary>Who changed a cell, when and what.</summary>
    public static readonly AppAction ReadHistory = AppAction.For("journal.read-history",
        Relations.Teaches, Relations.Leads, Relations.Head, Relations.Deputy, Relations.Visits);

    /// <summary>A learner's diary.</summary>
    public static readonly AppAction OpenDiary = JournalLinks.OpenDiary;

    /// <summary>Ведомость при переводе: the family, the class teacher, the heads of the school that gave it and of the one it was brought to.</summary>
    public static readonly AppAction ReadStatement = AppAction.For("journal.read-statement",
        Relations.Self, Relations.Guardian, Relations.Leads, Relations.Head, Relations.Deputy);

    /// <summary>The "done" tick of homework.</summary>
    public static readonly AppAction TickHomework = AppAction.For("journal.tick-homework", Relations.Self, Relations.Guardian);

    /// <summary>Сообщить об отсутствии ребёнка и отозвать сообщение; a learner cannot excuse themself.</summary>
    public static readonly AppAction ReportAbsence = AppAction.For("journal.report-absence", Relations.Guardian);

    /// <summary>Принять сообщение семьи.</summary>
    public static readonly AppAction AnswerAbsences = AppAction.For("journal.answer-absences", Relations.Leads);

    /// <summary>Указать причину пропуска по сообщению семьи: the reason of an absence that stands, nothing else of a journal.</summary>
    public static readonly AppAction ExcuseAbsences = AppAction.For("journal.excuse-absences", Relations.Leads);

    /// <summary>«Дневник просмотрен».</summary>
    public static readonly AppAction ConfirmDiary = AppAction.For("journal.confirm-diary", Relations.Guardian);

    /// <summary>Кто из семей класса просмотрел дневник.</summary>
    public static readonly AppAction ReadDiaryViews = AppAction.For("journal.read-diary-views", Relations.Leads);

    /// <summary>Calendar of a learner by a secret link.</summary>
    public static readonly AppAction ReadCalendar = AppAction.For("journal.calendar", Relations.Self, Relations.Guardian);

    /// <summary>Diaries for the family's own programs, by a key.</summary>
    public static readonly AppAction ServeFamily = AppAction.For("journal.family-api", Relations.Self, Relations.Guardian);

    /// <summary>The cabinet of the day. Each role has its own; nobody signed in is left without.</summary>
    public static readonly AppAction OpenToday = AppAction.ForSignedIn("journal.today");

    /// <summary>The edit window of the school.</summary>
    public static readonly AppAction ChangeSettings = AppAction.For("journal.change-settings", Relations.Head, Relations.Deputy);

    /// <summary>Term, year, exam and final marks of one group.</summary>
    public static readonly AppAction SetTermMarks = AppAction.For("journal.set-term-marks", Relations.Teaches);

    /// <summary>Asking the head to open a closed term for one group.</summary>
    public static readonly AppAction AskReopening = AppAction.For("journal.ask-reopening", Relations.Teaches);

    /// <summary>How far a term is from being closed, class by class.</summary>
    public static readonly AppAction OpenClosing = AppAction.For("journal.open-closing", Relations.Head, Relations.Deputy, Relations.Visits);

    /// <summary>Closing a term of a class.</summary>
    public static readonly AppAction CloseTerm = AppAction.For("journal.close-term", Relations.Head, Relations.Deputy);

    /// <summary>Opening what was closed: the head's word alone.</summary>
    public static readonly AppAction DecideReopening = AppAction.For("journal.decide-reopening", Relations.Head);

    /// <summary>Figures of a school's days, without persons.</summary>
    public static readonly AppAction ReadTotals = AppAction.For("journal.read-totals",
        Relations.Head, Relations.Deputy, Relations.Coordinates, Relations.Operates);

    /// <summary>КТП of the school: colleagues learn from one another's.</summary>
    public static readonly AppAction ReadPlans = AppAction.For("journal.plans", Relations.Staff, Relations.Head, Relations.Deputy, Relations.Visits);

    /// <summary>A plan of one's own; whose it is, the handler asks.</summary>
    public static readonly AppAction EditPlan = AppAction.For("journal.edit-plan", Relations.Staff);

    /// <summary>By which plan a group learns, and what of it its lessons have given.</summary>
    public static readonly AppAction AttachPlan = AppAction.For("journal.attach-plan", Relations.Teaches);

    /// <summary>Plan against fact in every group of the school.</summary>
    public static readonly AppAction ReadProgress = AppAction.For("journal.plan-progress", Relations.Head, Relations.Deputy, Relations.Visits);

    /// <summary>Отсутствие на весь день: a code into the day's empty cells of a learner, in every group at once.</summary>
    public static readonly AppAction MarkDay = AppAction.For("journal.mark-day", Relations.Leads, Relations.Head, Relations.Deputy);

    public static readonly IReadOnlyList<AppAction> All =
        [ListJournals, OpenJournal, RecordMarks, EditLesson, ReadHistory, OpenDiary, ReadStatement, TickHomework, OpenToday, ChangeSettings, ReadTotals,
         SetTermMarks, AskReopening, OpenClosing, CloseTerm, DecideReopening,
         ReportAbsence, AnswerAbsences, ExcuseAbsences, ConfirmDiary, ReadDiaryViews, ReadCalendar, ServeFamily,
         ReadPlans, EditPlan, AttachPlan, ReadProgress, MarkDay, .. HeadActions.All];
}
