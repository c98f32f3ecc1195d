using System.Collections.Immutable;

namespace MySchool.Kernel;

/// <summary>
/// The second wall's view of an actor: lists of ids that row-level security compares rows with.
/// Derived from ties by a table the contracts declare, so that no handler can widen it.
/// </summary>
/// <param name="Lists">Setting name (without the <c>app.</c> prefix) to its ids, comma-separated, ready to send.</param>
public sealed record Scopes(ImmutableArray<KeyValuePair<string, string>> Lists)
{
    /// <summary>Builds the settings of an actor.</summary>
    /// <param name="actor">The actor.</param>
    /// <param name="table">For each scope, the (relation, target kind) pairs that feed it.</param>
    public static Scopes Of(Actor actor, IReadOnlyDictionary<string, ImmutableHashSet<(string Relation, string Kind)>> table)
    {
        var lists = table.Select(scope => KeyValuePair.Create(
            scope.Key,
            string.Join(',', actor.Ties
                .Where(tie => scope.Value.Contains((tie.Relation, tie.Target.Kind)))
                .Select(tie => tie.Target.Id).Distinct())));
        return new([KeyValuePair.Create("person", actor.PersonId.ToString()), .. lists]);
    }
}

/// <summary>Tells which relations feed which row-level security scopes. One table for the whole platform.</summary>
public interface IScopeTable
{
    /// <summary>Scope name to the (relation, target kind) pairs that feed it. Names match the SQL policies.</summary>
    IReadOnlyDictionary<string, ImmutableHashSet<(string Relation, string Kind)>> Scopes { get; }
}
