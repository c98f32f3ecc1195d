using System.Collections.Immutable;
using MySchool.Kernel;
using MySchool.Registry.Resources;

namespace MySchool.Registry.Domain;

/// <summary>An order as it was typed, its dates already read.</summary>
internal sealed record MovementOrder(
    string Kind, string OrderNo, DateOnly OrderedOn, DateOnly TakesEffectOn, DateOnly? EndsOn, Guid? ToClassId, Guid? GroupId, string? Reason, string? Note);

/// <summary>Days in a class.</summary>
internal sealed record EnrolmentFact(Guid Id, Guid ClassId, DateOnly StartsOn, DateOnly? EndsOn)
{
    public bool HoldsOn(DateOnly day) => StartsOn <= day && (EndsOn is null || EndsOn >= day);

    /// <summary>False for what was undone on its first day: it held on no day at all.</summary>
    public bool HasDays => EndsOn is null || EndsOn >= StartsOn;
}

/// <summary>Days in a подгруппа.</summary>
internal sealed record MemberFact(Guid GroupId, DateOnly StartsOn, DateOnly? EndsOn);

/// <summary>A class and the days one may learn in it: its academic year with the summer that follows.</summary>
internal sealed record ClassFact(Guid Id, string Name, short Grade, short Year, DateOnly Opens, DateOnly Closes);

/// <summary>A подгруппа of a class.</summary>
internal sealed record SubgroupFact(Guid Id, Guid ClassId, Guid SubjectId);

/// <summary>A leave or another form of learning in force.</summary>
internal sealed record LeaveFact(Guid MovementId, string Kind, DateOnly StartsOn, DateOnly? EndsOn);

/// <summary>All that an order is judged by.</summary>
internal sealed record Standing(
    DateOnly Today, DateOnly? SchoolClosedOn, bool LearnsElsewhere, ImmutableArray<EnrolmentFact> Enrolments, ImmutableArray<MemberFact> Members,
    ImmutableArray<ClassFact> Classes, ImmutableArray<SubgroupFact> Subgroups, ImmutableArray<LeaveFact> Leaves);

/// <summary>A fact that an order changes: a new one, or one that ends on another day than before.</summary>
/// <param name="Table">enrolments, group_members or movements.</param>
/// <param name="Id">The enrolment, the group or the movement.</param>
/// <param name="ClassId">Class of a new enrolment.</param>
/// <param name="StartsOn">First day of the fact.</param>
/// <param name="EndedOn">Its last day before the order; of a new fact nothing.</param>
/// <param name="EndsOn">Its last day now.</param>
/// <param name="IsNew">Whether the order made it.</param>
internal sealed record FactChange(string Table, Guid Id, Guid? ClassId, DateOnly StartsOn, DateOnly? EndedOn, DateOnly? EndsOn, bool IsNew);

/// <summary>What an order does: from which class to which, and the facts it changes.</summary>
internal sealed record JudgedMovement(Guid? FromClassId, Guid? ToClassId, ImmutableArray<FactChange> Changes);

/// <summary>Rules of movement, without database or clock. A learner is in at most one class a day.</summary>
internal static class MovementRules
{
    private const int MostNote = 300;
    private const int MostOrderNo = 100;
    private const int MaxDaysAhead = 400;

    public static Result<JudgedMovement> Judge(MovementOrder order, Standing now)
    {
        if (CheckPaper(order, now) is { } odd) return odd;
        if (MovementKinds.Arrivals.Contains(order.Kind)) return Arrive(order, now);
        var here = now.Enrolments.FirstOrDefault(e => e.HoldsOn(order.TakesEffectOn) && e.HasDays);
        if (here is null) return new Problem("registry.not-enrolled", Texts.NotEnrolledThatDay, "on");
        return order.Kind switch
        {
            MovementKinds.ClassChange => ChangeClass(order, now, here),
            MovementKinds.GroupChange => ChangeGroup(order, now, here),
            MovementKinds.Return => ComeBack(order, now, here),
            _ when MovementKinds.Departures.Contains(order.Kind) => Leave(order, now, here),
            _ when MovementKinds.Leaves.Contains(order.Kind) => TakeLeave(order, now, here),
            _ => new Problem("registry.kind-unknown", Texts.ChooseMovement, "kind"),
        };
    }

