using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Support.Resources;

namespace MySchool.Support.Features.Visits;

/// <summary>Somebody of the operator's support asks to read the school a ticket came from: by the ticket's number, with a reason the school will read.</summary>
internal sealed class AskVisit(VisitBook book, AppDb db)
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/support/access", async ([FromForm] string? ticket, [FromForm] string? reason, HttpContext http, AskVisit handler, ShowVisits show, CancellationToken cancel) =>
        {
            var (actor, facts) = (http.RequireActor(), http.Features.Get<PersonFacts>());
            var problem = await handler.HandleAsync(actor, facts?.Name.Full ?? "", ticket ?? "", (reason ?? "").Trim(), cancel);
            return problem is null ? Results.LocalRedirect("/support/access?done=asked")
                : problem.Status == 404 ? problem.ToPage() : await show.PageAsync(actor, facts, null, new(ticket ?? "", reason ?? "", problem), cancel);
        }).Allow(SupportActions.AskVisit);

    public async Task<Problem?> HandleAsync(Actor actor, string name, string number, string reason, CancellationToken cancel)
    {
        if (!Decide.CouldAllow(actor, SupportActions.AskVisit)) return Problem.NotFound;
        if (!long.TryParse(number.Trim().TrimStart('№').Trim(), System.Globalization.NumberStyles.None, null, out var asked)) return new("support.visit-ticket", Texts.VisitTicketWrong, "ticket");
        if (reason.Length is < 20 or > 500) return new("support.visit-reason", Texts.VisitReasonWrong, "reason");
        // Only a ticket that has come up to the asker, and only the school it came from.
        var ticket = await db.ReadAsync(actor, batch => batch.Add($"select {TicketRows.Columns} from support.tickets t where t.number = $1 and t.seen_by && kernel.scope('support_units')::uuid[]", asked),
            (reader, stop) => reader.ReadFirstAsync(TicketRows.Read, stop), cancel);
        if (ticket is null || ticket.State == "closed") return new("support.visit-ticket", Texts.VisitTicketUnknown, "ticket");
        if (ticket.Kinds[0] != "school" || ticket.Chain.Length < 2) return new("support.visit-no-school", Texts.VisitNoSchool, "ticket");
        return await book.AskAsync(actor, name, ticket, reason, cancel) ? null : new("support.visit-waits", Texts.VisitWaits, Status: 409);
    }
}
