using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Connection.Domain;
using MySchool.Connection.Pages;
using MySchool.Connection.Resources;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Connection.Features;

/// <summary>Revokes an invitation, sends it anew, or decides about one that another name has accepted.</summary>
internal sealed class ManageInvitation(AppDb db, InvitePeople invite, IAppointments appointments, Seals seals, IClock clock)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        Post(routes, "revoke", (handler, actor, found, cancel) => handler.RevokeAsync(actor, found, cancel));
        Post(routes, "confirm", (handler, actor, found, cancel) => handler.ConfirmAsync(actor, found, cancel));
        Post(routes, "refuse", (handler, actor, found, cancel) => handler.RefuseAsync(actor, found, cancel));
        routes.MapPost("/connection/invitations/{id:guid}/resend", async (Guid id, HttpContext http, ManageInvitation handler, CancellationToken cancel) =>
        {
            http.Response.Headers.CacheControl = "no-store";
            var sent = await handler.ResendAsync(http.RequireActor(), id, cancel);
            return sent.IsOk ? Page.Of<InvitedPage>(new { Data = (System.Collections.Immutable.ImmutableArray<NewInvitation>)[sent.Value] }) : sent.Problem!.ToPage();
        }).Allow(ConnectionActions.ManageInvitations);
    }

    private static void Post(
        IEndpointRouteBuilder routes, string verb, Func<ManageInvitation, Actor, Found, CancellationToken, Task<Result<bool>>> act) =>
        routes.MapPost($"/connection/invitations/{{id:guid}}/{verb}", async (Guid id, HttpContext http, ManageInvitation handler, ShowInvitations list, CancellationToken cancel) =>
        {
            var actor = http.RequireActor();
            if (await handler.FindAsync(actor, id, cancel) is not { } found) return Problem.NotFound.ToPage();
            var done = await act(handler, actor, found, cancel);
            return done.IsOk ? Results.Redirect("/connection/invitations")
                : await list.PageAsync(actor, new InviteRequest(null, null, null, null, null), done.Problem, cancel);
        }).Allow(ConnectionActions.ManageInvitations);

    /// <summary>The link and the code stop at once.</summary>
    public Task<Result<bool>> RevokeAsync(Actor actor, Found found, CancellationToken cancel) =>
        ChangeAsync(actor, found, "state in ('open', 'claimed')", "state = 'revoked', decided_at = $3", [], cancel);

    /// <summary>Whoever accepted under another name is let in: the inviter knows them.</summary>
    public async Task<Result<bool>> ConfirmAsync(Actor actor, Found found, CancellationToken cancel)
    {
        if (found.State != "waiting" || found.Sealed is null || seals.Open<Candidate>(found.Sealed) is not { } who) return Changed;
        var given = await appointments.AppointAsync(new AppointmentOrder(found.Id, who, found.Place.Id, found.Role, actor.Today, actor.PersonId, "invitation"), cancel);
        if (!given.IsOk) return given.Problem!;
        return await ChangeAsync(actor, found, "state = 'waiting'", "state = 'accepted', person_id = $4, proven_sealed = null, decided_at = $3", [given.Value], cancel);
    }

    public Task<Result<bool>> RefuseAsync(Actor actor, Found found, CancellationToken cancel) =>
        ChangeAsync(actor, found, "state = 'waiting'", "state = 'refused', proven_sealed = null, decided_at = $3", [], cancel);

    /// <summary>A new link and a new code for the same term; the old ones stop.</summary>
    public async Task<Result<NewInvitation>> ResendAsync(Actor actor, Guid id, CancellationToken cancel)
    {
        if (await FindAsync(actor, id, cancel) is not { } found) return Problem.NotFound;
        var secrets = InvitationSecrets.New();
        var salt = InvitationSecrets.NewSalt();
        var made = new NewInvitation(id, found.Name, found.Role, found.UnitName, found.Email, secrets.Link, secrets.Code, clock.Now.AddDays(InvitePeople.DefaultDays));
        var changed = await ChangeAsync(actor, found, "state in ('open', 'claimed')",
            "state = 'open', claimed_by = null, link_hash = $4, code_handle = $5, code_salt = $6, code_hash = $7, expires_at = $8, sent_at = $3, wrong_codes = 0",
            [InvitationSecrets.HashLink(secrets.Link), secrets.Handle, salt, InvitationSecrets.HashCode(secrets.Code, salt), made.ExpiresAt], cancel,
            batch => { if (found.Email is { } email) invite.AddLetter(batch, made, email, found.Place.Id); });
        return changed.IsOk ? made : changed.Problem!;
    }

    /// <summary>An invitation that the role worn could have made itself.</summary>
    public async Task<Found?> FindAsync(Actor actor, Guid id, CancellationToken cancel)
    {
        var found = await db.ReadAsync(actor, batch => batch.Add(
            "select id, unit_id, kind, territory_ids, unit_name, role, name, email, state, proven_sealed from connection.invitations where id = $1", id),
            (reader, token) => reader.ReadFirstAsync(row => new Found(
                row.GetGuid(0), new Place(row.GetGuid(1), row.GetString(2), row.GetFieldValue<Guid[]>(3)), row.GetString(4), row.GetString(5), row.GetString(6),
                row.Text(7), row.GetString(8), row.Text(9)), token), cancel);
        return found is not null && InvitationRules.Allows(actor, found.Role, found.Place) ? found : null;
    }

    private async Task<Result<bool>> ChangeAsync(
        Actor actor, Found found, string condition, string change, object[] values, CancellationToken cancel, Action<Npgsql.NpgsqlBatch>? beside = null)
    {
        await using var transaction = await db.BeginAsync(actor, cancel);
        var changed = await transaction.RunAsync(
            batch => batch.Add($"update connection.invitations set {change} where id = $1 and unit_id = $2 and {condition} and $3::timestamptz is not null returning id", [found.Id, found.Place.Id, clock.Now, .. values]),
            (reader, token) => reader.ReadAllAsync(row => row.GetGuid(0), token), cancel);
        if (changed.Count == 0) return Changed;
        await transaction.RunAsync(batch =>
        {
            batch.AddAudit(actor, ConnectionActions.ManageInvitations, clock.Now, found.Place.Id, null, $"{found.Id} {change.Split(',')[0]}");
            beside?.Invoke(batch);
        }, cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }

    private static Problem Changed => new("connection.changed-meanwhile", Texts.ChangedMeanwhile, null, 409);

    internal sealed record Found(Guid Id, Place Place, string UnitName, string Role, string Name, string? Email, string State, string? Sealed);
}
