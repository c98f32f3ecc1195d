using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace MySchool.Access.Keys;

/// <summary>A key as its issuer sees it.</summary>
/// <param name="Id">The key.</param>
/// <param name="Kind">One of <c>KeyScopes</c>.</param>
/// <param name="Name">What the issuer called it; empty for a calendar.</param>
/// <param name="Learners">Whom it reads.</param>
/// <param name="CreatedAt">When it was issued.</param>
/// <param name="ExpiresAt">When it ends by itself; a calendar does not.</param>
/// <param name="LastUsedAt">When it last read, to the minute; null: never.</param>
internal sealed record ReadKey(
    Guid Id, string Kind, string Name, ImmutableArray<Guid> Learners, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt);

/// <summary>The key that a request came with, and the consents of whoever issued it: purpose and subject.</summary>
internal sealed record KeyInUse(Guid Id, Guid PersonId, FrozenSet<(string Purpose, Guid SubjectId)> Consents);

/// <summary>The secret of a key: 256 random bits, shown once.</summary>
internal static class KeySecret
{
    private const int Bytes = 32;
    private const int Letters = 43;

    /// <summary>Begins every token for programs, so that a scanner of leaked secrets knows it.</summary>
    public const string Prefix = "mys_";

    public static string New() => WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>SHA-256 of the secret, or null when it is not of our making.</summary>
    public static byte[]? Hash(string? text)
    {
        if (text is null) return null;
        var secret = text.StartsWith(Prefix, StringComparison.Ordinal) ? text[Prefix.Length..] : text;
        return secret.Length == Letters && secret.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_')
            ? SHA256.HashData(Encoding.ASCII.GetBytes(secret)) : null;
    }
}
