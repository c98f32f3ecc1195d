using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Connection.Pages;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Connection.Features;

/// <summary>An invitation in the list.</summary>
internal sealed record InvitationLine(
    Guid Id, string UnitName, string Role, string Name, string? Email, string State, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, string? ProvenName)
{
    public bool IsExpired(DateTimeOffset now) => State == "open" && ExpiresAt <= now;
}

/// <summary>The page: whom one may invite, the form as typed, and the invitations so far.</summary>
internal sealed record InvitationsScreen(
    bool IsSchool, NamedPlace Home, NamedPlace Target, ImmutableArray<InvitationLine> Lines, InviteRequest Typed, DateTimeOffset Now, bool HasMore, Problem? Refusal);

/// <summary>Lists invitations of the role worn: of the own school, or to the offices of the own territory.</summary>
internal sealed class ShowInvitations(AppDb db, IClock clock)
{
    private const int PageSize = 200;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/connection/invitations", (Guid? unit, HttpContext http, ShowInvitations handler, CancellationToken cancel) =>
            handler.PageAsync(http.RequireActor(), new InviteRequest(unit, null, null, null, null), null, cancel))
            .Allow(ConnectionActions.ManageInvitations);

    public async Task<IResult> PageAsync(Actor actor, InviteRequest typed, Problem? refusal, CancellationToken cancel)
    {
        var home = await db.FindPlaceAsync(actor, actor.Hat.UnitId, cancel);
        var target = typed.Unit is { } unit && unit != actor.Hat.UnitId ? await db.FindPlaceAsync(actor, unit, cancel) : home;
        if (home is null || target is null) return Problem.NotFound.ToPage();
        var lines = await HandleAsync(actor, cancel);
        return Page.Of<InvitationsPage>(new
        {
            Data = new InvitationsScreen(
                Decide.CouldAllow(actor, ConnectionActions.InviteStaff), home, target, [.. lines.Take(PageSize)], typed with { Key = Ids.New() }, clock.Now,
                lines.Count > PageSize, refusal),
        }, refusal?.Status ?? 200);
    }

    /// <summary>The second wall shows whichever invitations the role worn could have made itself.</summary>
    public Task<List<InvitationLine>> HandleAsync(Actor actor, CancellationToken cancel) => db.ReadAsync(
        actor,
        batch => batch.Add($"""
            select id, unit_name, role, name, email, state, created_at, expires_at, proven_name from connection.invitations
             order by state = 'waiting' desc, state in ('open', 'claimed') desc, created_at desc, name limit {PageSize + 1}
            """),
        (reader, token) => reader.ReadAllAsync(row => new InvitationLine(
            row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), row.Text(4), row.GetString(5),
            row.GetFieldValue<DateTimeOffset>(6), row.GetFieldValue<DateTimeOffset>(7), row.Text(8)), token),
        cancel);
}
