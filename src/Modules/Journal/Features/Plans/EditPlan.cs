using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Journal.Data;
using MySchool.Journal.Domain;
using MySchool.Journal.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using Npgsql;

namespace MySchool.Journal.Features.Plans;

/// <summary>A line of a plan and what is to become of it, as a form sends them.</summary>
/// <param name="Deed">One of <see cref="PlanDeeds"/>.</param>
/// <param name="LineText">The line it is about; none for the first line of all.</param>
/// <param name="Version">The plan's version on the page.</param>
/// <param name="Title">Words of the line.</param>
/// <param name="Hours">Its hours; of a reserve, how many to spend.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Homework">Planned homework.</param>
/// <param name="Note">The teacher's remark.</param>
/// <param name="ShownText">The group whose days are shown.</param>
internal sealed record RowForm(
    [FromForm(Name = "deed")] string? Deed, [FromForm(Name = "line")] string? LineText, [FromForm(Name = "version")] int Version, [FromForm(Name = "title")] string? Title,
    [FromForm(Name = "hours")] string? Hours, [FromForm(Name = "kind")] string? Kind, [FromForm(Name = "homework")] string? Homework, [FromForm(Name = "note")] string? Note,
    [FromForm(Name = "shown")] string? ShownText)
{
    /// <summary>The line it is about; null for the first of all.</summary>
    public Guid? Line => FormIds.Read(LineText);

    /// <summary>The group whose days are shown.</summary>
    public Guid? Shown => FormIds.Read(ShownText);
}

/// <summary>Names of changes, in forms and in the history.</summary>
internal static class PlanDeeds
{
    public const string Up = "up";
    public const string Down = "down";
    public const string Merge = "merge";
    public const string Tighten = "tighten";
    public const string Split = "split";
    public const string Remove = "remove";
    public const string Change = "change";
    public const string AddTopic = "topic";
    public const string AddSection = "section";
    public const string Reserve = "reserve";
    public const string Undo = "undo";
    public const string Fill = "fill";
}

