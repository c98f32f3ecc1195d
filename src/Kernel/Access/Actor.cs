using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;

namespace MySchool.Kernel;

/// <summary>A place a resource stands at: a school, a class, a person. Kinds are named by the contracts.</summary>
/// <param name="Kind">What is stood at, e.g. <c>school</c>.</param>
/// <param name="Id">Which one.</param>
public readonly record struct Coordinate(string Kind, Guid Id);

/// <summary>A dated fact that binds a person to a place by a relation, e.g. "teaches the group 7Б-алгебра".</summary>
/// <param name="Relation">The relation's name, from the contracts.</param>
/// <param name="Target">What the person is bound to.</param>
/// <param name="From">First day it holds, or null for "always has".</param>
/// <param name="To">Last day it holds, or null for "until further notice".</param>
public readonly record struct Tie(string Relation, Coordinate Target, DateOnly? From = null, DateOnly? To = null)
{
    /// <summary>Whether the tie holds on a day, both ends included.</summary>
    public bool HoldsOn(DateOnly day) => (From is null || From <= day) && (To is null || To >= day);
}

/// <summary>The role a person is acting in now: one at a time, chosen in the switcher.</summary>
/// <param name="Role">Role name from the contracts.</param>
/// <param name="UnitId">The organisation the role is held in; empty for a guardian.</param>
public readonly record struct Hat(string Role, Guid UnitId);

/// <summary>
/// Who is asking, in which role, and everything that binds that role to people and places today.
/// Built from the session and the registry, never from anything the client sent; the same actor serves further requests
/// while the facts behind the ties stand unchanged.
/// </summary>
public sealed class Actor
{
    private const int KeptAtMost = 8;
    private readonly HashSet<(string Relation, Coordinate Target)> ties;
    private readonly ConcurrentDictionary<(Type Kind, Guid Id), object> kept = new();

    /// <summary>Creates an actor whose ties are already cut down to the hat it wears.</summary>
    /// <param name="personId">The person.</param>
    /// <param name="sessionId">The session, or empty for a job.</param>
    /// <param name="hat">The role worn.</param>
    /// <param name="ties">All ties of that role; those not holding on <paramref name="today"/> are dropped.</param>
    /// <param name="today">The day to judge by.</param>
    /// <param name="address">Where the request came from.</param>
    public Actor(Guid personId, Guid sessionId, Hat hat, IEnumerable<Tie> ties, DateOnly today, IPAddress? address = null)
    {
        PersonId = personId;
        SessionId = sessionId;
        Hat = hat;
        Today = today;
        Address = address;
        Ties = [.. ties.Where(tie => tie.HoldsOn(today))];
        this.ties = Ties.Select(tie => (tie.Relation, tie.Target)).ToHashSet();
    }

    /// <summary>The person.</summary>
    public Guid PersonId { get; }

    /// <summary>The session; empty for jobs.</summary>
    public Guid SessionId { get; }

    /// <summary>The role worn.</summary>
    public Hat Hat { get; }

    /// <summary>The day the ties were judged by, in the actor's own time zone.</summary>
    public DateOnly Today { get; }

    /// <summary>The client's address, for audit and limits.</summary>
    public IPAddress? Address { get; }

    /// <summary>The ties that hold today.</summary>
    public ImmutableArray<Tie> Ties { get; }

    /// <summary>What row-level security is told of the actor; worked out once.</summary>
    internal Scopes? Scopes { get; set; }

    /// <summary>Whether this actor stands in the relation to that very place.</summary>
    public bool Is(string relation, Coordinate target) => ties.Contains((relation, target));

    /// <summary>Targets of one kind that the actor is bound to by one relation.</summary>
    public IEnumerable<Guid> Targets(string relation, string kind) =>
        Ties.Where(tie => tie.Relation == relation && tie.Target.Kind == kind).Select(tie => tie.Target.Id);

    /// <summary>
    /// An answer that rests on the very facts the ties rest on, such as the roster of a group taught: read once, and gone
    /// with the actor as soon as any of those facts changes. A few are kept; null is not.
    /// </summary>
    /// <param name="id">What it is about.</param>
    /// <param name="read">Reads it when it is not kept.</param>
    public async ValueTask<T?> KeepAsync<T>(Guid id, Func<Task<T?>> read) where T : class
    {
        if (kept.TryGetValue((typeof(T), id), out var known)) return (T)known;
        if (await read() is not { } fresh) return null;
        if (kept.Count >= KeptAtMost) kept.Clear();
        kept[(typeof(T), id)] = fresh;
        return fresh;
    }
}
