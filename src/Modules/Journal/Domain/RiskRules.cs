using System.Collections.Immutable;
using MySchool.Journal.Resources;

namespace MySchool.Journal.Domain;

/// <summary>When a class teacher's attention is asked for: a decision of the school. Zero switches a rule off.</summary>
/// <param name="LowAverage">An average of the term below this.</param>
/// <param name="FallBy">An average lower by this than it was before.</param>
/// <param name="FallDays">Over how many days the fall is looked for.</param>
/// <param name="Twos">So many marks of 2…</param>
/// <param name="TwosDays">…within so many days, over all subjects.</param>
/// <param name="Missed">So many lessons missed without a good reason…</param>
/// <param name="MissedDays">…within so many days.</param>
/// <param name="FewDays">So many days before the end of the term marks are counted that a term mark needs.</param>
internal sealed record RiskRules(decimal LowAverage, decimal FallBy, int FallDays, int Twos, int TwosDays, int Missed, int MissedDays, int FewDays)
{
    /// <summary>Of a school that has decided nothing yet.</summary>
    public static readonly RiskRules Usual = new(2.5m, 0.7m, 21, 3, 14, 6, 30, 21);
}

/// <summary>What is looked at.</summary>
internal enum RiskKind
{
    LowAverage,
    Falling,
    Twos,
    Missed,
    FewMarks,
    Debt,
}

/// <summary>A sign that a learner needs attention: why, what may help, since when. Nothing follows from it by itself.</summary>
internal sealed record RiskSign(RiskKind Kind, string? Subject, Guid? Group, string Why, string Help, DateOnly Since);

/// <summary>A subject of a learner as the rules look at it.</summary>
/// <param name="Name">«Алгебра».</param>
/// <param name="Group">The group attended.</param>
/// <param name="Marks">Marks of the year, in order.</param>
/// <param name="LessonsLeft">Lessons left in the term.</param>
/// <param name="Debts">Terms of the year that ended with 2, незачёт or н/а: name, mark and last day.</param>
internal sealed record RiskSubject(string Name, Guid Group, IReadOnlyList<DatedMark> Marks, int LessonsLeft, IReadOnlyList<(string Term, string Value, DateOnly Ended)> Debts);

/// <summary>The rules: pure, so that each is a row of a table in the tests.</summary>
internal static class RiskSigns
{
    // Fewer marks than this say nothing of a trend or a level.
    private const int FewestMarks = 3;

    /// <summary>Signs of one learner, the gravest first.</summary>
    /// <param name="subjects">Subjects attended.</param>
    /// <param name="missed">Days of lessons missed without a good or named reason, in order.</param>
    /// <param name="rules">The school's rules.</param>
    /// <param name="minMarks">Marks a term mark needs.</param>
    /// <param name="term">First and last day of the term.</param>
    /// <param name="today">Today.</param>
    public static ImmutableArray<RiskSign> Find(
        IReadOnlyList<RiskSubject> subjects, IReadOnlyList<DateOnly> missed, RiskRules rules, int minMarks, (DateOnly From, DateOnly To) term, DateOnly today)
    {
        var found = new List<RiskSign>();
        foreach (var subject in subjects)
        {
            Add(Low(subject, rules, term, today));
            Add(Falling(subject, rules, today));
            Add(Few(subject, rules, minMarks, term, today));
            foreach (var (name, value, ended) in subject.Debts)
                found.Add(new(RiskKind.Debt, subject.Name, subject.Group, Say(Texts.RiskDebt, subject.Name, name, value), Texts.HelpDebt, ended));
        }
        Add(Twos(subjects, rules, today));
        Add(Missed(missed, rules, today));
        Add(Owed(subjects, today));
        return [.. found.OrderBy(sign => Gravity(sign.Kind)).ThenBy(sign => sign.Since)];

        void Add(RiskSign? sign)
        {
            if (sign is not null) found.Add(sign);
        }
    }

    private static int Gravity(RiskKind kind) => kind switch
    {
        RiskKind.LowAverage => 0, RiskKind.Missed => 1, RiskKind.Twos => 2, RiskKind.Debt => 3, RiskKind.Falling => 4, _ => 5,
    };

    private static RiskSign? Low(RiskSubject subject, RiskRules rules, (DateOnly From, DateOnly To) term, DateOnly today)
    {
        var marks = subject.Marks.Where(mark => mark.Date >= term.From && mark.Date <= today).ToList();
        var average = Average(marks);
        if (rules.LowAverage == 0 || average.Count < FewestMarks || !(average.Value < rules.LowAverage)) return null;
        // Since the mark after which it has stayed below.
        var since = marks[^1].Date;
        for (var last = marks.Count; last > 0 && !(Average(marks.Take(last)) is { Count: < FewestMarks } or { Value: null }) && Average(marks.Take(last)).Value < rules.LowAverage; last--)
            since = marks[last - 1].Date;
        return new(RiskKind.LowAverage, subject.Name, subject.Group,
            Say(Texts.RiskLow, subject.Name, average.Text, Number(rules.LowAverage), string.Join(", ", marks.TakeLast(8).Select(mark => mark.Value))), Texts.HelpLow, since);
    }

