using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using Npgsql;
using NpgsqlTypes;

namespace MySchool.Registry.Features.Doubles;

/// <summary>Choices of the form: for each field <c>survivor</c> or <c>former</c>.</summary>
internal sealed record MergeForm(
    [property: FromForm(Name = "last_name")] string? LastName, [property: FromForm(Name = "first_name")] string? FirstName,
    [property: FromForm(Name = "middle_name")] string? MiddleName, [property: FromForm(Name = "birth_date")] string? BirthDate,
    [property: FromForm(Name = "gender")] string? Gender)
{
    public ImmutableArray<string> FromFormer =>
    [
        .. new (string Name, string? Side)[] { ("last_name", LastName), ("first_name", FirstName), ("middle_name", MiddleName), ("birth_date", BirthDate), ("gender", Gender) }
            .Where(choice => choice.Side == "former").Select(choice => choice.Name),
    ];
}

/// <summary>The person's own rows in a merge: kept as they were, written, put back.</summary>
internal static class MergedPerson
{
    /// <summary>Keeps both people and their identifiers as they are, then writes the fields chosen and brings the СНИЛС and the source's id along.</summary>
    public static void AddMerge(NpgsqlBatch batch, Guid survivor, Guid former, Guid merge, string[] taken)
    {
        batch.Add("""
            insert into registry.merge_rows (merge_id, table_name, column_name, is_folded, row)
            select $3, 'people', 'id', false, to_jsonb(p) from registry.people p where p.id in ($1, $2)
            union all
            select $3, 'identities', 'person_id', false, to_jsonb(i) from registry.identities i where i.person_id in ($1, $2)
            """, survivor, former, merge);
        batch.Add("update registry.people set source_id = null where id = $2 and exists (select from registry.people where id = $1 and source_id is null)", survivor, former);
        batch.Add("""
            update registry.people s set
              last_name = case when 'last_name' = any($3) then f.last_name else s.last_name end, first_name = case when 'first_name' = any($3) then f.first_name else s.first_name end,
              middle_name = case when 'middle_name' = any($3) then f.middle_name else s.middle_name end, birth_date = case when 'birth_date' = any($3) then f.birth_date else s.birth_date end,
              gender = case when 'gender' = any($3) then f.gender else s.gender end,
              source_id = coalesce(s.source_id, (select m.row ->> 'source_id' from registry.merge_rows m where m.merge_id = $4 and m.table_name = 'people' and (m.row ->> 'id')::uuid = $2))
              from registry.people f where s.id = $1 and f.id = $2
            """, survivor, former, new NpgsqlParameter { Value = taken, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text }, merge);
        // A СНИЛС follows the person; the unique index wants it taken before it is given.
        batch.Add("delete from registry.identities where person_id = $1", former);
        batch.Add("""
            insert into registry.identities (person_id, snils_hash, snils_cipher, esia_oid, bound_at)
            select $1, r.snils_hash, r.snils_cipher, r.esia_oid, r.bound_at from registry.merge_rows m cross join lateral jsonb_populate_record(null::registry.identities, m.row) r
             where m.merge_id = $3 and m.table_name = 'identities' and r.person_id = $2
            on conflict (person_id) do update set
              snils_hash = coalesce(identities.snils_hash, excluded.snils_hash), snils_cipher = case when identities.snils_hash is null then excluded.snils_cipher else identities.snils_cipher end,
              esia_oid = coalesce(identities.esia_oid, excluded.esia_oid), bound_at = case when identities.esia_oid is null then excluded.bound_at else identities.bound_at end
            """, survivor, former, merge);
    }

    /// <summary>Puts both people back. A field of the survivor that was edited since stays edited.</summary>
    public static void AddParting(NpgsqlBatch batch, Guid survivor, Guid former, Guid merge)
    {
        batch.Add("""
            with was as (select r.* from registry.merge_rows m cross join lateral jsonb_populate_record(null::registry.people, m.row) r where m.merge_id = $3 and m.table_name = 'people'),
            other as (select * from was where id = $2)
            update registry.people s set
              last_name = case when s.last_name = o.last_name then w.last_name else s.last_name end, first_name = case when s.first_name = o.first_name then w.first_name else s.first_name end,
              middle_name = case when s.middle_name = o.middle_name then w.middle_name else s.middle_name end,
              birth_date = case when s.birth_date is not distinct from o.birth_date then w.birth_date else s.birth_date end,
              gender = case when s.gender is not distinct from o.gender then w.gender else s.gender end, source_id = w.source_id
              from was w cross join other o where s.id = $1 and w.id = $1
            """, survivor, former, merge);
        batch.Add("""
            update registry.people p set source_id = r.source_id from registry.merge_rows m cross join lateral jsonb_populate_record(null::registry.people, m.row) r
             where m.merge_id = $3 and m.table_name = 'people' and r.id = $2 and p.id = $2
            """, survivor, former, merge);
        // The account that came with the row that goes back goes with it.
        batch.Add("""
            update registry.identities i set esia_oid = null, bound_at = null where i.person_id = $1 and i.esia_oid = (
              select m.row ->> 'esia_oid' from registry.merge_rows m where m.merge_id = $3 and m.table_name = 'identities' and (m.row ->> 'person_id')::uuid = $2)
            """, survivor, former, merge);
        // A number the survivor has got since is the survivor's own.
        batch.Add("""
            delete from registry.identities i where i.person_id = $1 and i.esia_oid is null
               and (i.snils_hash is null or exists (select from registry.merge_rows m cross join lateral jsonb_populate_record(null::registry.identities, m.row) r
                                                     where m.merge_id = $3 and m.table_name = 'identities' and r.snils_hash = i.snils_hash))
            """, survivor, former, merge);
        batch.Add("""
            update registry.identities i set snils_hash = null, snils_cipher = null
             where i.person_id = $1 and not exists (select from registry.merge_rows m cross join lateral jsonb_populate_record(null::registry.identities, m.row) r
               where m.merge_id = $3 and m.table_name = 'identities' and r.person_id = $1 and r.snils_hash is not null)
               and exists (select from registry.merge_rows m cross join lateral jsonb_populate_record(null::registry.identities, m.row) r
               where m.merge_id = $3 and m.table_name = 'identities' and r.person_id = $2 and r.snils_hash = i.snils_hash)
            """, survivor, former, merge);
        batch.Add("""
            insert into registry.identities select r.* from registry.merge_rows m cross join lateral jsonb_populate_record(null::registry.identities, m.row) r
             where m.merge_id = $3 and m.table_name = 'identities' on conflict (person_id) do nothing
            """, survivor, former, merge);
    }

    /// <summary>A line of history for each of the two: which went where, and how the survivor is written now.</summary>
    public static void AddHistory(NpgsqlBatch batch, Actor actor, Guid merge, Guid survivor, Guid former, Guid? school, DateTimeOffset at, string why) => batch.Add("""
        insert into registry.history (id, at, table_name, row_id, school_id, actor_id, old_row, new_row, why)
        select registry.uuid7(), $4, 'people', p.id, $5, $6, m.row, to_jsonb(p) || jsonb_build_object('mergeId', $3, 'survivorId', $1), $7
          from registry.people p join registry.merge_rows m on m.merge_id = $3 and m.table_name = 'people' and (m.row ->> 'id')::uuid = p.id where p.id in ($1, $2)
        """, survivor, former, merge, at, Maybe.Uuid(school), actor.PersonId, why);
}
