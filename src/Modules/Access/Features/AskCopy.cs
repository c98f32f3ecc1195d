using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Access.Consents;
using MySchool.Access.Copies;
using MySchool.Access.Pages;
using MySchool.Access.Resources;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Access.Features;

/// <summary>
/// Asks for a copy of all data kept about oneself or a child one speaks for (152-ФЗ, ст. 14, ч. 7). One at a time is made;
/// one of a subject is kept.
/// </summary>
internal sealed class AskCopy(CopyBook book, ConsentSubjects subjects, IRegistry registry, IClock clock)
{
    public async Task<Problem?> HandleAsync(Actor actor, PersonFacts? person, Guid subjectId, CancellationToken cancel)
    {
        var subject = (await subjects.ListAsync(person, cancel)).FirstOrDefault(subject => subject.Id == subjectId);
        if (subject is null || !await registry.MaySpeakForAsync([actor.PersonId], subjectId, clock.Now, cancel)) return Problem.NotFound;
        if (!CopyRules.MayAsk(actor.Hat.Role, subject)) return new("access.copy-too-young", Texts.CopyTooYoung, Status: 403);
        return await book.AskAsync(actor, subjectId, cancel) ? null : new("access.copy-open", Texts.CopyOpen, Status: 409);
    }

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/account/copies", async (HttpContext http, AskCopy feature, ShowCopies copies, [FromForm] Guid? subject, CancellationToken cancel) =>
        {
            var (actor, person) = (http.RequireActor(), http.Features.Get<PersonFacts>());
            if (await feature.HandleAsync(actor, person, subject ?? Guid.Empty, cancel) is not { } problem) return Results.LocalRedirect("/account/copies?done=asked");
            if (problem.Status == 404) return problem.ToPage();
            return Page.Of<CopiesPage>(new { Data = await copies.HandleAsync(actor, person, null, cancel) with { Problem = problem } }, problem.Status);
        }).Allow(AccessActions.AskCopy);
}
