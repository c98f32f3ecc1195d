using MySchool.Access.Resources;

namespace MySchool.Access.Web;

/// <summary>Rules of a consent's text in words.</summary>
internal static class PurposeWords
{
    private static readonly System.Text.CompositeFormat OwnAge = System.Text.CompositeFormat.Parse(Texts.PurposeOwnAge);

    /// <summary>Who gives the consent, by the age from which a person decides alone.</summary>
    public static string WhoGives(short? ownAge) => ownAge is { } age ? string.Format(null, OwnAge, age) : Texts.PurposeGuardianOnly;
}
