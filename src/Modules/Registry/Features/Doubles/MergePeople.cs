using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Registry.Domain;
using MySchool.Registry.Features.Fields;
using MySchool.Registry.Pages;
using MySchool.Registry.Resources;
using MySchool.Ui;
using Npgsql;

namespace MySchool.Registry.Features.Doubles;

/// <summary>The form of a merge: what follows, what stands in the way, which value of each field stays.</summary>
internal sealed record MergeScreen(DoubleLine Line, MergePlan Plan, ImmutableArray<string> TakenFromFormer, Problem? Refusal)
{
    public DoubleSide Survivor => Line.Left.PersonId == Plan.SurvivorId ? Line.Left : Line.Right;

    public DoubleSide Former => Line.Left.PersonId == Plan.SurvivorId ? Line.Right : Line.Left;
}

/// <summary>Makes two rows one person, in one transaction, as the preview showed.</summary>
internal sealed class MergePeople(ShowDoubles show, PlanMerge plan, WorkerDb db, IClock clock)
{
    // Longer than any request takes.
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(2);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/doubles/{left:guid}/{right:guid}/merge", (Guid left, Guid right, HttpContext context, MergePeople handler, CancellationToken cancel) =>
            handler.PageAsync(context.RequireActor(), left, right, [], null, cancel)).Allow(RegistryActions.SettleDoubles);
        routes.MapPost("/doubles/{left:guid}/{right:guid}/merge", async (
            Guid left, Guid right, [AsParameters] MergeForm form, HttpContext context, MergePeople handler, CancellationToken cancel) =>
        {
            var done = await handler.HandleAsync(context.RequireActor(), left, right, form.FromFormer, cancel);
            return done.IsOk ? Results.Redirect("/doubles/merged") : await handler.PageAsync(context.RequireActor(), left, right, form.FromFormer, done.Problem, cancel);
        }).Allow(RegistryActions.SettleDoubles);
    }

    public async Task<IResult> PageAsync(Actor actor, Guid left, Guid right, ImmutableArray<string> taken, Problem? refusal, CancellationToken cancel)
    {
        if (refusal is { Status: 404 } || await show.FindAsync(actor, left, right, cancel) is not { } line) return Problem.NotFound.ToPage();
        return Page.Of<MergePage>(new { Data = new MergeScreen(line, await plan.HandleAsync(line, cancel), taken, refusal) }, refusal?.Status ?? 200);
    }

    /// <summary>Merges; the answer is the person who stays.</summary>
    /// <param name="actor">Who decides.</param>
    /// <param name="left">One row.</param>
    /// <param name="right">The other.</param>
    /// <param name="fromFormer">Fields whose value is taken from the row that goes.</param>
    /// <param name="cancel">Cancels waiting.</param>
    public async Task<Result<Guid>> HandleAsync(Actor actor, Guid left, Guid right, ImmutableArray<string> fromFormer, CancellationToken cancel)
    {
        if (await show.FindAsync(actor, left, right, cancel) is not { } line) return Problem.NotFound;
        if (line.Pair.State != "open") return new Problem("registry.double-apart", Texts.MergeApart, null, 409);
        var planned = await plan.HandleAsync(line, cancel);
        if (!planned.Obstacles.IsEmpty) return new Problem("registry.merge-hindered", planned.Obstacles[0], null, 409);
        await using var connection = await db.Source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // Held until the end: whoever writes about either waits, and what was looked at is looked at again.
        await LockAsync(connection, planned, cancel);
        var since = await PlanMerge.RegistryObstaclesAsync(connection, planned.SurvivorId, planned.FormerId, cancel);
        if (!since.IsEmpty) return new Problem("registry.merge-hindered", since[0], null, 409);
        try
        {
            await WriteAsync(connection, actor, line.Pair, planned, fromFormer, cancel);
            await transaction.CommitAsync(cancel);
            return planned.SurvivorId;
        }
        catch (PostgresException refused) when (refused.SqlState.StartsWith("23", StringComparison.Ordinal))
        {
            return new Problem("registry.changed-meanwhile", Texts.ChangedMeanwhile, null, 409);
        }
    }

    private static async Task LockAsync(NpgsqlConnection connection, MergePlan plan, CancellationToken cancel)
    {
        await using var hold = new NpgsqlCommand("select id from registry.people where id in ($1, $2) order by id for update", connection)
        { Parameters = { new() { Value = plan.SurvivorId }, new() { Value = plan.FormerId } } };
        await hold.ExecuteNonQueryAsync(cancel);
    }

    private async Task WriteAsync(NpgsqlConnection connection, Actor actor, DoublePair pair, MergePlan planned, ImmutableArray<string> fromFormer, CancellationToken cancel)
    {
        var (merge, survivor, former) = (Ids.New(), planned.SurvivorId, planned.FormerId);
        var groups = await GroupsAsync(connection, former, cancel);
        await using var batch = new NpgsqlBatch(connection);
        batch.Add("""
            insert into registry.merges (id, survivor_id, former_id, schools, left_units, right_units, merged_by, merged_at) values ($1, $2, $3, $4, $5, $6, $7, $8)
            """, merge, survivor, former, pair.LeftSchools.Union(pair.RightSchools).ToArray(), pair.LeftUnits.ToArray(), pair.RightUnits.ToArray(), actor.PersonId, clock.Now);
        foreach (var table in MergedTable.All) batch.Add(table.KeepSql, survivor, former, merge);
        foreach (var table in MergedTable.All)
        {
            if (table.Folds) batch.Add(table.FoldSql, survivor, former, merge);
            batch.Add(table.GiveSql, survivor, former, merge);
        }
        Whose(actor, pair.IsOfOneSchool, pair.SchoolId, "merge", clock.Now).AddTo(batch);
        MergedPerson.AddMerge(batch, survivor, former, merge, Taken(planned, fromFormer));
        batch.Add("insert into registry.former_ids (former_id, person_id, merge_id, at) values ($1, $2, $3, $4)", former, survivor, merge, clock.Now);
        // Systems that keep a copy learn the new id; what else moved is told by the facts' own triggers.
        batch.Add("insert into registry.changes (school_id, kind, object_id, event, became) select s, 'user', $1, 'replaced', $2 from unnest($3) s",
            former.ToString(), survivor.ToString(), pair.LeftSchools.Union(pair.RightSchools).ToArray());
        batch.Add("delete from registry.doubles where left_id = least($1::uuid, $2::uuid) and right_id = greatest($1::uuid, $2::uuid)", survivor, former);
        // Twice: what is being written under the former id at this moment is looked for again once it has been.
        var schools = pair.LeftSchools.Union(pair.RightSchools).ToImmutableArray();
        batch.AddEvent(new PeopleMerged(Ids.New(), merge, survivor, former, schools, groups, IsAgain: false, clock.Now));
        batch.AddEvent(new PeopleMerged(Ids.New(), merge, survivor, former, schools, groups, IsAgain: true, clock.Now), clock.Now + Again);
        MergedPerson.AddHistory(batch, actor, merge, survivor, former, pair.SchoolId, clock.Now, "merge");
        batch.AddAudit(actor, RegistryActions.SettleDoubles, clock.Now, pair.SchoolId, survivor, $"merged {former}");
        batch.AddAudit(actor, RegistryActions.SettleDoubles, clock.Now, pair.SchoolId, former, $"merged into {survivor}");
        await batch.ExecuteNonQueryAsync(cancel);
    }

    // Of every class the former was in: other modules look for its rows there.
    private static async Task<ImmutableArray<Guid>> GroupsAsync(NpgsqlConnection connection, Guid former, CancellationToken cancel)
    {
        await using var find = new NpgsqlCommand("""
            select g.id from registry.enrolments e join registry.teaching_groups g on g.class_id = e.class_id where e.person_id = $1
            union select group_id from registry.group_members where person_id = $1
            """, connection) { Parameters = { new() { Value = former } } };
        await using var reader = await find.ExecuteReaderAsync(cancel);
        return [.. await reader.ReadAllAsync(row => row.GetGuid(0), cancel)];
    }

    /// <summary>Whose word a merge or a parting is: of one school its own, else of those above.</summary>
    public static ChangeSource Whose(Actor actor, bool isOfOneSchool, Guid? school, string why, DateTimeOffset at) =>
        new(isOfOneSchool ? FieldTruth.School : FieldTruth.Region, at, why) { By = actor.PersonId, School = school };

    private static string[] Taken(MergePlan planned, ImmutableArray<string> fromFormer) =>
        [.. planned.Fields.Where(field => field.IsChoice ? fromFormer.Contains(field.Name) : field.Default == "former").Select(field => field.Name)];
}
