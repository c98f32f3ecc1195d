using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.StaticAssets;
using MySchool.Access.Sessions;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Web;

namespace MySchool.Access.Web;

/// <summary>
/// Turns a cookie into an actor. The session is read at every request and so is the version of the facts behind its
/// person, in one round trip: a revoked session, role or guardianship is gone at the next request. The facts themselves
/// are read again when their version has moved.
/// </summary>
internal sealed class SessionReader(RequestDelegate next, SessionLookup lookup, KeptFacts kept, IClock clock)
{
    private const string FallbackZone = TimeZones.Capital;

    public async Task InvokeAsync(HttpContext context, CurrentRequest current, IRegistry registry)
    {
        current.Http = context;
        var isFile = context.GetEndpoint()?.Metadata.GetMetadata<StaticAssetDescriptor>() is not null;
        if (!isFile && !context.IsForPrograms() && SessionToken.Of(context.Request) is { } token) await SignInAsync(context, token, registry);
        await next(context);
    }

    private async Task SignInAsync(HttpContext context, SessionToken token, IRegistry registry)
    {
        var cancel = context.RequestAborted;
        var address = context.GetAddress();
        var known = kept.Find(token);
        var (session, version) = await lookup.FindAsync(
            token, address, known is null ? null : batch => registry.AddVersion(batch, known.Person.Basis!), cancel);
        if (session is null)
        {
            if (IsOpened(context.Request)) SessionToken.Take(context.Response);
            return;
        }
        if (known is not null && known.Person.Basis!.Version == version && known.Suits(session, address, clock.Now))
            Seat(context, session, known.Actor, known.Person);
        else
            await ReadAsync(context, token, session, registry, cancel);
    }

    // A page read in the background may have left with the cookie of a moment ago: its answer, coming after a new one was given with
    // another role, must not take that away.
    private static bool IsOpened(HttpRequest request) => request.Headers["Sec-Fetch-Mode"] is var mode && (mode.Count == 0 || mode == "navigate");

    private async Task ReadAsync(HttpContext context, SessionToken token, Session session, IRegistry registry, CancellationToken cancel)
    {
        var now = clock.Now;
        var person = await ReadFactsAsync(session, registry, cancel);
        var zone = string.IsNullOrEmpty(person?.TimeZone) ? FallbackZone : person.TimeZone;
        var actor = new Actor(
            session.PersonId, session.Id, person?.Worn ?? new Hat("", Guid.Empty), person?.Ties ?? [], clock.TodayIn(zone), context.GetAddress());
        if (person?.Basis is not null) kept.Keep(token, new Kept(session, person, actor, Kept.HourOf(now)));
        Seat(context, session, actor, person);
    }

    private static void Seat(HttpContext context, Session session, Actor actor, PersonFacts? person)
    {
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
