using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Journal.Data;
using MySchool.Journal.Domain;
using MySchool.Kernel;
using MySchool.Kernel.Data;

namespace MySchool.Journal.Features.Classes;

/// <summary>A class's term under the actor's rights, its reading noted: one door for the summary and all that follows from it.</summary>
internal sealed class FindClass(AppDb db, IRegistry registry, ReadingAudit audit, IClock clock)
{
    /// <param name="actor">Who asks.</param>
    /// <param name="classId">The class.</param>
    /// <param name="period">Number of a term, 90 for the year, null for the term of today.</param>
    /// <param name="what">What is read, for the audit.</param>
    /// <param name="cancel">Cancels waiting.</param>
    public async Task<Result<ClassTerm>> HandleAsync(Actor actor, Guid classId, short? period, string what, CancellationToken cancel)
    {
        var school = actor.Hat.UnitId;
        if (!Allows(actor, classId)) return Problem.NotFound;
        if (await registry.GetSchoolRostersAsync(actor, school, classId, cancel) is not { } rosters) return Problem.NotFound;
        var today = clock.TodayIn(rosters.TimeZone);
        var noted = audit.NoteAsync(actor, HeadActions.ReadClass, school, null, $"class={classId} {what}");
        var book = await db.ReadAsync(actor, batch => ClassBookRows.Add(batch, school, rosters, today), ClassBookRows.ReadAsync, cancel);
        await noted;
        return ClassTerms.Of(rosters, classId, TermOf(rosters.Terms, period, today), book, today);
    }

    public static bool Allows(Actor actor, Guid classId) =>
        Decide.Allows(actor, HeadActions.ReadClass, new Coordinate(Places.Class, classId), new Coordinate(Places.School, actor.Hat.UnitId));

    /// <summary>The term named, the one of today, or null for the year.</summary>
    public static TermFacts? TermOf(IReadOnlyList<TermFacts> terms, short? period, DateOnly today) =>
        period == Period.Year ? null : terms.FirstOrDefault(term => term.Number == period) ?? terms.TermAt(today);
}
