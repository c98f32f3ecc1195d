using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;

namespace MySchool.Federation.Asking;

/// <summary>Whom ЕСИА has proven: somebody signed in, or a stranger of the last minutes whom this registry does not know.</summary>
internal sealed class WhoLooks(IRegistry registry, IProvenIdentities proven)
{
    /// <summary>The reader, or null when nobody is signed in or the account is bound to no ЕСИА id.</summary>
    public async ValueTask<Reader?> FindAsync(Actor? actor, CancellationToken cancel)
    {
        if (actor is null) return proven.Current is { Person.EsiaOid: { Length: > 0 } stranger } ? new(stranger, null) : null;
        var account = await actor.KeepAsync(actor.PersonId, async () => await registry.FindEsiaOidAsync(actor.PersonId, cancel) is { } oid ? new Account(oid) : null);
        return account is null ? null : new(account.Oid, actor.PersonId);
    }

    private sealed record Account(string Oid);
}
