using System.Collections.Immutable;
using MySchool.Contracts.Registry;
using MySchool.Journal.Data;
using MySchool.Journal.Domain;

namespace MySchool.Journal.Features.Classes;

/// <summary>A subject of a class: one group, or the подгруппы it is split into.</summary>
internal sealed record ClassSubject(string Name, ImmutableArray<SchoolGroup> Groups);

/// <summary>Where a learner stands in a subject over the period.</summary>
/// <param name="Group">The group attended.</param>
/// <param name="Marks">Marks of the period, in order.</param>
/// <param name="Average">Their average.</param>
/// <param name="Set">The mark that stands for the period; null while none was set.</param>
/// <param name="Proposed">What the regulation proposes now.</param>
internal sealed record SubjectStanding(SchoolGroup Group, ImmutableArray<DatedMark> Marks, WeightedAverage Average, string? Set, Proposal Proposed)
{
    /// <summary>The mark set, or the one that would be proposed today.</summary>
    public string? Value => Set ?? Proposed.Value;
}

/// <summary>Lessons missed over the period.</summary>
/// <param name="Lessons">All, without those come to late.</param>
/// <param name="Illness">Through illness.</param>
/// <param name="Excused">With another good reason.</param>
/// <param name="Unexcused">Without a good reason.</param>
/// <param name="Unknown">Nobody has given a reason.</param>
/// <param name="Late">Come to late.</param>
/// <param name="Days">Days on which every lesson was missed.</param>
internal readonly record struct AbsenceCount(int Lessons, int Illness, int Excused, int Unexcused, int Unknown, int Late, int Days)
{
    public static AbsenceCount operator +(AbsenceCount a, AbsenceCount b) => new(
        a.Lessons + b.Lessons, a.Illness + b.Illness, a.Excused + b.Excused, a.Unexcused + b.Unexcused, a.Unknown + b.Unknown, a.Late + b.Late, a.Days + b.Days);

    public static AbsenceCount Add(AbsenceCount one, AbsenceCount other) => one + other;
}

/// <summary>A learner of the class over the period.</summary>
/// <param name="Who">Who, with the first and last day in the class.</param>
/// <param name="Subjects">By subject's name.</param>
/// <param name="Absences">Lessons missed.</param>
/// <param name="Standing">By the marks of all subjects.</param>
internal sealed record ClassLearner(RosterLearner Who, IReadOnlyDictionary<string, SubjectStanding> Subjects, AbsenceCount Absences, Standing Standing);

/// <summary>A class over a term, or over the year when there is no term.</summary>
internal sealed record ClassTerm(
    SchoolRosters School, Guid ClassId, TermFacts? Term, ClassBook Book, ImmutableArray<ClassSubject> Subjects, ImmutableArray<ClassLearner> Learners, DateOnly Today)
{
    public string ClassName => School.Groups[0].ClassName.Split(',')[0];

    public short Grade => School.Groups[0].Grade;

    public short Period => Term?.Number ?? Domain.Period.Year;

    public DateOnly From => Term?.Starts ?? School.Terms.FirstOrDefault()?.Starts ?? Today;

    public DateOnly To => Term?.Ends ?? School.Terms.LastOrDefault()?.Ends ?? Today;

    /// <summary>Whether grade 1: no marks (СП 2.4.3648-20).</summary>
    public bool HasMarks => Grade > 1;

    public string? Leader => School.Leaders.GetValueOrDefault(ClassId);

    public AbsenceCount Absences => Learners.Aggregate(new AbsenceCount(), (sum, learner) => sum + learner.Absences);

    /// <summary>Cells with a mark that was set, and all of them.</summary>
    public (int Set, int Of) Filled => (Learners.Sum(learner => learner.Subjects.Values.Count(subject => subject.Set is not null)), Learners.Sum(learner => learner.Subjects.Count));

    public Shares SharesOf(string subject) => Shares.Of(Learners.Select(learner => learner.Subjects.GetValueOrDefault(subject)?.Value).OfType<string>());

    public Shares AllShares => Shares.Of(Learners.SelectMany(learner => learner.Subjects.Values).Select(subject => subject.Value).OfType<string>());

    /// <summary>Lessons a learner missed within the period, late ones among them.</summary>
    public IEnumerable<MissedLesson> MissedBy(Guid learner) => Book.Missed[learner].Where(lesson => lesson.Date >= From && lesson.Date <= To);
}

