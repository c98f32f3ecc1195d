using MySchool.Contracts.Access;
using MySchool.Kernel;

namespace MySchool.Contracts.Journal;

/// <summary>Pages of the journal that other modules link to: a link is shown to those its page would open to, by the very same rule.</summary>
public static class JournalLinks
{
    /// <summary>The grid of one group, at <c>/journal/{groupId}</c>; decided at the group, its class and its school.</summary>
    public static readonly AppAction OpenJournal = AppAction.For("journal.open",
        Relations.Teaches, Relations.Leads, Relations.Head, Relations.Deputy, Relations.Visits);

    /// <summary>A learner's diary, at <c>/diary?learner={personId}</c>; decided at the learner, their class and school.</summary>
    public static readonly AppAction OpenDiary = AppAction.For("journal.diary",
        Relations.Self, Relations.Guardian, Relations.Leads, Relations.Head, Relations.Deputy, Relations.Visits);
}
