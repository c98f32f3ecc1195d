using MySchool.Contracts.Access;
using MySchool.Kernel;

namespace MySchool.Journal;

/// <summary>What class teachers, deputies and heads do with journals beyond reading them.</summary>
internal static class HeadActions
{
    /// <summary>Summary, risks, meeting sheets and the report of a class: who leads it and who runs the school.</summary>
    public static readonly AppAction ReadClass = AppAction.For("journal.read-class", Relations.Leads, Relations.Head, Relations.Deputy);

    /// <summary>What was done for a learner, written down by whoever leads the class.</summary>
    public static readonly AppAction NoteCare = AppAction.For("journal.note-care", Relations.Leads);

    /// <summary>Reports over the whole school.</summary>
    public static readonly AppAction ReadReports = AppAction.For("journal.read-reports", Relations.Head, Relations.Deputy);

    /// <summary>Remarks on the keeping of a journal: the teacher's own, all of them for who runs the school.</summary>
    public static readonly AppAction ReadRemarks = AppAction.For("journal.read-remarks", Relations.Teaches, Relations.Head, Relations.Deputy);

    /// <summary>Opening, returning and closing a remark.</summary>
    public static readonly AppAction GiveRemarks = AppAction.For("journal.give-remarks", Relations.Head, Relations.Deputy);

    /// <summary>Answering a remark on one's own journal.</summary>
    public static readonly AppAction AnswerRemarks = AppAction.For("journal.answer-remarks", Relations.Teaches);

    /// <summary>The journal of a group as a workbook.</summary>
    public static readonly AppAction ExportJournal = AppAction.For("journal.export", Relations.Teaches, Relations.Leads, Relations.Head, Relations.Deputy);

    /// <summary>Printing the journals of a class for the archive, and asking whether a print is the school's. Whoever leads the class does not see those who have left it.</summary>
    public static readonly AppAction PrintJournals = AppAction.For("journal.print", Relations.Head, Relations.Deputy);

    public static readonly IReadOnlyList<AppAction> All =
        [ReadClass, NoteCare, ReadReports, ReadRemarks, GiveRemarks, AnswerRemarks, ExportJournal, PrintJournals];
}
