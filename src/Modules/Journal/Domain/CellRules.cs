using System.Collections.Immutable;
using MySchool.Contracts.Journal;
using MySchool.Kernel;
using MySchool.Journal.Resources;

namespace MySchool.Journal.Domain;

/// <summary>What a teacher wants of one cell.</summary>
/// <param name="Lesson">The lesson.</param>
/// <param name="Learner">The learner.</param>
/// <param name="Kind">mark, absence or comment.</param>
/// <param name="Value">The new content, several marks by spaces, or null to clear it.</param>
/// <param name="Work">Work type for the first mark, or null for the lesson's own.</param>
/// <param name="Base">Version of the cell as the teacher saw it; 0 for an empty one.</param>
internal sealed record CellChange(Guid Lesson, Guid Learner, CellKind Kind, string? Value, short? Work, int Base)
{
    /// <summary>Work types of the second and third mark, in order; null leaves those that stand.</summary>
    public IReadOnlyList<short>? MoreWorks { get; init; }

    /// <summary>Until when the work behind a point is to be done; null for the school's usual term.</summary>
    public DateOnly? Due { get; init; }
}

internal enum CellKind { Mark, Absence, Comment }

/// <summary>A lesson as the rules need it.</summary>
internal sealed record LessonState(Guid Id, DateOnly Date, short WorkType, bool IsCancelled)
{
    /// <summary>Whether marks of the lesson wait for the teacher's word before families see them.</summary>
    public bool HoldsMarks { get; init; }
}

/// <summary>The marks or the absence of a cell as they stand: one version for all of it.</summary>
/// <param name="Value">As people write it, several marks by spaces.</param>
/// <param name="Work">Work type of the first mark.</param>
/// <param name="Weight">Its weight.</param>
/// <param name="Comment">To the cell.</param>
/// <param name="Version">Grows with each change of the cell.</param>
/// <param name="By">Who changed it last.</param>
internal sealed record CellState(string Value, short Work, short Weight, string? Comment, int Version, Guid By)
{
    /// <summary>Works of the second and third mark.</summary>
    public ImmutableArray<WorkWeight> More { get; init; } = [];

    /// <summary>Until when the work behind a point is to be done.</summary>
    public DateOnly? Due { get; init; }

    /// <summary>Whether it waits for the teacher's word before families see it.</summary>
    public bool IsHeld { get; init; }

    /// <summary>The cell with the next of its marks.</summary>
    public CellState And(string value, WorkWeight work) => this with { Value = CellMarks.Join([Value, value]), More = More.Add(work) };
}

/// <summary>The school's rules that bear on a change.</summary>
/// <param name="Today">Today at the school.</param>
/// <param name="EditWindowDays">Days after the lesson during which cells stay open.</param>
/// <param name="Grade">1 to 11.</param>
/// <param name="WorkTypes">Number to weight.</param>
/// <param name="AbsenceCodes">Codes of the dictionary.</param>
internal sealed record JournalRules(
    DateOnly Today, int EditWindowDays, short Grade, IReadOnlyDictionary<short, short> WorkTypes, IReadOnlySet<string> AbsenceCodes)
{
    /// <summary>Terms that are closed for the group.</summary>
    public IReadOnlyList<ClosedTerm> Closed { get; init; } = [];
}

/// <summary>A term whose cells and marks are locked.</summary>
internal readonly record struct ClosedTerm(string Name, DateOnly From, DateOnly To);

/// <summary>What comes of a change.</summary>
/// <param name="State">saved, conflict or refused.</param>
/// <param name="Next">The cell's new content; null clears it. Meaningful only when something is to be written.</param>
/// <param name="IsWrite">False when the cell already holds just that.</param>
/// <param name="Refusal">Why not, for a person.</param>
internal sealed record Verdict(string State, CellState? Next, bool IsWrite, Problem? Refusal)
{
    public static Verdict Refused(string code, string message) => new("refused", null, false, new Problem(code, message));
}

/// <summary>Whether and how a cell changes: pure, so that every rule is a row of a table in the tests.</summary>
internal static class CellRules
{
    /// <summary>Days a point waits for the work unless the teacher says otherwise.</summary>
    public const int UsualDebtDays = 14;

    /// <summary>Why a lesson's cells are locked, or null while they are open.</summary>
    public static Problem? LockOf(LessonState lesson, JournalRules rules)
    {
        if (lesson.IsCancelled) return new("journal.lesson-cancelled", Texts.LessonCancelled);
        if (lesson.Date > rules.Today) return new("journal.lesson-ahead", Texts.LessonAhead);
        foreach (var term in rules.Closed)
            if (lesson.Date >= term.From && lesson.Date <= term.To) return new("journal.term-closed", string.Format(Words.Russian, Texts.TermClosed, term.Name));
        var last = lesson.Date.AddDays(rules.EditWindowDays);
        return last < rules.Today ? new("journal.window-closed", string.Format(Words.Russian, Texts.WindowClosed, Words.Date(last))) : null;
    }

