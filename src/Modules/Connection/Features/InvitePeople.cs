using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Connection.Domain;
using MySchool.Connection.Pages;
using MySchool.Connection.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Mail;
using MySchool.Kernel.Web;
using MySchool.Ui;
using Npgsql;

namespace MySchool.Connection.Features;

/// <summary>What the form sends: whom, in lines; to which role; for how many days.</summary>
internal sealed record InviteRequest(Guid? Unit, string? Lines, string? Role, string? Days, Guid? Key);

/// <summary>An invitation just made, with the only sight of its link and code there will ever be.</summary>
internal sealed record NewInvitation(Guid Id, string Name, string Role, string UnitName, string? Email, string Link, string Code, DateTimeOffset ExpiresAt);

/// <summary>Invites many people at once: all of them, or none when a line is wrong.</summary>
internal sealed class InvitePeople(AppDb db, MailOptions mail, IClock clock)
{
    public const int DefaultDays = 14;
    private const int MostDays = 60;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/connection/invitations", async (
            [FromForm] Guid? unit, [FromForm] string? lines, [FromForm] string? role, [FromForm] string? days, [FromForm] Guid? key,
            HttpContext http, InvitePeople handler, ShowInvitations list, CancellationToken cancel) =>
        {
            http.Response.Headers.CacheControl = "no-store";
            var request = new InviteRequest(unit, lines, role, days, key);
            var made = await handler.HandleAsync(http.RequireActor(), request, cancel);
            if (made.IsOk) return Page.Of<InvitedPage>(new { Data = made.Value });
            return made.Problem!.Status == 404 ? made.Problem.ToPage() : await list.PageAsync(http.RequireActor(), request, made.Problem, cancel);
        }).Allow(ConnectionActions.ManageInvitations);

    public async Task<Result<ImmutableArray<NewInvitation>>> HandleAsync(Actor actor, InviteRequest request, CancellationToken cancel)
    {
        if (await db.FindPlaceAsync(actor, request.Unit ?? actor.Hat.UnitId, cancel) is not { } home) return Problem.NotFound;
        if (!MayInviteAnybody(actor)) return Problem.NotFound;
        var days = string.IsNullOrWhiteSpace(request.Days) ? DefaultDays : int.TryParse(request.Days, CultureInfo.InvariantCulture, out var typed) ? typed : 0;
        if (days is < 1 or > MostDays) return new Problem("connection.days-odd", Words.Say(Texts.DaysOdd, MostDays), "days");
        var (lines, faults) = PastedLines.Read(request.Lines ?? "");
        if (lines.Count == 0 && faults.Count == 0) return new Problem("connection.nobody", Texts.NobodyToInvite, "lines");
        if (faults.Count > 0) return new Problem("connection.lines-odd", string.Join(' ', faults), "lines");
        var numbers = lines.Select(line => line.UnitNumber).OfType<string>().Distinct().ToArray();
        var places = numbers.Length == 0 ? ImmutableDictionary<string, NamedPlace>.Empty : await db.FindByNumbersAsync(actor, numbers, cancel);
        var made = new List<(NewInvitation Invitation, Place Place)>();
        foreach (var line in lines)
        {
            var invited = Prepare(actor, line, request, home, places, days);
            if (!invited.IsOk) return invited.Problem!;
            made.Add(invited.Value);
        }
        return await SaveAsync(actor, made, cancel);
    }

    // Which of the two it is depends on what is invited to; somebody who is neither never gets as far as the lines.
    private static bool MayInviteAnybody(Actor actor) =>
        Decide.CouldAllow(actor, ConnectionActions.InviteOfficials) || Decide.CouldAllow(actor, ConnectionActions.InviteStaff);

    private Result<(NewInvitation, Place)> Prepare(
        Actor actor, PastedLine line, InviteRequest request, NamedPlace home, IReadOnlyDictionary<string, NamedPlace> places, int days)
    {
        var at = home;
        if (line.UnitNumber is { } number && !places.TryGetValue(number, out at))
            return new Problem("connection.unit-unknown", Words.Say(Texts.LineFault, line.Number, Words.Say(Texts.UnitUnknown, number)), "lines");
        var official = InvitationRules.OfficialOf(at!.Place.Kind);
        var role = Decide.CouldAllow(actor, ConnectionActions.InviteStaff) ? line.Role ?? request.Role ?? "" : official ?? "";
        if (!InvitationRules.Allows(actor, role, at.Place))
            return line.UnitNumber is null && line.Role is null && request.Unit is not null ? Problem.NotFound
                : new Problem("connection.may-not-invite", Words.Say(Texts.LineFault, line.Number, Texts.MayNotInvite), "lines");
        var secrets = InvitationSecrets.New();
        // The same form sent twice makes the same invitations, and the second time finds them there.
        var id = request.Key is { } key ? new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"{actor.PersonId} {key} {line.Number}")).AsSpan(0, 16)) : Ids.New();
        return (new NewInvitation(id, line.Name, role, at.ShortName, line.Email, secrets.Link, secrets.Code, clock.Now.AddDays(days)), at.Place);
    }

    private async Task<Result<ImmutableArray<NewInvitation>>> SaveAsync(Actor actor, List<(NewInvitation Invitation, Place Place)> made, CancellationToken cancel)
    {
        try
        {
            await db.WriteAsync(actor, batch =>
            {
                foreach (var (invitation, place) in made)
                {
                    AddRow(batch, actor, invitation, place);
                    batch.AddAudit(actor, InvitationRules.IsOfficial(invitation.Role) ? ConnectionActions.InviteOfficials : ConnectionActions.InviteStaff,
                        clock.Now, place.Id, null, $"{invitation.Role} {invitation.Id}");
                    if (invitation.Email is { } email) AddLetter(batch, invitation, email, place.Id);
                }
            }, cancel);
            return made.Select(pair => pair.Invitation).ToImmutableArray();
        }
        catch (PostgresException again) when (again.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return new Problem("connection.invited-already", Texts.InvitedAlready, null, 409);
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            return Problem.NotFound;
        }
    }

    private void AddRow(NpgsqlBatch batch, Actor actor, NewInvitation invitation, Place place)
    {
        var salt = InvitationSecrets.NewSalt();
        batch.Add("""
            insert into connection.invitations (id, unit_id, kind, territory_ids, unit_name, role, name, email, link_hash, code_handle, code_salt, code_hash, invited_by, created_at, expires_at, sent_at)
            values ($1, $2, 'school', '{}', '', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
            """, invitation.Id, place.Id, invitation.Role, invitation.Name, Maybe.Text(invitation.Email), InvitationSecrets.HashLink(invitation.Link),
            invitation.Code[..4], salt, InvitationSecrets.HashCode(invitation.Code, salt), actor.PersonId, clock.Now, invitation.ExpiresAt,
            new NpgsqlParameter { Value = invitation.Email is null ? DBNull.Value : clock.Now, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz });
    }

    /// <summary>The letter with link and code.</summary>
    public void AddLetter(NpgsqlBatch batch, NewInvitation invitation, string email, Guid unit) => batch.AddLetter(
        email, Words.Say(Texts.InvitationSubject, invitation.UnitName),
        Words.Say(Texts.InvitationLetter, invitation.Name, invitation.UnitName, Words.Role(invitation.Role), $"{mail.SiteAddress}/invite/{invitation.Link}", invitation.Code,
            $"{mail.SiteAddress}/invite", Words.Day(invitation.ExpiresAt)), clock.Now, unit);
}
