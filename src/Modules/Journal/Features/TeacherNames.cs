using System.Collections.Concurrent;
using MySchool.Contracts.Registry;
using MySchool.Kernel;

namespace MySchool.Journal.Features;

/// <summary>Polite names of teachers who write in journals; kept, since a name of staff is open to the whole school.</summary>
internal sealed class TeacherNames(IRegistry registry)
{
    private const int MaxEntries = 20_000;
    private readonly ConcurrentDictionary<Guid, string> names = new();

    public async ValueTask<IReadOnlyDictionary<Guid, string>> OfAsync(Actor actor, IReadOnlyCollection<Guid> people, CancellationToken cancel)
    {
        var missing = people.Where(id => !names.ContainsKey(id)).ToList();
        if (missing.Count > 0)
        {
            if (names.Count > MaxEntries) names.Clear();
            foreach (var (id, name) in await registry.GetNamesAsync(actor, missing, cancel)) names[id] = name.Polite;
        }
        return people.Distinct().ToDictionary(id => id, id => names.GetValueOrDefault(id, ""));
    }
}
