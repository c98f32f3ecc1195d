using System.Collections.Immutable;
using MySchool.Journal.Resources;
using MySchool.Kernel;

namespace MySchool.Journal.Domain;

/// <summary>A line of a plan: a section, or a topic with its hours.</summary>
/// <param name="Id">Stays with the line through every change: what lessons have given points at it.</param>
/// <param name="IsSection">A section stands above its topics and has no hours.</param>
/// <param name="Title">As it will stand in the journal.</param>
/// <param name="Hours">Lessons it takes, 1 to 40; 0 for a section.</param>
/// <param name="Kind">Kind of lesson by the school's dictionary, or null.</param>
/// <param name="Homework">What is planned to be given after it.</param>
/// <param name="Note">The teacher's own remark.</param>
internal sealed record PlanRow(Guid Id, bool IsSection, string Title, int Hours, short? Kind, string Homework, string Note)
{
    public const int MostHours = 40;
    public const int LongestTitle = 500;
    public const int LongestHomework = 2000;
    public const int LongestNote = 1000;

    /// <summary>Lines of one plan.</summary>
    public const int MostRows = 600;

    public static PlanRow Section(Guid id, string title) => new(id, true, title, 0, null, "", "");

    /// <summary>The line fit to be kept, or the refusal at its field.</summary>
    public static Result<PlanRow> Judge(PlanRow row)
    {
        var title = row.Title.Trim();
        if (title.Length is 0 or > LongestTitle) return new Problem("journal.plan-title", Texts.PlanTitleLength, "title");
        if (!row.IsSection && row.Hours is < 1 or > MostHours) return new Problem("journal.plan-hours", Texts.PlanHoursRange, "hours");
        if (row.Homework.Length > LongestHomework) return new Problem("journal.plan-homework", Texts.PlanHomeworkLength, "homework");
        if (row.Note.Length > LongestNote) return new Problem("journal.plan-note", Texts.PlanNoteLength, "note");
        return row.IsSection ? Section(row.Id, title) : row with { Title = title, Homework = row.Homework.Trim(), Note = row.Note.Trim() };
    }
}

/// <summary>Changes of a plan's lines: pure, so that every one is a property in the tests. What lessons have given is never moved, joined, parted or removed.</summary>
internal static class PlanEdits
{
    private static readonly string[] Joints = ["; ", ". "];

    /// <summary>Hours of all topics.</summary>
    public static int HoursOf(IEnumerable<PlanRow> rows) => rows.Sum(row => row.Hours);

    /// <summary>Number of each topic as people count them: sections have none.</summary>
    public static IReadOnlyDictionary<Guid, int> Numbers(IEnumerable<PlanRow> rows)
    {
        var number = 0;
        return rows.Where(row => !row.IsSection).ToDictionary(row => row.Id, _ => ++number);
    }

    /// <summary>Puts a line after another, or first when there is none.</summary>
    public static Result<ImmutableArray<PlanRow>> Insert(ImmutableArray<PlanRow> rows, Guid? after, PlanRow row)
    {
        if (rows.Length >= PlanRow.MostRows) return new Problem("journal.plan-long", string.Format(Words.Russian, Texts.PlanTooLong, PlanRow.MostRows));
        return rows.Insert(after is { } id ? IndexOf(rows, id) + 1 : 0, row);
    }

    /// <summary>Changes a line; hours do not fall below what lessons have given of it.</summary>
    public static Result<ImmutableArray<PlanRow>> Change(ImmutableArray<PlanRow> rows, PlanRow row, IReadOnlyDictionary<Guid, int> given)
    {
        if (IndexOf(rows, row.Id) is var at && at < 0) return Problem.NotFound;
        var least = given.GetValueOrDefault(row.Id);
        if (row.Hours < least) return new Problem("journal.plan-given", string.Format(Words.Russian, Texts.PlanHoursGiven, least), "hours");
        return rows.SetItem(at, row with { IsSection = rows[at].IsSection });
    }

    public static Result<ImmutableArray<PlanRow>> Remove(ImmutableArray<PlanRow> rows, Guid id, IReadOnlyDictionary<Guid, int> given) =>
        IndexOf(rows, id) is var at && at < 0 ? Problem.NotFound : given.ContainsKey(id) ? Given : rows.RemoveAt(at);

