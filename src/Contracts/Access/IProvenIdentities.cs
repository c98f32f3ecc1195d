using System.Collections.Immutable;
using MySchool.Contracts.Registry;
using MySchool.Kernel;

namespace MySchool.Contracts.Access;

/// <summary>Whom ЕСИА has just proven and the registry does not know: handed over by the sign-in for ten minutes, in this very browser.</summary>
public interface IProvenIdentities
{
    /// <summary>The stranger of this request, or null.</summary>
    ProvenStranger? Current { get; }

    /// <summary>Whether the account of this request is a child's: it acts for nobody but the child.</summary>
    bool IsChildAccount { get; }

    /// <summary>Opens a session for the stranger once the registry knows them, without a second walk through ЕСИА.</summary>
    /// <param name="cancel">Cancels waiting.</param>
    /// <returns>False when there is no stranger, or the registry still does not know them.</returns>
    Task<bool> SignInAsync(CancellationToken cancel);
}

/// <summary>A stranger and what else ЕСИА told.</summary>
/// <param name="Person">Who it is.</param>
/// <param name="Children">Their children as ЕСИА knows them.</param>
public sealed record ProvenStranger(ProvenPerson Person, ImmutableArray<NamedChild> Children);

/// <summary>Implemented by a module that may have something for whom this node's registry does not know: asked once, at the end of a sign-in.</summary>
public interface IKnownElsewhere
{
    /// <summary>The page to bring the stranger to, or null. Answers within its own deadline whatever is away.</summary>
    /// <param name="esiaOid">Whom ЕСИА has proven.</param>
    /// <param name="cancel">Cancels waiting.</param>
    Task<string?> FindPageAsync(string esiaOid, CancellationToken cancel);
}

/// <summary>Somebody of the registry has signed in.</summary>
/// <param name="EventId">Identity.</param>
/// <param name="OccurredAt">When.</param>
/// <param name="PersonId">Who.</param>
/// <param name="Units">Where they hold a role today.</param>
public sealed record PersonSignedIn(Guid EventId, DateTimeOffset OccurredAt, Guid PersonId, ImmutableArray<Guid> Units) : IModuleEvent
{
    /// <inheritdoc/>
    public Guid? SchoolId => null;
}

/// <summary>Pages that a sign-in brings people to even when no role is theirs yet.</summary>
public static class StrangerPages
{
    /// <summary>An invitation by link or code.</summary>
    public const string Invitation = "/invite";

    /// <summary>A request for access of one's own.</summary>
    public const string Request = "/connect";

    /// <summary>The diary of the region where the person or a child learns.</summary>
    public const string RegionalDiary = "/regional-diary";

    /// <summary>All of them.</summary>
    public static readonly ImmutableArray<string> All = [Invitation, Request, RegionalDiary];
}
