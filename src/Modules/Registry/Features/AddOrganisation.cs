using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Registry.Features.Demo;
using MySchool.Registry.Resources;
using Npgsql;

namespace MySchool.Registry.Features;

/// <summary>Adds a unit to the tree, and closes a demonstration school, by order of another module.</summary>
internal sealed class AddOrganisation(WorkerDb db, IClock clock)
{
    public async Task<Result<Guid>> HandleAsync(OrganisationOrder order, CancellationToken cancel)
    {
        if (Check(order) is { } wrong) return wrong;
        await using var batch = db.Source.CreateBatch();
        batch.Add("""
            insert into registry.organisations (id, parent_id, kind, name, short_name, oktmo, ogrn, inn, address, time_zone, is_demo)
            select $1, p.id, $3, $4, $5, coalesce($6, p.oktmo), $7, $8, $9, p.time_zone, $10 from registry.organisations p where p.id = $2 and p.kind <> 'school'
            on conflict (id) do nothing
            """, order.OrderId, order.ParentId, order.Kind, order.Name.Trim(), order.ShortName.Trim(),
            Maybe.Typed(order.Oktmo), Maybe.Typed(order.Ogrn), Maybe.Typed(order.Inn), Maybe.Typed(order.Address), order.IsDemo);
        batch.Add("""
            insert into registry.unit_closure (ancestor_id, descendant_id, depth)
            select c.ancestor_id, $1, (c.depth + 1)::smallint from registry.unit_closure c where c.descendant_id = $2
            union all select $1, $1, 0::smallint
            on conflict do nothing
            """, order.OrderId, order.ParentId);
        NewPeople.AddAudit(batch, order.ByPerson, RegistryActions.ManageTree, clock.Now, order.OrderId, order.ByPerson, $"added under {order.ParentId}");
        if (order.IsDemo) FillDemoSchool.AddTo(batch, order.OrderId, order.ByPerson, clock.TodayIn(TimeZones.Capital), clock.Now);
        try
        {
            await batch.ExecuteNonQueryAsync(cancel);
            return order.OrderId;
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return new Problem("registry.ogrn-taken", Texts.OgrnTaken, "ogrn", 409);
        }
        catch (PostgresException odd) when (odd.SqlState is PostgresErrorCodes.ForeignKeyViolation or PostgresErrorCodes.CheckViolation)
        {
            return Problem.NotFound;
        }
    }

    public async Task<Result<bool>> CloseDemoAsync(Guid school, Guid byPerson, CancellationToken cancel)
    {
        var today = DateOnly.FromDateTime(clock.Now.UtcDateTime);
        await using var connection = await db.Source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var close = new NpgsqlCommand("update registry.organisations set closed_on = $2 where id = $1 and is_demo and closed_on is null", connection)
        { Parameters = { new() { Value = school }, new() { Value = today } } };
        if (await close.ExecuteNonQueryAsync(cancel) == 0) return Problem.NotFound;
        await using var batch = new NpgsqlBatch(connection);
        batch.Add("update registry.memberships set ends_on = greatest($2, starts_on - 1) where unit_id = $1 and (ends_on is null or ends_on > $2)", school, today.AddDays(-1));
        batch.Add("""
            update registry.guardianships g set ends_on = greatest($2, g.starts_on) from registry.enrolments e
             where e.school_id = $1 and e.person_id = g.learner_id and (g.ends_on is null or g.ends_on > $2)
            """, school, today);
        foreach (var table in (string[])["enrolments", "class_leaders", "teaching_assignments"])
            batch.Add($"update registry.{table} set ends_on = greatest($2, starts_on) where school_id = $1 and (ends_on is null or ends_on > $2)", school, today);
        NewPeople.AddAudit(batch, byPerson, RegistryActions.ManageTree, clock.Now, school, byPerson, "demonstration closed");
        await batch.ExecuteNonQueryAsync(cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }

    private static Problem? Check(OrganisationOrder order) =>
        order.Kind is not ("region" or "municipality" or "school") ? Problem.NotFound
        : order.Name.Trim().Length is < 2 or > 400 ? new Problem("registry.name-odd", Texts.UnitNameOdd, "name")
        : order.ShortName.Trim().Length is < 2 or > 120 ? new Problem("registry.name-odd", Texts.UnitNameOdd, "shortName")
        : order.Oktmo is { } oktmo && !IsNumber(oktmo, 8, 11) ? new Problem("registry.oktmo-odd", Texts.OktmoOdd, "oktmo")
        : order.Ogrn is { } ogrn && !IsNumber(ogrn, 13) ? new Problem("registry.ogrn-odd", Texts.OgrnOdd, "ogrn")
        : order.Inn is { } inn && !IsNumber(inn, 10) ? new Problem("registry.inn-odd", Texts.InnOdd, "inn")
        : null;

    private static bool IsNumber(string text, params ReadOnlySpan<int> lengths) => lengths.Contains(text.Length) && text.All(char.IsAsciiDigit);
}

/// <summary>Takes orders of other modules.</summary>
internal sealed class AppointmentService(Appoint appoint, AppointGuardian guardian, AddOrganisation organisation) : IAppointments
{
    public Task<Result<Guid>> AppointAsync(AppointmentOrder order, CancellationToken cancel) => appoint.HandleAsync(order, cancel);

    public Task<Result<Guid>> AddGuardianAsync(GuardianOrder order, CancellationToken cancel) => guardian.HandleAsync(order, cancel);

    public Task<Result<Guid>> AddOrganisationAsync(OrganisationOrder order, CancellationToken cancel) => organisation.HandleAsync(order, cancel);

    public Task<Result<bool>> CloseDemoAsync(Guid schoolId, Guid byPerson, CancellationToken cancel) => organisation.CloseDemoAsync(schoolId, byPerson, cancel);
}
