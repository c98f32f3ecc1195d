namespace MySchool.Registry.Data;

/// <summary>A school or a territory.</summary>
internal sealed class Organisation
{
    public required Guid Id { get; init; }
    public Guid? ParentId { get; init; }
    public required string Kind { get; init; }
    public required string Name { get; init; }
    public required string ShortName { get; init; }
    public string? Oktmo { get; init; }
    public string? Inn { get; init; }
    public string? Ogrn { get; init; }
    public string? Address { get; init; }
    public required string TimeZone { get; init; }
    public string? SourceId { get; init; }
    public DateOnly? ClosedOn { get; init; }
}

/// <summary>A class of an academic year.</summary>
internal sealed class SchoolClass
{
    public required Guid SchoolId { get; init; }
    public required Guid Id { get; init; }
    public required short Year { get; init; }
    public required short Grade { get; init; }
    public required string Letter { get; init; }
    public required short Shift { get; init; }
    public string? SourceId { get; init; }

    /// <summary>«7Б».</summary>
    public string DisplayName => $"{Grade}{Letter}";
}

/// <summary>A person.</summary>
internal sealed class Person
{
    public required Guid Id { get; init; }
    public required string LastName { get; init; }
    public required string FirstName { get; init; }
    public required string MiddleName { get; init; }
    public DateOnly? BirthDate { get; init; }
    public string? Gender { get; init; }
    public string? SourceId { get; init; }
}

/// <summary>A role held in a unit over a time. Ended by a date, never removed.</summary>
internal sealed class Membership
{
    public required Guid UnitId { get; init; }
    public required Guid Id { get; init; }
    public required Guid PersonId { get; init; }
    public required string Role { get; init; }
    public string? Position { get; init; }
    public required DateOnly StartsOn { get; init; }
    public DateOnly? EndsOn { get; set; }
    public string? SourceId { get; init; }
}

/// <summary>Классное руководство over a time.</summary>
internal sealed class ClassLeader
{
    public required Guid SchoolId { get; init; }
    public required Guid Id { get; init; }
    public required Guid ClassId { get; init; }
    public required Guid PersonId { get; init; }
    public required DateOnly StartsOn { get; init; }
    public DateOnly? EndsOn { get; set; }
}

/// <summary>A learner's parent or other representative over a time.</summary>
internal sealed class Guardianship
{
    public required Guid LearnerId { get; init; }
    public required Guid GuardianId { get; init; }
    public required string Kinship { get; init; }
    public required DateOnly StartsOn { get; init; }
    public DateOnly? EndsOn { get; set; }
    public string? Restriction { get; init; }
}

/// <summary>A change of a row: who, when, what, why.</summary>
internal sealed class HistoryRow
{
    public required Guid Id { get; init; }
    public required DateTimeOffset At { get; init; }
    public required string TableName { get; init; }
    public required Guid RowId { get; init; }
    public Guid? SchoolId { get; init; }
    public required Guid ActorId { get; init; }
    public string? OldRow { get; init; }
    public string? NewRow { get; init; }
    public string? Why { get; init; }
}
