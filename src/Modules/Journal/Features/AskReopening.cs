using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Journal.Data;
using MySchool.Journal.Pages;
using MySchool.Journal.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Ui;
using Npgsql;

namespace MySchool.Journal.Features;

/// <summary>A teacher asks to change a closed term, the head answers: opened for the group alone, for a few days.</summary>
internal sealed class AskReopening(AppDb db, IRegistry registry, ShowResults sheets, ShowClosing closings, IClock clock)
{
    public const int ShortestReason = 10;
    public const int LongestReason = 500;

    // Enough to correct a mark and too little to forget.
    private const int OpenDays = 3;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/journal/{groupId:guid}/reopening", async (
            Guid groupId, short? term, [FromForm] string? reason, HttpContext context, AskReopening handler, CancellationToken cancel) =>
        {
            var actor = context.RequireActor();
            var refusal = await handler.HandleAsync(actor, groupId, term, reason, cancel);
            if (refusal is null) return Results.Redirect($"/journal/{groupId}/results?term={term}&done=asked");
            var sheet = refusal.Status == 404 ? refusal : await handler.sheets.HandleAsync(actor, groupId, term, cancel);
            return sheet.IsOk ? Page.Of<ResultsPage>(new { Data = sheet.Value with { Refusal = refusal } }, refusal.Status) : sheet.Problem!.ToPage();
        }).Allow(JournalActions.AskReopening);
        routes.MapPost("/closing/requests/{id:guid}", async (
            Guid id, [FromForm] string? decision, [FromForm] string? answer, HttpContext context, AskReopening handler, CancellationToken cancel) =>
        {
            var actor = context.RequireActor();
            var (refusal, term) = await handler.DecideAsync(actor, id, decision == "open", answer, cancel);
            return refusal is null ? Results.Redirect($"/closing?term={term}&done={(decision == "open" ? "granted" : "denied")}") : await handler.closings.ShowAsync(actor, null, term, refusal, cancel);
        }).Allow(JournalActions.DecideReopening);
    }

    private readonly ShowResults sheets = sheets;
    private readonly ShowClosing closings = closings;

    /// <summary>Asks; null when done.</summary>
    public async Task<Problem?> HandleAsync(Actor actor, Guid groupId, short? period, string? reason, CancellationToken cancel)
    {
        if (await JournalAccess.FindGroupAsync(registry, actor, groupId, JournalActions.AskReopening, cancel) is not { } group) return Problem.NotFound;
        var sheet = await sheets.HandleAsync(actor, groupId, period, cancel);
        if (!sheet.IsOk) return sheet.Problem;
        var why = reason?.Trim() ?? "";
        if (why.Length is < ShortestReason or > LongestReason) return new("journal.reason", Texts.ReasonLength, "reason");
        if (!sheet.Value.IsClosed) return new("journal.not-closed", Texts.NotClosed, null, 409);
        try
        {
            await db.WriteAsync(actor, batch =>
            {
                batch.Add("""
                    insert into journal.reopenings (school_year, school_id, id, class_id, group_id, term, asked_by, asked_at, reason) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
                    """, group.SchoolYear, group.SchoolId, Ids.New(), group.ClassId, groupId, sheet.Value.Lock, actor.PersonId, clock.Now, why);
                batch.AddAudit(actor, JournalActions.AskReopening, clock.Now, group.SchoolId, null, $"group={groupId} term={sheet.Value.Lock}");
            }, cancel);
            return null;
        }
        catch (PostgresException asked) when (asked.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return new("journal.already-asked", Texts.AlreadyAsked, null, 409);
        }
    }

    /// <summary>Opens or refuses; null and the term when done.</summary>
    public async Task<(Problem? Refusal, short? Term)> DecideAsync(Actor actor, Guid id, bool opens, string? answer, CancellationToken cancel)
    {
        var school = actor.Hat.UnitId;
        if (!Decide.Allows(actor, JournalActions.DecideReopening, new Coordinate(Places.School, school))) return (Problem.NotFound, null);
        var found = await db.ReadAsync(actor, batch => batch.Add($"select {TermBookRows.ReopeningColumns} from journal.reopenings where school_id = $1 and id = $2", school, id),
            (reader, token) => reader.ReadFirstAsync(TermBookRows.ReadReopening, token), cancel);
        if (found is null) return (Problem.NotFound, null);
        var words = answer?.Trim() ?? "";
        if (words.Length > LongestReason || !opens && words.Length < ShortestReason) return (new("journal.answer", Texts.AnswerLength, "answer"), found.Term);
        if (found.State != "asked") return (new("journal.already-decided", Texts.AlreadyDecided, null, 409), found.Term);
        var decided = await db.ReadAsync(actor, batch =>
        {
            batch.Add("""
                update journal.reopenings set state = $3, decided_by = $4, decided_at = $5, answer = $6, open_until = $7 where school_id = $1 and id = $2 and state = 'asked' returning id
                """, school, id, opens ? "open" : "refused", actor.PersonId, clock.Now, Maybe.Text(words.Length == 0 ? null : words), Maybe.Date(opens ? actor.Today.AddDays(OpenDays) : null));
            batch.AddAudit(actor, JournalActions.DecideReopening, clock.Now, school, null, $"group={found.GroupId} term={found.Term} {(opens ? "open" : "refused")}");
        }, (reader, token) => reader.ReadFirstAsync(row => (Guid?)row.GetGuid(0), token), cancel);
        return decided is null ? (new("journal.already-decided", Texts.AlreadyDecided, null, 409), found.Term) : (null, found.Term);
    }
}
