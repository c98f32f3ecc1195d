using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Journal.Domain;
using MySchool.Journal.Pages;
using MySchool.Journal.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Journal.Features.Plans;

/// <summary>A draft as it is kept.</summary>
internal sealed record PlanDraft(Guid Id, string Source, string Name, PlanSheet? Sheet, ImmutableArray<PlanRow> Rows, ImmutableArray<string> Remarks)
{
    private static readonly ImmutableHashSet<PlanField> All = [.. Enum.GetValues<PlanField>()];

    /// <summary>What it tells of a topic.</summary>
    public IReadOnlySet<PlanField> Told => Sheet is null ? All
        : Sheet.Columns.Select(column => column.Field).Concat(Sheet.Columns.Any(column => column.Field == PlanField.Number) ? [PlanField.Hours] : []).ToHashSet();
}

/// <summary>What a draft would make of the plan.</summary>
internal sealed record PlanRehearsal(OpenPlan Plan, PlanDraft Draft, PlanDiff Diff, bool IsAppended, Problem? Refusal);

/// <summary>Shows what a draft changes, lets its columns be explained, and writes it when told to: as one step that can be taken back.</summary>
internal sealed class RehearsePlan(AppDb db, EditPlan edit)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/plans/{id:guid}/drafts/{draft:guid}", async (Guid id, Guid draft, string? mode, HttpContext context, RehearsePlan handler, CancellationToken cancel) =>
            await handler.ShowAsync(context.RequireActor(), id, draft, mode == "append", null, cancel)).Allow(JournalActions.EditPlan);
        routes.MapPost("/plans/{id:guid}/drafts/{draft:guid}/columns", async (Guid id, Guid draft, HttpContext context, RehearsePlan handler, CancellationToken cancel) =>
        {
            var chosen = new Dictionary<int, PlanField>();
            foreach (var (name, value) in (IEnumerable<KeyValuePair<string, Microsoft.Extensions.Primitives.StringValues>>?)await ReadPlanFile.FormAsync(context.Request, cancel) ?? [])
                if (name.StartsWith('c') && int.TryParse(name.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var column) && Enum.TryParse<PlanField>(value, out var field) && Enum.IsDefined(field)) chosen[column] = field;
            var refusal = chosen.Count == 0 ? new Problem("journal.plan-columns", Texts.PlanColumnsNoTitle) : await handler.ExplainAsync(context.RequireActor(), id, draft, chosen, cancel);
            return refusal is null ? Results.LocalRedirect($"/plans/{id}/drafts/{draft}") : await handler.ShowAsync(context.RequireActor(), id, draft, false, refusal, cancel);
        }).Allow(JournalActions.EditPlan);
        routes.MapPost("/plans/{id:guid}/drafts/{draft:guid}/apply", async (
            Guid id, Guid draft, [FromForm] string? how, [FromForm] int seen, HttpContext context, RehearsePlan handler, CancellationToken cancel) =>
        {
            var refusal = await handler.ApplyAsync(context.RequireActor(), id, draft, how == "append", seen, cancel);
            return refusal is null ? Results.LocalRedirect($"/plans/{id}?done=filled") : await handler.ShowAsync(context.RequireActor(), id, draft, how == "append", refusal, cancel);
        }).Allow(JournalActions.EditPlan);
    }

    private async Task<IResult> ShowAsync(Actor actor, Guid id, Guid draftId, bool isAppended, Problem? refusal, CancellationToken cancel)
    {
        if (refusal?.Status == 404 || await FindAsync(actor, id, draftId, cancel) is not var (plan, draft)) return Problem.NotFound.ToPage();
        return Page.Of<PlanDraftPage>(new { Data = new PlanRehearsal(plan, draft, DiffOf(plan, draft, isAppended), isAppended, refusal) }, refusal?.Status ?? 200);
    }

    private static PlanDiff DiffOf(OpenPlan plan, PlanDraft draft, bool isAppended) =>
        isAppended ? PlanDiff.Append(plan.Rows, draft.Rows) : PlanDiff.Replace(plan.Rows, draft.Rows, plan.Given, draft.Told);

    /// <summary>Keeps what each column means.</summary>
    public async Task<Problem?> ExplainAsync(Actor actor, Guid id, Guid draftId, IReadOnlyDictionary<int, PlanField> chosen, CancellationToken cancel)
    {
        if (await FindAsync(actor, id, draftId, cancel) is not var (plan, draft) || draft.Sheet is null) return Problem.NotFound;
        var sheet = draft.Sheet.With(chosen);
        if (!sheet.HasTitles) return new("journal.plan-columns", Texts.PlanColumnsNoTitle);
        if (sheet.Columns.GroupBy(column => column.Field).FirstOrDefault(same => same.Key is not (PlanField.None or PlanField.Date) && same.Count() > 1) is { } twice)
            return new("journal.plan-columns-twice", string.Format(Words.Russian, Texts.PlanColumnsTwice, string.Join(", ", twice.Select(column => column.Title))));
        await db.WriteAsync(actor, batch => batch.Add("update journal.plan_drafts set sheet = $3 where school_id = $1 and id = $2", plan.Head.SchoolId, draftId, Data.PlanWrites.Jsonb(sheet)), cancel);
        return null;
    }

    /// <summary>Writes the draft; null when done.</summary>
    public async Task<Problem?> ApplyAsync(Actor actor, Guid id, Guid draftId, bool isAppended, int version, CancellationToken cancel)
    {
        if (await FindAsync(actor, id, draftId, cancel) is not var (plan, draft)) return Problem.NotFound;
        var diff = DiffOf(plan, draft, isAppended);
        if (draft.Rows.IsEmpty) return new("journal.plan-file-empty", Texts.PlanFileEmpty);
        if (diff.Rows.Length > PlanRow.MostRows) return new("journal.plan-long", string.Format(Words.Russian, Texts.PlanTooLong, PlanRow.MostRows));
        // What was shown is what is written: a plan changed meanwhile is shown again.
        if (version != plan.Head.Version || !await edit.SaveAsync(actor, plan, diff.Rows, PlanDeeds.Fill, cancel,
                batch => batch.Add("delete from journal.plan_drafts where school_id = $1 and id = $2", plan.Head.SchoolId, draftId)))
            return new("journal.plan-changed", Texts.PlanChangedSinceShown, null, 409);
        return null;
    }

    private async Task<(OpenPlan, PlanDraft)?> FindAsync(Actor actor, Guid id, Guid draftId, CancellationToken cancel)
    {
        if (await PlanAccess.FindAsync(db, actor, id, JournalActions.EditPlan, cancel) is not { } plan) return null;
        var kept = await db.ReadAsync(actor,
            batch => batch.Add("select source, source_name, sheet::text, rows::text from journal.plan_drafts where school_id = $1 and id = $2 and plan_id = $3", plan.Head.SchoolId, draftId, id),
            (reader, token) => reader.ReadFirstAsync(r => (Source: r.GetString(0), Name: r.GetString(1), Sheet: r.Text(2), Rows: r.Text(3)), token), cancel);
        if (kept.Source is null) return null;
        if (kept.Rows is not null) return (plan, new(draftId, kept.Source, kept.Name, null, JsonSerializer.Deserialize<ImmutableArray<PlanRow>>(kept.Rows, Json.Options), []));
        var sheet = JsonSerializer.Deserialize<PlanSheet>(kept.Sheet!, Json.Options)!;
        var read = sheet.HasTitles ? PlanReading.Of(sheet, [.. plan.Kinds.Select(kind => (kind.Number, kind.Name, kind.ShortName))], Ids.New) : new([], []);
        return (plan, new(draftId, kept.Source, kept.Name, sheet, read.Rows, read.Remarks));
    }
}
