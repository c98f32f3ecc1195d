using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Access.Pages;
using MySchool.Access.Resources;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Mail;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Access.Features;

/// <summary>Where a person wants letters; an empty field takes the address away.</summary>
internal sealed class SaveLetterAddress(AppDb db, IClock clock)
{
    public Task<string?> FindAsync(Actor actor, CancellationToken cancel) => db.ReadAsync(
        actor, batch => batch.Add("select address from access.letter_addresses where person_id = $1", actor.PersonId),
        (reader, stop) => reader.ReadFirstAsync(row => row.GetString(0), stop), cancel);

    public async Task<Problem?> HandleAsync(Actor actor, string address, CancellationToken cancel)
    {
        if (address.Length > 0 && !MailAddresses.IsValid(address)) return new("access.letter-address", Texts.LetterAddressWrong, "address");
        await db.WriteAsync(actor, batch =>
        {
            if (address.Length == 0) batch.Add("delete from access.letter_addresses where person_id = $1", actor.PersonId);
            else
                batch.Add("""
                    insert into access.letter_addresses (person_id, address, changed_at) values ($1, $2, $3)
                    on conflict (person_id) do update set address = $2, changed_at = $3
                    """, actor.PersonId, address, clock.Now);
            batch.AddAudit(actor, AccessActions.ManageAccount, clock.Now, null, actor.PersonId, "letters");
        }, cancel);
        return null;
    }

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/account/letters", async (HttpContext http, SaveLetterAddress feature, ShowConsents consents, [FromForm] string? address, CancellationToken cancel) =>
        {
            var (actor, typed) = (http.RequireActor(), address?.Trim() ?? "");
            if (await feature.HandleAsync(actor, typed, cancel) is not { } problem) return Results.LocalRedirect("/account/consents?done=letters");
            var view = await consents.HandleAsync(actor, http.Features.Get<PersonFacts>(), null, cancel);
            return Page.Of<ConsentsPage>(new { Data = view with { Address = typed, Problem = problem } }, problem.Status);
        }).Allow(AccessActions.ManageAccount);
}
