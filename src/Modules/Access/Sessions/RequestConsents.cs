using MySchool.Contracts.Access;
using MySchool.Kernel;

namespace MySchool.Access.Sessions;

/// <summary>Answers from what the session lookup has loaded, so asking costs nothing and a withdrawal acts on the next request.</summary>
internal sealed class RequestConsents(CurrentRequest current) : IConsents
{
    /// <inheritdoc/>
    public bool Stands(Actor actor, string purpose, Guid subjectId) =>
        current.Session is { } session && session.PersonId == actor.PersonId && session.Consents.Contains((purpose, subjectId));
}
