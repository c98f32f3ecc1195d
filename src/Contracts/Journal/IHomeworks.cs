using System.Collections.Immutable;
using MySchool.Contracts.Registry;
using MySchool.Kernel;

namespace MySchool.Contracts.Journal;

/// <summary>Homework for whoever takes in the work done on it.</summary>
public interface IHomeworks
{
    /// <summary>A work that a learner was given, for the learner and their representatives.</summary>
    /// <param name="reader">Whose eyes it is for.</param>
    /// <param name="learner">One of the reader's learners.</param>
    /// <param name="homeworkId">The work.</param>
    /// <param name="cancel">Cancels waiting.</param>
    /// <returns>Null when the diary is not open to the reader, or the work is not addressed to the learner.</returns>
    Task<HomeworkTask?> FindForLearnerAsync(Actor reader, LearnerFacts learner, Guid homeworkId, CancellationToken cancel);

    /// <summary>A work of a group, with everybody it is addressed to, for the teacher of the group.</summary>
    /// <param name="teacher">Who asks.</param>
    /// <param name="groupId">The group.</param>
    /// <param name="homeworkId">The work.</param>
    /// <param name="cancel">Cancels waiting.</param>
    /// <returns>Null when the group's marks are not the asker's to set.</returns>
    Task<HomeworkTask?> FindForTeacherAsync(Actor teacher, Guid groupId, Guid homeworkId, CancellationToken cancel);

    /// <summary>Sets the mark of a work in the journal, by the very rules of the journal's own grid: locks, history, audit and notices hold.</summary>
    /// <param name="teacher">Who sets it.</param>
    /// <param name="mark">The mark.</param>
    /// <param name="cancel">Cancels waiting.</param>
    /// <returns>The refusal in words for the teacher, of the field <c>value</c>; the same key again brings the same answer.</returns>
    Task<Result<bool>> MarkAsync(Actor teacher, HomeworkMark mark, CancellationToken cancel);
}

/// <summary>A work that was given.</summary>
/// <param name="Id">Id.</param>
/// <param name="SchoolId">The school.</param>
/// <param name="SchoolYear">The year the academic year starts in.</param>
/// <param name="GroupId">The group it was given to.</param>
/// <param name="Subject">«Алгебра».</param>
/// <param name="ClassName">«7Б», or empty for a learner.</param>
/// <param name="Text">What is to be done.</param>
/// <param name="GivenOn">Day of the lesson it was given at.</param>
/// <param name="DueOn">The day it falls due.</param>
/// <param name="DueAt">The beginning of the lesson it falls due at; the day's end when there is none.</param>
/// <param name="TimeZone">The school's IANA zone.</param>
public sealed record HomeworkTask(
    Guid Id, Guid SchoolId, short SchoolYear, Guid GroupId, string Subject, string ClassName, string Text, DateOnly GivenOn, DateOnly DueOn, DateTimeOffset DueAt, string TimeZone)
{
    /// <summary>Whether the work is handed in.</summary>
    public bool TakesWork { get; init; }

    /// <summary>Minutes it should take, or null.</summary>
    public short? Minutes { get; init; }

    /// <summary>Addresses of the web.</summary>
    public ImmutableArray<string> Links { get; init; } = [];

    /// <summary>Files with the addresses they are given at.</summary>
    public ImmutableArray<HomeworkMaterial> Files { get; init; } = [];

    /// <summary>The lesson whose cell takes the mark: the one it falls due at when that has come, else the one it was given at.</summary>
    public Guid MarkLesson { get; init; }

    /// <summary>Day of that lesson.</summary>
    public DateOnly MarkDay { get; init; }

    /// <summary>Whom it is addressed to; of a learner, the learner alone.</summary>
    public ImmutableArray<HomeworkLearner> Learners { get; init; } = [];
}

/// <summary>A file of a work.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Url">Where it is given.</param>
/// <param name="IsOpen">Whether it has been looked at for viruses.</param>
public sealed record HomeworkMaterial(string Name, string Url, bool IsOpen);

/// <summary>Whom a work is addressed to, with the mark that stands in its cell.</summary>
/// <param name="PersonId">The learner.</param>
/// <param name="Name">Name.</param>
/// <param name="Mark">The mark in the cell, or null.</param>
/// <param name="Version">Version of the cell's mark; 0 when there is none.</param>
public sealed record HomeworkLearner(Guid PersonId, PersonName Name, string? Mark, int Version);

/// <summary>A mark for a work.</summary>
/// <param name="Key">Identity of the request.</param>
/// <param name="GroupId">The group.</param>
/// <param name="LessonId">The lesson whose cell takes it.</param>
/// <param name="LearnerId">The learner.</param>
/// <param name="Value">«2»…«5», «зачёт», «незачёт», «н/а».</param>
/// <param name="Comment">For the family, or null.</param>
/// <param name="Base">Version of the cell as the teacher saw it.</param>
public sealed record HomeworkMark(Guid Key, Guid GroupId, Guid LessonId, Guid LearnerId, string Value, string? Comment, int Base);
