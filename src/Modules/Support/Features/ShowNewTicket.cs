using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Web;
using MySchool.Support.Domain;
using MySchool.Support.Features.Knowledge;
using MySchool.Support.Pages;
using MySchool.Ui;

namespace MySchool.Support.Features;

/// <summary>What the form sends. What the person unticked does not come.</summary>
internal sealed record TicketForm(
    [FromForm(Name = "key")] string? Key, [FromForm(Name = "kind")] string? Kind, [FromForm(Name = "title")] string? Title, [FromForm(Name = "text")] string? Text,
    [FromForm(Name = "email")] string? Email, [FromForm(Name = "name")] string? Name, [FromForm(Name = "school")] string? School,
    [FromForm(Name = "from")] string? From, [FromForm(Name = "trace")] string? Trace, [FromForm(Name = "keepPath")] string? KeepPath,
    [FromForm(Name = "keepTrace")] string? KeepTrace, [FromForm(Name = "keepBrowser")] string? KeepBrowser, [FromForm(Name = "keepRole")] string? KeepRole)
{
    public IReadOnlyCollection<string> Kept =>
        [.. ((string Name, string? Value)[])[("path", KeepPath), ("trace", KeepTrace), ("browser", KeepBrowser), ("role", KeepRole)] is var all
            ? all.Where(part => part.Value is not null).Select(part => part.Name) : []];
}

/// <summary>Where somebody without a session has got to in looking for their school.</summary>
internal sealed record UnitWalk(Guid Unit, string Name, bool IsSchool, ImmutableArray<UnitSummary> Below);

/// <summary>The form of a ticket: first what it is about, then what is known of that, then the rest.</summary>
internal sealed record NewTicketScreen(
    string Title, ImmutableArray<FoundArticle> Suggested, Seen Seen, string Role, ImmutableArray<(Guid Id, string Name)> Schools, bool IsSignedIn,
    UnitWalk? Walk, Guid Key, TicketForm? Typed, Problem? Refusal);

/// <summary>Takes a ticket from any page, in two steps: the answers that are already written stand between them.</summary>
internal sealed class ShowNewTicket(FindChain chains, FindArticles articles, SendTicket send)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/support/new", async (string? q, string? from, string? trace, string? unit, HttpContext http, ShowNewTicket handler, CancellationToken cancel) =>
            await handler.PageAsync(http, q, Seen.Of(from, trace, UserAgent(http)), unit, null, null, cancel)).Allow(SupportActions.Write);
        routes.MapPost("/support/new", async ([AsParameters] TicketForm form, HttpContext http, ShowNewTicket handler, CancellationToken cancel) =>
            await handler.SendAsync(form, http, cancel)).TakesPictures().Allow(SupportActions.Write);
        routes.MapGet("/support/sent", () => Page.Of<SentPage>(new { })).Allow(SupportActions.Write);
    }

    private static string UserAgent(HttpContext http) => http.Request.Headers.UserAgent.ToString();

    private async Task<IResult> SendAsync(TicketForm form, HttpContext http, CancellationToken cancel)
    {
        var seen = Seen.Of(form.From, form.Trace, UserAgent(http));
        var unit = Guid.TryParse(form.School, out var school) ? school : (Guid?)null;
        var role = http.GetActor() is { } worn && form.KeepRole is not null ? worn.Hat.Role : "";
        var draft = new TicketDraft(Guid.TryParse(form.Key, out var key) ? key : Guid.Empty, form.Kind ?? "", Clean(form.Title), Clean(form.Text),
            Clean(form.Email), Clean(form.Name), unit, role, seen.Only(form.Kept));
        var files = await http.ReadPicturesAsync(cancel);
        var (actor, facts) = (http.GetActor(), http.Features.Get<PersonFacts>());
        var sent = actor is not null && facts is not null ? await send.HandleAsync(actor, facts, draft, files, cancel)
            : await send.HandleStrangerAsync(draft, files, http, cancel);
        if (!sent.IsOk) return await PageAsync(http, draft.Title, seen, form.School, form, sent.Problem, cancel);
        return Results.Redirect(actor is null ? "/support/sent" : $"/support/tickets/{sent.Value}?sent=1");
    }

    private async Task<IResult> PageAsync(HttpContext http, string? title, Seen seen, string? unit, TicketForm? typed, Problem? refusal, CancellationToken cancel)
    {
        title = Clean(title);
        if (title.Length > TicketRules.MostTitle && typed is null) title = title[..TicketRules.MostTitle];
        var (actor, facts) = (http.GetActor(), http.Features.Get<PersonFacts>());
        var isSignedIn = actor is not null && facts is not null;
        var role = actor?.Hat.Role ?? "";
        var suggested = title.Length < 2 ? [] : await articles.HandleAsync(title, role, 4, cancel);
        var walk = !isSignedIn && !string.IsNullOrEmpty(unit) ? await WalkAsync(unit, cancel) : null;
        return Page.Of<NewTicketPage>(new
        {
            Data = new NewTicketScreen(title, suggested, seen, role, isSignedIn ? FindChain.SchoolsOf(actor!, facts) : [], isSignedIn, walk,
                Guid.TryParse(typed?.Key, out var key) ? key : Ids.New(), typed, refusal),
        }, refusal?.Status ?? 200);
    }

    // «all» begins at the country; an id goes on from there.
    private async Task<UnitWalk?> WalkAsync(string unit, CancellationToken cancel)
    {
        var at = Guid.TryParse(unit, out var id) ? id : await chains.CountryAsync(cancel);
        var chain = await chains.HandleAsync(at, "", cancel);
        if (chain.Links[0].Id != at) return null;
        var isSchool = chain.Links[0].Kind == "school";
        return new UnitWalk(at, chain.Links[0].Name, isSchool, isSchool ? [] : [.. (await chains.BelowAsync(at, cancel)).Take(500)]);
    }

    private static string Clean(string? typed) => (typed ?? "").Trim();
}
