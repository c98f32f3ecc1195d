using System.Collections.Immutable;
using System.Text.Json;
using MySchool.Access.Web;
using MySchool.Access.Consents;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace MySchool.Access.Provider;

/// <summary>What a site gets of a person, by scope, as it stands now. The consent screen shows these very values.</summary>
/// <param name="Name">Whose name.</param>
/// <param name="Role">Code of the role worn.</param>
/// <param name="School">Where, or null.</param>
/// <param name="Classes">«7А»; empty when the role has none.</param>
internal sealed record SitePerson(PersonName Name, string Role, SiteSchool? School, ImmutableArray<string> Classes)
{
    /// <summary>The claims of one scope; a value that is not there is not sent.</summary>
    public IEnumerable<(string Claim, object Value)> Of(string scope)
    {
        switch (scope)
        {
            case OpenIddictConstants.Scopes.Profile:
                yield return (Claims.Name, Name.Full);
                yield return (Claims.FamilyName, Name.Last);
                yield return (Claims.GivenName, Name.First);
                if (Name.Middle.Length > 0) yield return (Claims.MiddleName, Name.Middle);
                break;
            case SiteScopes.Role:
                yield return (Claims.Role, Role);
                break;
            case SiteScopes.School when School is not null:
                yield return (SiteClaims.School, JsonSerializer.SerializeToElement(School, Json.Options));
                break;
            case SiteScopes.Class when Classes.Length > 0:
                yield return (SiteClaims.Class, JsonSerializer.SerializeToElement(Classes, Json.Options));
                break;
        }
    }

    /// <summary>The same in a person's words, or null when nothing would be sent.</summary>
    public string? Say(string scope) => scope switch
    {
        OpenIddictConstants.Scopes.Profile => Name.Full,
        SiteScopes.Role => RoleNames.Of(Role),
        SiteScopes.School => School?.Name,
        SiteScopes.Class when Classes.Length > 0 => string.Join(", ", Classes),
        _ => null,
    };
}

/// <summary>A school as a site is told of it.</summary>
internal sealed record SiteSchool(Guid Id, string Name);

/// <summary>Why nothing may be told.</summary>
internal enum SiteRefusal
{
    /// <summary>The role is not held any more.</summary>
    NoRole,

    /// <summary>A child under fourteen, and no parent has agreed.</summary>
    ParentMustAgree,
}

/// <summary>Decides, at every sign-in, refresh and question of a site, what may be told now.</summary>
internal sealed class SitePeople(IRegistry registry, IConsents consents, OwnAges ages, IClock clock)
{
    /// <summary>The person in a role, with a child when the role is a guardian's and one was chosen.</summary>
    /// <returns>A person, or why not.</returns>
    public async Task<(SitePerson? Person, SiteRefusal? Refusal)> FindAsync(Guid personId, Hat hat, Guid? learnerId, CancellationToken cancel)
    {
        var facts = await registry.GetFactsAsync(personId, hat, clock.Now, cancel);
        if (facts is null || facts.Worn != hat) return (null, SiteRefusal.NoRole);
        if (hat.Role == Roles.Learner && !await MayAgreeAsync(facts, cancel)) return (null, SiteRefusal.ParentMustAgree);
        if (learnerId is { } chosen && !await IsOpenAsync(facts, chosen, cancel)) return (null, SiteRefusal.ParentMustAgree);
        return (Describe(facts, learnerId), null);
    }

    /// <summary>Children a guardian may sign in for: represented today, with the guardian's consent to outside sites.</summary>
    public async Task<ImmutableArray<LearnerFacts>> ChildrenAsync(PersonFacts facts, CancellationToken cancel)
    {
        if (facts.Worn?.Role != Roles.Guardian) return [];
        var open = ImmutableArray.CreateBuilder<LearnerFacts>();
        foreach (var learner in facts.Learners.DistinctBy(learner => learner.PersonId))
            if (await consents.IsOpenAsync(AccessFlows.ParentAtSite, learner.PersonId, cancel)) open.Add(learner);
        return open.ToImmutable();
    }

    /// <summary>What would be told of the person as described by the facts.</summary>
    public static SitePerson Describe(PersonFacts facts, Guid? learnerId)
    {
        var hat = facts.Worn!.Value;
        if (hat.Role is Roles.Learner or Roles.Guardian)
        {
            var child = hat.Role == Roles.Learner ? facts.Learners.FirstOrDefault() : facts.Learners.FirstOrDefault(learner => learner.PersonId == learnerId);
            return new(facts.Name, hat.Role, child is null ? null : new SiteSchool(child.SchoolId, child.SchoolName), child is null ? [] : [child.ClassName]);
        }
        var unit = facts.Offers.FirstOrDefault(offer => offer.Hat == hat);
        var isSchool = hat.Role is not (Roles.MunicipalCoordinator or Roles.RegionalCoordinator or Roles.Operator);
        return new(
            facts.Name, hat.Role, unit is null || !isSchool ? null : new SiteSchool(hat.UnitId, unit.UnitName),
            [.. facts.Led.Select(led => led.ClassName).Concat(facts.Taught.Select(taught => taught.ClassName)).Distinct()]);
    }

    private async Task<bool> MayAgreeAsync(PersonFacts facts, CancellationToken cancel)
    {
        // Nobody wrote the birthday down: then it is a child, until a parent has agreed.
        if (await ages.FindAsync(ConsentPurposes.OutsideSites, cancel) is { } age
            && await registry.GetBirthDateAsync(facts.PersonId, cancel) is { } born && born.AddYears(age) <= clock.TodayIn(facts.TimeZone)) return true;
        return await consents.IsOpenAsync(AccessFlows.ChildAtSite, facts.PersonId, cancel);
    }

    private async Task<bool> IsOpenAsync(PersonFacts facts, Guid learnerId, CancellationToken cancel) =>
        facts.Learners.Any(learner => learner.PersonId == learnerId) && await consents.IsOpenAsync(AccessFlows.ParentAtSite, learnerId, cancel);
}