    private static Problem? CheckPaper(MovementOrder order, Standing now)
    {
        if (string.IsNullOrWhiteSpace(order.OrderNo)) return new("registry.order-missing", Texts.OrderNoMissing, "orderNo");
        if (order.OrderNo.Length > MostOrderNo) return new("registry.order-long", Texts.OrderNoLong, "orderNo");
        if (order.OrderedOn > now.Today) return new("registry.order-ahead", Texts.OrderedAhead, "orderedOn");
        if (order.Note?.Length > MostNote) return new("registry.why-too-long", Texts.WhyTooLong, "note");
        var reasons = MovementKinds.ReasonsOf(order.Kind);
        if (reasons.Length > 0 && !reasons.Contains(order.Reason ?? "")) return new("registry.reason-missing", Texts.ChooseReason, "reason");
        if (order.TakesEffectOn > now.Today.AddDays(MaxDaysAhead)) return new("registry.date-far", Texts.MovementTooFar, "on");
        if (now.SchoolClosedOn is { } closed && order.TakesEffectOn > closed) return new("registry.school-closed", Texts.SchoolClosed, "on");
        return null;
    }

    private static Result<JudgedMovement> Arrive(MovementOrder order, Standing now)
    {
        var found = FindClass(order, now);
        if (!found.IsOk) return found.Problem!;
        if (now.LearnsElsewhere) return new Problem("registry.learns-elsewhere", Texts.LearnsElsewhere, "on", 409);
        if (now.Enrolments.Any(e => e.HasDays && (e.EndsOn is null || e.EndsOn >= order.TakesEffectOn)))
            return new Problem("registry.already-enrolled", Texts.AlreadyEnrolled, "on", 409);
        return new JudgedMovement(null, found.Value.Id, [New(found.Value.Id, order.TakesEffectOn, null)]);
    }

    private static Result<JudgedMovement> ChangeClass(MovementOrder order, Standing now, EnrolmentFact here)
    {
        var found = FindClass(order, now);
        if (!found.IsOk) return found.Problem!;
        if (found.Value.Id == here.ClassId) return new Problem("registry.same-class", Texts.SameClass, "toClass");
        if (found.Value.Year != now.Classes.First(c => c.Id == here.ClassId).Year) return new Problem("registry.class-of-another-year", Texts.ClassOfAnotherYear, "toClass");
        var last = order.TakesEffectOn.AddDays(-1);
        return new JudgedMovement(here.ClassId, found.Value.Id, [
            End(here, last), .. MembersEnd(now, here, last, order.TakesEffectOn), New(found.Value.Id, order.TakesEffectOn, here.EndsOn)]);
    }

    private static Result<JudgedMovement> ChangeGroup(MovementOrder order, Standing now, EnrolmentFact here)
    {
        var to = now.Subgroups.FirstOrDefault(g => g.Id == order.GroupId && g.ClassId == here.ClassId);
        if (to is null) return new Problem("registry.group-missing", Texts.ChooseGroup, "group");
        var ofSubject = now.Subgroups.Where(g => g.ClassId == here.ClassId && g.SubjectId == to.SubjectId).Select(g => g.Id).ToHashSet();
        var held = now.Members.Where(m => ofSubject.Contains(m.GroupId) && (m.EndsOn is null || m.EndsOn >= order.TakesEffectOn)).ToList();
        if (held.Any(m => m.GroupId == to.Id && m.StartsOn <= order.TakesEffectOn)) return new Problem("registry.same-group", Texts.SameGroup, "group");
        return new JudgedMovement(here.ClassId, here.ClassId, [
            .. held.Select(m => End(m, order.TakesEffectOn.AddDays(-1))),
            new FactChange("group_members", to.Id, null, order.TakesEffectOn, null, here.EndsOn, true)]);
    }

