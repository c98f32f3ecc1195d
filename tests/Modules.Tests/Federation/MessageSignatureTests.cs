using System.Security.Cryptography;
using MySchool.Federation.Wire;
using Xunit;

namespace MySchool.Modules.Tests.Federation;

/// <summary>RFC 9421 as the regional diary uses it.</summary>
public sealed class MessageSignatureTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);
    private readonly string file = Path.GetTempFileName();
    private readonly EcKey key;

    public MessageSignatureTests()
    {
        using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(file, made.ExportPkcs8PrivateKeyPem());
        key = EcKey.OfFile(file);
    }

    public void Dispose() => File.Delete(file);

    private static string? Question(string name) => name switch
    {
        "\"@method\"" => "GET", "\"@authority\"" => "region.example", "\"@path\"" => "/api/diary/v1/persons/1", "\"@query\"" => "?week=2026-11-23",
        "\"authorization\"" => "Bearer abc", "\"content-digest\"" => MessageSignature.Digest([]), _ => null,
    };

    private (ClaimedSignature Claimed, SignedHeaders Headers) Signed()
    {
        var headers = MessageSignature.Sign(key, "portal-1", MessageSignature.OfRequest, Question, Now);
        return (MessageSignature.Read(headers.InputHeader, headers.SignatureHeader, MessageSignature.OfRequest)!, headers);
    }

    [Fact]
    public void What_is_signed_is_believed_by_the_public_half()
    {
        var (claimed, _) = Signed();
        Assert.Equal(("portal-1", Now), (claimed.KeyId, claimed.Created));
        Assert.True(MessageSignature.Holds(claimed, EcKey.OfPublic(key.Public())!, Question));
    }

    [Theory]
    [InlineData("\"@method\"", "POST")]
    [InlineData("\"@authority\"", "other.example")]
    [InlineData("\"@path\"", "/api/diary/v1/persons/2")]
    [InlineData("\"@query\"", "?week=2026-11-30")]
    [InlineData("\"authorization\"", "Bearer abd")]
    [InlineData("\"content-digest\"", "sha-256=:AAAA:")]
    public void A_change_of_any_part_is_seen(string part, string value) =>
        Assert.False(MessageSignature.Holds(Signed().Claimed, key, name => name == part ? value : Question(name)));

    [Fact]
    public void A_signature_that_leaves_a_part_out_or_changes_its_moment_is_none()
    {
        var less = MessageSignature.Sign(key, "portal-1", [.. MessageSignature.OfRequest.Skip(1)], Question, Now);
        Assert.Null(MessageSignature.Read(less.InputHeader, less.SignatureHeader, MessageSignature.OfRequest));
        var (claimed, headers) = Signed();
        var later = headers.InputHeader.Replace($"created={Now.ToUnixTimeSeconds()}", $"created={Now.AddHours(1).ToUnixTimeSeconds()}", StringComparison.Ordinal);
        Assert.False(MessageSignature.Holds(MessageSignature.Read(later, headers.SignatureHeader, MessageSignature.OfRequest)!, key, Question));
        Assert.NotEqual(claimed.Nonce, Signed().Claimed.Nonce);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("diary=()")]
    [InlineData("other=(\"@method\");created=1")]
    [InlineData("diary=(\"@method\" \"@authority\" \"@path\" \"@query\" \"authorization\" \"content-digest\");created=1;keyid=\"a\"")]
    public void Anything_else_is_no_signature(string? input) =>
        Assert.Null(MessageSignature.Read(input, Signed().Headers.SignatureHeader, MessageSignature.OfRequest));

    [Fact]
    public void Keys_of_another_curve_and_other_text_are_refused()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Assert.Null(EcKey.OfPublic(Convert.ToBase64String(other.ExportSubjectPublicKeyInfo())));
        Assert.Null(EcKey.OfPublic("not a key"));
        Assert.Null(PartnerKeys.Read("one-word"));
        Assert.Equal(2, PartnerKeys.Read($"a {key.Public()}\nb {key.Public()}")!.Count);
    }
}
