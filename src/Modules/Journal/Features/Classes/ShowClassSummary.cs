using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Journal.Data;
using MySchool.Journal.Domain;
using MySchool.Journal.Pages;
using MySchool.Kernel;
using MySchool.Kernel.Sheets;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Journal.Features.Classes;

/// <summary>A class in the list of classes.</summary>
internal sealed record ClassLink(Guid ClassId, string Name, short Grade);

/// <summary>Classes led, or all of the school.</summary>
internal sealed record ClassList(bool IsWholeSchool, ImmutableArray<ClassLink> Classes);

/// <summary>Lessons missed, one a row: what stands behind a number of the summary.</summary>
/// <param name="Of">The class.</param>
/// <param name="Learner">The learner, or null for the class.</param>
/// <param name="Kind">Category of reason, or null for all.</param>
/// <param name="Rows">Rows, in order.</param>
internal sealed record ClassAbsences(ClassTerm Of, ClassLearner? Learner, string? Kind, ImmutableArray<(ClassLearner Who, MissedLesson Lesson)> Rows);

/// <summary>The summary of a class over a term, the rows behind its absences, and the class teacher's report on paper and as a workbook.</summary>
internal sealed class ShowClassSummary(FindClass find, IRegistry registry)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/journal/classes", async (HttpContext context, ShowClassSummary handler, CancellationToken cancel) =>
        {
            var list = await handler.ListAsync(context.RequireActor(), context.Features.Get<PersonFacts>()!, cancel);
            return list is { IsWholeSchool: false, Classes: [var only] } ? Results.LocalRedirect($"/journal/classes/{only.ClassId}") : Page.Of<ClassListPage>(new { Data = list });
        }).Allow(HeadActions.ReadClass);
        routes.MapGet("/journal/classes/{classId:guid}", async (Guid classId, short? term, HttpContext context, ShowClassSummary handler, CancellationToken cancel) =>
        {
            var summary = await handler.find.HandleAsync(context.RequireActor(), classId, term, "summary", cancel);
            return summary.IsOk ? Page.Of<ClassSummaryPage>(new { Data = summary.Value }) : summary.Problem!.ToPage();
        }).Allow(HeadActions.ReadClass);
        routes.MapGet("/journal/classes/{classId:guid}/absences", async (
            Guid classId, short? term, Guid? learner, string? kind, HttpContext context, ShowClassSummary handler, CancellationToken cancel) =>
        {
            var absences = await handler.AbsencesAsync(context.RequireActor(), classId, term, learner, kind, cancel);
            return absences.IsOk ? Page.Of<ClassAbsencesPage>(new { Data = absences.Value }) : absences.Problem!.ToPage();
        }).Allow(HeadActions.ReadClass);
        routes.MapGet("/journal/classes/{classId:guid}/report", async (Guid classId, short? term, HttpContext context, ShowClassSummary handler, CancellationToken cancel) =>
        {
            var report = await handler.ReportAsync(context.RequireActor(), classId, term, cancel);
            return report.IsOk ? Page.Of<ClassReportPage>(new { Data = report.Value }) : report.Problem!.ToPage();
        }).Allow(HeadActions.ReadClass);
        routes.MapGet("/journal/classes/{classId:guid}/report.xlsx", async (Guid classId, short? term, HttpContext context, ShowClassSummary handler, CancellationToken cancel) =>
        {
            var report = await handler.ReportAsync(context.RequireActor(), classId, term, cancel);
            return report.IsOk ? Results.File(ReportSheets.OfClass(report.Value.Of), SheetWriter.MediaType, ReportSheets.FileName(report.Value.Of)) : report.Problem!.ToPage();
        }).Allow(HeadActions.ReadClass);
    }

    private readonly FindClass find = find;

    /// <summary>Classes that the actor may look into.</summary>
    public async Task<ClassList> ListAsync(Actor actor, PersonFacts facts, CancellationToken cancel)
    {
        if (actor.Hat.Role is not (Roles.Head or Roles.Deputy))
            return new(false, [.. facts.Led.Select(led => new ClassLink(led.ClassId, led.ClassName, 0))]);
        var groups = await registry.GetSchoolGroupsAsync(actor, actor.Hat.UnitId, cancel);
        return new(true, [.. groups.GroupBy(group => group.ClassId).Select(of => new ClassLink(of.Key, of.First().ClassName.Split(',')[0], of.First().Grade))]);
    }

    private async Task<Result<ClassAbsences>> AbsencesAsync(Actor actor, Guid classId, short? term, Guid? learner, string? kind, CancellationToken cancel)
    {
        var found = await find.HandleAsync(actor, classId, term, $"absences {learner}", cancel);
        if (!found.IsOk) return found.Problem!;
        var of = found.Value;
        var one = of.Learners.FirstOrDefault(row => row.Who.PersonId == learner);
        if (learner is not null && one is null) return Problem.NotFound;
        var rows = (one is null ? of.Learners : [one])
            .SelectMany(row => of.MissedBy(row.Who.PersonId).Select(lesson => (Who: row, Lesson: lesson)))
            .Where(row => kind is null ? !row.Lesson.IsLate : row.Lesson.Category == kind)
            .OrderBy(row => row.Lesson.Date).ThenBy(row => row.Lesson.Number).ThenBy(row => row.Who.Who.Name.Full, StringComparer.Ordinal);
        return new ClassAbsences(of, one, kind, [.. rows]);
    }

    private async Task<Result<ClassReport>> ReportAsync(Actor actor, Guid classId, short? term, CancellationToken cancel)
    {
        var found = await find.HandleAsync(actor, classId, term, "report", cancel);
        return found.IsOk ? ClassReport.Compose(found.Value) : found.Problem!;
    }
}

