using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Access.Copies;
using MySchool.Access.Pages;
using MySchool.Access.Provider;
using MySchool.Access.Sessions;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Access.Features;

/// <summary>The person's own page: where they are signed in and how they read.</summary>
internal static class ShowAccount
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/account", async (HttpContext http, SessionBook sessions, SiteGrants sites, ShowConsents consents, CopyBook copies, IClock clock, string? done, CancellationToken cancel) =>
        {
            var actor = http.RequireActor();
            var person = http.Features.Get<PersonFacts>();
            var rows = (await consents.HandleAsync(actor, person, null, cancel)).Rows;
            return Page.Of<AccountPage>(new
            {
                Data = new AccountView(
                    person?.Name.Full ?? "", await sessions.ListAsync(actor, cancel), actor.SessionId,
                    clock.NowIn(TimeZones.OrCapital(person?.TimeZone)), done,
                    await sites.ListAsync(actor, cancel), person) { Ending = [.. rows.Where(row => row is { State: ConsentState.EndsSoon, MayGive: true })], Ready = [.. (await copies.ListAsync(actor, cancel)).Where(copy => copy.State == CopyState.Ready)] },
            });
        }).Allow(AccessActions.ManageAccount);
}
