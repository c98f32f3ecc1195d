using System.Collections.Immutable;
using System.Text.Json.Serialization;
using MySchool.Kernel;

namespace MySchool.Contracts.Journal;

/// <summary>Cells of a class journal have changed: marks, absences or their removal.</summary>
/// <param name="EventId">Identity, UUIDv7.</param>
/// <param name="School">The school.</param>
/// <param name="SchoolYear">The year the academic year starts in.</param>
/// <param name="GroupId">The teaching group.</param>
/// <param name="SubjectName">«Алгебра».</param>
/// <param name="ByPerson">Who typed.</param>
/// <param name="ByName">Their polite name, for a colleague's screen.</param>
/// <param name="PageId">The page typed on, so that it is not told what it knows.</param>
/// <param name="OccurredAt">When it was committed.</param>
/// <param name="Cells">The cells as they stand now.</param>
public sealed record MarksRecorded(
    Guid EventId, Guid School, short SchoolYear, Guid GroupId, string SubjectName, Guid ByPerson, string ByName, Guid PageId,
    DateTimeOffset OccurredAt, ImmutableArray<RecordedCell> Cells) : IModuleEvent
{
    /// <inheritdoc/>
    public Guid? SchoolId => School;
}

/// <summary>A cell after a change.</summary>
/// <param name="Lesson">The lesson.</param>
/// <param name="Learner">The learner.</param>
/// <param name="LessonDate">Day of the lesson.</param>
/// <param name="Mark">The mark, or null when there is none.</param>
/// <param name="Absence">The absence, or null.</param>
/// <param name="HadMark">Whether a mark stood there before.</param>
/// <param name="HadAbsence">Whether an absence stood there before.</param>
public sealed record RecordedCell(
    Guid Lesson, Guid Learner, DateOnly LessonDate, RecordedMark? Mark, RecordedAbsence? Absence, bool HadMark, bool HadAbsence)
{
    /// <summary>Whether the save touched the mark or its comment; the absence may stand beside it as it stood.</summary>
    public bool IsMarkChanged { get; init; } = true;

    /// <summary>Whether the save touched the absence.</summary>
    public bool IsAbsenceChanged { get; init; } = true;

    /// <summary>The marks that stood there before the save, or null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? FormerMark { get; init; }

    /// <summary>The comment that stood there before the save, or null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? FormerComment { get; init; }

    /// <summary>The absence that stood there before the save, or null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? FormerAbsence { get; init; }

    /// <summary>Whether the mark waits for its teacher's word: families must not hear of it.</summary>
    public bool IsHeld { get; init; }

    /// <summary>Whether the mark stood there before and is shown to families only now.</summary>
    public bool IsPosted { get; init; }
}

/// <summary>The marks of a cell.</summary>
/// <param name="Value">«2»…«5», «зачёт», «незачёт», «н/а», a split «4/5», several by spaces, or «•» for a work that is owed.</param>
/// <param name="Work">Of the first of them: number of the work type in the school's dictionary.</param>
/// <param name="Weight">Weight at the time of marking, 0 to 100.</param>
/// <param name="Comment">For the family, or null.</param>
/// <param name="Version">Grows by one with each change of the cell.</param>
/// <param name="By">Who set it, polite name.</param>
public sealed record RecordedMark(string Value, short Work, short Weight, string? Comment, int Version, string By)
{
    /// <summary>Works of the second and third mark of the cell; null when there is one only.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<WorkWeight>? More { get; init; }

    /// <summary>Until when the work behind a point is to be done.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateOnly? Due { get; init; }
}

/// <summary>A work type and what a mark of it weighs.</summary>
/// <param name="Work">Number in the school's dictionary.</param>
/// <param name="Weight">0 to 100.</param>
public readonly record struct WorkWeight(short Work, short Weight);

/// <summary>An absence in a cell.</summary>
/// <param name="Code">Code of the school's dictionary: «Н», «Б», «У»…</param>
/// <param name="Version">Grows by one with each change of the cell.</param>
/// <param name="By">Who set it, polite name.</param>
public sealed record RecordedAbsence(string Code, int Version, string By);
