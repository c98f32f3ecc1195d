using MySchool.Contracts.Access;
using MySchool.Kernel;

namespace MySchool.Connection;

/// <summary>Everything the module lets anyone do, and to whom it is open.</summary>
internal static class ConnectionActions
{
    /// <summary>Открыть приглашение и принять его: the secret and ЕСИА decide, a role is not there yet.</summary>
    public static readonly AppAction OpenInvitation = AppAction.ForAnyone("connection.open-invitation");

    /// <summary>Попросить доступ: whoever ЕСИА has proven.</summary>
    public static readonly AppAction AskForAccess = AppAction.ForAnyone("connection.ask-for-access");

    /// <summary>Шаги и цифры подключения.</summary>
    public static readonly AppAction Read = AppAction.For("connection.read",
        Relations.Coordinates, Relations.Operates, Relations.Administers, Relations.Head, Relations.Deputy, Relations.Maintains);

    /// <summary>Цифры территории; decided at the territory and those above it.</summary>
    public static readonly AppAction ReadTerritory = AppAction.For("connection.read-territory", Relations.Coordinates, Relations.Operates);

    /// <summary>Пригласить координатора или администратора; decided at the units strictly above the one invited to.</summary>
    public static readonly AppAction InviteOfficials = AppAction.For("connection.invite-officials", Relations.Coordinates, Relations.Operates);

    /// <summary>Пригласить сотрудника своей школы.</summary>
    public static readonly AppAction InviteStaff = AppAction.For("connection.invite-staff", Relations.Administers);

    /// <summary>Список приглашений и всё, что с ними делают.</summary>
    public static readonly AppAction ManageInvitations = AppAction.For("connection.manage-invitations",
        Relations.Coordinates, Relations.Operates, Relations.Administers);

    /// <summary>Заявки на доступ к своей школе.</summary>
    public static readonly AppAction DecideRequests = AppAction.For("connection.decide-requests", Relations.Administers);

    /// <summary>Напомнить отстающим.</summary>
    public static readonly AppAction Remind = AppAction.For("connection.remind", Relations.Coordinates, Relations.Operates);

    /// <summary>Что значит «подключена» и «пользуется»: read by everybody who sees figures.</summary>
    public static readonly AppAction ReadDefinitions = AppAction.ForSignedIn("connection.read-definitions");

    /// <summary>Изменить определения.</summary>
    public static readonly AppAction Define = AppAction.For("connection.define", Relations.Operates);

    /// <summary>Добавить школу или территорию; decided at the territory above it and those above that.</summary>
    public static readonly AppAction AddUnit = AppAction.For("connection.add-unit", Relations.Coordinates, Relations.Operates);

    /// <summary>Открыть и сбросить демонстрационную школу.</summary>
    public static readonly AppAction OpenDemo = AppAction.For("connection.open-demo", Relations.Coordinates, Relations.Operates);

    /// <summary>Свой адрес для связи.</summary>
    public static readonly AppAction SaveContact = AppAction.For("connection.save-contact",
        Relations.Coordinates, Relations.Operates, Relations.Administers);

    public static IReadOnlyList<AppAction> All { get; } =
    [
        OpenInvitation, AskForAccess, Read, ReadTerritory, InviteOfficials, InviteStaff, ManageInvitations, DecideRequests, Remind,
        ReadDefinitions, Define, AddUnit, OpenDemo, SaveContact,
    ];
}
