using System.Collections.Immutable;

namespace MySchool.Registry.Domain;

/// <summary>Kinds of orders that move a learner, and the reasons each may give.</summary>
internal static class MovementKinds
{
    /// <summary>Зачисление.</summary>
    public const string Enrolment = "enrolment";

    /// <summary>Перевод в другой класс школы.</summary>
    public const string ClassChange = "class-change";

    /// <summary>Перевод в другую подгруппу.</summary>
    public const string GroupChange = "group-change";

    /// <summary>Отчисление в порядке перевода.</summary>
    public const string TransferOut = "transfer-out";

    /// <summary>Зачисление в порядке перевода.</summary>
    public const string TransferIn = "transfer-in";

    /// <summary>Выбытие.</summary>
    public const string Leaving = "leaving";

    /// <summary>Академический отпуск.</summary>
    public const string AcademicLeave = "academic-leave";

    /// <summary>Обучение на дому.</summary>
    public const string HomeSchooling = "home-schooling";

    /// <summary>Семейное образование.</summary>
    public const string FamilyEducation = "family-education";

    /// <summary>Возвращение из отпуска или с другой формы обучения.</summary>
    public const string Return = "return";

    /// <summary>Orders about somebody who learns at the school, in the order a page offers them.</summary>
    public static readonly ImmutableArray<string> OfLearner =
        [ClassChange, GroupChange, TransferOut, Leaving, AcademicLeave, HomeSchooling, FamilyEducation, Return];

    /// <summary>Orders after which a child learns at the school.</summary>
    public static readonly ImmutableArray<string> Arrivals = [Enrolment, TransferIn];

    /// <summary>Orders after which a child no longer does.</summary>
    public static readonly ImmutableArray<string> Departures = [TransferOut, Leaving];

    /// <summary>Orders that leave the child in the class and change how it learns.</summary>
    public static readonly ImmutableArray<string> Leaves = [AcademicLeave, HomeSchooling, FamilyEducation];

    /// <summary>Reasons of a kind; empty when the kind speaks for itself.</summary>
    public static ImmutableArray<string> ReasonsOf(string kind) => kind switch
    {
        Enrolment => ["first-grade", "tenth-grade", "from-another-school", "from-abroad", "returned"],
        Leaving => ["request", "college", "abroad", "finished", "failed", "discipline", "court", "death"],
        AcademicLeave => ["health", "family", "army"],
        HomeSchooling => ["health"],
        _ => [],
    };
}
