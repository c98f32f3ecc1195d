using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using Npgsql;

namespace MySchool.Registry.Features.Exchange;

/// <summary>A place of a person in the country's schools, as ГИС РУО tells of it.</summary>
/// <param name="Region">Name of the region.</param>
/// <param name="School">The school or office.</param>
/// <param name="Class">«7А», or null for those who do not learn.</param>
/// <param name="Role">Code of the role.</param>
internal sealed record PersonPlace(string? Region, PlaceSchool School, string? Class, string Role)
{
    /// <summary>ОКТМО of the region: by it a node knows which diary to ask.</summary>
    public string? RegionCode { get; init; }
}

/// <summary>A school as ГИС РУО tells of it.</summary>
internal sealed record PlaceSchool(Guid Id, string Name, string? Address, string? Ogrn);

/// <summary>The СНИЛС as a keyed hash: see docs/api.md for how a system makes it.</summary>
/// <param name="SnilsHash">HMAC-SHA256 of the eleven digits, base64.</param>
internal sealed record SnilsQuestion(string? SnilsHash);

/// <summary>
/// Where a person learns or works, for a system that has a legal basis and the person's consent. Without consent the answer is
/// that of an unknown person, made by the same steps. Each question is written down for the person to see.
/// </summary>
internal sealed class LookUpPlaces(FactsDb facts, ReadingAudit audit, IConsents consents, IClock clock)
{
    private const int HashBytes = 32;
    private const int LongestOid = 40;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/ruo/v1/persons/{esiaOid}", async (string esiaOid, HttpContext http, LookUpPlaces feature, CancellationToken cancel) =>
            Results.Json(await feature.HandleAsync(http.RequireActor(), "esia_oid", esiaOid.Length <= LongestOid ? esiaOid : "", cancel), Json.Options))
            .Allow(RegistryActions.LookUpPlaces).ForPrograms(ApiScopes.Ruo);
        routes.MapPost("/api/ruo/v1/persons/find", async (SnilsQuestion question, HttpContext http, LookUpPlaces feature, CancellationToken cancel) =>
        {
            var hash = new byte[HashBytes];
            if (!Convert.TryFromBase64String(question.SnilsHash ?? "", hash, out var length) || length != HashBytes)
                return new Problem("registry.snils-hash", Resources.Texts.SnilsHashWrong, "snilsHash", 400).ToJson();
            return Results.Json(await feature.HandleAsync(http.RequireActor(), "snils_hash", hash, cancel), Json.Options);
        }).Allow(RegistryActions.LookUpPlaces).ForPrograms(ApiScopes.Ruo);
    }

    public async Task<ImmutableArray<PersonPlace>> HandleAsync(Actor actor, string column, object value, CancellationToken cancel)
    {
        var rows = await FindAsync(column, value, cancel);
        var person = rows.FirstOrDefault()?.PersonId;
        // Asked even of nobody, so that a refusal takes the same steps.
        var mayTell = await consents.IsOpenAsync(RegistryFlows.LookUp, person ?? Guid.Empty, rows.FirstOrDefault()?.Voices ?? [], cancel) && person is not null;
        ImmutableArray<PersonPlace> told = mayTell ? [.. rows.Where(row => row.HoldsOn(clock.Now) && IsOpen(actor, row)).Select(row => row.Place!)] : [];
        await audit.NoteAsync(actor, RegistryActions.LookUpPlaces, null, person, $"{actor.Hat.UnitId} {(mayTell ? told.Length : "refused")}");
        return told;
    }

    private static bool IsOpen(Actor actor, Row row) => Decide.Allows(
        actor, RegistryActions.LookUpPlaces, [new(Places.School, row.UnitId), .. row.Above.Select(unit => new Coordinate(Places.Territory, unit))]);

    // A probe of identities, then of enrolments_person and memberships_person; the tree by its keys. One row without a place
    // stands for a known person who has none.
    private async Task<List<Row>> FindAsync(string column, object value, CancellationToken cancel)
    {
        await using var find = facts.Source.CreateCommand($"""
            with who as (select person_id from registry.identities where {column} = $1), places as (
              select e.person_id, e.school_id as unit_id, 'learner' as role, c.grade || c.letter as class, e.starts_on, e.ends_on
                from who join registry.enrolments e using (person_id) join registry.classes c on c.school_id = e.school_id and c.id = e.class_id
               where e.starts_on <= $2 and (e.ends_on is null or e.ends_on >= $3)
              union all
              select m.person_id, m.unit_id, m.role, null, m.starts_on, m.ends_on from who join registry.memberships m using (person_id)
               where m.starts_on <= $2 and (m.ends_on is null or m.ends_on >= $3))
            select who.person_id, p.unit_id, p.role, p.class, p.starts_on, p.ends_on, o.name, o.address, o.ogrn, o.time_zone, up.units, up.region,
                   registry.voices_of(who.person_id, $4), up.region_code
              from who left join places p using (person_id) left join registry.organisations o on o.id = p.unit_id
              left join lateral (
                select array_agg(c.ancestor_id) as units, min(a.name) filter (where a.kind = 'region') as region,
                       min(a.oktmo) filter (where a.kind = 'region') as region_code
                  from registry.unit_closure c join registry.organisations a on a.id = c.ancestor_id where c.descendant_id = p.unit_id) up on true
             order by p.role, o.name limit 50
            """);
        var today = DateOnly.FromDateTime(clock.Now.UtcDateTime);
        foreach (var parameter in (object[])[value, today.AddDays(1), today.AddDays(-1), clock.Now]) find.Parameters.Add(new NpgsqlParameter { Value = parameter });
        await using var reader = await find.ExecuteReaderAsync(cancel);
        return await reader.ReadAllAsync(Read, cancel);
    }

    private static Row Read(NpgsqlDataReader row) => row.IsDBNull(1)
        ? new(row.GetGuid(0), Guid.Empty, [], null, default, null, TimeZones.Capital, row.GetFieldValue<Guid[]>(12))
        : new(row.GetGuid(0), row.GetGuid(1), row.GetFieldValue<Guid[]>(10),
            new(row.Text(11), new(row.GetGuid(1), row.GetString(6), row.Text(7), row.Text(8)), row.Text(3), row.GetString(2)) { RegionCode = row.Text(13) },
            row.GetFieldValue<DateOnly>(4), row.Maybe<DateOnly>(5), row.GetString(9), row.GetFieldValue<Guid[]>(12));

    private sealed record Row(Guid PersonId, Guid UnitId, Guid[] Above, PersonPlace? Place, DateOnly From, DateOnly? To, string TimeZone, Guid[] Voices)
    {
        public bool HoldsOn(DateTimeOffset now) => Place is not null && RegistryRows.DateIn(now, TimeZone) is var today && From <= today && (To is null || To >= today);
    }
}
