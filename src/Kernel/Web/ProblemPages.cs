using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace MySchool.Kernel.Web;

/// <summary>Draws a refusal as a page in the platform's frame. The host supplies it.</summary>
public interface IProblemPage
{
    /// <summary>The page of a refusal, with the refusal's status.</summary>
    IResult Of(Problem problem);
}

/// <summary>Answers of pages.</summary>
public static class ProblemPages
{
    /// <summary>Answers a page request with the refusal's own page: what happened and what to do next.</summary>
    public static IResult ToPage(this Problem problem) => new DrawnLater(problem);

    private sealed class DrawnLater(Problem problem) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) =>
            httpContext.RequestServices.GetRequiredService<IProblemPage>().Of(problem).ExecuteAsync(httpContext);
    }
}
