using MySchool.Contracts.Access;
using MySchool.Journal.Resources;

namespace MySchool.Journal;

/// <summary>The ways by which a child's diary reaches a representative. Each asks before it answers.</summary>
internal static class JournalFlows
{
    public static readonly ConsentFlow Today = new(ConsentPurposes.Diary, "journal.today", Texts.FlowToday);
    public static readonly ConsentFlow Diary = new(ConsentPurposes.Diary, "journal.diary", Texts.FlowDiary);
    public static readonly ConsentFlow Live = new(ConsentPurposes.Diary, "journal.live", Texts.FlowLive);
    public static readonly ConsentFlow Statement = new(ConsentPurposes.Diary, "journal.statement", Texts.FlowStatement);

    public static readonly ConsentFlow Calendar = new(ConsentPurposes.Diary, "journal.calendar", Texts.FlowCalendar);
    public static readonly ConsentFlow FamilyApi = new(ConsentPurposes.Diary, "journal.family-api", Texts.FlowFamilyApi);

    public static readonly IReadOnlyList<ConsentFlow> All = [Today, Diary, Live, Statement, Calendar, FamilyApi];
}