    /// <summary>Moves a line up or down by one, past nothing that has been given.</summary>
    public static Result<ImmutableArray<PlanRow>> Move(ImmutableArray<PlanRow> rows, Guid id, int step, IReadOnlyDictionary<Guid, int> given)
    {
        if (IndexOf(rows, id) is var at && at < 0) return Problem.NotFound;
        var to = at + step;
        if (to < 0 || to >= rows.Length) return rows;
        return given.ContainsKey(id) || given.ContainsKey(rows[to].Id) ? Given : rows.SetItem(at, rows[to]).SetItem(to, rows[at]);
    }

    /// <summary>Joins a topic with the next one; <paramref name="isTight"/> makes the two one hour shorter, the way to catch up.</summary>
    public static Result<ImmutableArray<PlanRow>> Merge(ImmutableArray<PlanRow> rows, Guid id, bool isTight, IReadOnlyDictionary<Guid, int> given)
    {
        if (IndexOf(rows, id) is var at && at < 0) return Problem.NotFound;
        if (rows[at].IsSection || at + 1 >= rows.Length || rows[at + 1].IsSection) return new Problem("journal.plan-nothing-to-merge", Texts.PlanNothingToMerge);
        var (one, other) = (rows[at], rows[at + 1]);
        if (given.ContainsKey(one.Id) || given.ContainsKey(other.Id)) return Given;
        var joined = one with
        {
            Title = Join(one.Title, other.Title, PlanRow.LongestTitle), Hours = Math.Min(Math.Max(1, one.Hours + other.Hours - (isTight ? 1 : 0)), PlanRow.MostHours),
            Kind = one.Kind ?? other.Kind, Homework = Join(one.Homework, other.Homework, PlanRow.LongestHomework), Note = Join(one.Note, other.Note, PlanRow.LongestNote),
        };
        return rows.RemoveAt(at + 1).SetItem(at, joined);
    }

    /// <summary>Parts a topic in two: at the joint of its title when there is one, and its hours by halves.</summary>
    public static Result<ImmutableArray<PlanRow>> Split(ImmutableArray<PlanRow> rows, Guid id, Guid newId, IReadOnlyDictionary<Guid, int> given)
    {
        if (IndexOf(rows, id) is var at && at < 0) return Problem.NotFound;
        var row = rows[at];
        if (row.IsSection) return new Problem("journal.plan-split-section", Texts.PlanNothingToSplit);
        if (given.ContainsKey(id)) return Given;
        if (rows.Length >= PlanRow.MostRows) return new Problem("journal.plan-long", string.Format(Words.Russian, Texts.PlanTooLong, PlanRow.MostRows));
        var (first, second) = (row.Title, row.Title);
        foreach (var joint in Joints)
            if (row.Title.IndexOf(joint, StringComparison.Ordinal) is > 0 and var cut && row.Title[(cut + joint.Length)..].Trim() is { Length: > 0 } rest)
            {
                (first, second) = (row.Title[..cut], rest);
                break;
            }
        var hours = Math.Max(1, row.Hours / 2);
        return rows.SetItem(at, row with { Title = first, Hours = Math.Max(1, row.Hours - hours) }).Insert(at + 1, row with { Id = newId, Title = second, Hours = hours, Homework = "", Note = "" });
    }

    /// <summary>Takes hours out of the reserve from its end: what is left when lessons are fewer than hours.</summary>
    public static ImmutableArray<PlanRow> SpendReserve(ImmutableArray<PlanRow> rows, int hours, IReadOnlySet<short> reserves, IReadOnlyDictionary<Guid, int> given)
    {
        for (var at = rows.Length - 1; at >= 0 && hours > 0; at--)
        {
            var row = rows[at];
            if (row.Kind is not { } kind || !reserves.Contains(kind)) continue;
            var less = Math.Min(hours, row.Hours - given.GetValueOrDefault(row.Id));
            if (less <= 0) continue;
            rows = row.Hours == less ? rows.RemoveAt(at) : rows.SetItem(at, row with { Hours = row.Hours - less });
            hours -= less;
        }
        return rows;
    }

    private static Problem Given => new("journal.plan-row-given", Texts.PlanRowGiven);

    private static int IndexOf(ImmutableArray<PlanRow> rows, Guid id)
    {
        for (var at = 0; at < rows.Length; at++) if (rows[at].Id == id) return at;
        return -1;
    }

    private static string Join(string one, string other, int longest)
    {
        var joined = one.Length == 0 || one == other ? other : other.Length == 0 ? one : $"{one.TrimEnd('.')}; {other}";
        return joined.Length <= longest ? joined : joined[..longest];
    }
}
