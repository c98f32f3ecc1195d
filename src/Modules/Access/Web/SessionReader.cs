using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.StaticAssets;
using MySchool.Access.Sessions;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;

namespace MySchool.Access.Web;

/// <summary>
/// Turns a cookie into an actor in two round trips: the session, then the facts of its person. Both are read at every
/// request, so a revoked session, role or guardianship is gone at the next one.
/// </summary>
internal sealed class SessionReader(RequestDelegate next, SessionLookup lookup, IClock clock)
{
    private const string FallbackZone = "Europe/Moscow";

    public async Task InvokeAsync(HttpContext context, CurrentRequest current, IRegistry registry)
    {
        current.Http = context;
        var isFile = context.GetEndpoint()?.Metadata.GetMetadata<StaticAssetDescriptor>() is not null;
        if (!isFile && SessionToken.Of(context.Request) is { } token) await SignInAsync(context, token, registry);
        await next(context);
    }

    private async Task SignInAsync(HttpContext context, SessionToken token, IRegistry registry)
    {
        var cancel = context.RequestAborted;
        if (await lookup.FindAsync(token, context.GetAddress(), cancel) is not { } session)
        {
            SessionToken.Take(context.Response);
            return;
        }
        var person = await ReadFactsAsync(session, registry, cancel);
        var zone = string.IsNullOrEmpty(person?.TimeZone) ? FallbackZone : person.TimeZone;
        var actor = new Actor(
            session.PersonId, session.Id, person?.Worn ?? new Hat("", Guid.Empty), person?.Ties ?? [], clock.TodayIn(zone), context.GetAddress());
        context.Features.Set(session);
        context.Features.Set(actor);
        if (person is not null) context.Features.Set(person);
        // Antiforgery tokens are bound to this name, so one person's token is nothing in another's session.
        context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, session.PersonId.ToString())], "session"));
        // What a person sees must not stay in a browser of a shared computer.
        context.Response.Headers.CacheControl = "no-store";
    }

    private async Task<PersonFacts?> ReadFactsAsync(Session session, IRegistry registry, CancellationToken cancel)
    {
        var person = await registry.GetFactsAsync(session.PersonId, session.Worn, clock.Now, cancel);
        if (person is null || !session.IsChild) return person;
        // A child's account of ЕСИА is made by a parent and proves a child: it opens the child's own diary and nothing more.
        var offers = person.Offers.RemoveAll(offer => offer.Hat.Role != Roles.Learner);
        if (person.Worn?.Role == Roles.Learner) return person with { Offers = offers };
        if (offers.IsEmpty) return person with { Offers = offers, Worn = null, Ties = [], Learners = [], Taught = [], Led = [] };
        var asLearner = await registry.GetFactsAsync(session.PersonId, offers[0].Hat, clock.Now, cancel);
        return asLearner is { Worn.Role: Roles.Learner } ? asLearner with { Offers = offers } : null;
    }
}
