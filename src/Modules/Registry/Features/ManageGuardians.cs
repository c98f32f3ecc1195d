using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using MySchool.Kernel;
using MySchool.Kernel.Web;
using MySchool.Registry.Data;
using MySchool.Registry.Pages;
using MySchool.Registry.Resources;
using MySchool.Ui;

namespace MySchool.Registry.Features;

/// <summary>The child's guardians and the form for one more.</summary>
internal sealed record GuardiansScreen(LearnerCard Card, ImmutableArray<KnownAdult> People, string? Name, Problem? Refusal)
{
    public static readonly ImmutableArray<string> Kinships = ["mother", "father", "guardian", "other"];
}

/// <summary>Ties a child to a parent or another representative, and ends the tie.</summary>
internal sealed class ManageGuardians(Administration administration, ShowLearnerCard cards, FindAdults find)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/people/{id:guid}/guardians", (Guid id, string? q, HttpContext context, ManageGuardians handler, CancellationToken cancel) =>
            handler.ShowAsync(context.RequireActor(), id, q, null, cancel)).Allow(RegistryActions.ManageGuardians);
        routes.MapPost("/people/{id:guid}/guardians", async (
            Guid id, [FromForm] string? personId, [FromForm] string? kinship, [FromForm] string? name,
            HttpContext context, ManageGuardians handler, CancellationToken cancel) =>
        {
            var adult = Guid.TryParse(personId, out var parsed) ? parsed : Guid.Empty;
            var done = await handler.AddAsync(context.RequireActor(), id, adult, kinship, cancel);
            return done.IsOk ? Results.Redirect($"/people/{id}/guardians") : await handler.ShowAsync(context.RequireActor(), id, name, done.Problem, cancel);
        }).Allow(RegistryActions.ManageGuardians);
        routes.MapPost("/people/{id:guid}/guardians/end", async (
            Guid id, [FromForm] string? personId, [FromForm] string? startsOn, HttpContext context, ManageGuardians handler, CancellationToken cancel) =>
        {
            var adult = Guid.TryParse(personId, out var parsed) ? parsed : Guid.Empty;
            var done = await handler.EndAsync(context.RequireActor(), id, adult, DateField.Parse(startsOn), cancel);
            return done.IsOk ? Results.Redirect($"/people/{id}/guardians") : await handler.ShowAsync(context.RequireActor(), id, null, done.Problem, cancel);
        }).Allow(RegistryActions.ManageGuardians);
    }

    public async Task<IResult> ShowAsync(Actor actor, Guid learnerId, string? name, Problem? refusal, CancellationToken cancel)
    {
        if (refusal is { Status: 404 }) return refusal.ToPage();
        if (Administration.SchoolOf(actor, RegistryActions.ManageGuardians) is not { } school) return Problem.NotFound.ToPage();
        var card = await cards.HandleAsync(actor, learnerId, cancel);
        if (!card.IsOk || !card.Value.ManagesGuardians) return Problem.NotFound.ToPage();
        var people = await find.HandleAsync(actor, school, name, cancel);
        return Page.Of<GuardiansPage>(new { Data = new GuardiansScreen(card.Value, people, name, refusal) }, refusal?.Status ?? 200);
    }

    public async Task<Result<bool>> AddAsync(Actor actor, Guid learnerId, Guid adultId, string? kinship, CancellationToken cancel)
    {
        if (Administration.SchoolOf(actor, RegistryActions.ManageGuardians) is not { } school) return Problem.NotFound;
        if (adultId == Guid.Empty) return new Problem("registry.person-missing", Texts.ChoosePerson, "personId");
        if (adultId == learnerId) return new Problem("registry.own-guardian", Texts.OwnGuardian, "personId");
        if (!GuardiansScreen.Kinships.Contains(kinship ?? "")) return new Problem("registry.kinship-unknown", Texts.ChooseKinship, "kinship");

        await using var transaction = await administration.BeginAsync(actor, cancel);
        var db = administration.Context;
        if (!await IsLearnerHereAsync(school, learnerId, actor, cancel) || !await administration.IsAdultHereAsync(adultId, cancel)) return Problem.NotFound;
        var tied = await db.Guardianships.Where(g => g.GuardianId == adultId && g.LearnerId == learnerId).ToListAsync(cancel);
        if (tied.Any(g => g.Restriction != null)) return new Problem("registry.guardian-barred", Texts.GuardianBarred, "personId");
        if (tied.Any(g => g.EndsOn is null || g.EndsOn >= actor.Today)) return new Problem("registry.guardian-there", Texts.GuardianThere, "personId", 409);
        var added = new Guardianship { LearnerId = learnerId, GuardianId = adultId, Kinship = kinship!, StartsOn = actor.Today };
        db.Guardianships.Add(added);
        administration.Remember(actor, "guardianships", learnerId, null, added, null);
        return await administration.CommitAsync(transaction, actor, RegistryActions.ManageGuardians, learnerId, cancel);
    }

    public async Task<Result<bool>> EndAsync(Actor actor, Guid learnerId, Guid adultId, DateOnly? startsOn, CancellationToken cancel)
    {
        if (Administration.SchoolOf(actor, RegistryActions.ManageGuardians) is not { } school || startsOn is null) return Problem.NotFound;
        await using var transaction = await administration.BeginAsync(actor, cancel);
        var db = administration.Context;
        if (!await IsLearnerHereAsync(school, learnerId, actor, cancel)) return Problem.NotFound;
        var tie = await db.Guardianships.FirstOrDefaultAsync(
            g => g.GuardianId == adultId && g.LearnerId == learnerId && g.StartsOn == startsOn, cancel);
        if (tie is null) return Problem.NotFound;
        if (tie.EndsOn is not null) return new Problem("registry.changed-meanwhile", Texts.ChangedMeanwhile, null, 409);
        tie.EndsOn = Administration.LastDay(null, tie.StartsOn, actor.Today).Value;
        administration.Remember(actor, "guardianships", learnerId, new { EndsOn = (DateOnly?)null, GuardianId = adultId }, new { tie.EndsOn, GuardianId = adultId }, null);
        return await administration.CommitAsync(transaction, actor, RegistryActions.ManageGuardians, learnerId, cancel);
    }

    // The learner must be of this very school today; the database holds the same in its policy.
    private Task<bool> IsLearnerHereAsync(Guid school, Guid learnerId, Actor actor, CancellationToken cancel) =>
        administration.Context.Database.SqlQuery<bool>($"""
            select exists (select from registry.enrolments e where e.school_id = {school} and e.person_id = {learnerId}
                            and e.starts_on <= {actor.Today} and (e.ends_on is null or e.ends_on >= {actor.Today})) as "Value"
            """).SingleAsync(cancel);
}
