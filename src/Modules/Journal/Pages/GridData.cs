using System.Text.Json;
using MySchool.Journal.Domain;
using MySchool.Journal.Features;
using MySchool.Kernel;

namespace MySchool.Journal.Pages;

/// <summary>What the grid's island needs beside the cells.</summary>
internal static class GridData
{
    public static string AbsenceCodes(ClassJournal journal) =>
        JsonSerializer.Serialize(journal.AbsenceCodes.Select(c => new { c.Code, c.Name, Bad = c.Category is "unexcused" or "unknown" }), Json.Options);

    public static string WorkTypes(ClassJournal journal) =>
        JsonSerializer.Serialize(journal.WorkTypes.Select(w => new { w.Number, w.Name, w.Weight }), Json.Options);

    public static string Month(DateOnly date) => date.ToString("MMM", Words.Russian).TrimEnd('.');

    public static string Title(JournalLesson lesson, ClassJournal journal)
    {
        var work = journal.WorkTypes.FirstOrDefault(w => w.Number == lesson.WorkType);
        // Until the teacher says so the topic of the plan is a plan.
        var topic = lesson.Topic.Length == 0 && journal.Plan?.Layout.At(lesson.Id)?.Planned is { } planned ? $"{Resources.Texts.ByPlan} {planned.Title}" : lesson.Topic;
        string?[] parts = [Words.WeekDate(lesson.Date), work?.Name, topic, lesson.Homework is null ? null : $"{Resources.Texts.HomeworkShort} {lesson.Homework}", lesson.LockedWhy];
        return string.Join(" · ", parts.Where(p => !string.IsNullOrEmpty(p)));
    }
}
