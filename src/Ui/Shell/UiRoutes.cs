using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace MySchool.Ui;

/// <summary>The design system's own page.</summary>
public static class UiRoutes
{
    /// <summary>
    /// Maps <c>GET /styleguide</c>: every component in every state; <c>?theme=</c>, <c>?contrast=</c> and <c>?scale=</c> switch the scheme.
    /// The host names the action of the returned route. Call it after <c>MapStaticAssets</c> or before, once.
    /// </summary>
    public static RouteHandlerBuilder MapUi(this IEndpointRouteBuilder routes)
    {
        UiAssets.Use(routes);
        return routes.MapGet("/styleguide", (string? theme, string? contrast, int? scale) =>
            Page.Of<StyleguidePage>(new { Theme = theme ?? "auto", Contrast = contrast ?? "none", Scale = scale ?? 100 }));
    }
}
