using System.Globalization;
using System.Security.Claims;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using MySchool.StandIns.Esia.People;

namespace MySchool.StandIns.Esia.Protocol;

/// <summary>The data of the person whose access token it is, in ЕСИА's shapes.</summary>
internal static class PersonRoutes
{
    public static void MapPersons(this IEndpointRouteBuilder routes)
    {
        var person = routes.MapGroup("/rs/prns/{oid}").AddEndpointFilter(DemandTokenAsync);
        person.MapGet("", async (string oid, Population people) => await people.FindAsync(oid) is { } found ? Results.Json(Card(found)) : Results.NotFound());
        person.MapGet("/ctts", (string oid, Population people) => ListAsync(oid, people, Contacts));
        person.MapGet("/roles", (string oid, Population people) => ListAsync(oid, people, Roles));
        person.MapGet("/kids", KidsAsync);
    }

    private static async ValueTask<object?> DemandTokenAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var header = http.Request.Headers.Authorization.ToString();
        if (!header.StartsWith("Bearer ", StringComparison.Ordinal)) return Results.Unauthorized();
        var keys = http.RequestServices.GetRequiredService<TokenKeys>();
        var outcome = await new JsonWebTokenHandler().ValidateTokenAsync(header["Bearer ".Length..], new TokenValidationParameters
        {
            ValidIssuer = http.RequestServices.GetRequiredService<IOptions<Settings>>().Value.Issuer,
            ValidateAudience = false,
            IssuerSigningKey = keys.Key,
            ValidAlgorithms = [SecurityAlgorithms.RsaSha256],
        });
        if (!outcome.IsValid) return Results.Unauthorized();
        var owner = new ClaimsPrincipal(outcome.ClaimsIdentity).FindFirstValue("urn:esia:sbj_id");
        return owner == (string?)http.Request.RouteValues["oid"] ? await next(context) : Results.StatusCode(403);
    }

    private static async Task<IResult> ListAsync(string oid, Population people, Func<Person, IReadOnlyList<object>> read) =>
        await people.FindAsync(oid) is { } found ? Collection(read(found)) : Results.NotFound();

    private static async Task<IResult> KidsAsync(string oid, Population people)
    {
        if (await people.FindAsync(oid) is not { } parent) return Results.NotFound();
        var kids = new List<object>();
        foreach (var kid in parent.Kids)
            if (await people.FindAsync(kid) is { } found) kids.Add(Card(found));
        return Collection(kids);
    }

    private static IResult Collection(IReadOnlyList<object> elements) => Results.Json(new { size = elements.Count, elements });

    private static object Card(Person person) => new
    {
        oid = long.Parse(person.Oid, CultureInfo.InvariantCulture),
        firstName = person.FirstName,
        lastName = person.LastName,
        middleName = person.MiddleName.Length == 0 ? null : person.MiddleName,
        birthDate = person.BirthDate,
        gender = person.Gender,
        trusted = person.Trusted,
        citizenship = "RUS",
        snils = person.Snils.Length == 0 ? null : person.Snils,
    };

    private static List<object> Contacts(Person person)
    {
        var contacts = new List<object>();
        if (person.Email is { } email) contacts.Add(new { id = 1, type = "EML", vrfStu = "VERIFIED", value = email });
        if (person.Mobile is { } mobile) contacts.Add(new { id = 2, type = "MBT", vrfStu = "VERIFIED", value = mobile });
        return contacts;
    }

    private static List<object> Roles(Person person) =>
        [.. person.Roles.Select(role => (object)new
        {
            oid = long.Parse(role.Oid, CultureInfo.InvariantCulture),
            prnOid = long.Parse(person.Oid, CultureInfo.InvariantCulture),
            fullName = role.FullName,
            shortName = role.ShortName,
            ogrn = role.Ogrn,
            chief = false,
            admin = false,
        })];
}
