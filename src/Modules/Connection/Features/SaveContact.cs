using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Connection.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Mail;
using MySchool.Kernel.Web;

namespace MySchool.Connection.Features;

/// <summary>Keeps the work address of whoever answers for a unit: those who wait for them can write, and reminders arrive.</summary>
internal sealed class SaveContact(AppDb db, IClock clock)
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/connection/contact", async ([FromForm] string? email, HttpContext http, SaveContact handler, CancellationToken cancel) =>
        {
            var done = await handler.HandleAsync(http.RequireActor(), email?.Trim(), cancel);
            return done.IsOk ? Results.Redirect("/connection?done=contact") : done.Problem!.ToPage();
        }).Allow(ConnectionActions.SaveContact);

    public async Task<Result<bool>> HandleAsync(Actor actor, string? email, CancellationToken cancel)
    {
        if (!MailAddresses.IsValid(email)) return new Problem("connection.email-odd", Texts.EmailOdd, "email");
        await db.WriteAsync(actor, batch =>
        {
            batch.Add("insert into connection.contacts (person_id, email) values ($1, $2) on conflict (person_id) do update set email = excluded.email", actor.PersonId, email);
            batch.AddAudit(actor, ConnectionActions.SaveContact, clock.Now, null, actor.PersonId);
        }, cancel);
        return true;
    }
}
