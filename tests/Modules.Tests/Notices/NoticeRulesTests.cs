using System.Security.Cryptography;
using System.Text;
using MySchool.Notices.Domain;
using Xunit;
using static System.Buffers.Text.Base64Url;

namespace MySchool.Modules.Tests.Notices;

public sealed class NoticeRulesTests
{
    private static readonly NoticeSettings Now = NoticeSettings.Default with { Marks = Modes.Now };

    // Moscow is three hours ahead of UTC, Vladivostok ten.
    [Theory]
    [InlineData("2026-11-23T09:00Z", "Europe/Moscow", "2026-11-23T09:00Z")]
    [InlineData("2026-11-23T17:59Z", "Europe/Moscow", "2026-11-23T17:59Z")]
    [InlineData("2026-11-23T18:00Z", "Europe/Moscow", "2026-11-24T05:00Z")]
    [InlineData("2026-11-24T01:00Z", "Europe/Moscow", "2026-11-24T05:00Z")]
    [InlineData("2026-11-24T04:59Z", "Europe/Moscow", "2026-11-24T05:00Z")]
    [InlineData("2026-11-24T05:00Z", "Europe/Moscow", "2026-11-24T05:00Z")]
    [InlineData("2026-11-23T12:00Z", "Asia/Vladivostok", "2026-11-23T22:00Z")]
    [InlineData("2026-11-23T00:00Z", "Asia/Vladivostok", "2026-11-23T00:00Z")]
    public void At_once_waits_for_the_end_of_quiet_hours_by_the_schools_clock(string happened, string zone, string leaves) =>
        Assert.Equal(DateTimeOffset.Parse(leaves, null), Now.LeavesAt(Kinds.Mark, DateTimeOffset.Parse(happened, null), zone));

    [Theory]
    [InlineData("2026-11-23T09:00Z", "2026-11-23T15:00Z")]
    [InlineData("2026-11-23T15:00Z", "2026-11-24T15:00Z")]
    [InlineData("2026-11-23T23:00Z", "2026-11-24T15:00Z")]
    public void Digest_leaves_at_the_next_hour_chosen(string happened, string leaves) =>
        Assert.Equal(DateTimeOffset.Parse(leaves, null), NoticeSettings.Default.LeavesAt(Kinds.Absence, DateTimeOffset.Parse(happened, null), "Europe/Moscow"));

    [Fact]
    public void Never_is_never_and_equal_ends_are_no_quiet_hours()
    {
        Assert.Null((Now with { Homework = Modes.Never }).LeavesAt(Kinds.Homework, DateTimeOffset.UnixEpoch, "Europe/Moscow"));
        Assert.False((Now with { QuietFrom = 600, QuietTo = 600 }).IsQuiet(DateTimeOffset.UnixEpoch, "Europe/Moscow"));
        Assert.True((Now with { QuietFrom = 60, QuietTo = 300 }).IsQuiet(DateTimeOffset.UnixEpoch, "Europe/Moscow"));
    }

    /// <summary>The example of RFC 8291, appendix A, to the byte.</summary>
    [Fact]
    public void A_message_is_encrypted_as_the_standard_shows()
    {
        var senderKey = DecodeFromChars("BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8");
        using var sender = ECDiffieHellman.Create(new ECParameters
        { Curve = ECCurve.NamedCurves.nistP256, D = DecodeFromChars("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), Q = new() { X = senderKey[1..33], Y = senderKey[33..] } });
        var body = PushCipher.Encrypt(Encoding.UTF8.GetBytes("When I grow up, I want to be a watermelon"),
            DecodeFromChars("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"), DecodeFromChars("BTBZMqHH6r4Tts7J_aSIgg"),
            sender, DecodeFromChars("DGv6ra1nlYgDCS1FRnbzlw"));
        Assert.Equal("DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN",
            EncodeToString(body));
    }
}
