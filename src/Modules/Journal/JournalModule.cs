using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using MySchool.Contracts.Access;
using MySchool.Contracts.Journal;
using MySchool.Contracts.Registry;
using MySchool.Journal.Features;
using MySchool.Journal.Features.Archive;
using MySchool.Journal.Features.Classes;
using MySchool.Journal.Features.Homework;
using MySchool.Journal.Features.Plans;
using MySchool.Journal.Features.Remarks;
using MySchool.Journal.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Files;

namespace MySchool.Journal;

/// <summary>The door of the module and its table of contents.</summary>
public sealed class JournalModule : IModule
{
    /// <inheritdoc/>
    public string Name => "journal";

    /// <inheritdoc/>
    public IReadOnlyList<AppAction> Actions => JournalActions.All;

    /// <inheritdoc/>
    public void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(new NavEntry(Texts.TodayTitle, "/today", "home", JournalActions.OpenToday, 10));
        services.AddSingleton(new NavEntry(Texts.DiaryOf, "/diary", "book-open", JournalActions.OpenDiary, 20, new HashSet<string> { Roles.Guardian, Roles.Learner }));
        services.AddSingleton(new NavEntry(Texts.Journals, "/journal", "book-open", JournalActions.ListJournals, 20));
        services.AddSingleton<IPersonalData, JournalPersonalData>();
        services.AddErasure<JournalErasure>();
        services.AddSingleton<TeacherNames>();
        services.AddSingleton<JournalFeed>();
        services.AddHostedService(provider => provider.GetRequiredService<JournalFeed>());
        services.Hear<MarksRecorded, ShowChangesLive>();
        services.Hear<MarksRecorded, KeepDayTotals>();
        services.AddSingleton<ISchoolUse, ReadSchoolUse>();
        services.Hear<MarksRecorded, RefreshStatements>();
        services.Hear<LearnerMoved, KeepFormerGroups>();
        services.Hear<UnitsChanged, GiveDictionaries>();
        services.Hear<DemoSchoolOpened, LayDemoLessons>();
        services.Hear<TransferSettled, BringStatement>();
        services.Hear<PeopleMerged, FollowMerges>();
        services.Hear<PeopleParted, FollowMerges>();
        services.AddSingleton<IMergeConflicts, FindMergeConflicts>();
        services.AddSingleton<IJournalRecords, JournalRecords>();
        services.AddSingleton<IDiaries, ReadDiaryWeek>();
        services.AddSingleton<IBuiltOnPeople, FindBuiltOnPeople>();
        foreach (var flow in JournalFlows.All) services.AddSingleton(flow);
        services.AddScoped<ListJournals>();
        services.AddScoped<ShowClassJournal>();
        services.AddScoped<RecordMarks>();
        services.AddScoped<ReadCellHistory>();
        services.AddScoped<PostMarks>();
        services.AddScoped<ShowDebts>();
        services.AddScoped<KeepPhrases>();
        services.AddScoped<MarkByCriteria>();
        services.AddScoped<EditLesson>();
        AddHomework(services);
        services.AddScoped<StreamJournal>();
        services.AddSingleton(new NavEntry(Texts.ClosingTitle, "/closing", "lock", JournalActions.OpenClosing, 25, new HashSet<string> { Roles.Head, Roles.Deputy }));
        services.AddScoped<ShowChanges>();
        services.AddScoped<ShowResults>();
        services.AddScoped<SetTermMarks>();
        services.AddScoped<ShowClosing>();
        services.AddScoped<CloseTerm>();
        services.AddScoped<AskReopening>();
        services.AddScoped<EditRegulation>();
        services.AddScoped<ShowDiary>();
        services.AddScoped<ShowStatement>();
        services.AddScoped<TickHomework>();
        services.AddScoped<TeacherToday>();
        services.AddScoped<FamilyToday>();
        services.AddScoped<SchoolToday>();
        services.AddScoped<TerritoryToday>();
        AddFamilies(services);
        AddPlans(services);
        AddHeads(services);
    }

    private static void AddPlans(IServiceCollection services)
    {
        services.AddSingleton(new NavEntry(Texts.Plans, "/plans", "notebook-text", JournalActions.ReadPlans, 22, new HashSet<string> { Roles.Teacher }));
        services.AddScoped<ListPlans>();
        services.AddScoped<ShowPlan>();
        services.AddScoped<EditPlan>();
        services.AddScoped<ManagePlan>();
        services.AddScoped<FillPlan>();
        services.AddScoped<RehearsePlan>();
        services.AddScoped<TakeTopic>();
        services.AddScoped<EditKinds>();
        services.AddScoped<MarkDay>();
        services.AddScoped<ShowDay>();
    }

    private static void AddHeads(IServiceCollection services)
    {
        services.AddSingleton(new NavEntry(Texts.ClassesTitle, "/journal/classes", "bar-chart-3", HeadActions.ReadClass, 22));
        services.AddSingleton(new NavEntry(Texts.RemarksNav, "/journal/remarks", "clipboard-check", HeadActions.GiveRemarks, 24));
        services.AddSingleton<RemarkSigns>();
        services.AddSingleton<INavSigns>(provider => provider.GetRequiredService<RemarkSigns>());
        services.AddScoped<FindClass>();
        services.AddScoped<ShowClassSummary>();
        services.AddScoped<ShowRisks>();
        services.AddScoped<NoteCare>();
        services.AddScoped<EditRisks>();
        services.AddScoped<ShowMeeting>();
        services.AddScoped<ShowReports>();
        services.AddScoped<FindLacks>();
        services.AddScoped<ShowRemarks>();
        services.AddScoped<OpenRemark>();
        services.AddScoped<AnswerRemark>();
        services.AddScoped<PrintJournals>();
        services.AddScoped<VerifyPrint>();
        services.AddScoped<ExportJournal>();
    }

    private static void AddHomework(IServiceCollection services)
    {
        services.AddSingleton(new FileTable("journal.homework_files"));
        services.AddScoped<ReadLoad>();
        services.AddScoped<GiveHomework>();
        services.AddScoped<CopyHomework>();
        services.AddScoped<GiveHomeworkFile>();
        services.AddScoped<EditHomeworkNorms>();
        services.AddScoped<IHomeworks, FindHomework>();
    }

    private static void AddFamilies(IServiceCollection services)
    {
        services.AddSingleton<AbsenceSigns>();
        services.AddSingleton<INavSigns>(provider => provider.GetRequiredService<AbsenceSigns>());
        services.AddScoped<ReportAbsence>();
        services.AddScoped<AnswerAbsences>();
        services.AddScoped<ExcuseAbsences>();
        services.AddScoped<ConfirmDiary>();
        services.AddScoped<ShowSubject>();
        services.AddScoped<ReadDays>();
        services.AddScoped<GiveCalendar>();
        services.AddScoped<ServeFamily>();
    }

    /// <inheritdoc/>
    public void MapRoutes(IEndpointRouteBuilder routes)
    {
        ShowToday.Map(routes);
        ListJournals.Map(routes);
        ShowClassJournal.Map(routes);
        RecordMarks.Map(routes);
        ReadCellHistory.Map(routes);
        PostMarks.Map(routes);
        ShowDebts.Map(routes);
        ShowRoll.Map(routes);
        KeepPhrases.Map(routes);
        MarkByCriteria.Map(routes);
        EditLesson.Map(routes);
        GiveHomework.Map(routes);
        CopyHomework.Map(routes);
        GiveHomeworkFile.Map(routes);
        EditHomeworkNorms.Map(routes);
        RecordOneMark.Map(routes);
        StreamJournal.Map(routes);
        ShowDiary.Map(routes);
        ShowStatement.Map(routes);
        TickHomework.Map(routes);
        ShowChanges.Map(routes);
        ShowResults.Map(routes);
        SetTermMarks.Map(routes);
        ShowClosing.Map(routes);
        CloseTerm.Map(routes);
        AskReopening.Map(routes);
        EditRegulation.Map(routes);
        ReportAbsence.Map(routes);
        AnswerAbsences.Map(routes);
        ConfirmDiary.Map(routes);
        ShowSubject.Map(routes);
        GiveCalendar.Map(routes);
        ServeFamily.Map(routes);
        ListPlans.Map(routes);
        ShowPlan.Map(routes);
        EditPlan.Map(routes);
        ManagePlan.Map(routes);
        FillPlan.Map(routes);
        RehearsePlan.Map(routes);
        TakeTopic.Map(routes);
        GivePlanFiles.Map(routes);
        EditKinds.Map(routes);
        ShowDay.Map(routes);
        MapHeads(routes);
    }

    private static void MapHeads(IEndpointRouteBuilder routes)
    {
        ShowClassSummary.Map(routes);
        ShowRisks.Map(routes);
        NoteCare.Map(routes);
        EditRisks.Map(routes);
        ShowMeeting.Map(routes);
        ShowReports.Map(routes);
        ShowRemarks.Map(routes);
        OpenRemark.Map(routes);
        AnswerRemark.Map(routes);
        PrintJournals.Map(routes);
        VerifyPrint.Map(routes);
        ExportJournal.Map(routes);
    }
}
