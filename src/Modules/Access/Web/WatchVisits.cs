using Microsoft.AspNetCore.Http;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Web;

namespace MySchool.Access.Web;

/// <summary>
/// Somebody of support in a school's hat: every page they open is noted before the answer leaves, and whatever changes anything is
/// not there. Costs others a comparison.
/// </summary>
internal sealed class WatchVisits(RequestDelegate next, ReadingAudit audit)
{
    private const int LongestPath = 200;

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetActor() is not { Hat.Role: Roles.SupportVisitor } actor || context.GetEndpoint()?.Metadata.GetMetadata<RouteAction>()?.Action is not { } action)
        {
            await next(context);
            return;
        }
        // One's own account stays: the hat is taken off there. Nothing of the school is written in it.
        var isOwn = action.IsOpenToSignedIn || action.IsOpenToAnyone;
        if (!isOwn && !HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            await Refusals.AnswerAsync(context, Problem.NotFound);
            return;
        }
        var path = context.Request.Path.Value ?? "";
        if (!isOwn || !action.Name.StartsWith("access.", StringComparison.Ordinal))
            await audit.NoteAsync(actor, AccessActions.VisitPage, actor.Hat.UnitId, null, path.Length <= LongestPath ? path : path[..LongestPath]);
        await next(context);
    }
}
