using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Journal.Data;
using MySchool.Journal.Domain;
using MySchool.Journal.Pages;
using MySchool.Journal.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Sheets;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Journal.Features.Classes;

/// <summary>What a report has a row for.</summary>
internal enum ReportBy
{
    Class,
    Subject,
    Teacher,
}

/// <summary>A row of a report.</summary>
/// <param name="Name">Class, subject or teacher.</param>
/// <param name="Note">Class teacher, or the journals behind the row.</param>
/// <param name="Href">The rows behind it.</param>
/// <param name="Learners">Learners by groups.</param>
/// <param name="Set">Marks of the period that are set.</param>
/// <param name="Shares">The marks counted.</param>
/// <param name="Missed">Lessons missed.</param>
/// <param name="Unexcused">Of these without a good reason.</param>
internal sealed record ReportRow(string Name, string Note, string? Href, int Learners, int Set, Shares Shares, int Missed, int Unexcused);

/// <summary>A report over the school: by classes, subjects or teachers.</summary>
internal sealed record SchoolReport(SchoolRosters School, TermFacts? Term, ReportBy By, ImmutableArray<ReportRow> Rows, ReportRow Total, DateOnly Today)
{
    public short Period => Term?.Number ?? Domain.Period.Year;

    public string Title => By switch { ReportBy.Class => Texts.ReportByClass, ReportBy.Subject => Texts.ReportBySubject, _ => Texts.ReportByTeacher };
}

/// <summary>Reports of a term over the school, on a page, on paper and as a workbook. They count marks that were set, never proposals.</summary>
internal sealed class ShowReports(AppDb db, IRegistry registry, IClock clock)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/journal/classes/reports", async (string? by, short? term, HttpContext context, ShowReports handler, CancellationToken cancel) =>
        {
            var report = await handler.HandleAsync(context.RequireActor(), ByOf(by), term, cancel);
            return report.IsOk ? Page.Of<ReportsPage>(new { Data = report.Value }) : report.Problem!.ToPage();
        }).Allow(HeadActions.ReadReports);
        routes.MapGet("/journal/classes/reports.xlsx", async (string? by, short? term, HttpContext context, ShowReports handler, CancellationToken cancel) =>
        {
            var report = await handler.HandleAsync(context.RequireActor(), ByOf(by), term, cancel);
            return report.IsOk ? Results.File(ReportSheets.OfSchool(report.Value), SheetWriter.MediaType, string.Format(Words.Russian, Texts.ReportFile, report.Value.Title, report.Value.Term?.Name ?? Texts.Year))
                : report.Problem!.ToPage();
        }).Allow(HeadActions.ReadReports);
    }

    private static ReportBy ByOf(string? by) => by switch { "subject" => ReportBy.Subject, "teacher" => ReportBy.Teacher, _ => ReportBy.Class };

    public async Task<Result<SchoolReport>> HandleAsync(Actor actor, ReportBy by, short? period, CancellationToken cancel)
    {
        var school = actor.Hat.UnitId;
        if (!Decide.Allows(actor, HeadActions.ReadReports, new Coordinate(Places.School, school))) return Problem.NotFound;
        if (await registry.GetSchoolRostersAsync(actor, school, null, cancel) is not { } rosters) return Problem.NotFound;
        var today = clock.TodayIn(rosters.TimeZone);
        var term = FindClass.TermOf(rosters.Terms, period, today);
        var (from, to) = (term?.Starts ?? rosters.Terms.FirstOrDefault()?.Starts ?? today, term?.Ends ?? rosters.Terms.LastOrDefault()?.Ends ?? today);
        var groups = rosters.Groups.Select(group => group.GroupId).ToArray();
        var rows = await db.ReadAsync(actor, batch =>
        {
            batch.AddOfYear("select group_id, value, count(*)::int from journal.term_marks where school_year = $1 and school_id = $2 and group_id = any($3) and period = $4 group by 1, 2",
                rosters.SchoolYear, school, groups, term?.Number ?? Period.Year);
            batch.AddOfYear("""
                select a.group_id, count(*)::int, (count(*) filter (where coalesce(c.category, 'unknown') in ('unknown', 'unexcused')))::int
                  from journal.absences a left join journal.absence_codes c on c.school_id = a.school_id and c.code = a.code
                 where a.school_year = $1 and a.school_id = $2 and a.group_id = any($3) and a.lesson_date between $4 and $5 and coalesce(c.category, '') <> 'late' group by 1
                """, rosters.SchoolYear, school, groups, from, to);
        }, async (reader, token) => new Counted(
            (await reader.ReadAllAsync(r => (Group: r.GetGuid(0), Value: r.GetString(1), Count: r.GetInt32(2)), token)).ToLookup(row => row.Group, row => (row.Value, row.Count)),
            (await reader.ReadAllAsync(r => (Group: r.GetGuid(0), All: r.GetInt32(1), Unexcused: r.GetInt32(2)), token)).ToDictionary(row => row.Group, row => (row.All, row.Unexcused))), cancel);
        var report = ReportRows.Of(rosters, by, term?.Number ?? Period.Year, rows, IsHere);
        return new SchoolReport(rosters, term, by, report, ReportRows.Sum(report, rosters, IsHere), today);

        bool IsHere(RosterLearner learner) => learner.From <= to && (learner.To is null || learner.To >= (to < today ? to : today));
    }
}

