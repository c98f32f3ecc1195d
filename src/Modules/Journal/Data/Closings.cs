using MySchool.Contracts.Registry;
using MySchool.Journal.Domain;

namespace MySchool.Journal.Data;

/// <summary>Closed terms as statements and rules see them.</summary>
internal static class Closings
{
    /// <summary>The numbers the database tells, as terms of the group.</summary>
    public static IReadOnlyList<ClosedTerm> Of(GroupRoster group, short[] closed) => closed.Length == 0 ? []
        : [.. group.Terms.Where(term => Array.IndexOf(closed, term.Number) >= 0).Select(term => new ClosedTerm(term.Name, term.Starts, term.Ends))];
}
