using Microsoft.Extensions.Caching.Memory;
using MySchool.Contracts.Registry;
using MySchool.Kernel;

namespace MySchool.Access.Sessions;

/// <summary>An actor with the facts behind it, as the last request of a session left them.</summary>
/// <param name="Session">The session then.</param>
/// <param name="Person">Its person's facts.</param>
/// <param name="Actor">The actor they make.</param>
/// <param name="Hour">The hour they were judged in: days begin with an hour in every zone of the country.</param>
internal sealed record Kept(Session Session, PersonFacts Person, Actor Actor, DateTimeOffset Hour)
{
    /// <summary>Whether a request of this session may use them, provided that their version still stands.</summary>
    public bool Suits(Session session, System.Net.IPAddress? address, DateTimeOffset now) =>
        session.Id == Session.Id && session.PersonId == Session.PersonId && session.Worn == Session.Worn && session.IsChild == Session.IsChild
        && Equals(address, Actor.Address) && HourOf(now) == Hour && !(Person.StandsUntil <= now);

    public static DateTimeOffset HourOf(DateTimeOffset now) => new(now.Year, now.Month, now.Day, now.Hour, 0, 0, TimeSpan.Zero);
}

/// <summary>
/// Facts of people who are at work on this node. Kept, never trusted: each request asks the registry, in the round trip
/// that finds its session, whether their version still stands.
/// </summary>
internal sealed class KeptFacts : IDisposable
{
    private const int People = 10_000;
    private readonly MemoryCache kept = new(new MemoryCacheOptions { SizeLimit = People });
    private readonly MemoryCacheEntryOptions life = new() { Size = 1, SlidingExpiration = TimeSpan.FromMinutes(10) };

    public Kept? Find(SessionToken token) => kept.Get<Kept>(Key(token));

    public void Keep(SessionToken token, Kept facts) => kept.Set(Key(token), facts, life);

    /// <inheritdoc/>
    public void Dispose() => kept.Dispose();

    private static string Key(SessionToken token) => Convert.ToHexString(token.Hash());
}
