using System.Collections.Immutable;
using MySchool.Access.Resources;
using MySchool.Contracts.Registry;
using MySchool.Kernel.Data;

namespace MySchool.Access.Features;

/// <summary>Tells the registry of consents that speak of people it wants to take back or merge.</summary>
internal sealed class FindConsentsOfPeople(FactsDb db) : IBuiltOnPeople
{
    public async Task<ImmutableArray<BuiltOnPeople>> FindAsync(
        Guid schoolId, IReadOnlyCollection<Guid> personIds, IReadOnlyCollection<Guid> groupIds, DateTimeOffset since, CancellationToken cancel)
    {
        await using var find = db.Source.CreateCommand("select subject_id, count(*) from access.consents where subject_id = any($1) and at >= $2 group by 1");
        find.Parameters.Add(new() { Value = personIds.ToArray() });
        find.Parameters.Add(new() { Value = since });
        await using var reader = await find.ExecuteReaderAsync(cancel);
        return [.. await reader.ReadAllAsync(row => new BuiltOnPeople(row.GetGuid(0), string.Format(null, Texts.BuiltConsents, row.GetInt64(1))), cancel)];
    }
}
