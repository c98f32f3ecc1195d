using MySchool.Contracts.Access;
using MySchool.Kernel;

namespace MySchool.Registry;

/// <summary>Everything the registry lets anyone do, and to whom it is open.</summary>
internal static class RegistryActions
{
    /// <summary>Импорт школы.</summary>
    public static readonly AppAction Import = AppAction.For("registry.import", Relations.Administers);

    /// <summary>Поиск: each result is decided by what is open to the role.</summary>
    public static readonly AppAction Search = AppAction.ForSignedIn("registry.search");

    /// <summary>Карточка обучающегося.</summary>
    public static readonly AppAction ReadCard = AppAction.For(
        "registry.read-card", Relations.Self, Relations.Guardian, Relations.Leads, Relations.Teaches,
        Relations.Deputy, Relations.Head, Relations.Administers, Relations.Counsels, Relations.Visits);

    /// <summary>Имена законных представителей в карточке.</summary>
    public static readonly AppAction ReadGuardians = AppAction.For(
        "registry.read-guardians", Relations.Self, Relations.Guardian, Relations.Leads, Relations.Deputy, Relations.Head, Relations.Administers);

    /// <summary>СНИЛС в карточке, без первых цифр.</summary>
    public static readonly AppAction ReadSnils = AppAction.For("registry.read-snils", Relations.Administers);

    /// <summary>Найти любого обучающегося школы.</summary>
    public static readonly AppAction SearchLearners = AppAction.For(
        "registry.search-learners", Relations.Deputy, Relations.Head, Relations.Administers, Relations.Counsels, Relations.Visits);

    /// <summary>Найти школу территории.</summary>
    public static readonly AppAction SearchSchools = AppAction.For("registry.search-schools", Relations.Coordinates, Relations.Operates);

    /// <summary>«Кто видел данные».</summary>
    public static readonly AppAction ReadViews = AppAction.For("registry.read-views", Relations.Self, Relations.Guardian);

    /// <summary>Карточка сотрудника.</summary>
    public static readonly AppAction ReadStaff = AppAction.For(
        "registry.read-staff", Relations.Member, Relations.Staff, Relations.Deputy, Relations.Head, Relations.Administers,
        Relations.Counsels, Relations.Maintains, Relations.Visits);

    /// <summary>Страница школы: карточка, классы, звонки.</summary>
    public static readonly AppAction ReadSchool = AppAction.For(
        "registry.read-school", Relations.Deputy, Relations.Head, Relations.Administers, Relations.Maintains, Relations.Visits);

    /// <summary>Сотрудники школы списком.</summary>
    public static readonly AppAction ListStaff = AppAction.For(
        "registry.list-staff", Relations.Deputy, Relations.Head, Relations.Administers, Relations.Visits);

    /// <summary>Список класса.</summary>
    public static readonly AppAction ReadClass = AppAction.For(
        "registry.read-class", Relations.Leads, Relations.Teaches, Relations.Deputy, Relations.Head, Relations.Administers, Relations.Counsels, Relations.Visits);

    /// <summary>Назначить роль или закончить её.</summary>
    public static readonly AppAction ManageMemberships = AppAction.For("registry.manage-memberships", Relations.Administers);

    /// <summary>Назначить классного руководителя.</summary>
    public static readonly AppAction ManageLeaders = AppAction.For("registry.manage-leaders", Relations.Administers);

    /// <summary>Связать ребёнка с представителем или закончить связь.</summary>
    public static readonly AppAction ManageGuardians = AppAction.For("registry.manage-guardians", Relations.Administers);

    /// <summary>Добавить единицу дерева: no page of its own, ordered by the module of connection.</summary>
    public static readonly AppAction ManageTree = AppAction.For("registry.manage-tree", Relations.Coordinates, Relations.Operates);

    /// <summary>Приказы о движении обучающихся.</summary>
    public static readonly AppAction ManageMovement = AppAction.For("registry.manage-movement", Relations.Administers);

    /// <summary>Книга движения.</summary>
    public static readonly AppAction ReadMovement = AppAction.For("registry.read-movement", Relations.Administers, Relations.Head, Relations.Deputy);

    /// <summary>Переход на новый учебный год.</summary>
    public static readonly AppAction ManageYear = AppAction.For("registry.manage-year", Relations.Administers);

    /// <summary>ГИС РУО: где человек учится или работает. Only outside systems, and only with the person's consent.</summary>
    public static readonly AppAction LookUpPlaces = AppAction.For("registry.look-up-places", Relations.Reads);

    /// <summary>Возможные двойники: both sides must be the actor's.</summary>
    public static readonly AppAction SettleDoubles = AppAction.For(
        "registry.settle-doubles", Relations.Administers, Relations.Coordinates, Relations.Operates);

    /// <summary>История сведений карточки: whose word each field is.</summary>
    public static readonly AppAction ReadFields = AppAction.For("registry.read-fields", Relations.Administers);

    /// <summary>Исправить сведения карточки, вернуть прежние, решить о предложенных.</summary>
    public static readonly AppAction CorrectFields = AppAction.For("registry.correct-fields", Relations.Administers);

    /// <summary>Каким источникам верить: the operator's table.</summary>
    public static readonly AppAction RuleTruth = AppAction.For("registry.rule-truth", Relations.Operates);

    /// <summary>OneRoster: списки школ для внешней системы.</summary>
    public static readonly AppAction ReadRoster = AppAction.For("registry.read-roster", Relations.Reads);

    /// <summary>Скачать списки школы файлами OneRoster.</summary>
    public static readonly AppAction ExportRoster = AppAction.For("registry.export-roster", Relations.Administers);

    public static IReadOnlyList<AppAction> All { get; } =
    [
        ReadRoster, ExportRoster, ReadFields, CorrectFields, RuleTruth,
        Import, Search, SearchLearners, SearchSchools, ReadCard, ReadGuardians, ReadSnils, ReadViews, ReadStaff, ReadSchool, ListStaff, ReadClass,
        ManageMemberships, ManageLeaders, ManageGuardians, ManageTree, ManageMovement, ReadMovement, ManageYear, LookUpPlaces, SettleDoubles,
    ];
}
