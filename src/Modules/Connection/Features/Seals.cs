using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Secrets;

namespace MySchool.Connection.Features;

/// <summary>Whoever opens an invitation or asks for access: a person of the registry, or a stranger ЕСИА has proven.</summary>
/// <param name="Who">Whom an order will name.</param>
/// <param name="Name">The proven name.</param>
/// <param name="Key">Tells one from another in this module's tables without saying who it is.</param>
/// <param name="Children">Children as ЕСИА knows them.</param>
internal sealed record Asker(Candidate Who, PersonName Name, byte[] Key, IReadOnlyList<NamedChild> Children);

/// <summary>Seals what ЕСИА proved while a human decides, and makes keys of people.</summary>
internal sealed class Seals(IDataProtectionProvider protection, IdentifierVault vault)
{
    private readonly IDataProtector protector = protection.CreateProtector("connection.candidates");

    public string Seal<T>(T value) => protector.Protect(JsonSerializer.Serialize(value, Json.Options));

    /// <summary>What was sealed; null when the keys are gone.</summary>
    public T? Open<T>(string text) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(protector.Unprotect(text), Json.Options);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Who asks, by session or by what the sign-in has just proven; null when nobody.</summary>
    public Asker? Of(Actor? actor, PersonFacts? facts, IProvenIdentities proven)
    {
        if (actor is not null) return facts is null ? null : new(new Candidate(actor.PersonId, null), facts.Name, KeyOf(actor.PersonId), []);
        return proven.Current is { } stranger
            ? new(new Candidate(null, stranger.Person), stranger.Person.Name, vault.Hash(stranger.Person.EsiaOid), stranger.Children) : null;
    }

    public static byte[] KeyOf(Guid personId) => SHA256.HashData(Encoding.ASCII.GetBytes(personId.ToString()));
}
