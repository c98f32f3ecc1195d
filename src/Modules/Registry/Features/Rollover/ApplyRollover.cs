using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Registry.Domain;
using MySchool.Registry.Features.Movement;
using MySchool.Registry.Resources;
using Npgsql;

namespace MySchool.Registry.Features.Rollover;

/// <summary>Makes the new year out of its plan, in one transaction: all of it or nothing.</summary>
internal sealed class ApplyRollover(AppDb db, IClock clock)
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/school/year/apply", async ([FromForm] int? version, HttpContext context, ApplyRollover handler, PlanYear plan, CancellationToken cancel) =>
        {
            var done = await handler.HandleAsync(context.RequireActor(), version ?? 0, cancel);
            return done.IsOk ? Results.Redirect("/school/year") : await plan.PageAsync(context.RequireActor(), null, done.Problem, cancel);
        }).Allow(RegistryActions.ManageYear);

    public async Task<Result<bool>> HandleAsync(Actor actor, int version, CancellationToken cancel)
    {
        if (Administration.SchoolOf(actor, RegistryActions.ManageYear) is not { } school) return Problem.NotFound;
        return await MovementBook.RefusableAsync<bool>(async () =>
        {
            await using var transaction = await db.BeginAsync(actor, cancel);
            var (now, row) = await RolloverRows.ReadAsync(transaction, school, actor.Today, true, cancel);
            if (now is null || row is null) return Problem.NotFound;
            if (row.State != "draft") return new Problem("registry.year-applied", Texts.YearApplied, null, 409);
            if (row.Version != version) return PlanYear.Conflict(row);
            var obstacles = RolloverRules.Obstacles(row.Plan, now);
            if (obstacles.Count > 0) return new Problem("registry.year-obstacles", obstacles[0], null);
            await WriteAsync(transaction, actor, school, row, now, cancel);
            await transaction.CommitAsync(cancel);
            return true;
        });
    }

    private async Task WriteAsync(AppTransaction transaction, Actor actor, Guid school, RolloverRow row, PresentYear now, CancellationToken cancel)
    {
        var plan = row.Plan;
        var places = RolloverRules.Placements(plan, now).Where(p => p.Value is not null).Select(p => (Person: p.Key, Class: p.Value!.Value, Id: Ids.New())).ToList();
        var ended = await EndAsync(transaction, school, plan, cancel);
        var groups = plan.CopiesGroups ? await GroupsAsync(transaction, school, plan, cancel) : [];
        await transaction.RunAsync(batch =>
        {
            batch.Add("insert into registry.academic_years (school_id, year, starts_on, ends_on) values ($1, $2, $3, $4)", school, plan.Year, plan.Starts, plan.Ends);
            foreach (var term in plan.Terms)
                batch.Add("insert into registry.terms (school_id, id, year, number, name, starts_on, ends_on) values ($1, $2, $3, $4, $5, $6, $7)",
                    school, Ids.New(), plan.Year, term.Number, term.Name, term.Starts, term.Ends);
            foreach (var next in plan.Classes)
                batch.Add("insert into registry.classes (school_id, id, year, grade, letter, shift) values ($1, $2, $3, $4, $5, $6)", school, next.Id, plan.Year, next.Grade, next.Letter, next.Shift);
            foreach (var led in plan.Classes.Where(c => c.LeaderId is not null))
                batch.Add("insert into registry.class_leaders (school_id, id, class_id, person_id, starts_on) values ($1, $2, $3, $4, $5)", school, Ids.New(), led.Id, led.LeaderId!.Value, plan.Starts);
            batch.Add("insert into registry.enrolments (school_id, id, person_id, class_id, starts_on) select $1, e.id, e.person, e.class, $5 from unnest($2, $3, $4) as e(id, person, class)",
                school, places.Select(p => p.Id).ToArray(), places.Select(p => p.Person).ToArray(), places.Select(p => p.Class).ToArray(), plan.Starts);
            AddGroups(batch, school, plan, groups);
            var written = new RolloverWritten(ended, [.. places.Select(p => p.Id)], [.. groups.Select(g => g.New)]);
            batch.Add("update registry.rollovers set state = 'applied', written = $3, version = version + 1, changed_by = $4, changed_at = $5 where school_id = $1 and id = $2",
                school, row.Id, MovementRows.Document(written), actor.PersonId, clock.Now);
            AddHistory(batch, actor, school, row, places);
        }, cancel);
    }

    // Facts of the present year hold to the day before the new one and no longer.
    private static async Task<IReadOnlyList<EndedFact>> EndAsync(AppTransaction transaction, Guid school, RolloverPlan plan, CancellationToken cancel)
    {
        string[] tables = ["enrolments", "class_leaders", "teaching_assignments", "group_members"];
        return await transaction.RunAsync(batch =>
        {
            foreach (var table in tables)
            {
                var isGroup = table is "teaching_assignments" or "group_members";
                var key = table == "group_members" ? "group_id" : "id";
                var ofYear = isGroup ? "f.group_id in (select id from registry.teaching_groups where school_id = $1 and year = $2)"
                    : "f.class_id in (select id from registry.classes where school_id = $1 and year = $2)";
                var same = table == "group_members" ? "t.group_id = old.key and t.person_id = old.person_id and t.starts_on = old.starts_on" : "t.id = old.key";
                batch.Add($"""
                    with old as (select f.{key} as key, f.person_id, f.starts_on, f.ends_on from registry.{table} f
                                  where f.school_id = $1 and {ofYear} and f.starts_on <= $3 and (f.ends_on is null or f.ends_on > $3)),
                    done as (update registry.{table} t set ends_on = $3 from old where t.school_id = $1 and {same} returning 1)
                    select key, person_id, starts_on, ends_on from old where (select count(*) from done) >= 0
                    """, school, plan.FromYear, plan.LastDay);
            }
        }, async (reader, token) =>
        {
            var ended = new List<EndedFact>();
            foreach (var table in tables)
                ended.AddRange(await reader.ReadAllAsync(r => new EndedFact(table, r.GetGuid(0), r.GetGuid(1), r.GetFieldValue<DateOnly>(2), r.Maybe<DateOnly>(3)), token));
            return ended;
        }, cancel);
    }

    private static Task<List<(Guid Old, Guid New, Guid Class)>> GroupsAsync(AppTransaction transaction, Guid school, RolloverPlan plan, CancellationToken cancel)
    {
        var into = plan.Classes.Where(c => c.CopiesFrom is not null).ToLookup(c => c.CopiesFrom!.Value, c => c.Id);
        return transaction.RunAsync(
            batch => batch.Add("select id, class_id from registry.teaching_groups where school_id = $1 and year = $2 order by id", school, plan.FromYear),
            async (reader, token) => (await reader.ReadAllAsync(r => (Old: r.GetGuid(0), Class: r.GetGuid(1)), token))
                .SelectMany(old => into[old.Class].Select(next => (old.Old, Ids.New(), next))).ToList(), cancel);
    }

    private static void AddGroups(NpgsqlBatch batch, Guid school, RolloverPlan plan, List<(Guid Old, Guid New, Guid Class)> groups)
    {
        var (old, made, classes) = (groups.Select(g => g.Old).ToArray(), groups.Select(g => g.New).ToArray(), groups.Select(g => g.Class).ToArray());
        batch.Add("""
            insert into registry.teaching_groups (school_id, id, class_id, subject_id, year, kind, name)
            select $1, m.new, m.class, t.subject_id, $5, t.kind, t.name from unnest($2, $3, $4) as m(old, new, class)
              join registry.teaching_groups t on t.school_id = $1 and t.id = m.old
            """, school, old, made, classes, plan.Year);
        // Members go on with their class; a repeater or a newcomer is put into a подгруппа by hand.
        batch.Add("""
            insert into registry.group_members (school_id, group_id, person_id, starts_on)
            select distinct $1, m.new, g.person_id, $5 from unnest($2, $3, $4) as m(old, new, class)
              join registry.group_members g on g.school_id = $1 and g.group_id = m.old and g.ends_on = $6
              join registry.enrolments e on e.school_id = $1 and e.class_id = m.class and e.person_id = g.person_id and e.starts_on = $5
            """, school, old, made, classes, plan.Starts, plan.LastDay);
        if (!plan.CopiesTeachers) return;
        batch.Add("""
            insert into registry.teaching_assignments (school_id, id, group_id, person_id, starts_on)
            select $1, gen_random_uuid(), a.new, a.person_id, $4 from (
              select distinct m.new, a.person_id from unnest($2, $3) as m(old, new)
                join registry.teaching_assignments a on a.school_id = $1 and a.group_id = m.old and a.ends_on = $5 and a.basis = 'main') a
            """, school, old, made, plan.Starts, plan.LastDay);
    }

    private void AddHistory(NpgsqlBatch batch, Actor actor, Guid school, RolloverRow row, List<(Guid Person, Guid Class, Guid Id)> places)
    {
        batch.Add("""
            insert into registry.history (id, at, table_name, row_id, school_id, actor_id, new_row, why)
            select gen_random_uuid(), $4, 'enrolments', e.person, $1, $5, jsonb_build_object('classId', e.class, 'rollover', $6::uuid), null from unnest($2, $3) as e(person, class)
            """, school, places.Select(p => p.Person).ToArray(), places.Select(p => p.Class).ToArray(), clock.Now, actor.PersonId, row.Id);
        MovementRows.AddHistory(batch, actor, clock.Now, "rollovers", row.Id, school, new { row.State }, new { State = "applied" }, null);
        batch.AddAudit(actor, RegistryActions.ManageYear, clock.Now, school, null, $"apply {row.Id}, {places.Count} learners");
    }
}