    private static RiskSign? Falling(RiskSubject subject, RiskRules rules, DateOnly today)
    {
        if (rules.FallBy == 0) return null;
        var turn = today.AddDays(-rules.FallDays);
        var (before, now) = (Between(turn.AddDays(-2 * rules.FallDays), turn), Between(turn.AddDays(1), today));
        var (was, became) = (Average(before), Average(now));
        if (was.Count < FewestMarks || became.Count < FewestMarks || was.Value - became.Value is not { } fall || fall < rules.FallBy) return null;
        return new(RiskKind.Falling, subject.Name, subject.Group, Say(Texts.RiskFalling, subject.Name, was.Text, became.Text, rules.FallDays), Texts.HelpFalling, now[0].Date);

        List<DatedMark> Between(DateOnly from, DateOnly to) => [.. subject.Marks.Where(mark => mark.Date >= from && mark.Date <= to)];
    }

    private static RiskSign? Few(RiskSubject subject, RiskRules rules, int minMarks, (DateOnly From, DateOnly To) term, DateOnly today)
    {
        var left = term.To.DayNumber - today.DayNumber;
        if (rules.FewDays == 0 || left < 0 || left > rules.FewDays || today < term.From) return null;
        var count = Average(subject.Marks.Where(mark => mark.Date >= term.From && mark.Date <= today)).Count;
        // A subject that is not marked by figures is not short of them.
        if (count >= minMarks || subject.Marks.Any(mark => mark.Value is MarkValue.Passed or MarkValue.Failed)) return null;
        return new(RiskKind.FewMarks, subject.Name, subject.Group, Say(Texts.RiskFew, subject.Name, count, minMarks, Words.Plural(subject.LessonsLeft, Texts.CountLessonsLeft)), Texts.HelpFew,
            term.To.AddDays(-rules.FewDays) is var since && since < term.From ? term.From : since);
    }

    private static RiskSign? Twos(IReadOnlyList<RiskSubject> subjects, RiskRules rules, DateOnly today)
    {
        var from = today.AddDays(1 - rules.TwosDays);
        var twos = subjects.SelectMany(subject => subject.Marks.Where(mark => MarkValue.FiguresOf(mark.Value).Contains(2) && mark.Date >= from && mark.Date <= today).Select(mark => (mark.Date, subject.Name)))
            .OrderBy(two => two.Date).ToList();
        if (rules.Twos == 0 || twos.Count < rules.Twos) return null;
        var where = string.Join(", ", twos.CountBy(two => two.Name).OrderByDescending(pair => pair.Value).Select(pair => pair.Value == 1 ? pair.Key : $"{pair.Key} ({pair.Value})"));
        return new(RiskKind.Twos, null, null, Say(Texts.RiskTwos, Words.Plural(twos.Count, Texts.CountTwos), rules.TwosDays, where), Texts.HelpTwos, twos[0].Date);
    }

    // Points that have waited longer than a work usually may.
    private static RiskSign? Owed(IReadOnlyList<RiskSubject> subjects, DateOnly today)
    {
        var owed = subjects.SelectMany(subject => subject.Marks.Where(mark => mark.Value == MarkValue.Owed && mark.Date.AddDays(CellRules.UsualDebtDays) < today).Select(mark => (mark.Date, subject.Name)))
            .OrderBy(work => work.Date).ToList();
        if (owed.Count == 0) return null;
        var where = string.Join(", ", owed.CountBy(work => work.Name).OrderByDescending(pair => pair.Value).Select(pair => pair.Value == 1 ? pair.Key : $"{pair.Key} ({pair.Value})"));
        return new(RiskKind.Debt, null, null, Say(Texts.RiskOwed, where), Texts.HelpOwed, owed[0].Date.AddDays(CellRules.UsualDebtDays));
    }

    private static RiskSign? Missed(IReadOnlyList<DateOnly> missed, RiskRules rules, DateOnly today)
    {
        var from = today.AddDays(1 - rules.MissedDays);
        var recent = missed.Where(day => day >= from && day <= today).ToList();
        if (rules.Missed == 0 || recent.Count < rules.Missed) return null;
        return new(RiskKind.Missed, null, null, Say(Texts.RiskMissed, Words.Plural(recent.Count, Texts.CountLessonsMissed), rules.MissedDays, Words.Plural(recent.Distinct().Count(), Texts.CountDays)),
            Texts.HelpMissed, recent.Min());
    }

    private static WeightedAverage Average(IEnumerable<DatedMark> marks) => WeightedAverage.Of(marks.Select(mark => (mark.Value, mark.Weight)));

    private static string Number(decimal value) => value.ToString("0.00", Words.Russian);

    private static string Say(string words, params object?[] values) => string.Format(Words.Russian, words, values);
}
