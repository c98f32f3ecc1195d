using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Access;
using MySchool.Contracts.Journal;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Files;
using MySchool.Kernel.Web;
using MySchool.Works.Domain;
using MySchool.Works.Resources;
using Npgsql;

namespace MySchool.Works.Features;

/// <summary>A pupil writes a work, adds photographs and files, hands it in, takes it back. What is sent is kept at once as a draft.</summary>
internal sealed class WriteWork(AppDb db, ShowWork works, FileIntake intake, IClock clock)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/works/{homeworkId:guid}", async (Guid homeworkId, HttpContext http, WriteWork feature, CancellationToken cancel) =>
            await feature.TakeAsync(http, homeworkId, cancel)).Allow(WorksActions.HandIn).TakesFiles(WorkRules.MostBytes + (1 << 20));
        routes.MapPost("/works/{homeworkId:guid}/withdraw", async (Guid homeworkId, HttpContext http, WriteWork feature, CancellationToken cancel) =>
            await feature.AnswerAsync(http, homeworkId, await feature.WithdrawAsync(http, homeworkId, cancel), "withdrawn", cancel)).Allow(WorksActions.HandIn);
        routes.MapPost("/works/{homeworkId:guid}/files/{fileId:guid}/remove", async (Guid homeworkId, Guid fileId, HttpContext http, WriteWork feature, CancellationToken cancel) =>
            await feature.AnswerAsync(http, homeworkId, await feature.RemoveAsync(http, homeworkId, fileId, cancel), "removed", cancel)).Allow(WorksActions.HandIn);
    }

    private async Task<IResult> AnswerAsync(HttpContext http, Guid homeworkId, Result<bool> result, string done, CancellationToken cancel) =>
        result.IsOk ? Results.LocalRedirect($"/works/{homeworkId}?done={done}") : await works.PageAsync(http, homeworkId, null, null, null, result.Problem, cancel);

    private async Task<IResult> TakeAsync(HttpContext http, Guid homeworkId, CancellationToken cancel)
    {
        // Whose work and whether it can be written is known before a byte is taken.
        var found = await FindOwnAsync(http, homeworkId, cancel);
        if (!found.IsOk) return found.Problem!.ToPage();
        var now = found.Value.Whole.Work;
        if (WorkRules.After(now?.Stand ?? WorkStand.New, WorkDeed.Write) is { IsOk: false, Problem: var closed }) return await works.PageAsync(http, homeworkId, null, null, null, closed, cancel);
        var there = found.Value.Whole.Files.Where(file => file.Attempt == (now?.Attempt ?? 1)).ToList();
        var form = await http.RequireUpload().ReadAsync(intake, WorkRules.MostFiles - there.Count, WorkRules.MostBytes - there.Sum(file => (long)file.Size), cancel);
        var text = (form["text"] ?? "").ReplaceLineEndings("\n").TrimEnd();
        if (text.Length > WorkRules.MostText) return await works.PageAsync(http, homeworkId, null, null, text, new Problem("works.text-long", Words.Say(Texts.TextLong, WorkRules.MostText), "text"), cancel);
        var saved = await SaveAsync(http.RequireActor(), found.Value, text, form.Files, cancel);
        if (!saved.IsOk) return await works.PageAsync(http, homeworkId, null, null, text, saved.Problem, cancel);
        // The good files are kept; of the first that was not, the page says why.
        if (form.Refusal is { } refused) return await works.PageAsync(http, homeworkId, null, null, text, refused, cancel);
        if (form["do"] != "hand-in") return await AnswerAsync(http, homeworkId, true, "saved", cancel);
        return await AnswerAsync(http, homeworkId, await HandInAsync(http, homeworkId, cancel), "handed", cancel);
    }

    private async Task<Result<WorkScreen>> FindOwnAsync(HttpContext http, Guid homeworkId, CancellationToken cancel)
    {
        var actor = http.RequireActor();
        if (!Decide.Allows(actor, WorksActions.HandIn, new Coordinate(Places.Person, actor.PersonId))) return Problem.NotFound;
        var found = await works.FindAsync(http, homeworkId, actor.PersonId, cancel);
        return !found.IsOk ? found : found.Value is { IsOwn: true, Task.TakesWork: true } ? found : Problem.NotFound;
    }

    private async Task<Result<bool>> SaveAsync(Actor actor, WorkScreen seen, string text, IReadOnlyList<TakenFile> files, CancellationToken cancel)
    {
        var (task, now) = (seen.Task, clock.Now);
        await using var transaction = await db.BeginAsync(actor, cancel);
        var work = seen.Whole.Work?.Id ?? await BeginAsync(transaction, actor, task, now, cancel);
        await transaction.RunAsync(batch =>
        {
            batch.Add("insert into works.drafts (school_year, school_id, work_id, learner_id, text) values ($1, $2, $3, $4, $5) on conflict (school_year, school_id, work_id) do update set text = excluded.text",
                task.SchoolYear, task.SchoolId, work, actor.PersonId, text);
            for (var i = 0; i < files.Count; i++) AddFile(batch, actor, task, work, seen.Whole.Work?.Attempt ?? 1, files[i]);
            batch.AddAudit(actor, WorksActions.HandIn, now, task.SchoolId, actor.PersonId, $"work={work} draft files={files.Count}");
        }, cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }

    // Two first saves at once are one work: the later one finds it.
    private static async Task<Guid> BeginAsync(AppTransaction transaction, Actor actor, HomeworkTask task, DateTimeOffset now, CancellationToken cancel)
    {
        var id = Ids.New();
        await transaction.RunAsync(batch => batch.Add("""
            insert into works.works (school_year, school_id, id, homework_id, learner_id, group_id, subject, task, due_on, state, changed_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'draft', $10) on conflict (school_year, school_id, homework_id, learner_id) do nothing
            """, task.SchoolYear, task.SchoolId, id, task.Id, actor.PersonId, task.GroupId, task.Subject, task.Text, task.DueOn, now), cancel);
        return await transaction.RunAsync(batch => batch.Add("select id from works.works where school_year = $1 and school_id = $2 and homework_id = $3 and learner_id = $4",
            task.SchoolYear, task.SchoolId, task.Id, actor.PersonId), (reader, token) => reader.ReadFirstAsync(r => r.GetGuid(0), token), cancel);
    }

    // The same photograph sent twice is one.
    private static void AddFile(NpgsqlBatch batch, Actor actor, HomeworkTask task, Guid work, short attempt, TakenFile file) => batch.Add("""
        insert into works.files (school_year, school_id, id, work_id, learner_id, group_id, attempt, position, name, media_type, size, address, sealed_key, digest, state)
        select $1, $2, $3, $4, $5, $6, $7, coalesce((select max(position) from works.files where school_year = $1 and school_id = $2 and work_id = $4), 0) + 1, $8, $9, $10, $11, $12, $13, $14
         where not exists (select from works.files where school_year = $1 and school_id = $2 and work_id = $4 and attempt = $7 and digest = $13)
        """, task.SchoolYear, task.SchoolId, Ids.New(), work, actor.PersonId, task.GroupId, attempt, file.Name, file.Kind.MediaType, (int)file.Bytes.Size,
        file.Bytes.Address, file.Bytes.SealedKey, file.Bytes.Digest, file.State);

    private async Task<Result<bool>> HandInAsync(HttpContext http, Guid homeworkId, CancellationToken cancel)
    {
        var found = await FindOwnAsync(http, homeworkId, cancel);
        if (!found.IsOk) return found.Problem!;
        var (task, whole) = (found.Value.Task, found.Value.Whole);
        if (whole.Work is not { } work) return Problem.NotFound;
        if (whole.Draft.Length == 0 && whole.Files.All(file => file.Attempt != work.Attempt)) return new Problem("works.empty", Texts.NothingToHandIn, "text");
        var next = WorkRules.After(work.Stand, WorkDeed.HandIn);
        if (!next.IsOk) return next.Problem!;
        return await MoveAsync(http.RequireActor(), task, work, next.Value, "handed", whole.Draft, true, cancel);
    }

    private async Task<Result<bool>> WithdrawAsync(HttpContext http, Guid homeworkId, CancellationToken cancel)
    {
        var found = await FindOwnAsync(http, homeworkId, cancel);
        if (!found.IsOk) return found.Problem!;
        if (found.Value.Whole.Work is not { } work) return Problem.NotFound;
        var next = WorkRules.After(work.Stand, WorkDeed.Withdraw);
        return next.IsOk ? await MoveAsync(http.RequireActor(), found.Value.Task, work, next.Value, "withdrawn", "", false, cancel) : next.Problem!;
    }

    private async Task<Result<bool>> MoveAsync(Actor actor, HomeworkTask task, PupilWork work, WorkStand next, string what, string text, bool isHandedIn, CancellationToken cancel)
    {
        var now = clock.Now;
        await using var transaction = await db.BeginAsync(actor, cancel);
        var moved = await transaction.RunAsync(batch => WorkRows.AddMove(batch, task, work, next, now, isHandedIn, now > task.DueAt),
            (reader, token) => reader.ReadFirstAsync(r => (Guid?)r.GetGuid(0), token), cancel);
        if (moved is null) return new Problem("works.changed", Texts.WorkChanged, null, 409);
        await transaction.RunAsync(batch =>
        {
            batch.Add("update works.files set is_handed = $5 where school_year = $1 and school_id = $2 and work_id = $3 and attempt = $4", task.SchoolYear, task.SchoolId, work.Id, work.Attempt, isHandedIn);
            WorkRows.AddStep(batch, actor, task, work, what, text, now);
            batch.AddAudit(actor, WorksActions.HandIn, now, task.SchoolId, actor.PersonId, $"work={work.Id} {what}");
        }, cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }

    private async Task<Result<bool>> RemoveAsync(HttpContext http, Guid homeworkId, Guid fileId, CancellationToken cancel)
    {
        var found = await FindOwnAsync(http, homeworkId, cancel);
        if (!found.IsOk) return found.Problem!;
        if (found.Value.Whole.Work is not { } work || found.Value.Whole.Files.FirstOrDefault(file => file.Id == fileId) is not { } file) return Problem.NotFound;
        if (WorkRules.After(work.Stand, WorkDeed.Write) is { IsOk: false, Problem: { } closed }) return closed;
        // What was handed in before a return stays: the teacher's words are about it.
        if (file.IsHanded) return new Problem("works.file-handed", Texts.FileHanded, null, 409);
        var actor = http.RequireActor();
        await db.WriteAsync(actor, batch =>
        {
            batch.Add("delete from works.files where school_year = $1 and school_id = $2 and id = $3 and not is_handed", found.Value.Task.SchoolYear, found.Value.Task.SchoolId, fileId);
            batch.AddAudit(actor, WorksActions.HandIn, clock.Now, found.Value.Task.SchoolId, actor.PersonId, $"work={work.Id} removed={fileId}");
        }, cancel);
        return true;
    }
}
