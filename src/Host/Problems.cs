using Microsoft.AspNetCore.Diagnostics;
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
                413 => new Problem("too-large", "Слишком большой запрос. Разделите его на части.", null, 413),
                415 or 400 => new Problem("bad-request", "Запрос составлен неверно. Обновите страницу и попробуйте ещё раз.", null, context.Response.StatusCode),
                _ => null,
            };
            if (problem is not null) await Answer(context, problem).ExecuteAsync(context);
        });
    }

    private static Problem Meaning(Exception? failure, string traceId) => failure switch
    {
        BadHttpRequestException { StatusCode: 413 } => new("too-large", "Слишком большой запрос. Разделите его на части.", null, 413),
        BadHttpRequestException => new("bad-request", "Запрос составлен неверно. Обновите страницу и попробуйте ещё раз.", null, 400),
        PostgresException { SqlState: PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected } =>
            new("changed-meanwhile", "Пока вы работали, эти данные изменил кто-то ещё. Обновите страницу и повторите.", null, 409),
        // PostgreSQL keeps no U+0000: text that holds one was never typed by a person.
        PostgresException { SqlState: "22021" or "22P05" } => new("bad-text", "В тексте есть недопустимые знаки. Уберите их и повторите.", null, 400),
        NpgsqlException or TimeoutException => new("database-away", "База данных сейчас не отвечает. Ничего не потеряно: повторите через минуту.", null, 503),
        _ => new("failure", $"На нашей стороне ошибка, мы её уже записали. Повторите позже. Номер для поддержки: {traceId}", null, 500),
    };

    private static IResult Answer(HttpContext context, Problem problem) =>
        context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal) ? problem.ToPage() : problem.ToJson();
}
