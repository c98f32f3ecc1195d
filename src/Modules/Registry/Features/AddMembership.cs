using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Web;
using MySchool.Registry.Data;
using MySchool.Registry.Pages;
using MySchool.Registry.Resources;
using MySchool.Ui;

namespace MySchool.Registry.Features;

/// <summary>A role to give, as the form sends it.</summary>
internal sealed record AddMembershipRequest(Guid PersonId, string? Role, string? StartsOn, string? EndsOn, string? Name);

/// <summary>The form: whom, which role, since when.</summary>
internal sealed record AddMembershipScreen(ImmutableArray<KnownAdult> People, AddMembershipRequest Typed, Problem? Refusal)
{
    public static readonly ImmutableArray<string> GivenRoles =
        [Roles.Teacher, Roles.Deputy, Roles.Head, Roles.SchoolAdministrator, Roles.Psychologist, Roles.Technician];
}

/// <summary>Gives a person a role in the school.</summary>
internal sealed class AddMembership(Administration administration, FindAdults find)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/school/staff/new", async (string? q, HttpContext context, AddMembership handler, CancellationToken cancel) =>
        {
            var actor = context.RequireActor();
            var typed = new AddMembershipRequest(Guid.Empty, Roles.Teacher, DateField.Show(actor.Today), null, q);
            return await handler.ShowAsync(actor, typed, null, cancel);
        }).Allow(RegistryActions.ManageMemberships);
        routes.MapPost("/school/staff", async (
            [FromForm] string? personId, [FromForm] string? role, [FromForm] string? startsOn, [FromForm] string? endsOn, [FromForm] string? name,
            HttpContext context, AddMembership handler, CancellationToken cancel) =>
        {
            var typed = new AddMembershipRequest(Guid.TryParse(personId, out var id) ? id : Guid.Empty, role, startsOn, endsOn, name);
            var done = await handler.HandleAsync(context.RequireActor(), typed, cancel);
            return done.IsOk ? Results.Redirect($"/staff/{typed.PersonId}") : await handler.ShowAsync(context.RequireActor(), typed, done.Problem, cancel);
        }).Allow(RegistryActions.ManageMemberships);
    }

    public async Task<IResult> ShowAsync(Actor actor, AddMembershipRequest typed, Problem? refusal, CancellationToken cancel)
    {
        if (refusal is { Status: 404 }) return refusal.ToPage();
        if (Administration.SchoolOf(actor, RegistryActions.ManageMemberships) is not { } school) return Problem.NotFound.ToPage();
        var people = await find.HandleAsync(actor, school, typed.Name, cancel);
        return Page.Of<AddMembershipPage>(new { Data = new AddMembershipScreen(people, typed, refusal) }, refusal?.Status ?? 200);
    }

    public async Task<Result<bool>> HandleAsync(Actor actor, AddMembershipRequest request, CancellationToken cancel)
    {
        if (Administration.SchoolOf(actor, RegistryActions.ManageMemberships) is not { } school) return Problem.NotFound;
        if (request.PersonId == Guid.Empty) return new Problem("registry.person-missing", Texts.ChoosePerson, "personId");
        if (!AddMembershipScreen.GivenRoles.Contains(request.Role ?? "")) return new Problem("registry.role-unknown", Texts.ChooseRole, "role");
        var starts = DateField.Parse(request.StartsOn);
        if (Administration.CheckDate(starts, actor.Today, "startsOn") is { } odd) return odd;
        var ends = DateField.Parse(request.EndsOn);
        if (ends is null && !string.IsNullOrWhiteSpace(request.EndsOn)) return new Problem("registry.date-odd", Texts.DateOdd, "endsOn");
        if (ends < starts) return new Problem("registry.end-before-start", Texts.EndBeforeStart, "endsOn");
        return await SaveAsync(actor, school, request, starts!.Value, ends, cancel);
    }

    private async Task<Result<bool>> SaveAsync(
        Actor actor, Guid school, AddMembershipRequest request, DateOnly starts, DateOnly? ends, CancellationToken cancel)
    {
        await using var transaction = await administration.BeginAsync(actor, cancel);
        var db = administration.Context;
        if (!await administration.IsAdultHereAsync(request.PersonId, cancel)) return Problem.NotFound;
        var held = await db.Memberships.AnyAsync(
            m => m.UnitId == school && m.PersonId == request.PersonId && m.Role == request.Role && (m.EndsOn == null || m.EndsOn >= starts), cancel);
        if (held) return new Problem("registry.role-held", Texts.RoleHeld, "role", 409);
        var membership = new Membership
        {
            UnitId = school,
            Id = Ids.New(),
            PersonId = request.PersonId,
            Role = request.Role!,
            StartsOn = starts,
            EndsOn = ends,
        };
        db.Memberships.Add(membership);
        administration.Remember(actor, "memberships", membership.Id, null, membership, null);
        return await administration.CommitAsync(transaction, actor, RegistryActions.ManageMemberships, request.PersonId, cancel);
    }
}
