using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace MySchool.Connection.Domain;

/// <summary>What opens an invitation: a link with 256 random bits, and a code that a person can read out on the telephone.</summary>
/// <param name="Link">43 letters of base64url; the database knows only their SHA-256.</param>
/// <param name="Code">«K7PM-92XF-T3RW»: the first four letters find the invitation, the other eight prove it.</param>
internal sealed record InvitationSecrets(string Link, string Code)
{
    // Without 0 and O, 1, I and L: nothing that looks like something else.
    private const string Alphabet = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";
    private const int HandleLength = 4;
    private const int CodeLength = 12;
    private const int LinkLength = 43;
    private const int Rounds = 60_000;

    public static InvitationSecrets New() => new(
        Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32)), Show(RandomNumberGenerator.GetString(Alphabet, CodeLength)));

    /// <summary>The public part of the code.</summary>
    public string Handle => Code[..HandleLength];

    public static byte[] HashLink(string link) => SHA256.HashData(Encoding.ASCII.GetBytes(link));

    /// <summary>Slow on purpose: eight letters are few for whoever would steal the table.</summary>
    public static byte[] HashCode(string code, byte[] salt) =>
        Rfc2898DeriveBytes.Pbkdf2(Encoding.ASCII.GetBytes(Clean(code)), salt, Rounds, HashAlgorithmName.SHA256, 32);

    public static byte[] NewSalt() => RandomNumberGenerator.GetBytes(16);

    public static bool IsLink(string? text) =>
        text is { Length: LinkLength } && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');

    /// <summary>What a person typed, in the alphabet of codes: any case, spaces and dashes; null when it is no code.</summary>
    public static string? Parse(string? typed)
    {
        var letters = Clean(typed ?? "");
        return letters.Length == CodeLength && letters.All(Alphabet.Contains) ? Show(letters) : null;
    }

    private static string Clean(string text) => string.Concat(text.Where(char.IsLetterOrDigit)).ToUpperInvariant();

    private static string Show(string letters) => $"{letters[..4]}-{letters[4..8]}-{letters[8..]}";
}
