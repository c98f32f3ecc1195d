using MySchool.Kernel;

namespace MySchool.Host;

/// <summary>What the host itself answers.</summary>
public static class HostActions
{
    /// <summary>Files of the design system.</summary>
    public static readonly AppAction Asset = AppAction.ForAnyone("host.asset");

    /// <summary>The style guide.</summary>
    public static readonly AppAction Styleguide = AppAction.ForAnyone("host.styleguide");

    /// <summary>Liveness and readiness.</summary>
    public static readonly AppAction Health = AppAction.ForAnyone("host.health");

    /// <summary>Prometheus metrics, from the machine itself only.</summary>
    public static readonly AppAction Metrics = AppAction.ForAnyone("host.metrics");

    /// <summary>The description of the API.</summary>
    public static readonly AppAction ApiDescription = AppAction.ForAnyone("host.api-description");

    /// <summary>The address without a path.</summary>
    public static readonly AppAction Home = AppAction.ForAnyone("host.home");

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<AppAction> All = [Asset, Styleguide, Health, Metrics, ApiDescription, Home];
}