/// <summary>Rows made into a class's term.</summary>
internal static class ClassTerms
{
    /// <summary>Composes; learners who have left before the period's end, or today, are left out unless asked for.</summary>
    public static ClassTerm Of(SchoolRosters rosters, Guid classId, TermFacts? term, ClassBook book, DateOnly today, bool withLeft = false)
    {
        var subjects = rosters.Groups.GroupBy(group => group.SubjectName).Select(of => new ClassSubject(of.Key, [.. of])).ToImmutableArray();
        var empty = new ClassTerm(rosters, classId, term, book, subjects, [], today);
        var stays = empty.To < today ? empty.To : today;
        var people = rosters.Groups.SelectMany(group => rosters.Learners[group.GroupId].Select(learner => (Group: group, Learner: learner)))
            .GroupBy(row => row.Learner.PersonId)
            .Select(rows => (Who: Merge([.. rows.Select(row => row.Learner)]), Groups: rows.Where(row => Overlaps(row.Learner)).Select(row => row.Group).DistinctBy(group => group.GroupId).ToList()))
            .Where(person => Overlaps(person.Who) && (withLeft || person.Who.To is null || person.Who.To >= stays))
            .OrderBy(person => person.Who.Name.Full, StringComparer.Create(Words.Russian, false));
        return empty with { Learners = [.. people.Select(person => Learner(empty, person.Who, person.Groups))] };

        bool Overlaps(RosterLearner learner) => learner.From <= empty.To && (learner.To is null || learner.To >= empty.From);
    }

    private static RosterLearner Merge(List<RosterLearner> rows) =>
        rows[0] with { From = rows.Min(row => row.From), To = rows.Exists(row => row.To is null) ? null : rows.Max(row => row.To) };

    private static ClassLearner Learner(ClassTerm of, RosterLearner who, List<SchoolGroup> groups)
    {
        // Whoever changed подгруппа within the period counts where the marks are.
        var standings = groups.GroupBy(group => group.SubjectName).ToDictionary(same => same.Key, same => same
            .Select(group => Stand(of, who.PersonId, group)).OrderByDescending(stand => stand.Set is not null).ThenByDescending(stand => stand.Marks.Length).First());
        return new(who, standings, Count(of, who.PersonId, groups), Standings.Of([.. standings.Values.Select(stand => stand.Value).OfType<string>()]));
    }

    private static SubjectStanding Stand(ClassTerm of, Guid learner, SchoolGroup group)
    {
        var all = of.Book.Marks[(group.GroupId, learner)].ToList();
        var marks = all.Where(mark => mark.Date >= of.From && mark.Date <= of.To).ToImmutableArray();
        var counted = marks.Select(mark => (mark.Value, mark.Weight)).ToList();
        var proposed = !of.HasMarks || of.From > of.Today ? new Proposal(null, "")
            : of.Term is not null ? TermRules.OfTerm(counted, of.Book.Regulation)
            : TermRules.OfYear([.. of.School.Terms.Select(term => Set(term.Number))], counted, of.Book.Regulation);
        return new(group, marks, WeightedAverage.Of(counted), Set(of.Period), proposed);

        string? Set(short period) => of.Book.Set.GetValueOrDefault((group.GroupId, learner, period));
    }

    private static AbsenceCount Count(ClassTerm of, Guid learner, List<SchoolGroup> groups)
    {
        var rows = of.MissedBy(learner).ToList();
        var missed = rows.Where(row => !row.IsLate).ToList();
        var days = missed.CountBy(row => row.Date).Count(day => day.Value >= groups.Sum(group => of.Book.Lessons[group.GroupId].Count(date => date == day.Key)));
        return new(missed.Count, By("illness"), By("excused"), By("unexcused"), By("unknown"), rows.Count - missed.Count, days);

        int By(string category) => missed.Count(row => row.Category == category);
    }
}
