using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Journal.Domain;
using MySchool.Journal.Pages;
using MySchool.Journal.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Journal.Features;

/// <summary>A note that a learner does not come, as family and class teacher see it.</summary>
internal sealed record AbsenceNote(
    Guid Id, Guid LearnerId, DateOnly From, DateOnly To, string Reason, string? Text, DateTimeOffset SentAt, DateTimeOffset? AcceptedAt, bool IsWithdrawn)
{
    public const string Columns = "n.id, n.learner_id, n.starts_on, n.ends_on, n.reason, w.text, n.sent_at, n.accepted_at, n.withdrawn_at is not null";

    public const string Tables = """
        journal.absence_notes n left join journal.absence_words w on w.school_year = n.school_year and w.school_id = n.school_id and w.note_id = n.id
        """;

    public static AbsenceNote Read(Npgsql.NpgsqlDataReader r) => new(
        r.GetGuid(0), r.GetGuid(1), r.GetFieldValue<DateOnly>(2), r.GetFieldValue<DateOnly>(3), r.GetString(4), r.Text(5),
        r.GetFieldValue<DateTimeOffset>(6), r.Maybe<DateTimeOffset>(7), r.GetBoolean(8));
}

/// <summary>The page «Отсутствие» of one child.</summary>
internal sealed record AbsencePageData(
    LearnerFacts Learner, ImmutableArray<LearnerFacts> Children, DateOnly Today, bool IsSchoolOver, ImmutableArray<AbsenceNote> Notes,
    string? Done, TypedAbsence? Typed, Problem? Refusal);

