using MySchool.Generator.People;

namespace MySchool.Generator.Year;

/// <summary>A lesson of the year.</summary>
public sealed record Lesson(
    Guid Id, TeachingGroup Group, DateOnly Date, int Number, TimeOnly Starts, TimeOnly Ends, string Room, string Topic, int WorkType);

/// <summary>A mark in a cell.</summary>
/// <param name="Lesson">Where.</param>
/// <param name="Pupil">Whose.</param>
/// <param name="Value">2 to 5.</param>
/// <param name="WorkType">For what.</param>
/// <param name="Corrected">The first value when the teacher has changed it, or 0.</param>
/// <param name="Comment">A word to the family, or null.</param>
public readonly record struct Mark(Lesson Lesson, Pupil Pupil, int Value, int WorkType, int Corrected, string? Comment);

/// <summary>An absence, or being late.</summary>
public readonly record struct Absence(Lesson Lesson, Pupil Pupil, string Code);

/// <summary>Homework given at a lesson.</summary>
public sealed record Homework(Guid Id, Lesson Lesson, DateOnly Due, string Text);

/// <summary>What a school's journals hold.</summary>
public sealed class SchoolYear
{
    /// <summary>Lessons of the whole year, in order of time.</summary>
    public required IReadOnlyList<Lesson> Lessons { get; init; }

    /// <summary>Marks up to today, in order of time.</summary>
    public List<Mark> Marks { get; } = [];

    /// <summary>Absences up to today, in order of time.</summary>
    public List<Absence> Absences { get; } = [];

    /// <summary>Homework given up to today.</summary>
    public List<Homework> Homework { get; } = [];
}
