using System.Collections.Immutable;
using MySchool.Contracts.Registry;
using MySchool.Kernel;

namespace MySchool.Contracts.Journal;

/// <summary>A learner's diary for whoever carries it out of this platform.</summary>
public interface IDiaries
{
    /// <summary>
    /// A week as the diary's own page shows it: the same lessons, marks, absences, homework and averages, by the same rule of who may
    /// open it and behind the same row-level security. Consent and the note of the reading are the caller's: the caller knows the flow.
    /// </summary>
    /// <param name="reader">Whose eyes it is for: the learner or a representative, with the ties of today.</param>
    /// <param name="learner">The learner, as the registry gave them for this reader.</param>
    /// <param name="day">Any day of the week; null is today at the school.</param>
    /// <param name="cancel">Cancels waiting.</param>
    /// <returns>Null when the diary is not open to the reader.</returns>
    Task<DiaryWeek?> ReadWeekAsync(Actor reader, LearnerFacts learner, DateOnly? day, CancellationToken cancel);
}

/// <summary>A week of a diary.</summary>
/// <param name="Monday">Its first day.</param>
/// <param name="Today">Today at the school.</param>
/// <param name="TermName">«2-я четверть», or null between terms.</param>
/// <param name="Lessons">Lessons of the week, in order.</param>
/// <param name="Subjects">Averages of the term, by subject.</param>
public sealed record DiaryWeek(
    DateOnly Monday, DateOnly Today, string? TermName, ImmutableArray<DiaryWeekLesson> Lessons, ImmutableArray<DiaryWeekSubject> Subjects);

/// <summary>A lesson with what stands beside it.</summary>
/// <param name="Date">Day.</param>
/// <param name="Number">1 to 12 within the day.</param>
/// <param name="StartsAt">Bell.</param>
/// <param name="EndsAt">Bell.</param>
/// <param name="Subject">«Алгебра».</param>
/// <param name="Teacher">Polite name, or empty.</param>
/// <param name="Topic">Topic, or empty.</param>
/// <param name="Room">Room, or empty.</param>
/// <param name="IsCancelled">Whether it was called off.</param>
/// <param name="FormerSchool">The school it was given at, when the learner has left it; else null.</param>
/// <param name="Marks">Marks of the lesson.</param>
/// <param name="Absence">The absence, or null.</param>
/// <param name="Homework">Homework that falls due at it.</param>
public sealed record DiaryWeekLesson(
    DateOnly Date, short Number, TimeOnly StartsAt, TimeOnly EndsAt, string Subject, string Teacher, string Topic, string Room, bool IsCancelled,
    string? FormerSchool, ImmutableArray<DiaryWeekMark> Marks, DiaryWeekAbsence? Absence, ImmutableArray<DiaryWeekHomework> Homework);

/// <summary>A mark.</summary>
/// <param name="Value">«2»…«5», «зачёт», «незачёт», «н/а».</param>
/// <param name="Weight">0 to 100.</param>
/// <param name="Work">«Контрольная работа», or empty.</param>
/// <param name="Comment">For the family, or null.</param>
public sealed record DiaryWeekMark(string Value, short Weight, string Work, string? Comment);

/// <summary>An absence.</summary>
/// <param name="Code">«Н», «Б», «У».</param>
/// <param name="Name">What it means.</param>
/// <param name="IsBad">Without a good reason.</param>
/// <param name="Reason">The reason written, or null.</param>
public sealed record DiaryWeekAbsence(string Code, string Name, bool IsBad, string? Reason);

/// <summary>Homework.</summary>
/// <param name="Text">What is to be done.</param>
/// <param name="IsDone">Ticked by the family.</param>
public sealed record DiaryWeekHomework(string Text, bool IsDone);

/// <summary>A subject over the term.</summary>
/// <param name="Subject">«Алгебра».</param>
/// <param name="Teacher">Polite name, or empty.</param>
/// <param name="Marks">How many marks.</param>
/// <param name="Average">«4,44», or null when nothing counts.</param>
/// <param name="Absences">How many absences.</param>
public sealed record DiaryWeekSubject(string Subject, string Teacher, int Marks, string? Average, int Absences);