/// <summary>A representative says that a child will not come, in two taps, and may take it back. A learner cannot excuse themself.</summary>
internal sealed class ReportAbsence(AppDb db, IClock clock)
{
    // After three in the afternoon a family speaks of tomorrow.
    private const int SchoolEndsHour = 15;
    private const int NotesShown = 20;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/diary/{learner:guid}/absence", async (Guid learner, string? done, HttpContext context, ReportAbsence handler, CancellationToken cancel) =>
            await handler.PageAsync(context, learner, done, null, null, cancel)).Allow(JournalActions.ReportAbsence);
        routes.MapPost("/diary/{learner:guid}/absence", async (
            Guid learner, [FromForm] string? day, [FromForm] string? from, [FromForm] string? to, [FromForm] string? reason, [FromForm] string? text,
            HttpContext context, ReportAbsence handler, CancellationToken cancel) =>
        {
            var typed = new TypedAbsence(day, from, to, reason, text);
            var sent = OwnOf(context, learner) is { } child ? await handler.HandleAsync(context.RequireActor(), child, typed, cancel) : Problem.NotFound;
            return sent.IsOk ? Results.LocalRedirect($"/diary/{learner}/absence?done=sent")
                : sent.Problem!.Status == 404 ? sent.Problem.ToPage() : await handler.PageAsync(context, learner, null, typed, sent.Problem, cancel);
        }).Allow(JournalActions.ReportAbsence);
        routes.MapPost("/diary/{learner:guid}/absence/{note:guid}/withdraw", async (Guid learner, Guid note, HttpContext context, ReportAbsence handler, CancellationToken cancel) =>
        {
            var taken = OwnOf(context, learner) is { } child ? await handler.WithdrawAsync(context.RequireActor(), child, note, cancel) : Problem.NotFound;
            return taken.IsOk ? Results.LocalRedirect($"/diary/{learner}/absence?done=withdrawn")
                : taken.Problem!.Status == 404 ? taken.Problem.ToPage() : await handler.PageAsync(context, learner, null, null, taken.Problem, cancel);
        }).Allow(JournalActions.ReportAbsence);
    }

    /// <summary>Sends the note; the very same one again is one note.</summary>
    public async Task<Result<bool>> HandleAsync(Actor actor, LearnerFacts child, TypedAbsence typed, CancellationToken cancel)
    {
        if (!Decide.Allows(actor, JournalActions.ReportAbsence, new Coordinate(Places.Person, child.PersonId))) return Problem.NotFound;
        var judged = AbsenceRules.Judge(typed, clock.TodayIn(child.TimeZone));
        if (!judged.IsOk) return judged.Problem!;
        var (from, to, reason, text) = judged.Value;
        var id = Ids.New();
        await using var transaction = await db.BeginAsync(actor, cancel);
        var isNew = await transaction.RunAsync(batch =>
        {
            // Two taps on one button wait for each other here and are one note.
            batch.Add("select pg_advisory_xact_lock(hashtextextended($1, 11))", child.PersonId.ToString());
            batch.Add("""
                insert into journal.absence_notes (school_year, school_id, id, learner_id, group_ids, starts_on, ends_on, reason, author_id, sent_at)
                select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10 where not exists (
                  select from journal.absence_notes where learner_id = $4 and starts_on = $6 and ends_on = $7 and reason = $8 and withdrawn_at is null)
                returning id
                """, child.SchoolYear, child.SchoolId, id, child.PersonId, child.Groups.Select(g => g.GroupId).ToArray(), from, to, reason, actor.PersonId, clock.Now);
        }, async (reader, token) =>
        {
            await reader.NextResultAsync(token);
            return (await reader.ReadAllAsync(r => r.GetGuid(0), token)).Count > 0;
        }, cancel);
        if (!isNew) return true;
        await transaction.RunAsync(batch =>
        {
            if (text is not null)
                batch.Add("insert into journal.absence_words (school_year, school_id, note_id, learner_id, text) values ($1, $2, $3, $4, $5)",
                    child.SchoolYear, child.SchoolId, id, child.PersonId, text);
            batch.AddAudit(actor, JournalActions.ReportAbsence, clock.Now, child.SchoolId, child.PersonId, $"note={id}");
        }, cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }

    private async Task<Result<bool>> WithdrawAsync(Actor actor, LearnerFacts child, Guid noteId, CancellationToken cancel)
    {
        if (!Decide.Allows(actor, JournalActions.ReportAbsence, new Coordinate(Places.Person, child.PersonId))) return Problem.NotFound;
        await using var transaction = await db.BeginAsync(actor, cancel);
        var note = await transaction.RunAsync(
            batch => batch.Add($"select {AbsenceNote.Columns} from {AbsenceNote.Tables} where n.school_year = $1 and n.school_id = $2 and n.id = $3 and n.learner_id = $4 for update of n",
                child.SchoolYear, child.SchoolId, noteId, child.PersonId),
            (reader, token) => reader.ReadFirstAsync(AbsenceNote.Read, token), cancel);
        if (note is null) return Problem.NotFound;
        if (note.IsWithdrawn) return true;
        if (!AbsenceRules.MayWithdraw(note.From, note.AcceptedAt is not null, clock.TodayIn(child.TimeZone))) return new Problem("journal.absence-begun", Texts.AbsenceBegun, null, 409);
        await transaction.RunAsync(batch =>
        {
            batch.Add("update journal.absence_notes set withdrawn_at = $4 where school_year = $1 and school_id = $2 and id = $3", child.SchoolYear, child.SchoolId, noteId, clock.Now);
            batch.AddAudit(actor, JournalActions.ReportAbsence, clock.Now, child.SchoolId, child.PersonId, $"withdrawn={noteId}");
        }, cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }

    private async Task<IResult> PageAsync(HttpContext context, Guid learnerId, string? done, TypedAbsence? typed, Problem? refusal, CancellationToken cancel)
    {
        var actor = context.RequireActor();
        if (OwnOf(context, learnerId) is not { } child || !Decide.Allows(actor, JournalActions.ReportAbsence, new Coordinate(Places.Person, learnerId))) return Problem.NotFound.ToPage();
        var notes = await db.ReadAsync(actor, batch => batch.Add($"""
            select {AbsenceNote.Columns} from {AbsenceNote.Tables} where n.learner_id = $1 and n.ends_on >= $2 order by n.sent_at desc limit {NotesShown}
            """, learnerId, clock.TodayIn(child.TimeZone).AddDays(-90)), (reader, token) => reader.ReadAllAsync(AbsenceNote.Read, token), cancel);
        var now = clock.NowIn(child.TimeZone);
        return Page.Of<AbsencePage>(new
        {
            Data = new AbsencePageData(child, context.Features.Get<PersonFacts>()!.Learners, DateOnly.FromDateTime(now.DateTime),
                now.Hour >= SchoolEndsHour || now.DayOfWeek == DayOfWeek.Sunday, [.. notes], done, typed, refusal),
        }, refusal?.Status ?? 200);
    }

    private static LearnerFacts? OwnOf(HttpContext context, Guid learner) =>
        context.Features.Get<PersonFacts>()?.Learners.FirstOrDefault(own => own.PersonId == learner);
}
