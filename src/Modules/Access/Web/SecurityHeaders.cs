using Microsoft.AspNetCore.Http;
using MySchool.Access.Esia;
using MySchool.Kernel.Files;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Access.Web;

/// <summary>One more origin to which the answer of this page's form may lead: a registered site's.</summary>
internal sealed record FormTarget(string Origin);

/// <summary>Headers that tell browsers what our pages never do.</summary>
internal sealed class SecurityHeaders(RequestDelegate next, EsiaOptions esia)
{
    private const string Permissions =
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()";

    // Signing out is a form whose answer leads to ЕСИА, and form-action watches redirects too.
    private readonly string beforeForms =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
        $"form-action 'self' {esia.Origin}";

    private const string AfterForms =
        "; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'; worker-src 'self'; " +
        // Pages are built by DOM calls alone: a text given to a parser of HTML or script is refused, and no policy may allow it…
        "require-trusted-types-for 'script'; trusted-types ";

    // …but the one by which a page that may be read without a network names its worker.
    private const string NoPolicy = "'none'";
    private const string OfflinePolicy = "offline";

    public Task InvokeAsync(HttpContext context)
    {
        // At the very start of the answer: the exception handler wipes headers set earlier, and its page needs them too.
        context.Response.OnStarting(static state => ((SecurityHeaders)((object[])state)[0]).Write((HttpResponse)((object[])state)[1]), new object[] { this, context.Response });
        return next(context);
    }

    private Task Write(HttpResponse response)
    {
        var headers = response.Headers;
        headers.ContentSecurityPolicy = response.HttpContext.Features.Get<StoredContent>() is not null ? StoredContent.Policy : beforeForms + (response.HttpContext.Features.Get<FormTarget>() is { } target ? $" {target.Origin}" : "") + AfterForms
            + (response.HttpContext.Features.Get<OfflineOffer>() is null ? NoPolicy : OfflinePolicy);
        WriteOwner(response);
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        headers["Permissions-Policy"] = Permissions;
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        return Task.CompletedTask;
    }

    private static void WriteOwner(HttpResponse response)
    {
        if (response.HttpContext.GetActor() is not { } actor || response.ContentType?.StartsWith("text/html", StringComparison.Ordinal) != true) return;
        response.Headers[OfflineOffer.OwnerHeader] = OfflineOffer.OwnerOf(actor.PersonId);
        if (response.HttpContext.Features.Get<OfflineOffer>() is { Url: { } url } && response.StatusCode == StatusCodes.Status200OK) response.Headers[OfflineOffer.Header] = url;
    }
}
