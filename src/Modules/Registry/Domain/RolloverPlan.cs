using System.Collections.Immutable;
using MySchool.Kernel;
using MySchool.Registry.Resources;

namespace MySchool.Registry.Domain;

/// <summary>A term of the new year.</summary>
internal sealed record PlannedTerm(short Number, string Name, DateOnly Starts, DateOnly Ends);

/// <summary>A class of the new year. Its groups are copied from a class of this year, when there is one to copy from.</summary>
internal sealed record PlannedClass(Guid Id, short Grade, string Letter, short Shift, Guid? LeaderId, Guid? CopiesFrom)
{
    public string Name => $"{Grade}{Letter}";
}

/// <summary>Where a class of this year goes; nowhere: its learners leave the school as graduates.</summary>
internal sealed record ClassFate(Guid ClassId, Guid? ToId);

/// <summary>A learner who goes elsewhere than the class: repeats a year, changes the class, or leaves.</summary>
internal sealed record LearnerFate(Guid PersonId, Guid? ToId);

/// <summary>The plan of the next academic year.</summary>
internal sealed record RolloverPlan(
    short FromYear, DateOnly Starts, DateOnly Ends, bool CopiesGroups, bool CopiesTeachers,
    ImmutableArray<PlannedTerm> Terms, ImmutableArray<PlannedClass> Classes, ImmutableArray<ClassFate> Fates, ImmutableArray<LearnerFate> Exceptions)
{
    public short Year => (short)(FromYear + 1);

    /// <summary>The last day that facts of this year hold.</summary>
    public DateOnly LastDay => Starts.AddDays(-1);
}

/// <summary>A class of this year with who leads it.</summary>
internal sealed record PresentClass(Guid Id, short Grade, string Letter, short Shift, Guid? LeaderId)
{
    public string Name => $"{Grade}{Letter}";
}

/// <summary>A learner of this year who stays to its end.</summary>
internal sealed record PresentLearner(Guid PersonId, string Name, Guid ClassId, Guid EnrolmentId, DateOnly Since, bool HasLaterPlace);

/// <summary>What the plan is judged by.</summary>
internal sealed record PresentYear(
    short Year, DateOnly Starts, DateOnly Ends, ImmutableArray<PlannedTerm> Terms, ImmutableArray<PresentClass> Classes,
    ImmutableArray<PresentLearner> Learners, bool NextYearExists);

/// <summary>Rules of the rollover, without database or clock.</summary>
internal static class RolloverRules
{
    private const short LastOfBasic = 9;
    private const short LastOfAll = 11;

    /// <summary>The plan a school starts from: dates a year on, each class a grade up, the leavers gone, first grades empty.</summary>
    public static RolloverPlan Draft(PresentYear now)
    {
        var hasTenth = now.Classes.Any(c => c.Grade > LastOfBasic);
        var fates = ImmutableArray.CreateBuilder<ClassFate>();
        var classes = ImmutableArray.CreateBuilder<PlannedClass>();
        foreach (var first in now.Classes.Where(c => c.Grade == 1)) classes.Add(new PlannedClass(Ids.New(), 1, first.Letter, first.Shift, null, null));
        foreach (var present in now.Classes.OrderBy(c => c.Grade).ThenBy(c => c.Letter, StringComparer.Ordinal))
        {
            if (present.Grade >= LastOfAll || present.Grade == LastOfBasic && !hasTenth)
            {
                fates.Add(new ClassFate(present.Id, null));
                continue;
            }
            // A class of profile is made anew in grade 10: nobody's leader or groups go on by themselves.
            var isNew = present.Grade == LastOfBasic;
            var next = new PlannedClass(Ids.New(), (short)(present.Grade + 1), present.Letter, present.Shift, isNew ? null : present.LeaderId, isNew ? null : present.Id);
            classes.Add(next);
            fates.Add(new ClassFate(present.Id, next.Id));
        }
        return new RolloverPlan(now.Year, now.Starts.AddYears(1), now.Ends.AddYears(1), true, true,
            [.. now.Terms.Select(t => t with { Starts = t.Starts.AddYears(1), Ends = t.Ends.AddYears(1) })], classes.ToImmutable(), fates.ToImmutable(), []);
    }

    /// <summary>Where each learner goes; null is out of the school. Whoever the plan says nothing of is absent.</summary>
    public static IReadOnlyDictionary<Guid, Guid?> Placements(RolloverPlan plan, PresentYear now)
    {
        var known = plan.Classes.Select(c => c.Id).ToHashSet();
        var fates = plan.Fates.ToDictionary(f => f.ClassId, f => f.ToId);
        var exceptions = plan.Exceptions.ToDictionary(e => e.PersonId, e => e.ToId);
        var placed = new Dictionary<Guid, Guid?>();
        foreach (var learner in now.Learners.DistinctBy(l => l.PersonId))
        {
            if (!exceptions.TryGetValue(learner.PersonId, out var to) && !fates.TryGetValue(learner.ClassId, out to)) continue;
            if (to is null || known.Contains(to.Value)) placed[learner.PersonId] = to;
        }
        return placed;
    }

    /// <summary>What stands in the way of applying, in words; empty when nothing does.</summary>
    public static IReadOnlyList<string> Obstacles(RolloverPlan plan, PresentYear now)
    {
        var found = new List<string>();
        if (now.NextYearExists) found.Add(Texts.YearExists);
        if (plan.Starts <= now.Ends) found.Add(string.Format(Words.Russian, Texts.YearTooEarly, Words.Date(now.Ends)));
        if (plan.Ends <= plan.Starts || plan.Ends > plan.Starts.AddYears(1)) found.Add(Texts.YearEndsOdd);
        if (plan.Terms.IsEmpty) found.Add(Texts.TermsMissing);
        foreach (var term in plan.Terms)
        {
            if (term.Ends <= term.Starts) found.Add(string.Format(Words.Russian, Texts.TermOdd, term.Name));
            else if (term.Starts < plan.Starts || term.Ends > plan.Ends) found.Add(string.Format(Words.Russian, Texts.TermOutside, term.Name));
            if (plan.Terms.Any(o => o.Number < term.Number && o.Starts <= term.Ends && o.Ends >= term.Starts)) found.Add(string.Format(Words.Russian, Texts.TermOverlaps, term.Name));
        }
        foreach (var twice in plan.Classes.GroupBy(c => c.Name, StringComparer.OrdinalIgnoreCase).Where(c => c.Count() > 1)) found.Add(string.Format(Words.Russian, Texts.ClassTwice, twice.Key));
        var placed = Placements(plan, now);
        foreach (var lost in now.Learners.Where(l => !placed.ContainsKey(l.PersonId)).GroupBy(l => l.ClassId))
            found.Add(string.Format(Words.Russian, Texts.LearnersLost, now.Classes.FirstOrDefault(c => c.Id == lost.Key)?.Name ?? "", Words.Plural(lost.Count(), Texts.CountLearners)));
        foreach (var ahead in now.Learners.Where(l => l.HasLaterPlace || l.Since >= plan.Starts).Take(10)) found.Add(string.Format(Words.Russian, Texts.LearnerPlacedLater, ahead.Name));
        return found;
    }
}
