using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Connection.Domain;
using MySchool.Connection.Pages;
using MySchool.Connection.Resources;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Connection.Features;

/// <summary>What whoever holds the link or the code sees.</summary>
internal sealed record InvitationScreen(string? Link, string? Code, OpenedInvitation? Invitation, string? SignedInAs, bool IsWaiting, Problem? Refusal);

/// <summary>Opens an invitation by its secret and accepts it for whom ЕСИА has proven: once.</summary>
internal sealed class AcceptInvitation(FindInvitation find, WorkerDb db, IAppointments appointments, Seals seals, IProvenIdentities proven, IClock clock)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/invite", (HttpContext http, AcceptInvitation handler) =>
            Show(http, new InvitationScreen(null, null, null, handler.AskerOf(http)?.Name.Full, false, null))).Allow(ConnectionActions.OpenInvitation);
        routes.MapGet("/invite/{link}", async (string link, HttpContext http, AcceptInvitation handler, CancellationToken cancel) =>
            Show(http, await handler.OpenAsync(http, link, null, cancel))).Allow(ConnectionActions.OpenInvitation);
        routes.MapPost("/invite", async ([FromForm] string? code, [FromForm] string? accept, HttpContext http, AcceptInvitation handler, CancellationToken cancel) =>
            await handler.AnswerAsync(http, null, code, accept is "yes", cancel)).Allow(ConnectionActions.OpenInvitation);
        routes.MapPost("/invite/{link}", async (string link, HttpContext http, AcceptInvitation handler, CancellationToken cancel) =>
            await handler.AnswerAsync(http, link, null, true, cancel)).Allow(ConnectionActions.OpenInvitation);
    }

    private static IResult Show(HttpContext http, InvitationScreen screen)
    {
        http.Response.Headers.CacheControl = "no-store";
        return Page.Of<InvitationPage>(new { Data = screen }, screen.Refusal?.Status ?? 200);
    }

    private Asker? AskerOf(HttpContext http) => seals.Of(http.GetActor(), http.Features.Get<PersonFacts>(), proven);

    private async Task<InvitationScreen> OpenAsync(HttpContext http, string? link, string? code, CancellationToken cancel)
    {
        var asker = AskerOf(http);
        var found = link is not null ? await find.ByLinkAsync(link, cancel)
            : asker is null ? new Problem("connection.sign-in-first", Texts.SignInFirst, "code") : await find.ByCodeAsync(code, asker.Key, cancel);
        return new(link, found.IsOk ? code : null, found.IsOk ? found.Value : null, asker?.Name.Full, false, found.Problem);
    }

    private async Task<IResult> AnswerAsync(HttpContext http, string? link, string? code, bool isAccepted, CancellationToken cancel)
    {
        var screen = await OpenAsync(http, link, code, cancel);
        if (!isAccepted || screen.Invitation is not { } invitation) return Show(http, screen);
        if (AskerOf(http) is not { } asker) return Show(http, screen with { Refusal = new Problem("connection.sign-in-first", Texts.SignInFirst) });
        var done = await HandleAsync(invitation, asker, cancel);
        if (!done.IsOk) return Show(http, screen with { Refusal = done.Problem });
        if (!done.Value) return Show(http, screen with { IsWaiting = true });
        if (asker.Who.PersonId is null) await proven.SignInAsync(cancel);
        return Results.Redirect("/today");
    }

    /// <summary>Accepts the invitation.</summary>
    /// <returns>True when the role is given; false when the name differs and the inviter must confirm.</returns>
    public async Task<Result<bool>> HandleAsync(OpenedInvitation invitation, Asker asker, CancellationToken cancel)
    {
        if (proven.IsChildAccount) return new Problem("connection.child-account", Texts.ChildAccount, null, 409);
        // The claim makes the secret single-use; the same person may come again after a crash half-way.
        if (await ChangeAsync("set state = 'claimed', claimed_by = $2 where id = $1 and (state = 'open' or state = 'claimed' and claimed_by = $2) and expires_at > $3",
            cancel, invitation.Id, asker.Key, clock.Now) == 0)
            return FindInvitation.Spent;
        var isSame = Names.AreSame(invitation.Name, asker.Name);
        if (!isSame && InvitationRules.IsOfficial(invitation.Role))
        {
            await ChangeAsync("set state = 'waiting', proven_name = $2, proven_sealed = $3 where id = $1", cancel, invitation.Id, asker.Name.Full, seals.Seal(asker.Who));
            return false;
        }
        var order = new AppointmentOrder(invitation.Id, asker.Who, invitation.UnitId, invitation.Role, clock.TodayIn(TimeZones.Capital), invitation.InvitedBy, "invitation");
        var given = await appointments.AppointAsync(order, cancel);
        if (!given.IsOk)
        {
            await ChangeAsync("set state = 'open', claimed_by = null where id = $1", cancel, invitation.Id);
            return given.Problem!;
        }
        await FinishAsync(invitation, given.Value, isSame ? null : asker.Name.Full, cancel);
        return true;
    }

    private async Task FinishAsync(OpenedInvitation invitation, Guid person, string? otherName, CancellationToken cancel)
    {
        await using var batch = db.Source.CreateBatch();
        batch.Add("update connection.invitations set state = 'accepted', person_id = $2, proven_name = $3, decided_at = $4, claimed_by = null where id = $1",
            invitation.Id, person, Maybe.Text(otherName), clock.Now);
        // Whoever accepts has come through ЕСИА a minute ago.
        batch.Add("insert into connection.arrivals (person_id, first_at) values ($1, $2) on conflict do nothing", person, clock.Now);
        if (invitation.Email is { } email && InvitationRules.IsOfficial(invitation.Role))
            batch.Add("insert into connection.contacts (person_id, email) values ($1, $2) on conflict do nothing", person, email);
        await batch.ExecuteNonQueryAsync(cancel);
    }

    private async Task<int> ChangeAsync(string change, CancellationToken cancel, params object[] values)
    {
        await using var command = db.Source.CreateCommand($"update connection.invitations {change}");
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        return await command.ExecuteNonQueryAsync(cancel);
    }
}
