using MySchool.Contracts.Journal;
using MySchool.Contracts.Registry;
using MySchool.Journal.Domain;
using MySchool.Kernel;
using MySchool.Kernel.Data;

namespace MySchool.Journal.Features;

/// <summary>A week of a diary for another module: read by the statements of the diary's own page, in one round trip.</summary>
internal sealed class ReadDiaryWeek(AppDb db, IClock clock) : IDiaries
{
    public async Task<DiaryWeek?> ReadWeekAsync(Actor reader, LearnerFacts learner, DateOnly? day, CancellationToken cancel)
    {
        if (!JournalAccess.AllowsDiary(reader, learner)) return null;
        var today = clock.TodayIn(learner.TimeZone);
        var anchor = day is { Year: > 2000 and < 2100 } ? day.Value : today;
        var monday = SchoolWeek.Of(anchor);
        var term = ((IReadOnlyList<TermFacts>)learner.Terms).TermAt(anchor);
        // The term as a whole: its averages stand under the week.
        var (from, to) = term is null ? (monday, monday.AddDays(6))
            : (term.Starts < monday ? term.Starts : monday, term.Ends > monday.AddDays(6) ? term.Ends : monday.AddDays(6));
        var days = await db.ReadAsync(reader, batch =>
        {
            DiaryRows.Add(batch, learner, from, to);
            if (learner.HasMoved) FormerDays.Add(batch, learner, from, to);
        }, async (rows, token) =>
        {
            var present = await DiaryRows.ReadAsync(rows, learner, token);
            return learner.HasMoved ? await FormerDays.ReadAsync(rows, present, token) : present;
        }, cancel);
        var ofTerm = term is null ? days with { Lessons = [] } : days with { Lessons = [.. days.Lessons.Where(lesson => lesson.Date >= term.Starts && lesson.Date <= term.Ends)] };
        return new(monday, today, term?.Name,
            [.. days.Lessons.Where(lesson => lesson.Date >= monday && lesson.Date <= monday.AddDays(6)).Select(Of)],
            [.. ShowDiary.Subjects(ofTerm, null, []).Select(s => new DiaryWeekSubject(s.Subject, s.Teacher, s.Marks.Length, s.Average, s.Absences))]);
    }

    private static DiaryWeekLesson Of(DiaryLesson lesson) => new(
        lesson.Date, lesson.Number, lesson.StartsAt, lesson.EndsAt, lesson.Subject, lesson.Teacher, lesson.Topic, lesson.Room, lesson.IsCancelled, lesson.FormerSchool,
        [.. lesson.Marks.Select(mark => new DiaryWeekMark(mark.Value, mark.Weight, mark.Work, mark.Comment))],
        lesson.Absence is { } absence ? new(absence.Code, absence.Name, absence.IsBad, absence.Reason) : null,
        [.. lesson.DueHomework.Select(work => new DiaryWeekHomework(work.Text, work.IsDone))]);
}
