using MySchool.Contracts.Access;
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

    /// <summary>Календарь по ссылке и ключи для своих приложений: a representative's of a child, a learner's own.</summary>
    public static readonly AppAction ManageKeys = AppAction.For("access.manage-keys", Relations.Self, Relations.Guardian);

    public static readonly AppAction AskCopy = AppAction.ForSignedIn("access.ask-copy");
    public static readonly AppAction TakeCopy = AppAction.ForSignedIn("access.take-copy");
    public static readonly AppAction DropCopy = AppAction.ForSignedIn("access.drop-copy");

    /// <summary>Удаление своих данных или данных ребёнка: попросить, отозвать просьбу, увидеть акт.</summary>
    public static readonly AppAction AskErasure = AppAction.ForSignedIn("access.ask-erasure");

    /// <summary>Решить о просьбе удалить данные; decided at the unit that answers for the person.</summary>
    public static readonly AppAction DecideErasure = AppAction.For("access.decide-erasure", Relations.Administers, Relations.Operates);

    /// <summary>Акт по ссылке: the secret of the link decides.</summary>
    public static readonly AppAction ReadErasureByLink = AppAction.ForAnyone("access.read-erasure-by-link");

    /// <summary>Страница школы, открытая поддержкой: named in the audit only.</summary>
    public static readonly AppAction VisitPage = AppAction.For("access.visit-page", Relations.Visits);

    /// <summary>Сроки хранения.</summary>
    public static readonly AppAction SetRetention = AppAction.For("access.set-retention", Relations.Operates);

    /// <summary>A site sends its person here and takes them back; who is not signed in signs in first.</summary>
    public static readonly AppAction OpenSite = AppAction.ForAnyone("access.open-site");

    /// <summary>Sites' and systems' own requests: OpenIddict checks their credentials.</summary>
    public static readonly AppAction TalkToClients = AppAction.ForAnyone("access.talk-to-clients");
    public static readonly AppAction ConnectSite = AppAction.ForSignedIn("access.connect-site");
    public static readonly AppAction DisconnectSite = AppAction.ForSignedIn("access.disconnect-site");

    /// <summary>Подключение сайтов и систем.</summary>
    public static readonly AppAction ManageClients = AppAction.For("access.manage-clients", Relations.Operates);

    /// <summary>Тексты согласий: черновики и редакции.</summary>
    public static readonly AppAction ManagePurposes = AppAction.For("access.manage-purposes", Relations.Operates);

    public static readonly IReadOnlyList<AppAction> All =
    [
        SignIn, SignOut, ChangeRole, ManageAccount, RevokeSession, ReadConsents, GiveConsent, WithdrawConsent,
        OpenSite, TalkToClients, ConnectSite, DisconnectSite, ManageClients, ManagePurposes,
        AskCopy, TakeCopy, DropCopy, AskErasure, DecideErasure, ReadErasureByLink, VisitPage, SetRetention, ManageKeys,
    ];
}
