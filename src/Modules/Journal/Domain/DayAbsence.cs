using System.Collections.Immutable;

namespace MySchool.Journal.Domain;

/// <summary>A learner's lesson of the day.</summary>
/// <param name="Lesson">The lesson.</param>
/// <param name="Number">Its place in the day.</param>
/// <param name="Group">The group that has it.</param>
/// <param name="IsCancelled">Whether it is not held.</param>
internal sealed record DayLesson(Guid Lesson, short Number, Guid Group, bool IsCancelled);

/// <summary>Which cells an absence of a day fills: pure, every rule a row of a table in the tests.</summary>
internal static class DayAbsence
{
    /// <summary>The learner's lessons from a number on: of the groups attended that day and no other, cancelled ones left out.</summary>
    public static ImmutableArray<DayLesson> LessonsOf(IReadOnlyCollection<Guid> groupsOfLearner, IEnumerable<DayLesson> lessons, int from) =>
        [.. lessons.Where(lesson => !lesson.IsCancelled && lesson.Number >= from && groupsOfLearner.Contains(lesson.Group)).OrderBy(lesson => lesson.Number)];

    /// <summary>What stands in the way of a code: a mark, or another code. Null when the cell is free or holds the same.</summary>
    public static string? Obstacle(CellState? mark, CellState? absence, string code) =>
        absence is not null && absence.Value != code ? absence.Value : absence is null && mark is not null ? mark.Value : null;
}
