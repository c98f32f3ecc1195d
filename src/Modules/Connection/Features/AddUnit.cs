using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Connection.Domain;
using MySchool.Connection.Pages;
using MySchool.Connection.Resources;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Connection.Features;

/// <summary>What a coordinator types of a new unit.</summary>
/// <param name="Key">Identity of the unit to be: the same on a retry.</param>
/// <param name="Kind">school, municipality or region.</param>
/// <param name="Name">Full name.</param>
/// <param name="ShortName">Short name.</param>
/// <param name="Ogrn">ОГРН, a school's only.</param>
/// <param name="Inn">ИНН, a school's only.</param>
/// <param name="Oktmo">ОКТМО; empty takes the number of the territory above.</param>
/// <param name="Address">A school's postal address.</param>
internal sealed record AddUnitRequest(
    [FromForm(Name = "key")] Guid? Key, [FromForm(Name = "kind")] string? Kind, [FromForm(Name = "name")] string? Name, [FromForm(Name = "shortName")] string? ShortName,
    [FromForm(Name = "ogrn")] string? Ogrn, [FromForm(Name = "inn")] string? Inn, [FromForm(Name = "oktmo")] string? Oktmo, [FromForm(Name = "address")] string? Address);

/// <summary>The form: under which territory, what may stand there, what was typed.</summary>
internal sealed record AddUnitScreen(NamedPlace Above, IReadOnlyList<string> Kinds, AddUnitRequest Typed, Problem? Refusal);

/// <summary>Adds a school or a territory under a territory of one's own; what comes next is an invitation to whoever will answer for it.</summary>
internal sealed class AddUnit(AppDb db, IAppointments appointments)
{
    private const int LongestAddress = 400;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/connection/units/{id:guid}/add", async (Guid id, HttpContext http, AddUnit handler, CancellationToken cancel) =>
            await handler.FindAboveAsync(http.RequireActor(), id, cancel) is { } above
                ? Show(above, new AddUnitRequest(Ids.New(), null, null, null, null, null, null, null), null) : Problem.NotFound.ToPage()).Allow(ConnectionActions.AddUnit);
        routes.MapPost("/connection/units/{id:guid}/add", async (Guid id, [AsParameters] AddUnitRequest form, HttpContext http, AddUnit handler, CancellationToken cancel) =>
        {
            if (await handler.FindAboveAsync(http.RequireActor(), id, cancel) is not { } above) return Problem.NotFound.ToPage();
            var done = await handler.HandleAsync(http.RequireActor(), above, form, cancel);
            return done.IsOk ? Results.Redirect($"/connection/units/{id}?done=added-{done.Value}") : Show(above, form, done.Problem);
        }).Allow(ConnectionActions.AddUnit);
    }

    /// <summary>What may be added under a territory of a kind.</summary>
    public static IReadOnlyList<string> KindsUnder(string kind) => kind switch
    {
        "country" => ["region"],
        "region" => ["municipality", "school"],
        "municipality" => ["school"],
        _ => [],
    };

    /// <summary>The territory to add under, or null when it is not the actor's or nothing stands under it.</summary>
    public async Task<NamedPlace?> FindAboveAsync(Actor actor, Guid unit, CancellationToken cancel) =>
        await db.FindPlaceAsync(actor, unit, cancel) is { } found && KindsUnder(found.Place.Kind).Count > 0
            && Decide.Allows(actor, ConnectionActions.AddUnit, [.. found.Place.Above.Prepend(found.Place.Id).Select(id => new Coordinate(Places.Territory, id))])
                ? found : null;

    /// <summary>Orders the unit from the registry; the same key twice adds one.</summary>
    public async Task<Result<Guid>> HandleAsync(Actor actor, NamedPlace above, AddUnitRequest form, CancellationToken cancel)
    {
        var kinds = KindsUnder(above.Place.Kind);
        var kind = kinds.Count == 1 ? kinds[0] : form.Kind;
        if (kind is null || !kinds.Contains(kind)) return new Problem("connection.kind-missing", Texts.AddKindMissing, "kind");
        var isSchool = kind == "school";
        var (ogrn, inn, oktmo, address) = (Digits(form.Ogrn), Digits(form.Inn), Digits(form.Oktmo), (form.Address ?? "").Trim());
        if (isSchool && ogrn is null) return new Problem("connection.ogrn-missing", Texts.AddOgrnMissing, "ogrn");
        if (!isSchool && oktmo is null) return new Problem("connection.oktmo-missing", Texts.AddOktmoMissing, "oktmo");
        if (address.Length > LongestAddress) return new Problem("connection.address-long", Texts.AddAddressLong, "address");
        if (oktmo is not null && !Oktmo.IsNumber(oktmo)) return new Problem("connection.oktmo-odd", Texts.AddOktmoOdd, "oktmo");
        if (oktmo is not null && !Oktmo.Lies(oktmo, above.Number)) return new Problem("connection.oktmo-foreign", Words.Say(Texts.AddOktmoForeign, above.Number), "oktmo");
        if (form.Key is not { } key || key == Guid.Empty) return new Problem("connection.key-missing", Texts.AddKeyMissing);
        return await appointments.AddOrganisationAsync(new OrganisationOrder(key, above.Place.Id, kind, form.Name ?? "", form.ShortName ?? "", IsDemo: false, actor.PersonId)
        {
            Oktmo = oktmo, Ogrn = isSchool ? ogrn : null, Inn = isSchool ? inn : null, Address = isSchool && address.Length > 0 ? address : null,
        }, cancel);
    }

    private static IResult Show(NamedPlace above, AddUnitRequest typed, Problem? refusal) =>
        Page.Of<AddUnitPage>(new { Data = new AddUnitScreen(above, KindsUnder(above.Place.Kind), typed, refusal) }, refusal?.Status ?? 200);

    // Numbers are copied from papers with spaces in them.
    private static string? Digits(string? text) => (text ?? "").Replace(" ", "", StringComparison.Ordinal) is { Length: > 0 } number ? number : null;
}
