using System.Reflection;
using MySchool.StandIns.Esia.People;
using MySchool.StandIns.Esia.Protocol;

namespace MySchool.StandIns.Esia.Pages;

/// <summary>The page where a person says who they are.</summary>
internal static class LoginRoutes
{
    private static readonly byte[] Css = ReadCss();

    public static void MapLogin(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", () => Results.Redirect("/login"));
        routes.MapGet("/login", ShowAsync);
        routes.MapPost("/login", EnterAsync).DisableAntiforgery();
        routes.MapGet("/login.css", () => Results.Bytes(Css, "text/css; charset=utf-8"));
        routes.MapGet("/health", () => "ok");
    }

    private static async Task<IResult> ShowAsync(HttpContext http, PendingLogins pending, Population people, string? ticket, string? q)
    {
        var request = pending.Find(ticket);
        // The answer to the form is a redirect to the client, and form-action watches redirects too.
        var client = request is null ? "" : $" {new Uri(request.RedirectUri).GetLeftPart(UriPartial.Authority)}";
        http.Response.Headers.ContentSecurityPolicy = $"default-src 'none'; style-src 'self'; img-src data:; form-action 'self'{client}; frame-ancestors 'none'; base-uri 'none'";
        http.Response.Headers.CacheControl = "no-store";
        var query = (q ?? "").Trim();
        var found = query.Length == 0 ? await people.ShortlistAsync() : await people.SearchAsync(query[..Math.Min(query.Length, 100)]);
        return Results.Content(LoginPage.Render(request is null ? null : ticket, query, found), "text/html; charset=utf-8");
    }

    private static async Task<IResult> EnterAsync(HttpContext http, PendingLogins pending, SignedIn signedIn, Population people)
    {
        var form = await http.Request.ReadFormAsync();
        if (pending.Find(form["ticket"]) is not { } request) return Results.Redirect("/login");
        switch (form["answer"].ToString())
        {
            case "refuse": return OAuthRoutes.Refuse(request.RedirectUri, request.State, EsiaError.Refused);
            case "unconfirmed": return OAuthRoutes.Refuse(request.RedirectUri, request.State, EsiaError.Unconfirmed);
        }
        if (await people.FindAsync(form["oid"].ToString()) is not { } person) return Results.Redirect($"/login?ticket={form["ticket"]}");
        signedIn.Enter(http, person.Oid);
        return Results.Redirect(request.Path + request.Query);
    }

    private static byte[] ReadCss()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("login.css")!;
        var css = new byte[stream.Length];
        stream.ReadExactly(css);
        return css;
    }
}
