using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.CookiePolicy;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using MySchool.Access.Web;

namespace MySchool.Access;

/// <summary>The order in which a request meets the module. One place, because the order is the security.</summary>
public static class AccessPipeline
{
    /// <summary>Headers, limits, session, actor, gate, watch over what stays open. Call after the exception handler and before endpoints run.</summary>
    public static IApplicationBuilder UseAccess(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        // The builder would put the framework's own middleware before ours, and OpenIddict would answer past the gate.
        ((IApplicationBuilder)app).Properties["__AuthenticationMiddlewareSet"] = true;
        var limits = app.ApplicationServices.GetRequiredService<Limits>();
        app.UseMiddleware<SecurityHeaders>();
        // One wall for every cookie, ours or the framework's: antiforgery would refuse Secure on the plain http of localhost.
        app.UseCookiePolicy(new CookiePolicyOptions
        {
            Secure = CookieSecurePolicy.Always, HttpOnly = HttpOnlyPolicy.Always, MinimumSameSitePolicy = SameSiteMode.Lax,
        });
        app.UseRateLimiter(limits.OfAddresses());
        app.UseMiddleware<SessionReader>();
        app.UseMiddleware<BearerReader>();
        app.UseRateLimiter(limits.OfPeople());
        app.UseMiddleware<Gate>();
        app.UseMiddleware<WatchVisits>();
        app.UseMiddleware<SignReader>();
        app.UseMiddleware<WatchOpenAnswers>();
        app.UseAntiforgery();
        return app;
    }
}
