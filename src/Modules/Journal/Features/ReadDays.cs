using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Journal.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Data;

namespace MySchool.Journal.Features;

/// <summary>Reads days of a learner for programs of the family: under the key's own scopes, with the consent asked and the reading noted.</summary>
internal sealed class ReadDays(AppDb db, IConsents consents, ReadingAudit audit)
{
    /// <param name="actor">Whom the key speaks for.</param>
    /// <param name="learner">One of the key's learners.</param>
    /// <param name="flow">The way the days leave.</param>
    /// <param name="action">What is noted; null when the caller notes it itself.</param>
    /// <param name="from">First day.</param>
    /// <param name="to">Last day.</param>
    /// <param name="cancel">Cancels waiting.</param>
    public async Task<Result<DiaryDays>> HandleAsync(
        Actor actor, LearnerFacts learner, ConsentFlow flow, AppAction? action, DateOnly from, DateOnly to, CancellationToken cancel)
    {
        if (!JournalAccess.AllowsDiary(actor, learner)) return Problem.NotFound;
        if (actor.Hat.Role == Roles.Guardian && !consents.Stands(actor, flow, learner.PersonId)) return new Problem(ShowDiary.ConsentNeeded, Texts.ConsentNeeded, null, 403);
        var noted = action is null ? Task.CompletedTask : audit.NoteAsync(actor, action, learner.SchoolId, learner.PersonId);
        var days = await db.ReadAsync(actor, batch =>
        {
            DiaryRows.Add(batch, learner, from, to);
            if (learner.HasMoved) FormerDays.Add(batch, learner, from, to);
        }, async (reader, token) =>
        {
            var present = await DiaryRows.ReadAsync(reader, learner, token);
            return learner.HasMoved ? await FormerDays.ReadAsync(reader, present, token) : present;
        }, cancel);
        await noted;
        return days;
    }
}
