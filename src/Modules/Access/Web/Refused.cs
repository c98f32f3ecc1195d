using Microsoft.AspNetCore.Http;
using MySchool.Kernel;

namespace MySchool.Access.Web;

/// <summary>A refusal as the answer of a route: a page for people, ProblemDetails for programs.</summary>
internal sealed class Refused(Problem problem) : IResult
{
    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext) => Refusals.AnswerAsync(httpContext, problem);
}
