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

/// <summary>The operator looks at a draft as people will see it and publishes it from a day on. What is published is never changed.</summary>
internal sealed class PublishPurpose(PurposeBook book, IClock clock)
{
    /// <summary>The platform's own zone: a text comes into force for the whole country at once.</summary>
    public const string Zone = TimeZones.Capital;

    private const int LongestAhead = 366;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/purposes/{purpose}/preview", async (string purpose, HttpContext http, PublishPurpose feature, CancellationToken cancel) =>
        {
            var preview = await feature.PreviewAsync(http.RequireActor(), purpose, null, null, cancel);
            return preview.IsOk ? Page.Of<PurposePreviewPage>(new { Data = preview.Value }) : preview.Problem!.ToPage();
        }).Allow(AccessActions.ManagePurposes);
        routes.MapPost("/purposes/{purpose}/publish", async (
            string purpose, [FromForm] int? revision, [FromForm] string? date, HttpContext http, PublishPurpose feature, CancellationToken cancel) =>
        {
            var actor = http.RequireActor();
            var refused = await feature.PublishAsync(actor, purpose, revision ?? 0, date ?? "", cancel);
            if (refused is null) return Results.LocalRedirect($"/purposes/{Uri.EscapeDataString(purpose)}?done=published");
            var again = await feature.PreviewAsync(actor, purpose, date, refused, cancel);
            return again.IsOk ? Page.Of<PurposePreviewPage>(new { Data = again.Value }, refused.Status) : refused.ToPage();
        }).Allow(AccessActions.ManagePurposes);
    }

    public async Task<Result<PurposePreviewView>> PreviewAsync(Actor actor, string code, string? date, Problem? problem, CancellationToken cancel)
    {
        if (await book.FindAsync(actor, code, cancel) is not { Draft: { } draft } purpose) return Problem.NotFound;
        return new PurposePreviewView(draft, purpose.Versions[0], date ?? $"{clock.TodayIn(Zone):yyyy-MM-dd}", problem);
    }

    public async Task<Problem?> PublishAsync(Actor actor, string code, int revision, string date, CancellationToken cancel)
    {
        if (await book.FindAsync(actor, code, cancel) is not { Draft: { } draft } purpose) return Problem.NotFound;
        if (draft.Check() is { } wrong) return wrong with { Field = null };
        var today = clock.TodayIn(Zone);
        if (!DateOnly.TryParseExact(date, "yyyy-MM-dd", out var day) || day < today || day > today.AddDays(LongestAhead)) return new("access.publish-date", Texts.PublishDateWrong, "date");
        var from = day == today ? clock.Now : Midnight(day);
        if (purpose.Versions[0].InForceFrom > from)
            return new("access.publish-order", string.Format(null, Texts.PublishOrder, purpose.Versions[0].Version, Web.When.Day(purpose.Versions[0].InForceFrom, Zone)), "date");
        return await book.PublishAsync(actor, code, revision, from, cancel) ? null : new("access.draft-changed", Texts.DraftChangedElsewhere, null, 409);
    }

    private static DateTimeOffset Midnight(DateOnly day)
    {
        var local = day.ToDateTime(TimeOnly.MinValue);
        return new DateTimeOffset(local, TimeZoneInfo.FindSystemTimeZoneById(Zone).GetUtcOffset(local)).ToUniversalTime();
    }
}
