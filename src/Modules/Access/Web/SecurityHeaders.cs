using Microsoft.AspNetCore.Http;
using MySchool.Access.Esia;

namespace MySchool.Access.Web;

/// <summary>Headers that tell browsers what our pages never do.</summary>
internal sealed class SecurityHeaders(RequestDelegate next, EsiaOptions esia)
{
    // Signing out is a form whose answer leads to ЕСИА, and form-action watches redirects too.
    private readonly string policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
        $"form-action 'self' {esia.Origin}; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'; worker-src 'self'";

    public Task InvokeAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        headers["Permissions-Policy"] =
            "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        return next(context);
    }
}
