using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Access.Consents;
using MySchool.Access.Copies;
using MySchool.Access.Pages;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Access.Features;

/// <summary>Whose data one may ask for, and the copy that stands.</summary>
internal sealed record CopyRow(ConsentSubject Subject, bool MayAsk, Copy? Current);

/// <summary>«Копия данных»: the person and each child they speak for, and copies of before.</summary>
internal sealed class ShowCopies(CopyBook book, ConsentSubjects subjects)
{
    public async Task<CopiesView> HandleAsync(Actor actor, PersonFacts? person, string? done, CancellationToken cancel)
    {
        var copies = await book.ListAsync(actor, cancel);
        var rows = (await subjects.ListAsync(person, cancel)).OrderByDescending(subject => subject.IsSelf)
            .Select(subject => new CopyRow(subject, CopyRules.MayAsk(actor.Hat.Role, subject), copies.Find(copy => copy.SubjectId == subject.Id && copy.State != CopyState.Gone))).ToList();
        return new(rows, [.. copies.Where(copy => copy.State == CopyState.Gone)], TimeZones.OrCapital(person?.TimeZone), done);
    }

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/account/copies", async (HttpContext http, ShowCopies feature, string? done, CancellationToken cancel) =>
            Page.Of<CopiesPage>(new { Data = await feature.HandleAsync(http.RequireActor(), http.Features.Get<PersonFacts>(), done, cancel) }))
            .Allow(AccessActions.AskCopy);
}
