using System.Collections.Frozen;

namespace MySchool.Kernel;

/// <summary>Something a person or a job may do, and to whom it is open.</summary>
/// <remarks>
/// Each route, page, grain entry, job and export names one. Declared once, in the module that owns the resource.
/// </remarks>
public sealed class AppAction
{
    private readonly FrozenSet<string> relations;

    private AppAction(string name, bool isOpenToAnyone, bool isOpenToSignedIn, IEnumerable<string> relations)
    {
        Name = name;
        IsOpenToAnyone = isOpenToAnyone;
        IsOpenToSignedIn = isOpenToSignedIn;
        this.relations = relations.ToFrozenSet();
    }

    /// <summary>Dotted name: <c>journal.record-marks</c>.</summary>
    public string Name { get; }

    /// <summary>Open without a session: sign-in, health, static help.</summary>
    public bool IsOpenToAnyone { get; }

    /// <summary>Open to every signed-in person for what is their own: sessions, preferences.</summary>
    public bool IsOpenToSignedIn { get; }

    /// <summary>The relations to the resource that allow it.</summary>
    public IReadOnlySet<string> Relations => relations;

    /// <summary>Declares an action open to those standing in one of these relations to the resource.</summary>
    public static AppAction For(string name, params string[] relations) => new(name, false, false, relations);

    /// <summary>Declares an action open without a session.</summary>
    public static AppAction ForAnyone(string name) => new(name, true, true, []);

    /// <summary>Declares an action open to any signed-in person about themselves.</summary>
    public static AppAction ForSignedIn(string name) => new(name, false, true, []);

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>The first wall: one pure function from facts to yes or no.</summary>
public static class Decide
{
    /// <summary>Whether an actor may do a thing to a resource.</summary>
    /// <param name="actor">Who, with the ties of the role worn; null when nobody is signed in.</param>
    /// <param name="action">What.</param>
    /// <param name="resource">Every place the resource stands at: its school, class, group, person. Empty allows nothing but open actions.</param>
    /// <returns>True only when some tie of an allowed relation ends at one of those places.</returns>
    public static bool Allows(Actor? actor, AppAction action, params ReadOnlySpan<Coordinate> resource)
    {
        if (action.IsOpenToAnyone) return true;
        if (actor is null) return false;
        if (action.IsOpenToSignedIn) return true;
        foreach (var relation in action.Relations)
            foreach (var place in resource)
                if (actor.Is(relation, place))
                    return true;
        return false;
    }

    /// <summary>
    /// Whether the actor could do the thing to anything at all: the gate of a route before the resource is known.
    /// Never sufficient by itself; the handler decides again with the resource in hand.
    /// </summary>
    public static bool CouldAllow(Actor? actor, AppAction action)
    {
        if (action.IsOpenToAnyone) return true;
        if (actor is null) return false;
        return action.IsOpenToSignedIn || actor.Ties.Any(tie => action.Relations.Contains(tie.Relation));
    }
}
