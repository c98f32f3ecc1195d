using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Access.Consents;
using MySchool.Access.Pages;
using MySchool.Access.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Access.Features;

/// <summary>The operator writes the next version of a text. Two who write at once do not overwrite each other.</summary>
internal sealed class DraftPurpose(PurposeBook book, IClock clock)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/purposes/{purpose}/draft", async (string purpose, HttpContext http, DraftPurpose feature, CancellationToken cancel) =>
        {
            var draft = await feature.ShowAsync(http.RequireActor(), purpose, cancel);
            return draft.IsOk ? Page.Of<PurposeDraftPage>(new { Data = draft.Value }) : draft.Problem!.ToPage();
        }).Allow(AccessActions.ManagePurposes);
        routes.MapPost("/purposes/{purpose}/draft", async (string purpose, HttpContext http, DraftPurpose feature, [AsParameters] DraftInput input, CancellationToken cancel) =>
        {
            var saved = await feature.SaveAsync(http.RequireActor(), input.ToDraft(purpose), cancel);
            if (!saved.IsOk) return saved.Problem!.ToPage();
            return saved.Value.Problem is { } problem
                ? Page.Of<PurposeDraftPage>(new { Data = saved.Value }, problem.Status) : Results.LocalRedirect($"/purposes/{Uri.EscapeDataString(purpose)}/preview");
        }).Allow(AccessActions.ManagePurposes);
        routes.MapPost("/purposes/{purpose}/draft/drop", async (string purpose, [FromForm] int? revision, HttpContext http, DraftPurpose feature, CancellationToken cancel) =>
            await feature.DropAsync(http.RequireActor(), purpose, revision ?? 0, cancel) is { } problem
                ? problem.ToPage() : Results.LocalRedirect($"/purposes/{Uri.EscapeDataString(purpose)}?done=dropped")).Allow(AccessActions.ManagePurposes);
    }

    public async Task<Result<PurposeDraftView>> ShowAsync(Actor actor, string code, CancellationToken cancel) =>
        await book.FindAsync(actor, code, cancel) is { } purpose
            ? new PurposeDraftView(purpose.Draft ?? ConsentDraft.From(purpose.CurrentAt(clock.Now)), purpose.CurrentAt(clock.Now), null) : Problem.NotFound;

    public async Task<Result<PurposeDraftView>> SaveAsync(Actor actor, ConsentDraft draft, CancellationToken cancel)
    {
        if (await book.FindAsync(actor, draft.Purpose, cancel) is not { } purpose) return Problem.NotFound;
        var current = purpose.CurrentAt(clock.Now);
        if (draft.Check() is { } wrong) return new PurposeDraftView(draft, current, wrong);
        return new PurposeDraftView(draft, current, await book.SaveAsync(actor, draft, cancel) ? null : new("access.draft-changed", Texts.DraftChanged, null, 409));
    }

    public async Task<Problem?> DropAsync(Actor actor, string code, int revision, CancellationToken cancel)
    {
        if (await book.FindAsync(actor, code, cancel) is not { Draft: not null }) return Problem.NotFound;
        return await book.DropAsync(actor, code, revision, cancel) ? null : new("access.draft-changed", Texts.DraftChangedElsewhere, null, 409);
    }
}

/// <summary>The form's fields as the browser sends them; numbers as text, so that a wrong one comes back as it was typed.</summary>
internal sealed record DraftInput(
    [FromForm] string? title, [FromForm] string? body, [FromForm] string? dataKinds, [FromForm] string? recipient, [FromForm] string? legalBasis,
    [FromForm] string? termMonths, [FromForm] string? ownAge, [FromForm] string? asksAnew, [FromForm] string? changeNote, [FromForm] string? revision)
{
    public ConsentDraft ToDraft(string purpose) => new()
    {
        Purpose = purpose, Title = Clean(title).ReplaceLineEndings(" "), Body = Clean(body), DataKinds = Clean(dataKinds), Recipient = Clean(recipient), LegalBasis = Clean(legalBasis),
        TermMonths = Number(termMonths), OwnAge = string.IsNullOrWhiteSpace(ownAge) ? null : Number(ownAge), AsksAnew = asksAnew == "true", ChangeNote = Clean(changeNote),
        Revision = int.TryParse(revision, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0,
    };

    // PostgreSQL keeps no zero characters, and a page's line endings differ from ours.
    private static string Clean(string? typed) => (typed ?? "").Replace("\0", "", StringComparison.Ordinal).ReplaceLineEndings("\n").Trim();

    private static short Number(string? typed) => short.TryParse(typed?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : (short)0;
}
