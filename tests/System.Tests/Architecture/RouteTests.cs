using Microsoft.AspNetCore.Routing;
using MySchool.Host;
using MySchool.Kernel.Web;
using Xunit;

namespace MySchool.System.Tests.Architecture;

/// <summary>The inventory of everything that answers a request.</summary>
public sealed class RouteTests
{
    private static readonly Lazy<IReadOnlyList<RouteEndpoint>> Routes = new(() =>
    {
        // Nothing connects: routes are read, not called.
        var app = HostApp.Build(["--Database:App", "Host=nowhere", "--Database:Facts", "Host=nowhere", "--Database:Worker", "Host=nowhere"]);
        // The framework's own fallback for files of an unpublished build has no action, so the gate answers 404 for it.
        return [.. ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(route => route.RoutePattern.RawText != "{**path:file}")];
    });

    [Fact]
    public void Every_route_names_an_action() =>
        Assert.Empty(Routes.Value.Where(route => route.Metadata.GetMetadata<RouteAction>() is null).Select(Describe));

    [Fact]
    public void Every_action_named_is_declared_by_a_module_or_the_host()
    {
        var declared = HostApp.Modules.SelectMany(module => module.Actions).Concat(HostActions.All).Select(action => action.Name).ToHashSet();
        Assert.Empty(Routes.Value.Select(route => route.Metadata.GetMetadata<RouteAction>()?.Action.Name)
            .Where(name => name is not null && !declared.Contains(name)).Distinct());
    }

    [Fact]
    public void Action_names_are_unique() =>
        Assert.Empty(HostApp.Modules.SelectMany(module => module.Actions).Concat(HostActions.All)
            .GroupBy(action => action.Name).Where(same => same.Count() > 1).Select(same => same.Key));

    [Fact]
    public void No_two_routes_answer_the_same_address() =>
        Assert.Empty(Routes.Value.Where(route => route.Metadata.GetMetadata<RouteAction>()?.Action != HostActions.Asset)
            .GroupBy(Describe).Where(same => same.Count() > 1).Select(same => same.Key));

    private static string Describe(RouteEndpoint route)
    {
        var methods = route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [];
        return $"{string.Join(',', methods)} {route.RoutePattern.RawText}";
    }
}
