using System.Collections.Immutable;
using System.Globalization;
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

/// <summary>A request as the school's administrator sees it: what ЕСИА proved and what the person says.</summary>
internal sealed record RequestLine(
    Guid Id, string Role, string Name, DateOnly? BirthDate, string SnilsTail, string Word, string? ChildName, DateOnly? ChildBirth, bool HasChildSnils,
    string? Kinship, string State, string? Reason, DateTimeOffset CreatedAt);

/// <summary>The list with the refusal of the last deed.</summary>
internal sealed record RequestsScreen(ImmutableArray<RequestLine> Lines, DateOnly Today, Guid? TriedId, Problem? Refusal);

/// <summary>Confirms or refuses requests for access to the own school.</summary>
internal sealed class DecideRequests(AppDb db, IAppointments appointments, Seals seals, IClock clock)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/connection/requests", (HttpContext http, DecideRequests handler, CancellationToken cancel) =>
            handler.PageAsync(http.RequireActor(), null, null, cancel)).Allow(ConnectionActions.DecideRequests);
        routes.MapPost("/connection/requests/{id:guid}/confirm", async (
            Guid id, [FromForm] string? role, [FromForm] string? startsOn, HttpContext http, DecideRequests handler, CancellationToken cancel) =>
            await handler.AnswerAsync(http.RequireActor(), id, await handler.ConfirmAsync(http.RequireActor(), id, role, startsOn, cancel), cancel))
            .Allow(ConnectionActions.DecideRequests);
        routes.MapPost("/connection/requests/{id:guid}/refuse", async (
            Guid id, [FromForm] string? reason, HttpContext http, DecideRequests handler, CancellationToken cancel) =>
            await handler.AnswerAsync(http.RequireActor(), id, await handler.RefuseAsync(http.RequireActor(), id, reason, cancel), cancel))
            .Allow(ConnectionActions.DecideRequests);
    }

    private async Task<IResult> AnswerAsync(Actor actor, Guid id, Result<bool> done, CancellationToken cancel) =>
        done.IsOk ? Results.Redirect("/connection/requests") : done.Problem!.Status == 404 ? done.Problem.ToPage() : await PageAsync(actor, id, done.Problem, cancel);

    private async Task<IResult> PageAsync(Actor actor, Guid? tried, Problem? refusal, CancellationToken cancel)
    {
        if (!Decide.Allows(actor, ConnectionActions.DecideRequests, SchoolOf(actor))) return Problem.NotFound.ToPage();
        var lines = await db.ReadAsync(actor, batch =>
        {
            batch.Add("""
                select id, role, name, birth_date, snils_tail, word, child_name, child_birth, has_child_snils, kinship, state, reason, created_at
                  from connection.requests where school_id = $1 order by state = 'waiting' desc, created_at desc limit 200
                """, actor.Hat.UnitId);
            batch.AddAudit(actor, ConnectionActions.DecideRequests, clock.Now, actor.Hat.UnitId);
        }, (reader, token) => reader.ReadAllAsync(row => new RequestLine(
            row.GetGuid(0), row.GetString(1), row.GetString(2), row.Maybe<DateOnly>(3), row.GetString(4), row.GetString(5), row.Text(6), row.Maybe<DateOnly>(7),
            row.GetBoolean(8), row.Text(9), row.GetString(10), row.Text(11), row.GetFieldValue<DateTimeOffset>(12)), token), cancel);
        return Page.Of<RequestsPage>(new { Data = new RequestsScreen([.. lines], actor.Today, tried, refusal) }, refusal?.Status ?? 200);
    }

    /// <summary>Gives the role asked for, or another of the staff; a parent is tied to the child.</summary>
    public async Task<Result<bool>> ConfirmAsync(Actor actor, Guid id, string? role, string? startsOn, CancellationToken cancel)
    {
        if (await FindAsync(actor, id, cancel) is not { } found) return Problem.NotFound;
        var starts = string.IsNullOrWhiteSpace(startsOn) ? actor.Today
            : DateOnly.TryParseExact(startsOn, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : (DateOnly?)null;
        if (starts is null || starts < actor.Today.AddYears(-1) || starts > actor.Today.AddYears(1)) return new Problem("connection.date-odd", Texts.DateOdd, "startsOn");
        if (found.Sealed is null || seals.Open<SealedRequest>(found.Sealed) is not { } request) return new Problem("connection.request-stale", Texts.RequestStale, null, 409);
        var given = request.Child is { } child
            ? await appointments.AddGuardianAsync(new GuardianOrder(id, request.Who, actor.Hat.UnitId, child, found.Kinship ?? "other", starts.Value, actor.PersonId), cancel)
            : !InvitationRules.StaffRoles.Contains(role ?? found.Role) ? new Problem("connection.role-missing", Texts.ChooseRole, "role")
            : await appointments.AppointAsync(new AppointmentOrder(id, request.Who, actor.Hat.UnitId, role ?? found.Role, starts.Value, actor.PersonId, "request"), cancel);
        if (!given.IsOk) return given.Problem!.Status == 404 ? new Problem("connection.request-stale", Texts.RequestStale, null, 409) : given.Problem;
        return await CloseAsync(actor, id, "confirmed", null, given.Value, cancel);
    }

    public async Task<Result<bool>> RefuseAsync(Actor actor, Guid id, string? reason, CancellationToken cancel)
    {
        if (await FindAsync(actor, id, cancel) is null) return Problem.NotFound;
        reason = reason?.Trim();
        return string.IsNullOrEmpty(reason) || reason.Length > 500
            ? new Problem("connection.reason-missing", Texts.SayWhy, "reason") : await CloseAsync(actor, id, "refused", reason, null, cancel);
    }

    private async Task<Result<bool>> CloseAsync(Actor actor, Guid id, string state, string? reason, Guid? person, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(actor, cancel);
        var closed = await transaction.RunAsync(batch => batch.Add("""
            update connection.requests set state = $2, reason = $3, decided_at = $4, decided_by = $5, sealed = null, person_id = coalesce(person_id, $6)
             where id = $1 and state = 'waiting' returning id
            """, id, state, Maybe.Text(reason), clock.Now, actor.PersonId,
            Maybe.Uuid(person)),
            (reader, token) => reader.ReadAllAsync(row => row.GetGuid(0), token), cancel);
        if (closed.Count == 0) return new Problem("connection.request-stale", Texts.RequestStale, null, 409);
        await transaction.RunAsync(batch => batch.AddAudit(actor, ConnectionActions.DecideRequests, clock.Now, actor.Hat.UnitId, person, $"{state} {id}"), cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }

    private async Task<Waiting?> FindAsync(Actor actor, Guid id, CancellationToken cancel) =>
        !Decide.Allows(actor, ConnectionActions.DecideRequests, SchoolOf(actor)) ? null : await db.ReadAsync(
            actor, batch => batch.Add("select role, kinship, sealed from connection.requests where id = $1 and school_id = $2", id, actor.Hat.UnitId),
            (reader, token) => reader.ReadFirstAsync(row => new Waiting(row.GetString(0), row.Text(1), row.Text(2)), token), cancel);

    private static Coordinate SchoolOf(Actor actor) => new(Places.School, actor.Hat.UnitId);

    private sealed record Waiting(string Role, string? Kinship, string? Sealed);
}
