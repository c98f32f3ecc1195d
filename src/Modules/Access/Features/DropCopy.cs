using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Access.Copies;
using MySchool.Kernel;
using MySchool.Kernel.Web;

namespace MySchool.Access.Features;

/// <summary>Takes a copy away before its three days have passed, or stops one that is being made.</summary>
internal sealed class DropCopy(CopyBook book)
{
    public async Task<Problem?> HandleAsync(Actor actor, Guid id, CancellationToken cancel) =>
        await book.DropAsync(actor, id, cancel) ? null : Problem.NotFound;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/account/copies/drop", async (HttpContext http, DropCopy feature, [FromForm] Guid? id, CancellationToken cancel) =>
            await feature.HandleAsync(http.RequireActor(), id ?? Guid.Empty, cancel) is { } problem ? problem.ToPage() : Results.LocalRedirect("/account/copies?done=dropped"))
            .Allow(AccessActions.DropCopy);
}
