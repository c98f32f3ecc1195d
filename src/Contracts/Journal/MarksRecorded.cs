using System.Collections.Immutable;
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
}

/// <summary>A mark in a cell.</summary>
/// <param name="Value">«2»…«5», «зачёт», «незачёт», «н/а».</param>
/// <param name="Work">Number of the work type in the school's dictionary.</param>
/// <param name="Weight">Weight at the time of marking, 0 to 100.</param>
/// <param name="Comment">For the family, or null.</param>
/// <param name="Version">Grows by one with each change of the cell.</param>
/// <param name="By">Who set it, polite name.</param>
public sealed record RecordedMark(string Value, short Work, short Weight, string? Comment, int Version, string By);

/// <summary>An absence in a cell.</summary>
/// <param name="Code">Code of the school's dictionary: «Н», «Б», «У»…</param>
/// <param name="Version">Grows by one with each change of the cell.</param>
/// <param name="By">Who set it, polite name.</param>
public sealed record RecordedAbsence(string Code, int Version, string By);