/// <summary>«Отчёт классного руководителя»: the class in counts and names.</summary>
/// <param name="Of">The class over the term.</param>
/// <param name="AtStart">Learners on the first day of the period.</param>
/// <param name="Came">Who came within it.</param>
/// <param name="Left">Who left within it; seen by those who run the school.</param>
/// <param name="OneThree">One 3 from 4 and 5: learner and subject.</param>
/// <param name="OneFour">One 4 from all 5.</param>
internal sealed record ClassReport(
    ClassTerm Of, int AtStart, ImmutableArray<RosterLearner> Came, ImmutableArray<RosterLearner> Left,
    ImmutableArray<(ClassLearner Who, string Subject)> OneThree, ImmutableArray<(ClassLearner Who, string Subject)> OneFour)
{
    public static ClassReport Compose(ClassTerm of)
    {
        var all = ClassTerms.Of(of.School, of.ClassId, of.Term, of.Book, of.Today, withLeft: true).Learners;
        // The first days of September are no movement: classes are made up then.
        var starts = of.From == of.School.Terms.FirstOrDefault()?.Starts ? of.From.AddDays(7) : of.From;
        var stays = of.To < of.Today ? of.To : of.Today;
        return new(of, all.Count(row => row.Who.From <= starts), [.. all.Where(row => row.Who.From > starts).Select(row => row.Who)],
            [.. all.Where(row => row.Who.To < stays).Select(row => row.Who)], Only("3", Standing.Middling), Only("4", Standing.Good));

        ImmutableArray<(ClassLearner, string)> Only(string value, Standing standing) => [.. of.Learners.Where(row => row.Standing == standing)
            .Select(row => (row, Subjects: row.Subjects.Where(subject => subject.Value.Value == value).Select(subject => subject.Key).ToList()))
            .Where(row => row.Subjects.Count == 1).Select(row => (row.row, row.Subjects[0]))];
    }

    public IEnumerable<ClassLearner> With(Standing standing) => Of.Learners.Where(row => row.Standing == standing);
}
