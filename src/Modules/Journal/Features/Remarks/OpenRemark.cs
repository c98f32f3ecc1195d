using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Journal.Domain;
using MySchool.Journal.Features.Classes;
using MySchool.Journal.Pages;
using MySchool.Journal.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Ui;
using Npgsql;

namespace MySchool.Journal.Features.Remarks;

/// <summary>A remark as its form sends it.</summary>
internal sealed record TypedRemark(
    [FromForm(Name = "journal")] Guid? GroupId, [FromForm(Name = "lesson")] Guid? LessonId, [FromForm(Name = "about")] string? Kind, [FromForm(Name = "text")] string? Text,
    [FromForm(Name = "due")] string? Due, [FromForm(Name = "key")] Guid? Key);

/// <summary>The form of a new remark.</summary>
internal sealed record RemarkForm(ImmutableArray<SchoolGroup> Groups, TypedRemark Typed, DateOnly? LessonDate, DateOnly Today, Problem? Refusal);

/// <summary>The deputy or the head makes a remark on a journal or a lesson; of what the platform found, in one tap.</summary>
internal sealed class OpenRemark(AppDb db, IRegistry registry, FindLacks lacks, IClock clock)
{
    public const int LongestText = 1000;

    // Enough to mend it, and a year at the most.
    private const int UsualDays = 3;
    private const int MostDays = 366;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/journal/remarks/new", async (Guid? group, Guid? lesson, HttpContext context, OpenRemark handler, CancellationToken cancel) =>
            await handler.PageAsync(context.RequireActor(), new TypedRemark(group, lesson, null, null, null, null), null, cancel)).Allow(HeadActions.GiveRemarks);
        routes.MapPost("/journal/remarks", async ([AsParameters] TypedRemark typed, HttpContext context, OpenRemark handler, CancellationToken cancel) =>
        {
            var opened = await handler.HandleAsync(context.RequireActor(), typed, cancel);
            return opened.IsOk ? Results.LocalRedirect("/journal/remarks?state=open&done=opened") : await handler.PageAsync(context.RequireActor(), typed, opened.Problem, cancel);
        }).Allow(HeadActions.GiveRemarks);
        routes.MapPost("/journal/remarks/found", async (
            [FromForm] Guid journal, [FromForm] string? about, [FromForm(Name = "in")] Guid? within, HttpContext context, OpenRemark handler, CancellationToken cancel) =>
        {
            var opened = await handler.OfFoundAsync(context.RequireActor(), journal, about, cancel);
            return opened.IsOk ? Results.LocalRedirect($"/journal/remarks?state=found&class={within ?? Guid.Empty}&done=opened") : opened.Problem!.ToPage();
        }).Allow(HeadActions.GiveRemarks);
    }

    private async Task<IResult> PageAsync(Actor actor, TypedRemark typed, Problem? refusal, CancellationToken cancel)
    {
        var school = actor.Hat.UnitId;
        if (refusal?.Status == 404 || !Decide.Allows(actor, HeadActions.GiveRemarks, new Coordinate(Places.School, school))) return Problem.NotFound.ToPage();
        var groups = await registry.GetSchoolGroupsAsync(actor, school, cancel);
        var date = typed is { LessonId: { } lesson, GroupId: { } group } ? await DateOfAsync(actor, group, lesson, cancel) : null;
        return Page.Of<RemarkFormPage>(new { Data = new RemarkForm([.. groups], typed, date, actor.Today, refusal) }, refusal?.Status ?? 200);
    }

    /// <summary>Opens the remark a person wrote.</summary>
    public async Task<Result<Guid>> HandleAsync(Actor actor, TypedRemark typed, CancellationToken cancel)
    {
        if (!Decide.Allows(actor, HeadActions.GiveRemarks, new Coordinate(Places.School, actor.Hat.UnitId))) return Problem.NotFound;
        if (typed.GroupId is not { } groupId || groupId == Guid.Empty) return new Problem("journal.remark-journal", Texts.ChooseJournal, "journal");
        if (await registry.GetRosterAsync(actor, groupId, cancel) is not { } group || group.SchoolId != actor.Hat.UnitId) return Problem.NotFound;
        if (typed.LessonId is { } lesson && await DateOfAsync(actor, groupId, lesson, cancel) is null) return Problem.NotFound;
        if (!RemarkRules.Kinds.Contains(typed.Kind ?? "")) return new Problem("journal.remark-kind", Texts.ChooseKind, "about");
        var text = typed.Text?.Trim() ?? "";
        if (text.Length is < 1 or > LongestText) return new Problem("journal.remark-text", Texts.RemarkLength, "text");
        if (!DateOnly.TryParseExact(typed.Due, "yyyy-MM-dd", out var due) || due < actor.Today || due > actor.Today.AddDays(MostDays)) return new Problem("journal.remark-due", Texts.RemarkDue, "due");
        var term = FindClass.TermOf(group.Terms, null, actor.Today)?.Number ?? Period.Year;
        return await WriteAsync(actor, new(group.SchoolYear, group.ClassId, groupId, term, typed.Kind!, typed.LessonId, text, due, typed.Key ?? Ids.New()), cancel);
    }

    /// <summary>Opens the remark the platform proposes; what is no longer lacking is not asked for.</summary>
    public async Task<Result<Guid>> OfFoundAsync(Actor actor, Guid id, string? kind, CancellationToken cancel)
    {
        if (!Decide.Allows(actor, HeadActions.GiveRemarks, new Coordinate(Places.School, actor.Hat.UnitId))) return Problem.NotFound;
        if (await registry.GetRosterAsync(actor, id, cancel) is not { } group || group.SchoolId != actor.Hat.UnitId) return Problem.NotFound;
        if (await registry.GetSchoolRostersAsync(actor, group.SchoolId, group.ClassId, cancel) is not { } school) return Problem.NotFound;
        var today = clock.TodayIn(group.TimeZone);
        if (FindClass.TermOf(group.Terms, null, today) is not { } term) return Problem.NotFound;
        var found = await lacks.HandleAsync(actor, school with { Groups = [.. school.Groups.Where(one => one.GroupId == id)] }, term, today, cancel);
        // Mended or asked for in the meantime: as good as done.
        if (found.FirstOrDefault(lack => lack.Kind == kind) is not { } lack) return Guid.Empty;
        return await WriteAsync(actor, new(group.SchoolYear, group.ClassId, id, term.Number, lack.Kind, null, lack.Text, today.AddDays(UsualDays), Ids.New()), cancel);
    }

    private sealed record NewRemark(short Year, Guid ClassId, Guid GroupId, short Term, string Kind, Guid? LessonId, string Text, DateOnly Due, Guid Id);

    private async Task<Result<Guid>> WriteAsync(Actor actor, NewRemark remark, CancellationToken cancel)
    {
        try
        {
            await db.WriteAsync(actor, batch =>
            {
                batch.Add("""
                    insert into journal.remarks (school_year, school_id, id, class_id, group_id, term, kind, lesson_id, text, due_on, opened_by, opened_at)
                    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
                    """, remark.Year, actor.Hat.UnitId, remark.Id, remark.ClassId, remark.GroupId, remark.Term, remark.Kind, Maybe.Uuid(remark.LessonId), remark.Text, remark.Due, actor.PersonId, clock.Now);
                RemarkRows.AddStep(batch, actor, remark.Year, remark.Id, 1, remark.GroupId, "open", remark.Text, clock.Now);
                batch.AddAudit(actor, HeadActions.GiveRemarks, clock.Now, actor.Hat.UnitId, null, $"open group={remark.GroupId} kind={remark.Kind}");
            }, cancel);
            return remark.Id;
        }
        catch (PostgresException again) when (again.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            // The same form twice is one remark; the same lack asked for by two is told to the later.
            return again.ConstraintName == "remarks_pkey" ? remark.Id : new Problem("journal.remark-asked", Texts.RemarkAsked, null, 409);
        }
    }

    private Task<DateOnly?> DateOfAsync(Actor actor, Guid group, Guid lesson, CancellationToken cancel) => db.ReadAsync(actor,
        batch => batch.Add("select date from journal.lessons where school_year = $1 and school_id = $2 and id = $3 and group_id = $4", SchoolYear.Of(actor.Today), actor.Hat.UnitId, lesson, group),
        (reader, token) => reader.ReadFirstAsync(r => (DateOnly?)r.GetFieldValue<DateOnly>(0), token), cancel);
}