/// <summary>Changes lines of a plan, each time as one step that can be taken back.</summary>
internal sealed class EditPlan(AppDb db, IClock clock)
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/plans/{id:guid}/rows", async (Guid id, [AsParameters] RowForm form, HttpContext context, EditPlan handler, ShowPlan show, CancellationToken cancel) =>
        {
            var done = await handler.HandleAsync(context.RequireActor(), id, form, cancel);
            if (!done.IsOk) return await show.ShowAsync(context, id, form.Shown, form.Line, form, done.Problem, cancel);
            var at = done.Value is { } line ? $"&row={line}#r-{line}" : "";
            return Results.LocalRedirect($"/plans/{id}?group={form.Shown}{at}");
        }).Allow(JournalActions.EditPlan);

    /// <returns>The line to stand at next, or null.</returns>
    public async Task<Result<Guid?>> HandleAsync(Actor actor, Guid id, RowForm form, CancellationToken cancel)
    {
        if (await PlanAccess.FindAsync(db, actor, id, JournalActions.EditPlan, cancel) is not { } plan) return Problem.NotFound;
        if (form.Deed == PlanDeeds.Undo) return await UndoAsync(actor, plan, cancel);
        var newId = Ids.New();
        var after = Apply(plan, form, newId);
        if (!after.IsOk) return after.Problem!;
        if (after.Value.SequenceEqual(plan.Rows)) return form.Line;
        if (form.Version != plan.Head.Version) return Changed;
        if (!await SaveAsync(actor, plan, after.Value, form.Deed!, cancel)) return Changed;
        return form.Deed switch
        {
            PlanDeeds.AddTopic or PlanDeeds.AddSection or PlanDeeds.Split => newId,
            PlanDeeds.Remove => After(plan.Rows, form.Line), PlanDeeds.Reserve => null, _ => form.Line,
        };
    }

    private static Guid? After(ImmutableArray<PlanRow> rows, Guid? line) =>
        rows.SkipWhile(row => row.Id != line).Skip(1).FirstOrDefault()?.Id ?? rows.TakeWhile(row => row.Id != line).LastOrDefault()?.Id;

    private static Result<ImmutableArray<PlanRow>> Apply(OpenPlan plan, RowForm form, Guid newId)
    {
        var (rows, given) = (plan.Rows, plan.Given);
        if (form.Deed is PlanDeeds.AddTopic or PlanDeeds.AddSection)
            return Typed(plan, form, newId, form.Deed == PlanDeeds.AddSection).Then(row => PlanEdits.Insert(rows, form.Line, row));
        if (form.Deed == PlanDeeds.Reserve)
            return PlanEdits.SpendReserve(rows, int.TryParse(form.Hours, NumberStyles.None, CultureInfo.InvariantCulture, out var spent) ? spent : 0, plan.Reserves, given);
        if (form.Line is not { } line) return new Problem("journal.plan-choose-row", Texts.PlanChooseRow);
        return form.Deed switch
        {
            PlanDeeds.Up => PlanEdits.Move(rows, line, -1, given), PlanDeeds.Down => PlanEdits.Move(rows, line, 1, given),
            PlanDeeds.Merge => PlanEdits.Merge(rows, line, false, given), PlanDeeds.Tighten => PlanEdits.Merge(rows, line, true, given),
            PlanDeeds.Split => PlanEdits.Split(rows, line, newId, given), PlanDeeds.Remove => PlanEdits.Remove(rows, line, given),
            PlanDeeds.Change => Typed(plan, form, line, rows.FirstOrDefault(row => row.Id == line)?.IsSection == true).Then(row => PlanEdits.Change(rows, row, given)),
            _ => Problem.NotFound,
        };
    }

    private static Result<PlanRow> Typed(OpenPlan plan, RowForm form, Guid id, bool isSection)
    {
        short? kind = short.TryParse(form.Kind, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && plan.Kinds.Any(known => known.Number == number) ? number : null;
        var hours = isSection ? 0 : int.TryParse(form.Hours?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var typed) ? typed : -1;
        return PlanRow.Judge(new(id, isSection, form.Title ?? "", hours, kind, form.Homework ?? "", form.Note ?? ""));
    }

    /// <summary>Writes the lines; false when the plan has been changed since it was seen.</summary>
    public async Task<bool> SaveAsync(Actor actor, OpenPlan plan, ImmutableArray<PlanRow> rows, string deed, CancellationToken cancel, Action<NpgsqlBatch>? also = null)
    {
        await using var transaction = await db.BeginAsync(actor, cancel);
        if (!await TakeAsync(transaction, plan.Head, cancel)) return false;
        await transaction.RunAsync(batch =>
        {
            PlanWrites.AddStep(batch, plan.Head, plan.Rows, rows, deed, clock.Now);
            batch.AddAudit(actor, JournalActions.EditPlan, clock.Now, plan.Head.SchoolId, null, $"plan={plan.Head.Id} {deed}");
            also?.Invoke(batch);
        }, cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }

    private async Task<Result<Guid?>> UndoAsync(Actor actor, OpenPlan plan, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(actor, cancel);
        if (!await TakeAsync(transaction, plan.Head, cancel)) return Changed;
        var step = await transaction.RunAsync(
            batch => batch.Add("select version, rows::text from journal.plan_history where school_id = $1 and plan_id = $2 order by version desc limit 1", plan.Head.SchoolId, plan.Head.Id),
            (reader, token) => reader.ReadFirstAsync(r => (Version: r.GetInt32(0), Rows: r.GetString(1)), token), cancel);
        if (step.Rows is null) return new Problem("journal.plan-no-step", Texts.PlanNoStep);
        var rows = JsonSerializer.Deserialize<ImmutableArray<PlanRow>>(step.Rows, Json.Options);
        // A topic given since then must find its line and its hours in what comes back.
        if (plan.Given.Any(given => rows.FirstOrDefault(row => row.Id == given.Key) is not { } row || row.Hours < given.Value)) return new Problem("journal.plan-given-since", Texts.PlanGivenSince);
        await transaction.RunAsync(batch =>
        {
            batch.Add("delete from journal.plan_history where school_id = $1 and plan_id = $2 and version = $3", plan.Head.SchoolId, plan.Head.Id, step.Version);
            PlanWrites.AddRows(batch, plan.Head, rows);
            batch.AddAudit(actor, JournalActions.EditPlan, clock.Now, plan.Head.SchoolId, null, $"plan={plan.Head.Id} undo");
        }, cancel);
        await transaction.CommitAsync(cancel);
        return (Guid?)null;
    }

    private async Task<bool> TakeAsync(AppTransaction transaction, PlanHead plan, CancellationToken cancel) => await transaction.RunAsync(
        batch => batch.Add("update journal.plans set version = version + 1, changed_at = $4 where school_id = $1 and id = $2 and version = $3 returning true",
            plan.SchoolId, plan.Id, plan.Version, clock.Now),
        (reader, token) => reader.ReadFirstAsync(r => r.GetBoolean(0), token), cancel);

    private static Problem Changed => new("journal.plan-changed", Texts.PlanChanged, null, 409);
}