    private static Result<JudgedMovement> Leave(MovementOrder order, Standing now, EnrolmentFact here)
    {
        var last = order.TakesEffectOn;
        // Places prepared for later, such as the class of the next year, are given up too: they hold on no day at all.
        var later = now.Enrolments.Where(e => e.StartsOn > last && e.HasDays).Select(e => End(e, e.StartsOn.AddDays(-1)));
        var leaves = now.Leaves.Where(l => l.EndsOn is null || l.EndsOn > last).Select(l => End(l, last));
        return new JudgedMovement(here.ClassId, null, [End(here, last), .. MembersEnd(now, here, last, last.AddDays(1)), .. later, .. leaves]);
    }

    private static Result<JudgedMovement> TakeLeave(MovementOrder order, Standing now, EnrolmentFact here)
    {
        if (order.Kind == MovementKinds.AcademicLeave && order.EndsOn is null) return new Problem("registry.end-missing", Texts.LeaveEndMissing, "endsOn");
        if (order.EndsOn < order.TakesEffectOn) return new Problem("registry.end-before-start", Texts.EndBeforeStart, "endsOn");
        if (now.Leaves.Any(l => (l.EndsOn is null || l.EndsOn >= order.TakesEffectOn) && (order.EndsOn is null || l.StartsOn <= order.EndsOn)))
            return new Problem("registry.on-leave", Texts.AlreadyOnLeave, "on", 409);
        return new JudgedMovement(here.ClassId, here.ClassId, []);
    }

    private static Result<JudgedMovement> ComeBack(MovementOrder order, Standing now, EnrolmentFact here)
    {
        var leave = now.Leaves.FirstOrDefault(l => l.StartsOn <= order.TakesEffectOn && (l.EndsOn is null || l.EndsOn >= order.TakesEffectOn));
        if (leave is null) return new Problem("registry.not-on-leave", Texts.NotOnLeave, "on");
        return new JudgedMovement(here.ClassId, here.ClassId, [End(leave, order.TakesEffectOn.AddDays(-1))]);
    }

    private static Result<ClassFact> FindClass(MovementOrder order, Standing now)
    {
        if (now.Classes.FirstOrDefault(c => c.Id == order.ToClassId) is not { } found) return new Problem("registry.class-missing", Texts.ChooseClass, "toClass");
        return order.TakesEffectOn < found.Opens || order.TakesEffectOn > found.Closes
            ? new Problem("registry.class-of-another-year", string.Format(Words.Russian, Texts.ClassNotOpen, found.Name, Words.Date(found.Opens), Words.Date(found.Closes)), "on")
            : found;
    }

    private static IEnumerable<FactChange> MembersEnd(Standing now, EnrolmentFact here, DateOnly last, DateOnly from)
    {
        var ofClass = now.Subgroups.Where(g => g.ClassId == here.ClassId).Select(g => g.Id).ToHashSet();
        return now.Members.Where(m => ofClass.Contains(m.GroupId) && (m.EndsOn is null || m.EndsOn >= from)).Select(m => End(m, last));
    }

    private static FactChange New(Guid classId, DateOnly starts, DateOnly? ends) => new("enrolments", Ids.New(), classId, starts, null, ends, true);

    private static FactChange End(EnrolmentFact fact, DateOnly last) => new("enrolments", fact.Id, fact.ClassId, fact.StartsOn, fact.EndsOn, Last(fact.StartsOn, last), false);

    private static FactChange End(MemberFact fact, DateOnly last) => new("group_members", fact.GroupId, null, fact.StartsOn, fact.EndsOn, Last(fact.StartsOn, last), false);

    private static FactChange End(LeaveFact fact, DateOnly last) => new("movements", fact.MovementId, null, fact.StartsOn, fact.EndsOn, Last(fact.StartsOn, last), false);

    private static DateOnly Last(DateOnly starts, DateOnly last) => last < starts ? starts.AddDays(-1) : last;
}
