using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Primitives;
using MySchool.Contracts.Access;
using MySchool.Journal.Domain;
using MySchool.Journal.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;

namespace MySchool.Journal.Features;

/// <summary>Closes a term for classes: their cells and term marks are locked. With remarks open it wants a reason.</summary>
internal sealed class CloseTerm(AppDb db, ShowClosing closings, IClock clock)
{
    private const int LongestNote = 500;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/closing", async (
            short? term, [FromForm(Name = "class")] StringValues classes, [FromForm] string? note, HttpContext context, CloseTerm handler, CancellationToken cancel) =>
        {
            var (actor, chosen) = (context.RequireActor(), Parse(classes));
            var refusal = await handler.HandleAsync(actor, term, chosen, note, cancel);
            // From the page of one class back to it.
            return refusal is null ? Results.Redirect($"/closing?term={term}&done=closed") : await handler.closings.ShowAsync(actor, chosen.Count == 1 ? chosen[0] : null, term, refusal, cancel);
        }).Allow(JournalActions.CloseTerm);
        routes.MapPost("/closing/{classId:guid}/open", async (
            Guid classId, short? term, [FromForm] string? reason, HttpContext context, CloseTerm handler, CancellationToken cancel) =>
        {
            var actor = context.RequireActor();
            var refusal = await handler.OpenAsync(actor, term, classId, reason, cancel);
            return refusal is null ? Results.Redirect($"/closing/{classId}?term={term}&done=opened") : await handler.closings.ShowAsync(actor, classId, term, refusal, cancel);
        }).Allow(JournalActions.DecideReopening);
    }

    private readonly ShowClosing closings = closings;

    /// <summary>Closes the classes; null when done.</summary>
    public async Task<Problem?> HandleAsync(Actor actor, short? period, IReadOnlyList<Guid> classIds, string? note, CancellationToken cancel)
    {
        var school = actor.Hat.UnitId;
        if (!Decide.Allows(actor, JournalActions.CloseTerm, new Coordinate(Places.School, school))) return Problem.NotFound;
        var found = await closings.HandleAsync(actor, classIds.Count == 1 ? classIds[0] : null, period, cancel);
        if (!found.IsOk) return found.Problem;
        var closing = found.Value;
        var chosen = closing.Classes.Where(one => classIds.Contains(one.ClassId) && !one.IsClosed).ToList();
        if (chosen.Count == 0) return new("journal.nothing-to-close", Texts.NothingToClose);
        if ((closing.Term ?? closing.School.Terms.LastOrDefault()) is { } term && term.Starts > closing.Today) return new("journal.term-ahead", Texts.TermAhead);
        var reason = note?.Trim();
        if (reason?.Length > LongestNote) return new("journal.note-too-long", Texts.NoteTooLong, "note");
        if (string.IsNullOrEmpty(reason) && chosen.Find(one => !one.IsClear) is { } open)
            return new("journal.remarks-open", string.Format(Words.Russian, Texts.RemarksOpen, open.Name), "note", 409);
        await db.WriteAsync(actor, batch =>
        {
            foreach (var one in chosen)
                batch.Add("""
                    insert into journal.closed_terms (school_year, school_id, class_id, term, closed_at, closed_by, note) values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing
                    """, closing.School.SchoolYear, school, one.ClassId, closing.Period, clock.Now, actor.PersonId, Maybe.Text(one.IsClear ? null : reason));
            batch.AddAudit(actor, JournalActions.CloseTerm, clock.Now, school, null, $"term={closing.Period} classes={string.Join(' ', chosen.Select(one => one.Name))}");
        }, cancel);
        return null;
    }

    /// <summary>Opens a class again as a whole; null when done.</summary>
    public async Task<Problem?> OpenAsync(Actor actor, short? period, Guid classId, string? reason, CancellationToken cancel)
    {
        var school = actor.Hat.UnitId;
        if (!Decide.Allows(actor, JournalActions.DecideReopening, new Coordinate(Places.School, school))) return Problem.NotFound;
        var found = await closings.HandleAsync(actor, classId, period, cancel);
        if (!found.IsOk) return found.Problem;
        var why = reason?.Trim() ?? "";
        if (why.Length is < AskReopening.ShortestReason or > AskReopening.LongestReason) return new("journal.reason", Texts.ReasonLength, "reason");
        if (found.Value.Classes.All(one => one.ClassId != classId || !one.IsClosed)) return new("journal.not-closed", Texts.NotClosed, null, 409);
        await db.WriteAsync(actor, batch =>
        {
            batch.Add("delete from journal.closed_terms where school_year = $1 and school_id = $2 and class_id = $3 and term = $4",
                found.Value.School.SchoolYear, school, classId, found.Value.Period);
            batch.AddAudit(actor, JournalActions.DecideReopening, clock.Now, school, null, $"term={found.Value.Period} class={classId}: {why}");
        }, cancel);
        return null;
    }

    private static List<Guid> Parse(StringValues ids) => [.. ids.Select(id => Guid.TryParse(id, out var parsed) ? parsed : Guid.Empty).Where(id => id != Guid.Empty).Distinct()];
}
