using MySchool.Access.Consents;
using MySchool.Contracts.Access;
using Xunit;

namespace MySchool.Modules.Tests.Access;

public sealed class ConsentRulesTests
{
    private static readonly DateOnly Today = new(2026, 11, 28);

    [Theory]
    // A child of 13: the representatives speak, the child looks on.
    [InlineData("outside-sites", 14, Roles.Guardian, false, -13, "Represents")]
    [InlineData("outside-sites", 14, Roles.Learner, true, -13, "None")]
    // Fourteen today: the child decides, the representatives may only take back what they gave.
    [InlineData("outside-sites", 14, Roles.Guardian, false, -14, "Withdraws")]
    [InlineData("outside-sites", 14, Roles.Learner, true, -14, "Decides")]
    // The age is the text's, not the program's.
    [InlineData("outside-sites", 15, Roles.Learner, true, -14, "None")]
    [InlineData("outside-sites", 15, Roles.Guardian, false, -14, "Represents")]
    [InlineData("diary", null, Roles.Guardian, false, -17, "Represents")]
    [InlineData("diary", null, Roles.Learner, true, -17, "None")]
    // A day of birth nobody wrote down is a child's.
    [InlineData("outside-sites", 14, Roles.Learner, true, null, "None")]
    [InlineData("outside-sites", 14, Roles.Guardian, false, null, "Represents")]
    // Adults speak for themselves, and of nothing that concerns children.
    [InlineData("regional-diary", 14, Roles.Teacher, true, null, "Decides")]
    [InlineData("diary", null, Roles.Teacher, true, null, "None")]
    [InlineData("notifications", 14, Roles.Guardian, true, null, "Decides")]
    [InlineData("notifications", 14, Roles.Guardian, false, -10, "None")]
    public void Voice_follows_the_role_and_the_age_named_in_the_text(string purpose, int? ownAge, string role, bool isSelf, int? bornYears, string voice) => Assert.Equal(
        voice, ConsentRules.VoiceOf(Text(purpose, ownAge), role, isSelf, bornYears is { } years ? Today.AddYears(years) : null, Today).ToString());

    [Fact]
    public void A_day_before_the_birthday_the_child_is_still_a_child()
    {
        var born = Today.AddYears(-14).AddDays(1);
        Assert.Equal(ConsentVoice.None, ConsentRules.VoiceOf(Text("outside-sites", 14), Roles.Learner, true, born, Today));
        Assert.Equal(ConsentVoice.Decides, ConsentRules.VoiceOf(Text("outside-sites", 14), Roles.Learner, true, born, Today.AddDays(1)));
    }

    [Theory]
    // A year's consent: sixty days before its end; a month's: in its second half.
    [InlineData(365, 61, false)]
    [InlineData(365, 60, true)]
    [InlineData(30, 16, false)]
    [InlineData(30, 15, true)]
    public void A_consent_is_renewed_near_its_end(int days, int left, bool may)
    {
        var (given, version) = (DateTimeOffset.UnixEpoch, (short)1);
        var line = new ConsentLine(Guid.Empty, "diary", version, "", Guid.Empty, Guid.Empty, given, given.AddDays(days), null, null, false);
        Assert.Equal(may, line.MayBeRenewed(version, given.AddDays(days - left)));
        Assert.True(line.MayBeRenewed(2, given));
    }

    private static ConsentText Text(string purpose, int? ownAge) =>
        new(purpose, 1, "", "", "", false, 12, DateTimeOffset.UnixEpoch) { OwnAge = (short?)ownAge };
}
