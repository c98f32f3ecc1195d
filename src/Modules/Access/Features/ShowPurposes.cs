using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Access.Consents;
using MySchool.Access.Pages;
using MySchool.Kernel;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Access.Features;

/// <summary>The operator's list of purposes, one purpose with its versions, and one version with what it changed.</summary>
internal sealed class ShowPurposes(PurposeBook book, IClock clock)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/purposes", async (HttpContext http, ShowPurposes feature, CancellationToken cancel) =>
        {
            var all = await feature.ListAsync(http.RequireActor(), cancel);
            return all.IsOk ? Page.Of<PurposesPage>(new { Data = all.Value }) : all.Problem!.ToPage();
        }).Allow(AccessActions.ManagePurposes);
        routes.MapGet("/purposes/{purpose}", async (string purpose, string? done, HttpContext http, ShowPurposes feature, CancellationToken cancel) =>
        {
            var found = await feature.FindAsync(http.RequireActor(), purpose, done, cancel);
            return found.IsOk ? Page.Of<PurposePage>(new { Data = found.Value }) : found.Problem!.ToPage();
        }).Allow(AccessActions.ManagePurposes);
        routes.MapGet("/purposes/{purpose}/versions/{version:int}", async (string purpose, int version, HttpContext http, ShowPurposes feature, CancellationToken cancel) =>
        {
            var found = await feature.FindVersionAsync(http.RequireActor(), purpose, version, cancel);
            return found.IsOk ? Page.Of<PurposeVersionPage>(new { Data = found.Value }) : found.Problem!.ToPage();
        }).Allow(AccessActions.ManagePurposes);
    }

    public async Task<Result<PurposesView>> ListAsync(Actor actor, CancellationToken cancel) =>
        PurposeBook.IsOpenTo(actor) ? new PurposesView(await book.ListAsync(actor, cancel), clock.Now) : Problem.NotFound;

    public async Task<Result<PurposeView>> FindAsync(Actor actor, string code, string? done, CancellationToken cancel) =>
        await book.FindAsync(actor, code, cancel) is { } purpose ? new PurposeView(purpose, clock.Now, done) : Problem.NotFound;

    public async Task<Result<PurposeVersionView>> FindVersionAsync(Actor actor, string code, int version, CancellationToken cancel)
    {
        if (await book.FindAsync(actor, code, cancel) is not { } purpose || purpose.Versions.FirstOrDefault(text => text.Version == version) is not { } text) return Problem.NotFound;
        return new PurposeVersionView(text, purpose.Versions.FirstOrDefault(earlier => earlier.Version == version - 1), clock.Now);
    }
}
