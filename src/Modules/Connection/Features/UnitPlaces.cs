using MySchool.Connection.Domain;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Connection.Features;

/// <summary>A unit by name.</summary>
internal sealed record NamedPlace(Place Place, string Name, string ShortName, string? Number);

/// <summary>Finds units of the module's own tree, under the actor's scopes.</summary>
internal static class UnitPlaces
{
    /// <summary>A unit that is open to the actor, or null.</summary>
    public static async Task<NamedPlace?> FindPlaceAsync(this AppDb db, Actor actor, Guid unit, CancellationToken cancel) =>
        (await db.ReadAsync(actor, batch => batch.Add("""
            select school_id, 'school', territory_ids, name, short_name, ogrn from connection.schools where school_id = $1 and not is_closed
            union all select unit_id, kind, territory_ids, name, short_name, oktmo from connection.units where unit_id = $1
            """, unit), (reader, token) => reader.ReadAllAsync(Read, token), cancel)).FirstOrDefault();

    /// <summary>Units with these ОГРН or ОКТМО that are open to the actor; a number that means several units is absent.</summary>
    public static async Task<IReadOnlyDictionary<string, NamedPlace>> FindByNumbersAsync(this AppDb db, Actor actor, string[] numbers, CancellationToken cancel) =>
        (await db.ReadAsync(actor, batch => batch.Add("""
            select school_id, 'school', territory_ids, name, short_name, ogrn from connection.schools where ogrn = any($1) and not is_closed
            union all select unit_id, kind, territory_ids, name, short_name, oktmo from connection.units where oktmo = any($1) and kind <> 'country'
            """, numbers), (reader, token) => reader.ReadAllAsync(Read, token), cancel))
            .GroupBy(place => place.Number!).Where(same => same.Count() == 1).ToDictionary(same => same.Key, same => same.First());

    private static NamedPlace Read(NpgsqlDataReader row) => new(
        new Place(row.GetGuid(0), row.GetString(1), row.GetFieldValue<Guid[]>(2)), row.GetString(3), row.GetString(4), row.Text(5));
}
