using System.Collections.Immutable;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Secrets;
using MySchool.Registry.Domain;
using MySchool.Registry.Features;
using Npgsql;

namespace MySchool.Registry;

/// <summary>Answers other modules' questions.</summary>
internal sealed class RegistryService(
    LoadFacts facts, ReadRoster roster, ReadUnits units, AppDb app, FactsDb db, IdentifierVault vault) : IRegistry
{
    public Task<PersonFacts?> GetFactsAsync(Guid personId, Hat? worn, DateTimeOffset now, CancellationToken cancel) =>
        facts.HandleAsync(personId, worn, now, cancel);

    public void AddVersion(NpgsqlBatch batch, FactsBasis basis) => LoadFacts.AddVersion(batch, basis);

    public async Task<GroupRoster?> GetRosterAsync(Actor actor, Guid groupId, CancellationToken cancel) =>
        await actor.KeepAsync(groupId, () => roster.HandleAsync(actor, groupId, cancel));

    public Task<LearnerFacts?> GetLearnerAsync(Actor actor, Guid learnerId, DateTimeOffset now, CancellationToken cancel) =>
        new ReadLearner(app).HandleAsync(actor, learnerId, now, cancel);

    public Task<ImmutableArray<Guid>> GetTerritoriesAsync(Guid schoolId, CancellationToken cancel) =>
        units.TerritoriesAsync(schoolId, cancel);

    public Task<IReadOnlyList<UnitSummary>> GetUnitsBelowAsync(Guid unitId, CancellationToken cancel) =>
        units.BelowAsync(unitId, cancel);

    public Task<SchoolRosters?> GetSchoolRostersAsync(Actor actor, Guid schoolId, Guid? classId, CancellationToken cancel) =>
        roster.OfSchoolAsync(actor, schoolId, classId, cancel);

    public Task<IReadOnlyList<SchoolGroup>> GetSchoolGroupsAsync(Actor actor, Guid schoolId, CancellationToken cancel) =>
        units.GroupsAsync(actor, schoolId, cancel);

    public async Task<IReadOnlyDictionary<Guid, string>> GetGroupTitlesAsync(IReadOnlyCollection<Guid> groupIds, CancellationToken cancel)
    {
        await using var find = db.Source.CreateCommand("""
            select g.id, s.name || ', ' || c.grade || c.letter || case when g.name = '' then '' else ', ' || g.name end
              from registry.teaching_groups g join registry.subjects s on s.id = g.subject_id join registry.classes c on c.id = g.class_id
             where g.id = any ($1)
            """);
        find.Parameters.Add(new() { Value = groupIds.ToArray() });
        await using var reader = await find.ExecuteReaderAsync(cancel);
        return (await reader.ReadAllAsync(row => (Id: row.GetGuid(0), Title: row.GetString(1)), cancel)).ToDictionary(row => row.Id, row => row.Title);
    }

    public async Task<Guid?> FindByEsiaAsync(string esiaOid, CancellationToken cancel)
    {
        await using var find = db.Source.CreateCommand("select person_id from registry.identities where esia_oid = $1");
        find.Parameters.Add(new() { Value = esiaOid });
        return await find.ExecuteScalarAsync(cancel) as Guid?;
    }

    public async Task<string?> FindEsiaOidAsync(Guid personId, CancellationToken cancel)
    {
        await using var find = db.Source.CreateCommand("select esia_oid from registry.identities where person_id = $1");
        find.Parameters.Add(new() { Value = personId });
        return await find.ExecuteScalarAsync(cancel) as string;
    }

    public Task<IReadOnlyDictionary<string, Guid>> FindUnitsAsync(IReadOnlyCollection<string> codes, CancellationToken cancel) => units.FindAsync(codes, cancel);

    public Task<IReadOnlyDictionary<Guid, string>> GetUnitCodesAsync(IReadOnlyCollection<Guid> unitIds, CancellationToken cancel) => units.CodesAsync(unitIds, cancel);

    public async Task<DateOnly?> GetBirthDateAsync(Guid personId, CancellationToken cancel)
    {
        await using var find = db.Source.CreateCommand("select birth_date from registry.people where id = $1");
        find.Parameters.Add(new() { Value = personId });
        await using var reader = await find.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? reader.Maybe<DateOnly>(0) : null;
    }

    public async Task<bool> MaySpeakForAsync(IReadOnlyCollection<Guid> people, Guid personId, DateTimeOffset now, CancellationToken cancel)
    {
        await using var find = db.Source.CreateCommand("select $1 && registry.voices_of($2, $3)");
        foreach (var value in (object[])[people.ToArray(), personId, now]) find.Parameters.AddWithValue(value);
        return (bool)(await find.ExecuteScalarAsync(cancel))!;
    }

    public async Task<Guid?> BindEsiaAsync(string esiaOid, string snils, CancellationToken cancel)
    {
        if (!Snils.TryParse(snils, out var number)) return null;
        await using var bind = db.Source.CreateCommand(
            "update registry.identities set esia_oid = $1, bound_at = now() where snils_hash = $2 and esia_oid is null returning person_id");
        bind.Parameters.Add(new() { Value = esiaOid });
        bind.Parameters.Add(new() { Value = vault.Hash(number.Digits) });
        try
        {
            return await bind.ExecuteScalarAsync(cancel) as Guid?;
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            // The account came to somebody else in the meantime, by another door: the two may be one.
            await using var note = db.Source.CreateCommand("""
                insert into registry.double_signals (left_id, right_id, kind, at)
                select least(a.person_id, b.person_id), greatest(a.person_id, b.person_id), 'esia', now()
                  from registry.identities a join registry.identities b on b.snils_hash = $2 where a.esia_oid = $1 and a.person_id <> b.person_id
                on conflict do nothing
                """);
            note.Parameters.Add(new() { Value = esiaOid });
            note.Parameters.Add(new() { Value = vault.Hash(number.Digits) });
            await note.ExecuteNonQueryAsync(cancel);
            return null;
        }
    }

    public async Task<IReadOnlyDictionary<Guid, PersonName>> GetNamesAsync(Actor actor, IReadOnlyCollection<Guid> personIds, CancellationToken cancel)
    {
        var names = await NamesAsync(actor, personIds, cancel);
        // Whoever is not found may have been merged since: then the card that stayed gives the name, if it is open.
        var gone = personIds.Where(id => !names.ContainsKey(id)).ToArray();
        if (gone.Length == 0 || await FindSurvivorsAsync(gone, cancel) is not { Count: > 0 } survivors) return names;
        var known = await NamesAsync(actor, [.. survivors.Values.Distinct()], cancel);
        foreach (var (former, survivor) in survivors)
            if (known.TryGetValue(survivor, out var name)) names[former] = name;
        return names;
    }

    public async Task<IReadOnlyDictionary<Guid, Guid>> FindSurvivorsAsync(IReadOnlyCollection<Guid> personIds, CancellationToken cancel)
    {
        await using var find = db.Source.CreateCommand("""
            with recursive up as (
              select former_id, person_id, 1 as depth from registry.former_ids where former_id = any($1)
              union all
              select up.former_id, f.person_id, depth + 1 from up join registry.former_ids f on f.former_id = up.person_id where depth < 20)
            select distinct on (former_id) former_id, person_id from up order by former_id, depth desc
            """);
        find.Parameters.Add(new() { Value = personIds.ToArray() });
        await using var reader = await find.ExecuteReaderAsync(cancel);
        return (await reader.ReadAllAsync(row => (Former: row.GetGuid(0), Survivor: row.GetGuid(1)), cancel)).ToDictionary(row => row.Former, row => row.Survivor);
    }

    private Task<Dictionary<Guid, PersonName>> NamesAsync(Actor actor, IReadOnlyCollection<Guid> ids, CancellationToken cancel) => app.ReadAsync(
        actor,
        batch => batch.Add("select id, last_name, first_name, middle_name from registry.people where id = any($1)", ids.ToArray()),
        async (reader, token) => (await reader.ReadAllAsync(r => (Id: r.GetGuid(0), Name: RegistryRows.Name(r, 1)), token)).ToDictionary(p => p.Id, p => p.Name),
        cancel);
}
