using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Registry;
using MySchool.Journal.Domain;
using MySchool.Journal.Pages;
using MySchool.Journal.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Ui;
using Npgsql;

namespace MySchool.Journal.Features.Remarks;

/// <summary>A remark with all its steps.</summary>
internal sealed record RemarkCard(
    Remark Remark, RemarkedGroup Group, ImmutableArray<(RemarkStep Step, string By)> Steps, bool MayAnswer, bool MayDecide, DateOnly Today, string TimeZone)
{
    public Problem? Refusal { get; init; }

    public string? Typed { get; init; }

    public string? Done { get; init; }
}

/// <summary>The teacher answers a remark, the deputy closes it or returns it; each step over the version that was seen.</summary>
internal sealed class AnswerRemark(AppDb db, IRegistry registry, TeacherNames names, RemarkSigns signs, IClock clock)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/journal/remarks/{id:guid}", async (Guid id, string? done, HttpContext context, AnswerRemark handler, CancellationToken cancel) =>
            await handler.PageAsync(context, id, null, null, done, cancel)).Allow(HeadActions.ReadRemarks);
        routes.MapPost("/journal/remarks/{id:guid}/answer", async (Guid id, [FromForm] string? text, [FromForm(Name = "base")] int? version, HttpContext context, AnswerRemark handler, CancellationToken cancel) =>
        {
            var refusal = await handler.HandleAsync(context.RequireActor(), id, "answer", text, version, HeadActions.AnswerRemarks, cancel);
            return refusal is null ? Results.LocalRedirect($"/journal/remarks/{id}?done=answered") : await handler.PageAsync(context, id, text, refusal, null, cancel);
        }).Allow(HeadActions.AnswerRemarks);
        routes.MapPost("/journal/remarks/{id:guid}/decide", async (
            Guid id, [FromForm] string? step, [FromForm] string? text, [FromForm(Name = "base")] int? version, HttpContext context, AnswerRemark handler, CancellationToken cancel) =>
        {
            var refusal = await handler.HandleAsync(context.RequireActor(), id, step == "return" ? "return" : "close", text, version, HeadActions.GiveRemarks, cancel);
            return refusal is null ? Results.LocalRedirect($"/journal/remarks/{id}?done={(step == "return" ? "returned" : "closed")}") : await handler.PageAsync(context, id, text, refusal, null, cancel);
        }).Allow(HeadActions.GiveRemarks);
    }

    private async Task<IResult> PageAsync(HttpContext context, Guid id, string? typed, Problem? refusal, string? done, CancellationToken cancel)
    {
        if (refusal?.Status == 404) return refusal.ToPage();
        var card = await ShowAsync(context.RequireActor(), context.Features.Get<PersonFacts>()!, id, cancel);
        return card.IsOk ? Page.Of<RemarkPage>(new { Data = card.Value with { Typed = typed, Refusal = refusal, Done = done } }, refusal?.Status ?? 200) : card.Problem!.ToPage();
    }

    /// <summary>The remark and who did what with it.</summary>
    public async Task<Result<RemarkCard>> ShowAsync(Actor actor, PersonFacts facts, Guid id, CancellationToken cancel)
    {
        var (remark, steps) = await db.ReadAsync(actor, batch =>
        {
            AddRemark(batch, actor, id);
            batch.Add("select number, kind, text, at, by_person from journal.remark_steps where school_year = $1 and school_id = $2 and remark_id = $3 order by number desc",
                SchoolYear.Of(actor.Today), actor.Hat.UnitId, id);
        }, async (reader, token) => (await reader.ReadFirstAsync(RemarkRows.Read, token), await reader.ReadAllAsync(RemarkRows.ReadStep, token)), cancel);
        if (remark is null || !RemarkRows.Allows(actor, HeadActions.ReadRemarks, remark.GroupId)) return Problem.NotFound;
        if (await registry.GetRosterAsync(actor, remark.GroupId, cancel) is not { } group) return Problem.NotFound;
        var by = await names.OfAsync(actor, [.. steps.Select(step => step.By)], cancel);
        return new RemarkCard(remark, new(group.GroupId, group.ClassId, $"{group.SubjectName}, {group.ClassName}", ""), [.. steps.Select(step => (step, by[step.By]))],
            remark.State == RemarkRules.Open && RemarkRows.Allows(actor, HeadActions.AnswerRemarks, remark.GroupId),
            remark.State != RemarkRules.Closed && RemarkRows.Allows(actor, HeadActions.GiveRemarks, remark.GroupId), clock.TodayIn(facts.TimeZone), facts.TimeZone);
    }

    /// <summary>Takes a step; null when done.</summary>
    public async Task<Problem?> HandleAsync(Actor actor, Guid id, string step, string? text, int? seen, AppAction action, CancellationToken cancel)
    {
        var remark = await db.ReadAsync(actor, batch => AddRemark(batch, actor, id), (reader, token) => reader.ReadFirstAsync(RemarkRows.Read, token), cancel);
        if (remark is null || !RemarkRows.Allows(actor, action, remark.GroupId)) return Problem.NotFound;
        var words = text?.Trim() ?? "";
        if (words.Length > OpenRemark.LongestText || words.Length == 0 && step != "close") return new("journal.remark-answer", step == "return" ? Texts.ReturnLength : Texts.AnswerRemarkLength, "text");
        if (RemarkRules.Next(remark.State, step) is not { } state || remark.Version != seen) return Changed;
        var year = SchoolYear.Of(actor.Today);
        try
        {
            await db.WriteAsync(actor, batch =>
            {
                // One line of history a version: of two at once the later fails here and looks again.
                RemarkRows.AddStep(batch, actor, year, id, remark.Version + 1, remark.GroupId, step, words, clock.Now);
                batch.Add("update journal.remarks set state = $4, version = version + 1 where school_year = $1 and school_id = $2 and id = $3", year, actor.Hat.UnitId, id, state);
                batch.AddAudit(actor, action, clock.Now, actor.Hat.UnitId, null, $"{step} remark={id}");
            }, cancel);
            signs.Forget(actor.Hat.UnitId);
            return null;
        }
        catch (PostgresException late) when (late.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return Changed;
        }
    }

    private static Problem Changed => new("journal.remark-changed", Texts.RemarkChanged, null, 409);

    private static void AddRemark(NpgsqlBatch batch, Actor actor, Guid id) => batch.Add(
        $"select {RemarkRows.Columns} from {RemarkRows.Tables} where r.school_year = $1 and r.school_id = $2 and r.id = $3", SchoolYear.Of(actor.Today), actor.Hat.UnitId, id);
}
