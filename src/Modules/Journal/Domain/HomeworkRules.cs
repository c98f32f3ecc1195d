using System.Collections.Immutable;
using System.Globalization;
using MySchool.Journal.Resources;
using MySchool.Kernel;

namespace MySchool.Journal.Domain;

/// <summary>Homework as a form sends it.</summary>
internal sealed record TypedHomework(
    string? Text, string? Links, string? Minutes, string? DueLesson, string? DueOn, bool IsChosen, ImmutableArray<Guid> Learners, bool TakesWork, int Version)
{
    /// <summary>Load that the teacher has seen and overruled: «день·минуты», or null.</summary>
    public string? Overruled { get; init; }
}

/// <summary>Homework that may be saved.</summary>
internal sealed record DraftHomework(string Text, ImmutableArray<string> Links, short? Minutes, ImmutableArray<Guid> Learners, bool TakesWork)
{
    public bool IsChosen => !Learners.IsEmpty;
}

/// <summary>Minutes given to a class for a day, and the day's norm.</summary>
/// <param name="Day">The day it all falls due.</param>
/// <param name="Norm">Minutes by the grade.</param>
/// <param name="Subjects">Minutes by subject: the most of its groups, for a learner is in one of them.</param>
/// <param name="Untimed">Works without minutes.</param>
internal sealed record HomeworkLoad(DateOnly Day, int Norm, ImmutableArray<(string Subject, int Minutes)> Subjects, int Untimed)
{
    public int Total => Subjects.Sum(subject => subject.Minutes);

    public bool IsOver => Total > Norm;
}

/// <summary>What homework may be: pure.</summary>
internal static class HomeworkRules
{
    public const int MostText = 4000;
    public const int MostLinks = 10;
    public const int MostLink = 500;
    public const int MostMinutes = 600;
    public const int MostFiles = 10;
    public const long MostFileBytes = 100L << 20;

    /// <summary>Judges what was typed.</summary>
    /// <param name="typed">The form.</param>
    /// <param name="grade">1 to 11.</param>
    /// <param name="attend">Who attends the group at the lesson.</param>
    public static Result<DraftHomework> Judge(TypedHomework typed, int grade, IReadOnlySet<Guid> attend)
    {
        // СП 2.4.3648-20, п. 3.4.16.
        if (grade == 1) return new Problem("journal.no-homework-in-grade-1", Texts.NoHomeworkInGrade1, "text");
        var text = typed.Text?.Trim().ReplaceLineEndings("\n") ?? "";
        if (text.Length == 0) return new Problem("journal.homework-empty", Texts.HomeworkEmpty, "text");
        if (text.Length > MostText) return new Problem("journal.homework-too-long", Texts.HomeworkTooLong, "text");
        var links = LinksOf(typed.Links);
        if (!links.IsOk) return links.Problem!;
        short? minutes = null;
        if (!string.IsNullOrWhiteSpace(typed.Minutes))
        {
            if (!short.TryParse(typed.Minutes.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var typedMinutes) || typedMinutes is < 1 or > MostMinutes)
                return new Problem("journal.homework-minutes", string.Format(Words.Russian, Texts.HomeworkMinutesWrong, MostMinutes), "minutes");
            minutes = typedMinutes;
        }
        ImmutableArray<Guid> learners = typed.IsChosen ? [.. typed.Learners.Distinct().Where(attend.Contains)] : [];
        if (typed.IsChosen && learners.IsEmpty) return new Problem("journal.homework-nobody", Texts.HomeworkNobody, "learners");
        return new DraftHomework(text, links.Value, minutes, learners, typed.TakesWork);
    }

    /// <summary>Addresses, one a line; of the web and of nothing else.</summary>
    public static Result<ImmutableArray<string>> LinksOf(string? typed)
    {
        var lines = (typed ?? "").Split(['\n', '\r', ' ', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.Ordinal).ToList();
        if (lines.Count > MostLinks) return new Problem("journal.homework-links-many", string.Format(Words.Russian, Texts.HomeworkLinksMany, MostLinks), "links");
        var links = ImmutableArray.CreateBuilder<string>();
        foreach (var line in lines)
        {
            var full = line.Contains("://", StringComparison.Ordinal) ? line : $"https://{line}";
            // Names and passwords before an @ are how one address is dressed up as another.
            if (line.Length > MostLink || !Uri.TryCreate(full, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.UserInfo.Length > 0 || !uri.Host.Contains('.'))
                return new Problem("journal.homework-link", string.Format(Words.Russian, Texts.HomeworkLinkWrong, line.Length > 60 ? line[..60] + "…" : line), "links");
            links.Add(uri.AbsoluteUri);
        }
        return links.ToImmutable();
    }

    /// <summary>The day's load with this work in it.</summary>
    /// <param name="already">What stands: subject, group, minutes or null.</param>
    /// <param name="day">The day.</param>
    /// <param name="norm">Minutes by the grade.</param>
    public static HomeworkLoad LoadOf(IEnumerable<(string Subject, Guid Group, short? Minutes)> already, DateOnly day, int norm)
    {
        var all = already.ToList();
        return new HomeworkLoad(day, norm,
            [.. all.Where(work => work.Minutes is not null).GroupBy(work => work.Subject, StringComparer.Ordinal)
                .Select(subject => (subject.Key, subject.GroupBy(work => work.Group).Max(group => group.Sum(work => (int)work.Minutes!))))
                .OrderByDescending(subject => subject.Item2).ThenBy(subject => subject.Key, StringComparer.Ordinal)],
            all.Count(work => work.Minutes is null));
    }
}
