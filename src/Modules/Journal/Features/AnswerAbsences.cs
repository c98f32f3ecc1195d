using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Journal.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;

namespace MySchool.Journal.Features;

/// <summary>A note in the class teacher's day.</summary>
/// <param name="Note">The note.</param>
/// <param name="Name">The learner's short name.</param>
/// <param name="Unexplained">Absences of its days that stand without a reason.</param>
internal sealed record LedNote(AbsenceNote Note, string Name, int Unexplained);

/// <summary>The class teacher reads notes of families, accepts them, and gives «Н» the reason they name.</summary>
internal sealed class AnswerAbsences(AppDb db, IRegistry registry, ExcuseAbsences excuse, AbsenceSigns signs, IClock clock)
{
    private const int MostShown = 50;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/journal/absences/{note:guid}", async (Guid note, [FromForm] bool? excuses, HttpContext context, AnswerAbsences handler, CancellationToken cancel) =>
        {
            var answered = await handler.HandleAsync(context.RequireActor(), context.Features.Get<PersonFacts>()!, note, excuses == true, cancel);
            return answered.IsOk ? Results.LocalRedirect("/today#absences") : answered.Problem!.ToPage();
        }).Allow(JournalActions.AnswerAbsences);

    /// <summary>Notes that wait for an answer or whose days are not over, the unread first.</summary>
    public async Task<ImmutableArray<LedNote>> ReadAsync(Actor actor, PersonFacts facts, CancellationToken cancel)
    {
        var led = actor.Targets(Relations.Leads, Places.Person).ToArray();
        if (led.Length == 0) return [];
        var notes = await db.ReadAsync(actor, batch => batch.Add($"""
            select {AbsenceNote.Columns},
                   (select count(*)::int from journal.absences a join journal.absence_codes c on c.school_id = a.school_id and c.code = a.code and c.category = 'unknown'
                     where a.school_year = n.school_year and a.school_id = n.school_id and a.learner_id = n.learner_id and a.lesson_date between n.starts_on and n.ends_on)
              from {AbsenceNote.Tables}
             where n.learner_id = any($1) and n.withdrawn_at is null and n.ends_on >= $2
             order by n.accepted_at is not null, n.sent_at desc limit {MostShown}
            """, led, clock.TodayIn(facts.TimeZone).AddDays(-14)),
            (reader, token) => reader.ReadAllAsync(r => (Note: AbsenceNote.Read(r), Unexplained: r.GetInt32(9)), token), cancel);
        var today = clock.TodayIn(facts.TimeZone);
        var shown = notes.Where(n => n.Note.AcceptedAt is null || n.Note.To >= today || n.Unexplained > 0).ToList();
        if (shown.Count == 0) return [];
        var names = await registry.GetNamesAsync(actor, [.. shown.Select(n => n.Note.LearnerId).Distinct()], cancel);
        return [.. shown.Select(n => new LedNote(n.Note, names.GetValueOrDefault(n.Note.LearnerId).Short ?? "", n.Unexplained))];
    }

    public async Task<Result<int>> HandleAsync(Actor actor, PersonFacts facts, Guid noteId, bool excuses, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(actor, cancel);
        var found = await transaction.RunAsync(
            batch => batch.Add("""
                select school_year, school_id, learner_id, starts_on, ends_on, reason, accepted_at is not null from journal.absence_notes
                 where id = $1 and school_id = any($2) and withdrawn_at is null
                """, noteId, facts.Offers.Select(offer => offer.Hat.UnitId).Distinct().ToArray()),
            (reader, token) => reader.ReadFirstAsync(r => new ExcusedDays(
                r.GetInt16(0), r.GetGuid(1), r.GetGuid(2), r.GetFieldValue<DateOnly>(3), r.GetFieldValue<DateOnly>(4), r.GetString(5), r.GetBoolean(6)), token), cancel);
        if (found is null || !Decide.Allows(actor, JournalActions.AnswerAbsences, new Coordinate(Places.Person, found.LearnerId))) return Problem.NotFound;
        if (!found.IsAccepted)
            await transaction.RunAsync(batch =>
            {
                batch.Add("""
                    update journal.absence_notes set accepted_at = $4, accepted_by = $5 where school_year = $1 and school_id = $2 and id = $3 and accepted_at is null
                    """, found.SchoolYear, found.SchoolId, noteId, clock.Now, actor.PersonId);
                batch.AddAudit(actor, JournalActions.AnswerAbsences, clock.Now, found.SchoolId, found.LearnerId, $"note={noteId}");
            }, cancel);
        await transaction.CommitAsync(cancel);
        signs.Forget(actor.PersonId);
        return excuses ? await excuse.HandleAsync(actor, found, clock.TodayIn(facts.TimeZone), cancel) : 0;
    }
}

/// <summary>How many notes wait for the class teacher, beside «Сегодня».</summary>
internal sealed class AbsenceSigns(AppDb db, IClock clock) : INavSigns
{
    private readonly KeptCounts counts = new(clock);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<NavSign>> ReadAsync(Actor actor, CancellationToken cancel)
    {
        if (!Decide.CouldAllow(actor, JournalActions.AnswerAbsences)) return [];
        var led = actor.Targets(Relations.Leads, Places.Person).ToArray();
        // An index that holds unread notes only: absence_notes_unread.
        var count = await counts.ReadAsync(actor.PersonId, () => db.ReadAsync(actor, batch => batch.Add("""
            select count(*)::int from journal.absence_notes where learner_id = any($1) and accepted_at is null and withdrawn_at is null and ends_on >= $2
            """, led, actor.Today.AddDays(-14)), (reader, token) => reader.ReadFirstAsync(r => r.GetInt32(0), token), cancel));
        return [new NavSign("/today", Texts.NotesWait, count)];
    }

    /// <summary>The person has just answered one.</summary>
    public void Forget(Guid person) => counts.Forget(person);
}
