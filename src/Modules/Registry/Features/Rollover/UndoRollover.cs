using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Journal;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Registry.Domain;
using MySchool.Registry.Features.Movement;
using MySchool.Registry.Resources;
using Npgsql;

namespace MySchool.Registry.Features.Rollover;

/// <summary>Takes the new year back as one step while nobody has built on it; the plan becomes a draft again.</summary>
internal sealed class UndoRollover(AppDb db, IJournalRecords journal, IClock clock)
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/school/year/undo", async (HttpContext context, UndoRollover handler, PlanYear plan, CancellationToken cancel) =>
        {
            var done = await handler.HandleAsync(context.RequireActor(), cancel);
            return done.IsOk ? Results.Redirect("/school/year") : await plan.PageAsync(context.RequireActor(), null, done.Problem, cancel);
        }).Allow(RegistryActions.ManageYear);

    public async Task<Result<bool>> HandleAsync(Actor actor, CancellationToken cancel)
    {
        if (Administration.SchoolOf(actor, RegistryActions.ManageYear) is not { } school) return Problem.NotFound;
        return await MovementBook.RefusableAsync<bool>(async () =>
        {
            await using var transaction = await db.BeginAsync(actor, cancel);
            var (_, row) = await RolloverRows.ReadAsync(transaction, school, actor.Today, true, cancel);
            if (row is not { State: "applied", Written: { } written }) return Problem.NotFound;
            var obstacles = await ObstaclesAsync(transaction, school, row, written, cancel);
            if (obstacles.Count > 0) return new Problem("registry.year-built-on", $"{Texts.YearBuiltOn} {string.Join(' ', obstacles)}", null, 409);
            await WriteAsync(transaction, actor, school, row, written, cancel);
            await transaction.CommitAsync(cancel);
            return true;
        });
    }

    private async Task<IReadOnlyList<string>> ObstaclesAsync(AppTransaction transaction, Guid school, RolloverRow row, RolloverWritten written, CancellationToken cancel)
    {
        var classes = row.Plan.Classes.Select(c => c.Id).ToArray();
        var counts = await transaction.RunAsync(batch =>
        {
            batch.Add("select count(*)::int from registry.movements where school_id = $1 and undone_at is null and (to_class_id = any($2) or from_class_id = any($2))", school, classes);
            batch.Add("""
                select count(*)::int from registry.enrolments e join registry.classes c on c.school_id = e.school_id and c.id = e.class_id
                 where e.school_id = $1 and c.year = $2 and e.id <> all($3) and (e.ends_on is null or e.ends_on >= e.starts_on)
                """, school, row.Plan.Year, written.Enrolments);
            batch.Add("select count(*)::int from registry.teaching_groups where school_id = $1 and year = $2 and id <> all($3)", school, row.Plan.Year, written.Groups);
            batch.Add("select count(*)::int from registry.classes where school_id = $1 and year = $2 and id <> all($3)", school, row.Plan.Year, classes);
            AddMoved(batch, school, row.Plan, written);
        }, async (reader, token) =>
        {
            var found = new int[5];
            for (var i = 0; i < found.Length; i++) found[i] = await reader.ReadFirstAsync(r => r.GetInt32(0), token);
            return found;
        }, cancel);
        var use = await journal.CountAsync(school, row.Plan.Year, written.Groups, null, row.Plan.Starts, cancel);
        (int Count, string Text)[] ways =
        [
            (counts[0], Texts.BuiltOrders), (counts[1], Texts.BuiltEnrolments), (counts[2], Texts.BuiltGroups), (counts[3], Texts.BuiltClasses),
            (counts[4], Texts.BuiltFacts), (use.Cells, Texts.BuiltCells), (use.Lessons, Texts.BuiltLessons),
        ];
        return [.. ways.Where(way => way.Count > 0).Select(way => string.Format(Words.Russian, way.Text, way.Count))];
    }

    // Facts of the old year that somebody has ended on another day since: a departure in summer, for one.
    private static void AddMoved(NpgsqlBatch batch, Guid school, RolloverPlan plan, RolloverWritten written)
    {
        var enrolments = written.Ended.Where(e => e.Table == "enrolments").Select(e => e.Id).ToArray();
        batch.Add("""
            select ((select count(*) from registry.enrolments where school_id = $1 and id = any($2) and ends_on is distinct from $4)
                  + (select count(*) from registry.enrolments where school_id = $1 and id = any($3) and ends_on is not null))::int
            """, school, enrolments, written.Enrolments, plan.LastDay);
    }

    private Task WriteAsync(AppTransaction transaction, Actor actor, Guid school, RolloverRow row, RolloverWritten written, CancellationToken cancel) => transaction.RunAsync(batch =>
    {
        var year = row.Plan.Year;
        batch.Add("delete from registry.group_members where school_id = $1 and group_id = any($2)", school, written.Groups);
        batch.Add("delete from registry.teaching_assignments where school_id = $1 and group_id = any($2)", school, written.Groups);
        batch.Add("delete from registry.enrolments where school_id = $1 and class_id in (select id from registry.classes where school_id = $1 and year = $2)", school, year);
        batch.Add("delete from registry.class_leaders where school_id = $1 and class_id in (select id from registry.classes where school_id = $1 and year = $2)", school, year);
        foreach (var table in (string[])["teaching_groups", "classes", "terms", "academic_years"])
            batch.Add($"delete from registry.{table} where school_id = $1 and year = $2", school, year);
        foreach (var table in written.Ended.GroupBy(e => e.Table))
        {
            var same = table.Key == "group_members" ? "t.group_id = o.id and t.person_id = o.person and t.starts_on = o.starts" : "t.id = o.id";
            batch.Add($"update registry.{table.Key} t set ends_on = o.ended from unnest($2, $3, $4, $5) as o(id, person, starts, ended) where t.school_id = $1 and {same} and t.ends_on = $6",
                school, table.Select(e => e.Id).ToArray(), table.Select(e => e.PersonId!.Value).ToArray(), table.Select(e => e.StartsOn).ToArray(),
                table.Select(e => e.EndedOn).ToArray(), row.Plan.LastDay);
        }
        batch.Add("update registry.rollovers set state = 'draft', written = null, version = version + 1, changed_by = $3, changed_at = $4 where school_id = $1 and id = $2",
            school, row.Id, actor.PersonId, clock.Now);
        MovementRows.AddHistory(batch, actor, clock.Now, "rollovers", row.Id, school, new { row.State }, new { State = "draft" }, null);
        batch.Add("""
            insert into registry.history (id, at, table_name, row_id, school_id, actor_id, old_row, why)
            select gen_random_uuid(), $3, 'enrolments', p, $1, $4, jsonb_build_object('rollover', $5::uuid), null from unnest($2) p
            """, school, written.Ended.Where(e => e.Table == "enrolments").Select(e => e.PersonId!.Value).Distinct().ToArray(), clock.Now, actor.PersonId, row.Id);
        batch.AddAudit(actor, RegistryActions.ManageYear, clock.Now, school, null, $"undo {row.Id}");
    }, cancel);
}
