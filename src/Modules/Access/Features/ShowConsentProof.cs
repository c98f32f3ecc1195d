using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Access.Consents;
using MySchool.Access.Pages;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Access.Features;

/// <summary>
/// The proof of a consent, to print: the text as it was given, its hash, who, about whom, when, for how long, and how it ended
/// (152-ФЗ, ст. 9, ч. 3: it is for the operator to prove that a consent was given).
/// </summary>
internal sealed class ShowConsentProof(ConsentLedger ledger, IRegistry registry, IClock clock)
{
    public async Task<Result<ConsentProofView>> HandleAsync(Actor actor, PersonFacts? person, Guid id, CancellationToken cancel)
    {
        if (await ledger.FindAsync(actor, id, cancel) is not { } paper) return Problem.NotFound;
        Guid[] people = [paper.Line.SubjectId, paper.Line.GiverId, .. paper.Line.WithdrawnBy is { } by ? new[] { by } : []];
        var names = new Dictionary<Guid, string>();
        foreach (var (known, name) in await registry.GetNamesAsync(actor, [.. people.Distinct()], cancel)) names[known] = name.Full;
        return new ConsentProofView(paper.Line, paper.Given, names, clock.Now, TimeZones.OrCapital(person?.TimeZone));
    }

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/account/consents/{id:guid}/proof", async (Guid id, HttpContext http, ShowConsentProof feature, CancellationToken cancel) =>
        {
            var proof = await feature.HandleAsync(http.RequireActor(), http.Features.Get<PersonFacts>(), id, cancel);
            return proof.IsOk ? Page.Of<ConsentProofPage>(new { Data = proof.Value }) : proof.Problem!.ToPage();
        }).Allow(AccessActions.ReadConsents);
}
