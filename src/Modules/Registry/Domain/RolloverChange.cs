using System.Collections.Immutable;
using MySchool.Kernel;
using MySchool.Registry.Resources;

namespace MySchool.Registry.Domain;

/// <summary>One edit of a plan, as a form sends it.</summary>
/// <param name="What">dates, class, new-class, drop-class, fate or learner.</param>
/// <param name="Target">The class or the learner it is about.</param>
/// <param name="To">The class they go to; empty: nowhere, "same": as their class does.</param>
internal sealed record RolloverChange(
    string? What, Guid? Target, string? To, short? Grade, string? Letter, short? Shift, Guid? Leader, DateOnly? Starts, DateOnly? Ends,
    bool CopiesGroups, bool CopiesTeachers, ImmutableArray<(DateOnly? Starts, DateOnly? Ends)> Terms)
{
    private const int MostLetter = 20;
    private const int MostGrade = 12;

    /// <summary>The plan after the edit, or why it cannot be made.</summary>
    public Result<RolloverPlan> Apply(RolloverPlan plan) => What switch
    {
        "dates" => SetDates(plan),
        "class" => SetClass(plan),
        "new-class" => CheckName() is { } odd ? odd : plan with { Classes = plan.Classes.Add(new PlannedClass(Ids.New(), Grade!.Value, Letter!.Trim(), Shift ?? 1, Leader, null)) },
        "drop-class" => DropClass(plan),
        "fate" => SetFate(plan),
        "learner" => SetLearner(plan),
        _ => new Problem("registry.change-unknown", Texts.ChangeUnknown),
    };

    private Result<RolloverPlan> SetDates(RolloverPlan plan)
    {
        if (!IsPlausible(Starts) || !IsPlausible(Ends) || Terms.Length != plan.Terms.Length || Terms.Any(t => !IsPlausible(t.Starts) || !IsPlausible(t.Ends)))
            return new Problem("registry.date-missing", Texts.AllDatesNeeded, "starts");
        return plan with
        {
            Starts = Starts!.Value, Ends = Ends!.Value, CopiesGroups = CopiesGroups, CopiesTeachers = CopiesTeachers,
            Terms = [.. plan.Terms.Select((term, i) => term with { Starts = Terms[i].Starts!.Value, Ends = Terms[i].Ends!.Value })],
        };
    }

    private Result<RolloverPlan> SetClass(RolloverPlan plan)
    {
        if (plan.Classes.FirstOrDefault(c => c.Id == Target) is not { } now) return Problem.NotFound;
        if (CheckName() is { } odd) return odd;
        return plan with { Classes = plan.Classes.Replace(now, now with { Grade = Grade!.Value, Letter = Letter!.Trim(), Shift = Shift ?? now.Shift, LeaderId = Leader }) };
    }

    private Result<RolloverPlan> DropClass(RolloverPlan plan)
    {
        if (plan.Classes.FirstOrDefault(c => c.Id == Target) is not { } now) return Problem.NotFound;
        return plan.Fates.Any(f => f.ToId == now.Id) || plan.Exceptions.Any(e => e.ToId == now.Id)
            ? new Problem("registry.class-awaited", string.Format(Words.Russian, Texts.ClassAwaited, now.Name), null, 409)
            : plan with { Classes = plan.Classes.Remove(now) };
    }

    private Result<RolloverPlan> SetFate(RolloverPlan plan)
    {
        if (plan.Fates.FirstOrDefault(f => f.ClassId == Target) is not { } now) return Problem.NotFound;
        var to = IdOf(To);
        if (to is null && !string.IsNullOrEmpty(To) || to is not null && plan.Classes.All(c => c.Id != to)) return new Problem("registry.class-missing", Texts.ChooseClass, "to");
        return plan with { Fates = plan.Fates.Replace(now, now with { ToId = to }) };
    }

    private Result<RolloverPlan> SetLearner(RolloverPlan plan)
    {
        if (Target is not { } person) return new Problem("registry.person-missing", Texts.ChoosePerson, "target");
        var others = plan.Exceptions.RemoveAll(e => e.PersonId == person);
        if (To == "same") return plan with { Exceptions = others };
        var to = IdOf(To);
        if (to is null && !string.IsNullOrEmpty(To) || to is not null && plan.Classes.All(c => c.Id != to)) return new Problem("registry.class-missing", Texts.ChooseClass, "to");
        return plan with { Exceptions = others.Add(new LearnerFate(person, to)) };
    }

    private Problem? CheckName() =>
        Grade is null or < 1 or > MostGrade ? new Problem("registry.grade-odd", Texts.GradeOdd, "grade")
        : Letter?.Trim().Length is null or 0 or > MostLetter || Letter.Any(char.IsControl) ? new Problem("registry.letter-odd", Texts.LetterOdd, "letter")
        : Shift is not (null or 1 or 2) ? new Problem("registry.shift-odd", Texts.ShiftOdd, "shift")
        : null;

    private static bool IsPlausible(DateOnly? date) => date is { Year: >= 2000 and <= 2100 };

    private static Guid? IdOf(string? text) => Guid.TryParse(text, out var id) ? id : null;
}
