using System.Globalization;
using Microsoft.AspNetCore.Diagnostics;
using MySchool.Host.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Web;
using MySchool.Ui;
using Npgsql;

namespace MySchool.Host;

/// <summary>Draws refusals and failures in the frame of the platform, or as ProblemDetails for programs.</summary>
internal sealed class DrawProblem : IProblemPage
{
    public IResult Of(Problem problem) =>
        Page.Of<ProblemScreen>(new { problem.Status, problem.Message, problem.Code }, problem.Status);
}

/// <summary>The one place where exceptions end.</summary>
internal static class Problems
{
    public static void UseProblemPages(this WebApplication app)
    {
        app.UseExceptionHandler(errors => errors.Run(async context =>
        {
            var failure = context.Features.Get<IExceptionHandlerFeature>()?.Error;
            await Answer(context, Meaning(failure, context.TraceIdentifier)).ExecuteAsync(context);
        }));
        app.UseStatusCodePages(async pages =>
        {
            var context = pages.HttpContext;
            var problem = context.Response.StatusCode switch
            {
                404 or 405 => Problem.NotFound,
                413 => new Problem("too-large", Texts.TooLarge, null, 413),
                415 or 400 => new Problem("bad-request", Texts.BadRequest, null, context.Response.StatusCode),
                _ => null,
            };
            if (problem is not null) await Answer(context, problem).ExecuteAsync(context);
        });
    }

    private static Problem Meaning(Exception? failure, string traceId) => failure switch
    {
        BadHttpRequestException { StatusCode: 413 } => new("too-large", Texts.TooLarge, null, 413),
        BadHttpRequestException => new("bad-request", Texts.BadRequest, null, 400),
        PostgresException { SqlState: PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected } =>
            new("changed-meanwhile", Texts.ChangedMeanwhile, null, 409),
        // PostgreSQL keeps no U+0000: text that holds one was never typed by a person.
        PostgresException { SqlState: "22021" or "22P05" } => new("bad-text", Texts.BadText, null, 400),
        NpgsqlException or TimeoutException => new("database-away", Texts.DatabaseAway, null, 503),
        _ => new("failure", string.Format(CultureInfo.CurrentCulture, Texts.Failure, traceId), null, 500),
    };

    private static IResult Answer(HttpContext context, Problem problem) =>
        context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal) ? problem.ToPage() : problem.ToJson();
}
