using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Journal;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Ui;
using MySchool.Works.Domain;
using MySchool.Works.Pages;

namespace MySchool.Works.Features;

/// <summary>A pupil in the list of a homework.</summary>
internal sealed record WorkLine(HomeworkLearner Learner, string? State, bool IsLate, DateTimeOffset? HandedAt, int Files);

/// <summary>Who has handed in a homework, who has not, who was late.</summary>
internal sealed record WorkList(HomeworkTask Task, ImmutableArray<WorkLine> Lines)
{
    /// <summary>Works that wait for the teacher, in the order they came.</summary>
    public ImmutableArray<WorkLine> Waiting => [.. Lines.Where(line => line.State == WorkStates.Handed).OrderBy(line => line.HandedAt)];
}

/// <summary>Works of a homework that wait, in the teacher's list of all.</summary>
internal sealed record WaitingHomework(Guid HomeworkId, TaughtGroup Group, string Task, DateOnly DueOn, int Waiting, DateTimeOffset Oldest);

/// <summary>What waits to be checked, over all the teacher's groups.</summary>
internal sealed record WorkQueue(ImmutableArray<WaitingHomework> Waiting);

/// <summary>Lists of works for a teacher: of one homework, and of all that wait.</summary>
internal sealed class ListWorks(AppDb db, IHomeworks homeworks)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/works", async (HttpContext http, ListWorks feature, CancellationToken cancel) =>
            Page.Of<WorkQueuePage>(new { Data = await feature.QueueAsync(http, cancel) })).Allow(WorksActions.Check);
        routes.MapGet("/works/{groupId:guid}/{homeworkId:guid}", async (Guid groupId, Guid homeworkId, HttpContext http, ListWorks feature, CancellationToken cancel) =>
            await feature.FindAsync(http.RequireActor(), groupId, homeworkId, cancel) is { } list ? Page.Of<WorkListPage>(new { Data = list }) : Problem.NotFound.ToPage()).Allow(WorksActions.Check);
    }

    /// <summary>The list of a homework, or null when it is not the asker's to check.</summary>
    public async Task<WorkList?> FindAsync(Actor actor, Guid groupId, Guid homeworkId, CancellationToken cancel)
    {
        if (await homeworks.FindForTeacherAsync(actor, groupId, homeworkId, cancel) is not { TakesWork: true } task) return null;
        var works = (await db.ReadAsync(actor, batch => batch.Add("""
            select w.learner_id, w.state, w.is_late, w.handed_at,
                   (select count(*) from works.files f where f.school_year = w.school_year and f.school_id = w.school_id and f.work_id = w.id and f.attempt = w.attempt and f.is_handed)::int
              from works.works w where w.school_year = $1 and w.school_id = $2 and w.homework_id = $3 and w.group_id = $4
            """, task.SchoolYear, task.SchoolId, homeworkId, groupId),
            (reader, token) => reader.ReadAllAsync(r => (Learner: r.GetGuid(0), State: r.GetString(1), IsLate: r.GetBoolean(2), HandedAt: r.Maybe<DateTimeOffset>(3), Files: r.GetInt32(4)), token), cancel))
            .ToDictionary(row => row.Learner);
        return new WorkList(task, [.. task.Learners.Select(learner => works.TryGetValue(learner.PersonId, out var work)
            ? new WorkLine(learner, work.State, work.IsLate, work.HandedAt, work.Files) : new WorkLine(learner, null, false, null, 0))]);
    }

    private async Task<WorkQueue> QueueAsync(HttpContext http, CancellationToken cancel)
    {
        var taught = (http.Features.Get<PersonFacts>()?.Taught ?? []).DistinctBy(group => group.GroupId).ToDictionary(group => group.GroupId);
        var schools = taught.Values.Select(group => group.SchoolId).Distinct().ToArray();
        var rows = await db.ReadAsync(http.RequireActor(), batch => batch.Add($"""
            select homework_id, group_id, min(task), min(due_on), count(*)::int, min(handed_at) from works.works
             where school_year >= $1 and school_id = any($2) and group_id = any($3) and state = '{WorkStates.Handed}' group by homework_id, group_id order by min(handed_at)
            """, (short)(http.RequireActor().Today.Year - 1), schools, taught.Keys.ToArray()),
            (reader, token) => reader.ReadAllAsync(r => new WaitingHomework(r.GetGuid(0), taught[r.GetGuid(1)], r.GetString(2), r.GetFieldValue<DateOnly>(3), r.GetInt32(4), r.GetFieldValue<DateTimeOffset>(5)), token), cancel);
        return new WorkQueue([.. rows]);
    }
}
