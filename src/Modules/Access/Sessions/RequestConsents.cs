using MySchool.Access.Consents;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;

namespace MySchool.Access.Sessions;

/// <summary>Answers from what the session lookup has loaded, so asking costs nothing and a withdrawal acts on the next request.</summary>
internal sealed class RequestConsents(CurrentRequest current, FactsDb db, IRegistry registry, IClock clock) : IConsents
{
    // An index scan by consents_subject.
    private static readonly string Givers =
        $"select distinct g.giver_id from access.consents g where g.subject_id = $1 and g.purpose = $2 and {Standing.At("$3")}";

    /// <inheritdoc/>
    public bool Stands(Actor actor, ConsentFlow flow, Guid subjectId) =>
        current.Session is { } session ? session.PersonId == actor.PersonId && session.Consents.Contains((flow.Purpose, subjectId))
            : current.Key is { } key && key.PersonId == actor.PersonId && key.Consents.Contains((flow.Purpose, subjectId));

    /// <inheritdoc/>
    public async Task<bool> IsOpenAsync(ConsentFlow flow, Guid subjectId, CancellationToken cancel)
    {
        // What a representative allowed ends with the right to speak for the child; asked even of nobody, so that a refusal takes the same steps.
        return await registry.MaySpeakForAsync(await ReadGiversAsync(flow.Purpose, subjectId, cancel), subjectId, clock.Now, cancel);
    }

    /// <inheritdoc/>
    public async Task<bool> IsOpenAsync(ConsentFlow flow, Guid subjectId, IReadOnlyCollection<Guid> voices, CancellationToken cancel) =>
        (await ReadGiversAsync(flow.Purpose, subjectId, cancel)).Exists(voices.Contains);

    private async Task<List<Guid>> ReadGiversAsync(string purpose, Guid subjectId, CancellationToken cancel)
    {
        await using var ask = db.Source.CreateCommand(Givers);
        foreach (var value in (object[])[subjectId, purpose, clock.Now]) ask.Parameters.AddWithValue(value);
        await using var reader = await ask.ExecuteReaderAsync(cancel);
        return await reader.ReadAllAsync(row => row.GetGuid(0), cancel);
    }
}
