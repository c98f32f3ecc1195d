namespace MySchool.Contracts.Access;

/// <summary>Roles a person can act in. The switcher offers those the registry holds for the person today.</summary>
public static class Roles
{
    /// <summary>Обучающийся.</summary>
    public const string Learner = "learner";

    /// <summary>Родитель или иной законный представитель.</summary>
    public const string Guardian = "guardian";

    /// <summary>Учитель; leading a class (классный руководитель) is a tie of the same role, not another hat.</summary>
    public const string Teacher = "teacher";

    /// <summary>Заместитель директора (завуч).</summary>
    public const string Deputy = "deputy";

    /// <summary>Директор.</summary>
    public const string Head = "head";

    /// <summary>Администратор образовательной организации.</summary>
    public const string SchoolAdministrator = "school-administrator";

    /// <summary>Педагог-психолог.</summary>
    public const string Psychologist = "psychologist";

    /// <summary>Технический специалист: settings and state, no person's data.</summary>
    public const string Technician = "technician";

    /// <summary>Муниципальный координатор: aggregates only.</summary>
    public const string MunicipalCoordinator = "municipal-coordinator";

    /// <summary>Региональный координатор: aggregates only.</summary>
    public const string RegionalCoordinator = "regional-coordinator";

    /// <summary>Оператор платформы: no standing access to persons.</summary>
    public const string Operator = "operator";

    /// <summary>Поддержка по разрешению: reads one school for at most an hour, by two approvals. In no list of roles that are given.</summary>
    public const string SupportVisitor = "support-visitor";

    /// <summary>Внешняя система: no person and in no switcher; reads what its registration names.</summary>
    public const string OutsideSystem = "outside-system";

    /// <summary>All that people wear, in the order a switcher lists.</summary>
    public static readonly IReadOnlyList<string> All =
    [
        Teacher, Deputy, Head, SchoolAdministrator, Psychologist, Technician,
        Guardian, Learner, MunicipalCoordinator, RegionalCoordinator, Operator,
    ];
}

/// <summary>Relations that ties bind people by. Actions name them; see <c>Decide</c>.</summary>
public static class Relations
{
    /// <summary>The learner themself → person.</summary>
    public const string Self = "self";

    /// <summary>Guardian without a court restriction → person (the child).</summary>
    public const string Guardian = "guardian";

    /// <summary>Guardian without a court restriction → person, whether the child learns anywhere or not. Opens nothing of the school's: only what the child's own rights are.</summary>
    public const string Represents = "represents";

    /// <summary>Belongs to a school as learner or guardian of one → school. Opens staff names and the school's card, nothing of persons.</summary>
    public const string Member = "member";

    /// <summary>Learns in a class → class, or in a teaching group → group. Held by learners and, through them, by guardians.</summary>
    public const string Attends = "attends";

    /// <summary>Works at a school as a teacher → school. Opens staff names and the school's card, nothing of persons.</summary>
    public const string Staff = "staff";

    /// <summary>Teaches a teaching group today → group; and → class when the group is the whole class.</summary>
    public const string Teaches = "teaches";

    /// <summary>Классный руководитель → class, and → person for each learner of it.</summary>
    public const string Leads = "leads";

    /// <summary>Завуч → school.</summary>
    public const string Deputy = "deputy";

    /// <summary>Директор → school.</summary>
    public const string Head = "head";

    /// <summary>Администратор ОО → school.</summary>
    public const string Administers = "administers";

    /// <summary>Психолог → school.</summary>
    public const string Counsels = "counsels";

    /// <summary>Технический специалист → school.</summary>
    public const string Maintains = "maintains";

    /// <summary>Координатор → municipality or region.</summary>
    public const string Coordinates = "coordinates";

    /// <summary>Оператор → country.</summary>
    public const string Operates = "operates";

    /// <summary>Somebody of support with two approvals → school, until the hour ends. Only reads.</summary>
    public const string Visits = "visits";

    /// <summary>Внешняя система → territory or school that its registration lets it read.</summary>
    public const string Reads = "reads";

    /// <summary>Внешняя система → school whose roster it reads: below what it reads, with a token for rosters.</summary>
    public const string Rosters = "rosters";
}

/// <summary>Kinds of places that ties end at and resources stand at.</summary>
public static class Places
{
    /// <summary>A school.</summary>
    public const string School = "school";

    /// <summary>A municipality, region or country.</summary>
    public const string Territory = "territory";

    /// <summary>A class.</summary>
    public const string Class = "class";

    /// <summary>A teaching group (a class at a subject, or a подгруппа).</summary>
    public const string Group = "group";

    /// <summary>A person whose data it is.</summary>
    public const string Person = "person";
}
