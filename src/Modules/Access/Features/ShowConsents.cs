using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Access.Consents;
using MySchool.Access.Pages;
using MySchool.Access.Sessions;
using MySchool.Access.Web;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Access.Features;

/// <summary>A document that may be agreed to, and about whom.</summary>
internal sealed record ConsentChoice(ConsentText Text, IReadOnlyList<ConsentSubject> Subjects);

/// <summary>Whose data a consent concerns.</summary>
internal sealed record ConsentSubject(Guid Id, string Name);

/// <summary>The person's ledger, and the documents a guardian is asked for at first sign-in.</summary>
internal sealed class ShowConsents(ConsentLedger ledger, IClock clock)
{
    /// <summary>What was agreed to, and what still may be.</summary>
    public async Task<(IReadOnlyList<ConsentLine> Lines, IReadOnlyList<ConsentChoice> Choices)> HandleAsync(
        Actor actor, PersonFacts? person, CancellationToken cancel)
    {
        var (texts, lines) = await ledger.ReadAsync(actor, cancel);
        var standing = lines.Where(line => line.StandsAt(clock.Now)).Select(line => (line.Purpose, line.SubjectId)).ToHashSet();
        var choices = texts
            .Select(text => new ConsentChoice(text, [.. SubjectsOf(text.Purpose, person).Where(subject => !standing.Contains((text.Purpose, subject.Id)))]))
            .Where(choice => choice.Subjects.Count > 0);
        return (lines, [.. choices.OrderByDescending(choice => choice.Text.IsNeeded)]);
    }

    /// <summary>What concerns a child is consented to by its guardian; the rest by everyone for themselves.</summary>
    internal static IEnumerable<ConsentSubject> SubjectsOf(string purpose, PersonFacts? person) => (purpose, person) switch
    {
        (_, null) => [],
        (ConsentPurposes.Diary or ConsentPurposes.OutsideSites or ConsentPurposes.RegionalDiary, { Worn.Role: Roles.Guardian }) =>
            person.Learners.Select(learner => new ConsentSubject(learner.PersonId, learner.Name.Full)).DistinctBy(subject => subject.Id),
        // A site's own screen asks whoever is old enough; a child does not decide for a parent what other systems learn.
        (ConsentPurposes.Diary or ConsentPurposes.OutsideSites, _) or (ConsentPurposes.RegionalDiary, { Worn.Role: Roles.Learner }) => [],
        _ => [new(person.PersonId, person.Name.Full)],
    };

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/account/consents", async (HttpContext http, ShowConsents feature, string? done, CancellationToken cancel) =>
        {
            var person = http.Features.Get<PersonFacts>();
            var (lines, choices) = await feature.HandleAsync(http.RequireActor(), person, cancel);
            return Page.Of<ConsentsPage>(new { Data = new ConsentsView(lines, choices, person, feature.Now, done) });
        }).Allow(AccessActions.ReadConsents);

        routes.MapGet("/consents/needed", async (HttpContext http, ShowConsents feature, string? @return, CancellationToken cancel) =>
        {
            var back = ReturnUrl.Clean(@return);
            var person = http.Features.Get<PersonFacts>();
            // What the request already knows is enough to let most people pass without asking the ledger.
            if (!IsNeeded(person, http.Features.Get<Session>())) return Results.Redirect(back);
            var (_, choices) = await feature.HandleAsync(http.RequireActor(), person, cancel);
            return choices.FirstOrDefault(choice => choice.Text.IsNeeded) is { } needed
                ? Page.Of<NeededConsentPage>(new { Data = new NeededConsentView(needed, person!.Name.Full, back) })
                : Results.Redirect(back);
        }).Allow(AccessActions.ReadConsents);
    }

    private DateTimeOffset Now => clock.Now;

    private static bool IsNeeded(PersonFacts? person, Session? session) =>
        person is not null && session is not null
        && SubjectsOf(ConsentPurposes.Diary, person).Any(subject => !session.Consents.Contains((ConsentPurposes.Diary, subject.Id)));
}