/// <summary>Counts by group.</summary>
internal sealed record Counted(ILookup<Guid, (string Value, int Count)> Marks, Dictionary<Guid, (int All, int Unexcused)> Absences);

/// <summary>Groups gathered into rows.</summary>
internal static class ReportRows
{
    public static ImmutableArray<ReportRow> Of(SchoolRosters school, ReportBy by, short period, Counted counted, Func<RosterLearner, bool> isHere)
    {
        var comparer = StringComparer.Create(Words.Russian, false);
        var rows = by switch
        {
            ReportBy.Class => school.Groups.GroupBy(group => group.ClassId).Select(of => Row(
                of.First().ClassName.Split(',')[0], school.Leaders.GetValueOrDefault(of.Key) ?? "", $"/journal/classes/{of.Key}?term={period}", [.. of])),
            ReportBy.Subject => school.Groups.GroupBy(group => group.SubjectName).OrderBy(of => of.Key, comparer).Select(of => Row(of.Key, Classes(of), null, [.. of])),
            _ => school.Groups.Where(group => group.TeacherId is not null).GroupBy(group => group.TeacherId).OrderBy(of => of.First().TeacherName, comparer)
                .Select(of => Row(of.First().TeacherName, string.Join("; ", of.GroupBy(group => group.SubjectName).Select(subject => $"{subject.Key}: {Classes(subject)}")), null, [.. of])),
        };
        return [.. rows];

        ReportRow Row(string name, string note, string? href, ImmutableArray<SchoolGroup> groups)
        {
            var values = groups.SelectMany(group => counted.Marks[group.GroupId]).ToList();
            var absences = groups.Select(group => counted.Absences.GetValueOrDefault(group.GroupId)).ToList();
            return new(name, note, href, groups.SelectMany(group => school.Learners[group.GroupId]).Where(isHere).Select(learner => learner.PersonId).Distinct().Count(),
                values.Sum(row => row.Count), values.Aggregate(new Shares(), (sum, row) => sum + Shares.Of(row.Value, row.Count)), absences.Sum(row => row.All), absences.Sum(row => row.Unexcused));
        }
    }

    /// <summary>The last row: of people, each once.</summary>
    public static ReportRow Sum(ImmutableArray<ReportRow> rows, SchoolRosters school, Func<RosterLearner, bool> isHere) => new(
        Texts.InAll, "", null, school.Groups.SelectMany(group => school.Learners[group.GroupId]).Where(isHere).Select(learner => learner.PersonId).Distinct().Count(),
        rows.Sum(row => row.Set), rows.Aggregate(new Shares(), (sum, row) => sum + row.Shares), rows.Sum(row => row.Missed), rows.Sum(row => row.Unexcused));

    private static string Classes(IEnumerable<SchoolGroup> groups) => string.Join(", ", groups.Select(group => group.ClassName.Split(',')[0]).Distinct());
}
