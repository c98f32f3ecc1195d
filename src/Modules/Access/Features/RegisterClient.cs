using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Primitives;
using MySchool.Access.Pages;
using MySchool.Access.Provider;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Access.Features;

/// <summary>The operator registers a site or a system. Its secret is shown once, on the page that answers.</summary>
internal sealed class RegisterClient(ClientRegister register, IRegistry registry)
{
    private const string Letters = "abcdefghjkmnpqrstuvwxyz23456789";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/clients", async (HttpContext http, ClientRegister register, CancellationToken cancel) =>
            Page.Of<ClientsPage>(new { Data = new ClientsView(await register.ListAsync(http.RequireActor(), cancel)) })).Allow(AccessActions.ManageClients);
        routes.MapGet("/clients/new", (string? kind) =>
            Page.Of<ClientPage>(new { Data = new ClientView(null, new ClientForm { Kind = kind == ClientKinds.System ? kind : ClientKinds.Site }) })).Allow(AccessActions.ManageClients);
        routes.MapPost("/clients/new", async (HttpContext http, RegisterClient feature, [AsParameters] ClientInput input, CancellationToken cancel) =>
        {
            var form = input.ToForm(null);
            var added = await feature.HandleAsync(http.RequireActor(), form, cancel);
            http.Response.Headers.CacheControl = "no-store";
            return Page.Of<ClientPage>(new { Data = added.IsOk ? added.Value : new ClientView(null, form, added.Problem) }, added.Problem?.Status ?? 200);
        }).Allow(AccessActions.ManageClients);
    }

    public async Task<Result<ClientView>> HandleAsync(Actor actor, ClientForm form, CancellationToken cancel)
    {
        if (!ClientRegister.IsOpenTo(actor)) return Problem.NotFound;
        if (ClientRules.Check(form) is { } wrong) return wrong;
        var bounds = await Bounds.FindAsync(registry, form, cancel);
        if (!bounds.IsOk) return bounds.Problem!;
        var (id, secret) = (Ids.New(), form is { IsPublic: true, Kind: ClientKinds.Site } ? null : ClientSecrets.New());
        await register.AddAsync(actor, id, $"{form.Kind}-{System.Security.Cryptography.RandomNumberGenerator.GetString(Letters, 12)}", secret, form, bounds.Value, cancel);
        return new ClientView(await register.FindAsync(actor, id, cancel), form, null, secret);
    }
}

/// <summary>The form's fields as the browser sends them.</summary>
internal sealed record ClientInput(
    [FromForm] string? kind, [FromForm] string? name, [FromForm] string? legalName, [FromForm] string? privacyPage, [FromForm] string? redirectUris,
    [FromForm] string? logoutUris, [FromForm] string? backChannel, [FromForm] string? sector, [FromForm] string? isPublic, [FromForm] StringValues? scopes,
    [FromForm] string? organisation, [FromForm] string? units, [FromForm] string? legalBasis)
{
    /// <param name="fixedKind">The kind of a client that is there already; it never changes.</param>
    public ClientForm ToForm(string? fixedKind) => new()
    {
        Kind = fixedKind ?? kind ?? "", Name = name?.Trim() ?? "", LegalName = legalName?.Trim() ?? "", PrivacyPage = privacyPage?.Trim() ?? "",
        RedirectUris = redirectUris ?? "", LogoutUris = logoutUris ?? "", BackChannel = backChannel?.Trim() ?? "", Sector = sector ?? "",
        IsPublic = isPublic == "true", Scopes = [.. (scopes ?? default).OfType<string>()], Organisation = organisation ?? "", Units = units ?? "", LegalBasis = legalBasis ?? "",
    };
}
