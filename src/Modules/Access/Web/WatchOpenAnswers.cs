using Microsoft.AspNetCore.Http;
using MySchool.Access.Sessions;
using MySchool.Kernel.Web;

namespace MySchool.Access.Web;

/// <summary>Aborts the request of an answer that stays open when its session ends.</summary>
internal sealed class WatchOpenAnswers(RequestDelegate next, OpenAnswers answers)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetActor() is not { } actor || context.GetEndpoint()?.Metadata.GetMetadata<OpenAnswer>() is null)
        {
            await next(context);
            return;
        }
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        using var watching = answers.Watch(actor.SessionId, cut);
        context.RequestAborted = cut.Token;
        await next(context);
    }
}
