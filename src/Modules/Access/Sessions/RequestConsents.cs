using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Data;

namespace MySchool.Access.Sessions;

/// <summary>Answers from what the session lookup has loaded, so asking costs nothing and a withdrawal acts on the next request.</summary>
internal sealed class RequestConsents(CurrentRequest current, FactsDb db, IClock clock) : IConsents
{
    // An index scan by consents_subject.
    private const string Open = """
        select exists (select from access.consents g where g.subject_id = $1 and g.purpose = $2 and g.event = 'given' and g.expires_at > $3
          and not exists (select from access.consents w where w.withdraws_id = g.id))
        """;

    /// <inheritdoc/>
    public bool Stands(Actor actor, string purpose, Guid subjectId) =>
        current.Session is { } session && session.PersonId == actor.PersonId && session.Consents.Contains((purpose, subjectId));

    /// <inheritdoc/>
    public async Task<bool> IsOpenAsync(string purpose, Guid subjectId, CancellationToken cancel)
    {
        await using var ask = db.Source.CreateCommand(Open);
        foreach (var value in (object[])[subjectId, purpose, clock.Now]) ask.Parameters.AddWithValue(value);
        return (bool)(await ask.ExecuteScalarAsync(cancel))!;
    }
}
