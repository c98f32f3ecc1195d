using MySchool.Kernel;
using MySchool.Works.Resources;

namespace MySchool.Works.Domain;

/// <summary>Where a work stands.</summary>
internal static class WorkStates
{
    /// <summary>Being written.</summary>
    public const string Draft = "draft";

    /// <summary>Handed in and not checked yet.</summary>
    public const string Handed = "handed";

    /// <summary>Sent back for correction.</summary>
    public const string Returned = "returned";

    /// <summary>Checked: the mark stands in the journal.</summary>
    public const string Marked = "marked";
}

/// <summary>What is done with a work.</summary>
internal enum WorkDeed { Write, HandIn, Withdraw, Return, Mark }

/// <summary>A work as the rules need it.</summary>
internal readonly record struct WorkStand(string State, short Attempt)
{
    public static readonly WorkStand New = new(WorkStates.Draft, 1);
}

/// <summary>What may be done with a work, and what it is then: pure.</summary>
internal static class WorkRules
{
    public const int MostText = 20_000;
    public const int MostReason = 2_000;
    public const int MostComment = 500;
    public const int MostFiles = 20;
    public const long MostBytes = 100L << 20;
    public const short MostAttempts = 50;

    /// <summary>What the work is after the deed, or why it cannot be done.</summary>
    public static Result<WorkStand> After(WorkStand now, WorkDeed deed) => (deed, now.State) switch
    {
        (WorkDeed.Write, WorkStates.Draft or WorkStates.Returned) => now,
        (WorkDeed.HandIn, WorkStates.Draft or WorkStates.Returned) => now with { State = WorkStates.Handed },
        // Withdrawn, it is what it was before it was handed in.
        (WorkDeed.Withdraw, WorkStates.Handed) => now with { State = now.Attempt == 1 ? WorkStates.Draft : WorkStates.Returned },
        (WorkDeed.Return, WorkStates.Handed or WorkStates.Marked) when now.Attempt < MostAttempts => new WorkStand(WorkStates.Returned, (short)(now.Attempt + 1)),
        (WorkDeed.Return, WorkStates.Handed or WorkStates.Marked) => new Problem("works.too-many-attempts", Texts.TooManyAttempts, null, 409),
        (WorkDeed.Mark, WorkStates.Handed or WorkStates.Marked) => now with { State = WorkStates.Marked },
        (WorkDeed.Write or WorkDeed.HandIn, WorkStates.Handed) => new Problem("works.handed-already", Texts.HandedAlready, null, 409),
        (WorkDeed.Write or WorkDeed.HandIn or WorkDeed.Withdraw, WorkStates.Marked) => new Problem("works.marked-already", Texts.MarkedAlready, null, 409),
        (WorkDeed.Withdraw, _) => new Problem("works.not-handed", Texts.NotHanded, null, 409),
        _ => new Problem("works.withdrawn", Texts.WithdrawnMeanwhile, null, 409),
    };
}
