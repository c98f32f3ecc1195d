using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace MySchool.Kernel.Web;

/// <summary>The action a route names. A route without one is refused at start and by a test.</summary>
/// <param name="Action">What the route lets a person do.</param>
public sealed record RouteAction(AppAction Action);

/// <summary>Marks a route whose answer goes on long after its rights were checked, such as a stream of events.</summary>
public sealed record OpenAnswer;

/// <summary>Marks a route for programs, which bring a credential of their own in the request.</summary>
/// <param name="Scopes">The program's token must have been issued for one of these; empty when the handler itself checks the credential.</param>
public sealed record ProgramRoute(ImmutableArray<string> Scopes);

/// <summary>How routes are declared.</summary>
public static class RouteExtensions
{
    /// <summary>Names the action of a route; the request is refused before the handler when the role could never do it.</summary>
    public static TBuilder Allow<TBuilder>(this TBuilder route, AppAction action) where TBuilder : IEndpointConventionBuilder
    {
        route.WithMetadata(new RouteAction(action));
        return route;
    }

    /// <summary>Says that the answer stays open: its request is aborted within five seconds of the end of its session.</summary>
    public static TBuilder StaysOpen<TBuilder>(this TBuilder route) where TBuilder : IEndpointConventionBuilder
    {
        route.WithMetadata(new OpenAnswer());
        return route;
    }

    /// <summary>
    /// Says that programs call the route: cookies are not read, so no stranger's page can use a person's session, and no
    /// form token is asked for.
    /// </summary>
    /// <param name="route">The route.</param>
    /// <param name="scopes">The program's token must have been issued for one of these; none when the handler itself checks the credential.</param>
    public static TBuilder ForPrograms<TBuilder>(this TBuilder route, params ReadOnlySpan<string> scopes) where TBuilder : IEndpointConventionBuilder
    {
        route.WithMetadata(new ProgramRoute([.. scopes]));
        return route;
    }

    /// <summary>Whether the request goes to a route for programs.</summary>
    public static bool IsForPrograms(this HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.GetEndpoint()?.Metadata.GetMetadata<ProgramRoute>() is not null;
    }

    /// <summary>Answers a result as JSON or as ProblemDetails with a stable code.</summary>
    public static IResult ToJson<T>(this Result<T> result) => result.IsOk ? Results.Json(result.Value, Json.Options) : result.Problem!.ToJson();

    /// <summary>Answers a refusal as ProblemDetails (RFC 9457).</summary>
    public static IResult ToJson(this Problem problem) => Results.Problem(
        title: problem.Message, statusCode: problem.Status,
        extensions: new Dictionary<string, object?> { ["code"] = problem.Code, ["field"] = problem.Field });
}

/// <summary>Hangs the actor on the request and takes it off again.</summary>
public static class ActorExtensions
{
    /// <summary>The signed-in actor, or null.</summary>
    public static Actor? GetActor(this HttpContext context) => context.Features.Get<Actor>();

    /// <summary>The signed-in actor of a route that demands one.</summary>
    /// <exception cref="InvalidOperationException">The route is open to anyone: a bug.</exception>
    public static Actor RequireActor(this HttpContext context) =>
        context.GetActor() ?? throw new InvalidOperationException("The route has no actor");
}
