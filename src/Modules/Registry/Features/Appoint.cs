using System.Text.Json;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Registry.Resources;
using Npgsql;

namespace MySchool.Registry.Features;

/// <summary>Gives a role by order of another module, which has decided that it may be given.</summary>
internal sealed class Appoint(WorkerDb db, NewPeople people, IClock clock)
{
    private static readonly Dictionary<string, string> KindOf = new()
    {
        [Roles.Teacher] = "school", [Roles.Deputy] = "school", [Roles.Head] = "school", [Roles.Psychologist] = "school", [Roles.Technician] = "school",
        [Roles.SchoolAdministrator] = "school", [Roles.MunicipalCoordinator] = "municipality", [Roles.RegionalCoordinator] = "region",
    };

    public async Task<Result<Guid>> HandleAsync(AppointmentOrder order, CancellationToken cancel)
    {
        if (!KindOf.TryGetValue(order.Role, out var kind)) return Problem.NotFound;
        await using var connection = await db.Source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await NewPeople.FindAnswerAsync(connection, order.OrderId, cancel) is { } answered) return answered;
        if (!await IsOpenUnitAsync(connection, order.UnitId, kind, cancel)) return Problem.NotFound;
        var who = await people.SettleAsync(connection, order.Who, order.ByPerson, order.UnitId, cancel);
        if (!who.IsOk) return who.Problem!;
        await GiveRoleAsync(connection, order, who.Value, cancel);
        await people.AnswerAsync(connection, order.OrderId, who.Value, cancel);
        await transaction.CommitAsync(cancel);
        return who.Value;
    }

    private static async Task<bool> IsOpenUnitAsync(NpgsqlConnection connection, Guid unit, string kind, CancellationToken cancel)
    {
        await using var find = new NpgsqlCommand("select 1 from registry.organisations where id = $1 and kind = $2 and closed_on is null", connection)
        { Parameters = { new() { Value = unit }, new() { Value = kind } } };
        return await find.ExecuteScalarAsync(cancel) is not null;
    }

    private async Task GiveRoleAsync(NpgsqlConnection connection, AppointmentOrder order, Guid person, CancellationToken cancel)
    {
        var row = new { Id = Ids.New(), order.UnitId, PersonId = person, order.Role, order.StartsOn };
        await using var batch = new NpgsqlBatch(connection);
        // Whoever holds the role already keeps it as it is.
        batch.Add("""
            with given as (
              insert into registry.memberships (unit_id, id, person_id, role, starts_on)
              select $1, $2, $3, $4, $5 where not exists (select from registry.memberships
               where unit_id = $1 and person_id = $3 and role = $4 and starts_on <= $5 and (ends_on is null or ends_on >= $5))
              returning id)
            insert into registry.history (id, at, table_name, row_id, school_id, actor_id, old_row, new_row, why)
            select $6, $7, 'memberships', id, $1, $8, null, $9::jsonb, $10 from given
            """, order.UnitId, row.Id, person, order.Role, order.StartsOn, Ids.New(), clock.Now, order.ByPerson,
            JsonSerializer.Serialize(row, Json.Options), order.Why);
        NewPeople.AddAudit(batch, order.ByPerson, RegistryActions.ManageMemberships, clock.Now, order.UnitId, person, $"order {order.OrderId}");
        await batch.ExecuteNonQueryAsync(cancel);
    }
}

/// <summary>Ties a representative to a child by order: the child must be found in that school, and only one may fit.</summary>
internal sealed class AppointGuardian(WorkerDb db, NewPeople people, Kernel.Secrets.IdentifierVault vault, IClock clock)
{
    public async Task<Result<Guid>> HandleAsync(GuardianOrder order, CancellationToken cancel)
    {
        await using var connection = await db.Source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await NewPeople.FindAnswerAsync(connection, order.OrderId, cancel) is { } answered) return answered;
        var children = await FindChildrenAsync(connection, order, cancel);
        if (children.Count != 1)
            return new Problem("registry.child-not-found", children.Count == 0 ? Texts.ChildNotFound : Texts.ChildrenAlike, "child");
        var who = await people.SettleAsync(connection, order.Who, order.ByPerson, order.SchoolId, cancel);
        if (!who.IsOk) return who.Problem!;
        if (who.Value == children[0]) return Problem.NotFound;
        await TieAsync(connection, order, children[0], who.Value, cancel);
        await people.AnswerAsync(connection, order.OrderId, who.Value, cancel);
        await transaction.CommitAsync(cancel);
        return who.Value;
    }

    // СНИЛС from ЕСИА decides alone; without it name and birth date must agree.
    private async Task<List<Guid>> FindChildrenAsync(NpgsqlConnection connection, GuardianOrder order, CancellationToken cancel)
    {
        await using var find = new NpgsqlCommand("""
            select distinct p.id from registry.enrolments e join registry.people p on p.id = e.person_id left join registry.identities i on i.person_id = p.id
             where e.school_id = $1 and e.starts_on <= $2 and (e.ends_on is null or e.ends_on >= $2)
               and (i.snils_hash = $3 or ($3 is null or i.snils_hash is null) and p.birth_date = $4
                    and translate(lower(p.last_name), 'ё', 'е') = translate(lower($5), 'ё', 'е') and translate(lower(p.first_name), 'ё', 'е') = translate(lower($6), 'ё', 'е'))
            """, connection);
        var snils = order.Child.Snils is { } text && Domain.Snils.TryParse(text, out var number) ? vault.Hash(number.Digits) : null;
        find.Parameters.Add(new() { Value = order.SchoolId });
        find.Parameters.Add(new() { Value = order.StartsOn });
        find.Parameters.Add(new() { Value = (object?)snils ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bytea });
        find.Parameters.Add(new() { Value = order.Child.BirthDate });
        find.Parameters.Add(new() { Value = order.Child.Name.Last });
        find.Parameters.Add(new() { Value = order.Child.Name.First });
        await using var reader = await find.ExecuteReaderAsync(cancel);
        return await reader.ReadAllAsync(row => row.GetGuid(0), cancel);
    }

    private async Task TieAsync(NpgsqlConnection connection, GuardianOrder order, Guid child, Guid guardian, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection);
        // A tie that stands, barred by a court or not, is left as it is.
        batch.Add("""
            with tied as (
              insert into registry.guardianships (learner_id, guardian_id, kinship, starts_on)
              select $1, $2, $3, $4 where not exists (select from registry.guardianships
               where learner_id = $1 and guardian_id = $2 and (ends_on is null or ends_on >= $4))
              returning learner_id)
            insert into registry.history (id, at, table_name, row_id, school_id, actor_id, old_row, new_row, why)
            select $5, $6, 'guardianships', learner_id, $7, $8, null, $9::jsonb, null from tied
            """, child, guardian, order.Kinship, order.StartsOn, Ids.New(), clock.Now, order.SchoolId, order.ByPerson,
            JsonSerializer.Serialize(new { LearnerId = child, GuardianId = guardian, order.Kinship, order.StartsOn }, Json.Options));
        NewPeople.AddAudit(batch, order.ByPerson, RegistryActions.ManageGuardians, clock.Now, order.SchoolId, child, $"order {order.OrderId}");
        await batch.ExecuteNonQueryAsync(cancel);
    }
}
