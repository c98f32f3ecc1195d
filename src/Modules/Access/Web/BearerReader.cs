using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Access.Keys;
using MySchool.Access.Resources;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using Npgsql;

namespace MySchool.Access.Web;

/// <summary>
/// Turns a system's token into an actor whose ties are the units of its registration, so that both walls judge it like anybody
/// else. Tokens are looked up at every request: revoked, expired or of a client switched off, they are gone at the next one.
/// Keys that people have issued for themselves pass here too, to routes that name a scope of theirs and to no other.
/// </summary>
internal sealed class BearerReader(RequestDelegate next, FactsDb db, ReadKeyBook keys, IClock clock)
{
    private const string Prefix = "Bearer ";
    private const int LongestToken = 200;

    // Three probes by unique keys.
    private const string Sql = """
        select c.id, c.organisation_id, c.unit_ids, s.scopes from access.client_tokens t
        join access.client_sign_ins s on s.id = t.authorization_id and s.status = 'valid'
        join access.clients c on c.id = t.application_id and c.disabled_at is null and c.kind = 'system'
        where t.reference_id = $1 and t.status = 'valid' and t.expiration_date > $2
        """;

    public async Task InvokeAsync(HttpContext context, IRegistry registry)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<ProgramRoute>() is not { Scopes: { Length: > 0 } scopes })
        {
            await next(context);
            return;
        }
        context.Response.Headers.CacheControl = "no-store";
        if (scopes is [var own] && KeyScopes.All.Contains(own))
        {
            await OpenKeyAsync(context, own, registry);
            return;
        }
        var caller = await FindAsync(context);
        if (caller is not { } found) await RefuseAsync(context, 401, "invalid_token", new("access.token", Texts.TokenWrong, null, 401));
        else if (!found.Scopes.Intersect(scopes).Any()) await RefuseAsync(context, 403, $"insufficient_scope\", scope=\"{scopes[0]}", new("access.scope", Texts.TokenScopeMissing, null, 403));
        else
        {
            context.Features.Set(found.Actor);
            await next(context);
        }
    }

    private async Task OpenKeyAsync(HttpContext context, string scope, IRegistry registry)
    {
        var isLink = scope == KeyScopes.Calendar;
        var opened = await keys.OpenAsync(isLink ? context.GetRouteValue("secret") as string : TokenOf(context), scope, registry, context.GetAddress(), context.RequestAborted);
        if (opened is null)
        {
            // A link that is revoked looks like one that never was.
            await (isLink ? Problem.NotFound.ToJson().ExecuteAsync(context) : RefuseAsync(context, 401, "invalid_token", new("access.token", Texts.TokenWrong, null, 401)));
            return;
        }
        context.Features.Set(opened.Key);
        context.Features.Set(opened.Actor);
        context.Features.Set(opened.Person);
        await next(context);
    }

    private static string? TokenOf(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        return header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) && header.Length <= LongestToken ? header[Prefix.Length..] : null;
    }

    private async Task<(Actor Actor, string[] Scopes)?> FindAsync(HttpContext context)
    {
        if (TokenOf(context) is not { } token) return null;
        await using var find = db.Source.CreateCommand(Sql);
        // The same form in which OpenIddict keeps it.
        find.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(token))) });
        find.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = clock.Now.UtcDateTime });
        await using var reader = await find.ExecuteReaderAsync(context.RequestAborted);
        if (!await reader.ReadAsync(context.RequestAborted)) return null;
        var ties = reader.GetFieldValue<Guid[]>(2).SelectMany(unit => (Tie[])[new(Relations.Reads, new(Places.Territory, unit)), new(Relations.Reads, new(Places.School, unit))]);
        var actor = new Actor(
            reader.GetGuid(0), Guid.Empty, new Hat(Roles.OutsideSystem, reader.GetGuid(1)), ties, DateOnly.FromDateTime(clock.NowIn(TimeZones.Capital).DateTime), context.GetAddress());
        return (actor, System.Text.Json.JsonSerializer.Deserialize<string[]>(reader.GetString(3)) ?? []);
    }

    // RFC 6750, 3.1.
    private static Task RefuseAsync(HttpContext context, int status, string error, Problem problem)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.WWWAuthenticate = $"Bearer error=\"{error}\"";
        return problem.ToJson().ExecuteAsync(context);
    }
}
