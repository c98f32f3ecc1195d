using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Access.Pages;
using MySchool.Access.Provider;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Access.Features;

/// <summary>The operator corrects a client, gives it a new secret, switches it off or on. Switched off it is unknown from that moment.</summary>
internal sealed class ChangeClient(ClientRegister register, IRegistry registry, ProviderDb provider)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/clients/{id:guid}", async (Guid id, HttpContext http, ChangeClient feature, CancellationToken cancel) =>
            Answer(http, await feature.ShowAsync(http.RequireActor(), id, cancel))).Allow(AccessActions.ManageClients);
        routes.MapPost("/clients/{id:guid}", async (Guid id, HttpContext http, ChangeClient feature, [AsParameters] ClientInput input, CancellationToken cancel) =>
            Answer(http, await feature.ChangeAsync(http.RequireActor(), id, input, cancel))).Allow(AccessActions.ManageClients);
        routes.MapPost("/clients/{id:guid}/secret", async (Guid id, HttpContext http, ChangeClient feature, CancellationToken cancel) =>
            Answer(http, await feature.RotateAsync(http.RequireActor(), id, cancel))).Allow(AccessActions.ManageClients);
        routes.MapPost("/clients/{id:guid}/off", async (Guid id, HttpContext http, ChangeClient feature, CancellationToken cancel) =>
            Answer(http, await feature.SwitchAsync(http.RequireActor(), id, false, cancel))).Allow(AccessActions.ManageClients);
        routes.MapPost("/clients/{id:guid}/on", async (Guid id, HttpContext http, ChangeClient feature, CancellationToken cancel) =>
            Answer(http, await feature.SwitchAsync(http.RequireActor(), id, true, cancel))).Allow(AccessActions.ManageClients);
    }

    private static IResult Answer(HttpContext http, Result<ClientView> view)
    {
        http.Response.Headers.CacheControl = "no-store";
        return view.IsOk ? Page.Of<ClientPage>(new { Data = view.Value }, view.Value.Problem?.Status ?? 200) : view.Problem!.ToPage();
    }

    public async Task<Result<ClientView>> ShowAsync(Actor actor, Guid id, CancellationToken cancel) =>
        await register.FindAsync(actor, id, cancel) is { } card ? new ClientView(card, await FormOfAsync(card, cancel)) : Problem.NotFound;

    public async Task<Result<ClientView>> ChangeAsync(Actor actor, Guid id, ClientInput input, CancellationToken cancel)
    {
        if (await register.FindAsync(actor, id, cancel) is not { } card) return Problem.NotFound;
        var form = input.ToForm(card.Form.Kind);
        if (ClientRules.Check(form) is { } wrong) return new ClientView(card, form, wrong);
        // People would come back as strangers: the sector is chosen once.
        if (form.Kind == ClientKinds.Site && ClientRules.SectorOf(form) != card.Form.Sector)
            return new ClientView(card, form, new Problem("access.client-sector", Resources.Texts.ClientSectorFixed, "sector"));
        var bounds = await Bounds.FindAsync(registry, form, cancel);
        if (!bounds.IsOk) return new ClientView(card, form, bounds.Problem);
        await register.ChangeAsync(actor, id, form, bounds.Value, cancel);
        return await ShowDoneAsync(actor, id, Resources.Texts.ClientSaved, null, cancel);
    }

    public async Task<Result<ClientView>> RotateAsync(Actor actor, Guid id, CancellationToken cancel)
    {
        if (await register.FindAsync(actor, id, cancel) is not { HasSecret: true }) return Problem.NotFound;
        var secret = ClientSecrets.New();
        await register.RotateAsync(actor, id, secret, cancel);
        return await ShowDoneAsync(actor, id, null, secret, cancel);
    }

    public async Task<Result<ClientView>> SwitchAsync(Actor actor, Guid id, bool isOn, CancellationToken cancel)
    {
        if (await register.FindAsync(actor, id, cancel) is null) return Problem.NotFound;
        await register.SwitchAsync(actor, id, isOn, cancel);
        // It is unknown already; this keeps what it held from coming back to life when it is switched on again.
        if (!isOn) await provider.RevokeAllAsync(id, cancel);
        return await ShowDoneAsync(actor, id, isOn ? Resources.Texts.ClientIsOn : Resources.Texts.ClientIsOff, null, cancel);
    }

    private async Task<Result<ClientView>> ShowDoneAsync(Actor actor, Guid id, string? done, string? secret, CancellationToken cancel)
    {
        var shown = await ShowAsync(actor, id, cancel);
        return shown.IsOk ? shown.Value with { Done = done, Secret = secret } : shown;
    }

    private async Task<ClientForm> FormOfAsync(ClientCard card, CancellationToken cancel)
    {
        if (card.OrganisationId is not { } owner) return card.Form;
        var codes = await registry.GetUnitCodesAsync([owner, .. card.UnitIds], cancel);
        return card.Form with { Organisation = codes.GetValueOrDefault(owner, ""), Units = string.Join('\n', card.UnitIds.Select(unit => codes.GetValueOrDefault(unit, ""))) };
    }
}
