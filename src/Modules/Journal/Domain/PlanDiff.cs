using System.Collections.Immutable;

namespace MySchool.Journal.Domain;

/// <summary>What becomes of a line.</summary>
internal enum PlanFate
{
    Same, New, Changed, Removed,

    /// <summary>Not in what comes, and kept: a lesson has given it.</summary>
    Kept,
}

/// <summary>A line of the rehearsal.</summary>
/// <param name="Fate">What becomes of it.</param>
/// <param name="Row">As it will stand; for a removed one, as it stood.</param>
/// <param name="Before">As it stood, when it changes.</param>
internal sealed record PlanChange(PlanFate Fate, PlanRow Row, PlanRow? Before);

/// <summary>What a plan would become: pure, shown before anything is written and worked out again when it is.</summary>
/// <param name="Rows">Lines as they would stand.</param>
/// <param name="Changes">Every line with its fate, in the order it would stand; removed ones at the end.</param>
internal sealed record PlanDiff(ImmutableArray<PlanRow> Rows, ImmutableArray<PlanChange> Changes)
{
    public int Count(PlanFate fate) => Changes.Count(change => change.Fate == fate);

    public bool IsEmpty => Changes.All(change => change.Fate is PlanFate.Same or PlanFate.Kept);

    /// <summary>Puts what comes in the place of what is: lines of the same title keep their ids, given ones stay whatever comes.</summary>
    /// <param name="now">Lines as they stand.</param>
    /// <param name="coming">Lines that come.</param>
    /// <param name="given">Hours given of lines.</param>
    /// <param name="told">What the source tells of a topic at all: the rest is left as it stands.</param>
    public static PlanDiff Replace(ImmutableArray<PlanRow> now, ImmutableArray<PlanRow> coming, IReadOnlyDictionary<Guid, int> given, IReadOnlySet<PlanField> told)
    {
        var known = now.GroupBy(KeyOf).ToDictionary(same => same.Key, same => new Queue<PlanRow>(same));
        var taken = new HashSet<Guid>();
        var changes = new List<PlanChange>();
        foreach (var row in coming)
        {
            if (!known.TryGetValue(KeyOf(row), out var same) || same.Count == 0)
            {
                changes.Add(new(PlanFate.New, row, null));
                continue;
            }
            var before = same.Dequeue();
            taken.Add(before.Id);
            var after = Over(before, row, given, told);
            changes.Add(after == before ? new(PlanFate.Same, before, null) : new(PlanFate.Changed, after, before));
        }
        // A given line that does not come stays at the beginning, under the section it was given in.
        var kept = now.Where((row, at) => !taken.Contains(row.Id) && (given.ContainsKey(row.Id) || row.IsSection && HasGiven(now, at, taken, given))).ToList();
        changes.InsertRange(0, kept.Select(row => new PlanChange(PlanFate.Kept, row, null)));
        var rows = changes.Select(change => change.Row).ToImmutableArray();
        changes.AddRange(now.Where(row => !taken.Contains(row.Id) && !kept.Contains(row)).Select(row => new PlanChange(PlanFate.Removed, row, null)));
        return new(rows, [.. changes]);
    }

    /// <summary>Puts what comes after what is.</summary>
    public static PlanDiff Append(ImmutableArray<PlanRow> now, ImmutableArray<PlanRow> coming) =>
        new([.. now, .. coming], [.. now.Select(row => new PlanChange(PlanFate.Same, row, null)), .. coming.Select(row => new PlanChange(PlanFate.New, row, null))]);

    private static PlanRow Over(PlanRow before, PlanRow row, IReadOnlyDictionary<Guid, int> given, IReadOnlySet<PlanField> told) => row with
    {
        Id = before.Id, Title = given.ContainsKey(before.Id) ? before.Title : row.Title,
        Hours = told.Contains(PlanField.Hours) ? Math.Max(row.Hours, given.GetValueOrDefault(before.Id)) : before.Hours,
        Kind = told.Contains(PlanField.Kind) ? row.Kind : row.Kind ?? before.Kind,
        Homework = told.Contains(PlanField.Homework) ? row.Homework : before.Homework, Note = told.Contains(PlanField.Note) ? row.Note : before.Note,
    };

    private static bool HasGiven(ImmutableArray<PlanRow> rows, int section, HashSet<Guid> taken, IReadOnlyDictionary<Guid, int> given) =>
        rows.Skip(section + 1).TakeWhile(row => !row.IsSection).Any(row => given.ContainsKey(row.Id) && !taken.Contains(row.Id));

    private static (bool, string) KeyOf(PlanRow row) => (row.IsSection, PlanWords.Plain(row.Title));
}

/// <summary>Hours of a programme fitted to the lessons there are.</summary>
internal static class ProgrammeHours
{
    /// <summary>Shares lessons among sections by their hours, the largest remainders first; each keeps one at least while there are enough.</summary>
    public static ImmutableArray<int> Fit(IReadOnlyList<int> hours, int lessons)
    {
        var all = hours.Sum();
        if (lessons <= 0 || lessons == all || hours.Count == 0) return [.. hours];
        if (lessons < hours.Count) return [.. hours.Select((_, at) => at < lessons ? 1 : 0)];
        // One each, and the rest by shares: so no section is lost.
        var rest = lessons - hours.Count;
        var over = Math.Max(1, all - hours.Count);
        var fitted = hours.Select(h => 1 + (int)((long)(h - 1) * rest / over)).ToArray();
        var byRemainder = hours.Select((h, at) => (At: at, Part: (long)(h - 1) * rest % over)).OrderByDescending(pair => pair.Part).ThenBy(pair => pair.At).ToList();
        var missing = lessons - fitted.Sum();
        for (var i = 0; i < missing; i++) fitted[byRemainder[i % byRemainder.Count].At]++;
        return [.. fitted];
    }
}