    /// <summary>Judges one change against the cell as it stands now.</summary>
    /// <param name="change">What is wanted.</param>
    /// <param name="now">The mark (for mark and comment) or absence that stands there, or null.</param>
    /// <param name="lastVersion">Highest version the cell ever had; versions go on after a clearing.</param>
    /// <param name="lesson">The lesson, or null when it is not of this group.</param>
    /// <param name="attends">Whether the learner attended the group that day.</param>
    /// <param name="rules">The school's rules.</param>
    /// <param name="by">Who asks.</param>
    public static Verdict Judge(
        CellChange change, CellState? now, int lastVersion, LessonState? lesson, bool attends, JournalRules rules, Guid by)
    {
        if (lesson is null) return Verdict.Refused("journal.no-lesson", Texts.NoLesson);
        if (LockOf(lesson, rules) is { } locked) return new("refused", null, false, locked);
        if (!attends) return Verdict.Refused("journal.not-in-group", Texts.NotInGroup);
        var wanted = Want(change, now, lesson, rules, lastVersion + 1, by);
        if (!wanted.IsOk) return new("refused", null, false, wanted.Problem);
        if (Same(wanted.Value, now)) return new("saved", now, false, null);
        return change.Base == (now?.Version ?? 0)
            ? new("saved", wanted.Value, true, null)
            : new("conflict", now, false, new Problem("journal.cell-changed", Texts.CellChanged));
    }

    private static Result<CellState?> Want(
        CellChange change, CellState? now, LessonState lesson, JournalRules rules, int version, Guid by)
    {
        if (change.Kind == CellKind.Comment) return WantComment(change, now, version, by);
        if (change.Value is null) return (CellState?)null;
        if (change.Kind == CellKind.Absence)
            return rules.AbsenceCodes.Contains(change.Value)
                ? new CellState(change.Value, 0, 0, null, version, by)
                : new Problem("journal.unknown-absence", string.Format(Words.Russian, Texts.UnknownAbsence, string.Join(", ", rules.AbsenceCodes)), "value");

        if (rules.Grade == 1) return new Problem("journal.no-marks-in-grade-1", Texts.NoMarksInGrade1);
        if (!CellMarks.TryParse(change.Value, out var marks))
            return new Problem("journal.unknown-mark", Texts.UnknownMark, "value");
        var works = WorksOf(change, now, lesson, rules, marks.Length);
        if (works.Contains(null)) return new Problem("journal.unknown-work", Texts.UnknownWork, "work");
        var due = marks is [MarkValue.Owed] ? change.Due ?? now?.Due ?? lesson.Date.AddDays(UsualDebtDays) : (DateOnly?)null;
        if (due < lesson.Date) return new Problem("journal.due-before-lesson", Texts.DueBeforeLesson, "due");
        return new CellState(CellMarks.Join(marks), works[0]!.Value.Work, works[0]!.Value.Weight, now?.Comment, version, by)
        {
            More = [.. works.Skip(1).Select(work => work!.Value)], Due = due,
            // What a family has seen is not taken from before its eyes.
            IsHeld = now?.IsHeld ?? lesson.HoldsMarks,
        };
    }

    // What is not named stays as it stands; a new mark takes the work of the lesson.
    private static List<WorkWeight?> WorksOf(CellChange change, CellState? now, LessonState lesson, JournalRules rules, int marks)
    {
        var named = Enumerable.Range(0, marks).Select(index => index == 0
            ? change.Work ?? now?.Work ?? lesson.WorkType
            : change.MoreWorks?.ElementAtOrDefault(index - 1) is { } work and > 0 ? work
            : now?.More.ElementAtOrDefault(index - 1).Work is { } standing and > 0 ? standing : lesson.WorkType);
        return [.. named.Select(work => rules.WorkTypes.TryGetValue(work, out var weight) ? new WorkWeight(work, weight) : (WorkWeight?)null)];
    }

    private static Result<CellState?> WantComment(CellChange change, CellState? now, int version, Guid by)
    {
        if (now is null) return new Problem("journal.comment-without-mark", Texts.CommentWithoutMark);
        var text = change.Value?.Trim();
        if (text?.Length > 500) return new Problem("journal.comment-too-long", Texts.CommentTooLong, "value");
        return now with { Comment = string.IsNullOrEmpty(text) ? null : text, Version = version, By = by };
    }

    private static bool Same(CellState? wanted, CellState? now) =>
        wanted?.Value == now?.Value && wanted?.Work == now?.Work && wanted?.Comment == now?.Comment && wanted?.Due == now?.Due
        && (wanted?.More ?? []).Select(more => more.Work).SequenceEqual((now?.More ?? []).Select(more => more.Work));
}
