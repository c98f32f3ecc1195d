using MySchool.Contracts.Access;

namespace MySchool.Access.Erasures;

/// <summary>How a request stands.</summary>
internal enum ErasureState
{
    /// <summary>Waits for whoever answers for the person.</summary>
    Asked,

    /// <summary>Taken back by who asked, or by the other representative.</summary>
    Withdrawn,

    /// <summary>Refused, with a reason.</summary>
    Refused,

    /// <summary>Being carried out.</summary>
    Confirmed,

    /// <summary>Carried out: there is an act.</summary>
    Done,
}

/// <summary>A request to erase a person's data.</summary>
internal sealed record Erasure(Guid Id, long Number, Guid SubjectId, Guid AskerId, Guid UnitId, string UnitName, string TimeZone, ErasureState State, DateTimeOffset AskedAt, DateOnly AnswerBy)
{
    /// <summary>Who decided.</summary>
    public Guid? DecidedBy { get; init; }

    /// <summary>Their name and office.</summary>
    public string? DecidedName { get; init; }

    public string? DecidedRole { get; init; }

    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>Why it was refused.</summary>
    public string? Reason { get; init; }

    public DateTimeOffset? DoneAt { get; init; }

    /// <summary>When it was put back after a restore from an older copy.</summary>
    public DateTimeOffset? AgainAt { get; init; }

    /// <summary>What the restored copy puts in its way.</summary>
    public string? AgainWaits { get; init; }

    public bool IsOpen => State is ErasureState.Asked or ErasureState.Confirmed;
}

/// <summary>What becomes of rows of one kind: looked up beforehand, or as it was carried out.</summary>
/// <param name="Module">Whose rule.</param>
/// <param name="Rule">The rule's key.</param>
/// <param name="Fate">What becomes of them.</param>
/// <param name="Rows">How many.</param>
/// <param name="Law">By which act they are kept.</param>
/// <param name="Until">The last day they are kept.</param>
/// <param name="DoneAt">When it was done; null beforehand and while they are kept.</param>
internal sealed record ErasureLine(IPersonalErasure Module, string Rule, Fate Fate, long Rows, string? Law, DateOnly? Until, DateTimeOffset? DoneAt = null)
{
    public string Title => Module.Say(Rule);
}

/// <summary>What would happen today, and what stands in the way.</summary>
internal sealed record ErasurePlan(IReadOnlyList<ErasureLine> Lines, IReadOnlyList<string> Obstacles);

/// <summary>For how long a law or an archive wants rows kept.</summary>
internal sealed record RetentionTerm(string Code, int Years, string Law);
