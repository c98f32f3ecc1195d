using MySchool.Kernel;

namespace MySchool.Access;

/// <summary>What the module lets people do.</summary>
internal static class AccessActions
{
    public static readonly AppAction SignIn = AppAction.ForAnyone("access.sign-in");
    public static readonly AppAction SignOut = AppAction.ForSignedIn("access.sign-out");
    public static readonly AppAction ChangeRole = AppAction.ForSignedIn("access.change-role");
    public static readonly AppAction ManageAccount = AppAction.ForSignedIn("access.manage-account");
    public static readonly AppAction RevokeSession = AppAction.ForSignedIn("access.revoke-session");
    public static readonly AppAction ReadConsents = AppAction.ForSignedIn("access.read-consents");
    public static readonly AppAction GiveConsent = AppAction.ForSignedIn("access.give-consent");
    public static readonly AppAction WithdrawConsent = AppAction.ForSignedIn("access.withdraw-consent");

    public static readonly IReadOnlyList<AppAction> All =
        [SignIn, SignOut, ChangeRole, ManageAccount, RevokeSession, ReadConsents, GiveConsent, WithdrawConsent];
}
