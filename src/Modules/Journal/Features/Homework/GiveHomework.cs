using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Journal;
using MySchool.Contracts.Registry;
using MySchool.Journal.Domain;
using MySchool.Journal.Pages;
using MySchool.Journal.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Files;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Journal.Features.Homework;

/// <summary>The page of one work of a lesson.</summary>
internal sealed record HomeworkCard(
    GroupRoster Group, Guid LessonId, DateOnly LessonDate, short LessonNumber, DateOnly Today, KeptHomework? Work, ImmutableArray<DueLesson> DueLessons,
    HomeworkLoad Load, TypedHomework? Typed, Problem? Refusal)
{
    /// <summary>Whether this very work would take the class over the norm, and the teacher has not said yet that it may.</summary>
    public bool IsAsked { get; init; }

    /// <summary>Files that came with a refused form, sealed, and their names.</summary>
    public (string Sealed, ImmutableArray<string> Names) Kept { get; init; } = ("", []);

    /// <summary>Other groups of the teacher at this subject.</summary>
    public ImmutableArray<TaughtGroup> Parallels { get; init; } = [];

    /// <summary>Whom it may be given to.</summary>
    public IEnumerable<RosterLearner> Learners => Group.Learners.Where(learner => Group.Attends(learner.PersonId, LessonDate));
}

/// <summary>Homework in the full: whom it is for, until when, how long it takes, with what, and whether the work is handed in.</summary>
internal sealed class GiveHomework(AppDb db, IRegistry registry, ReadLoad loads, FileIntake intake, KeptFiles kept, IClock clock)
{
    public const string Pattern = "/journal/{groupId:guid}/lessons/{lessonId:guid}/homework";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Pattern, async (Guid groupId, Guid lessonId, HttpContext http, GiveHomework feature, CancellationToken cancel) =>
            Answer(await feature.ShowAsync(http, groupId, lessonId, null, null, null, cancel))).Allow(JournalActions.EditLesson);
        routes.MapGet($"{Pattern}/{{homeworkId:guid}}", async (Guid groupId, Guid lessonId, Guid homeworkId, HttpContext http, GiveHomework feature, CancellationToken cancel) =>
            Answer(await feature.ShowAsync(http, groupId, lessonId, homeworkId, null, null, cancel))).Allow(JournalActions.EditLesson);
        routes.MapPost(Pattern, async (Guid groupId, Guid lessonId, HttpContext http, GiveHomework feature, CancellationToken cancel) =>
            await feature.TakeAsync(http, groupId, lessonId, null, cancel)).Allow(JournalActions.EditLesson).TakesFiles(HomeworkRules.MostFileBytes + (1 << 20));
        routes.MapPost($"{Pattern}/{{homeworkId:guid}}", async (Guid groupId, Guid lessonId, Guid homeworkId, HttpContext http, GiveHomework feature, CancellationToken cancel) =>
            await feature.TakeAsync(http, groupId, lessonId, homeworkId, cancel)).Allow(JournalActions.EditLesson).TakesFiles(HomeworkRules.MostFileBytes + (1 << 20));
        routes.MapPost($"{Pattern}/{{homeworkId:guid}}/drop", async (Guid groupId, Guid lessonId, Guid homeworkId, [FromForm] int version, HttpContext http, GiveHomework feature, CancellationToken cancel) =>
        {
            var dropped = await feature.DropAsync(http.RequireActor(), groupId, lessonId, homeworkId, version, cancel);
            return dropped.IsOk ? Results.LocalRedirect($"/journal/{groupId}/lessons/{lessonId}#homework")
                : Answer(await feature.ShowAsync(http, groupId, lessonId, homeworkId, null, dropped.Problem, cancel));
        }).Allow(JournalActions.EditLesson);
    }

    private static IResult Answer(Result<HomeworkCard> card) => card.IsOk ? Page.Of<HomeworkPage>(new { Data = card.Value }, card.Value.Refusal?.Status ?? 200) : card.Problem!.ToPage();

    private async Task<IResult> TakeAsync(HttpContext http, Guid groupId, Guid lessonId, Guid? homeworkId, CancellationToken cancel)
    {
        var actor = http.RequireActor();
        // Before a byte is taken: a stranger's files are not stored first and refused then.
        if (!Decide.Allows(actor, JournalActions.EditLesson, new Coordinate(Contracts.Access.Places.Group, groupId))) return Problem.NotFound.ToPage();
        var form = await http.RequireUpload().ReadAsync(intake, HomeworkRules.MostFiles, HomeworkRules.MostFileBytes, cancel);
        var files = kept.Open(actor, form["kept"]).Concat(form.Files).ToList();
        var typed = TypedOf(form);
        var saved = form.Refusal is { } refused ? refused : await HandleAsync(actor, groupId, lessonId, homeworkId, typed, files, [.. form.Fields["remove"].Select(Parse)], cancel);
        if (saved.IsOk) return Results.LocalRedirect($"/journal/{groupId}/lessons/{lessonId}#homework");
        var card = await ShowAsync(http, groupId, lessonId, homeworkId, typed, saved.Problem, cancel);
        return Answer(card.Then<HomeworkCard>(shown => shown with { Kept = (kept.Keep(actor, files), [.. files.Select(file => file.Name)]) }));
    }

    private static TypedHomework TypedOf(Uploaded form) => new(
        form["text"], form["links"], form["minutes"], form["dueLesson"], form["dueOn"], form["audience"] == "chosen", [.. form.Fields["learners"].Select(Parse)],
        form["takesWork"] is not null, int.TryParse(form["version"], NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0)
    { Overruled = form["overruled"] };

    private static Guid Parse(string id) => Guid.TryParse(id, out var parsed) ? parsed : Guid.Empty;

    /// <summary>What the form shows; with what was typed and the refusal when there was one.</summary>
    public async Task<Result<HomeworkCard>> ShowAsync(
        HttpContext http, Guid groupId, Guid lessonId, Guid? homeworkId, TypedHomework? typed, Problem? refusal, CancellationToken cancel)
    {
        var actor = http.RequireActor();
        if (refusal?.Status == 404) return refusal;
        if (await JournalAccess.FindGroupAsync(registry, actor, groupId, JournalActions.EditLesson, cancel) is not { } group) return Problem.NotFound;
        if (await LookAsync(actor, group, lessonId, cancel) is not { } seen) return Problem.NotFound;
        var work = seen.Works.FirstOrDefault(each => each.Id == homeworkId);
        if (homeworkId is not null && work is null) return Problem.NotFound;
        var due = DueOf(typed, work, seen);
        short? minutes = short.TryParse(typed?.Minutes, out var said) && said is > 0 and <= HomeworkRules.MostMinutes ? said : typed is null ? work?.Minutes : null;
        var load = await loads.HandleAsync(group, due.Day, work?.Id, minutes, cancel);
        return new HomeworkCard(group, lessonId, seen.Date, seen.Number, clock.TodayIn(group.TimeZone), work, seen.DueLessons, load, typed, refusal)
        {
            IsAsked = refusal?.Code == OverNorm,
            Parallels = [.. (http.Features.Get<PersonFacts>()?.Taught ?? []).Where(taught => taught.GroupId != groupId && taught.SchoolId == group.SchoolId && taught.SubjectName == group.SubjectName)],
        };
    }

    private const string OverNorm = "journal.homework-over-norm";

    /// <summary>Gives the work, or changes one that was given.</summary>
    public async Task<Result<Guid>> HandleAsync(
        Actor actor, Guid groupId, Guid lessonId, Guid? homeworkId, TypedHomework typed, IReadOnlyList<TakenFile> files, ImmutableArray<Guid> removed, CancellationToken cancel)
    {
        if (await JournalAccess.FindGroupAsync(registry, actor, groupId, JournalActions.EditLesson, cancel) is not { } group) return Problem.NotFound;
        if (await LookAsync(actor, group, lessonId, cancel) is not { } seen) return Problem.NotFound;
        var before = seen.Works.FirstOrDefault(each => each.Id == homeworkId);
        if (homeworkId is not null && before is null) return Problem.NotFound;
        if (before is not null && before.Version != typed.Version) return new Problem("journal.homework-changed", Texts.HomeworkChanged, null, 409);
        var judged = HomeworkRules.Judge(typed, group.Grade, group.Learners.Where(learner => group.Attends(learner.PersonId, seen.Date)).Select(learner => learner.PersonId).ToHashSet());
        if (!judged.IsOk) return judged.Problem!;
        var stays = before?.Files.Where(file => !removed.Contains(file.Id)).ToList() ?? [];
        if (stays.Count + files.Count > HomeworkRules.MostFiles) return new Problem("journal.homework-files", string.Format(Words.Russian, Texts.HomeworkFilesMany, HomeworkRules.MostFiles), "files");
        if (before is null && seen.Works.Length >= MostWorks) return new Problem("journal.homework-many", string.Format(Words.Russian, Texts.HomeworkMany, MostWorks), "text");
        var due = DueOf(typed, before, seen);
        if (due.Day < seen.Date) return new Problem("journal.due-before-lesson", Texts.DueBeforeLesson, "dueLesson");
        var load = await loads.HandleAsync(group, due.Day, before?.Id, judged.Value.Minutes, cancel);
        // The teacher sees the sum once and decides; what was overruled is that very sum.
        if (judged.Value.Minutes is not null && load.IsOver && typed.Overruled != OverruleOf(load)) return new Problem(OverNorm, "", "load");
        var work = before is null
            ? new KeptHomework(Ids.New(), lessonId, seen.Date, due.Day, due.Lesson, "", null, false, false, [], FreePosition(seen.Works), 0)
            : before with { DueOn = due.Day, DueLessonId = due.Lesson };
        return await SaveAsync(actor, group, work, before, judged.Value, files, removed, cancel) ? work.Id
            : new Problem("journal.homework-changed", Texts.HomeworkChanged, null, 409);
    }

    public const int MostWorks = 20;

    /// <summary>What a teacher who has seen the load sends with the form.</summary>
    public static string OverruleOf(HomeworkLoad load) => string.Create(CultureInfo.InvariantCulture, $"{load.Day:yyyy-MM-dd}·{load.Total}");

    private static short FreePosition(ImmutableArray<KeptHomework> works) => (short)Enumerable.Range(1, MostWorks).First(position => works.All(work => work.Position != position));

    private static (DateOnly Day, Guid? Lesson) DueOf(TypedHomework? typed, KeptHomework? before, Seen seen)
    {
        if (Guid.TryParse(typed?.DueLesson, out var wanted))
        {
            if (seen.DueLessons.FirstOrDefault(lesson => lesson.Id == wanted) is { } lesson) return (lesson.Date, lesson.Id);
            if (before?.DueLessonId == wanted) return (before.DueOn, wanted);
        }
        if (DateOnly.TryParseExact(typed?.DueOn, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            return (day, seen.DueLessons.FirstOrDefault(lesson => lesson.Date == day)?.Id);
        if (typed is null && before is not null) return (before.DueOn, before.DueLessonId);
        return seen.DueLessons.FirstOrDefault() is { } next ? (next.Date, next.Id) : (seen.Date.AddDays(7), null);
    }

    private async Task<bool> SaveAsync(
        Actor actor, GroupRoster group, KeptHomework work, KeptHomework? before, DraftHomework draft, IReadOnlyList<TakenFile> files, ImmutableArray<Guid> removed, CancellationToken cancel)
    {
        var staying = before?.Files.Count(file => !removed.Contains(file.Id)) ?? 0;
        await using var transaction = await db.BeginAsync(actor, cancel);
        // Somebody else's change between the look and this line: nothing is written.
        if (await transaction.RunAsync(batch => HomeworkRows.AddSave(batch, actor, group, work, draft, staying + files.Count),
            (reader, token) => reader.ReadFirstAsync(r => (int?)r.GetInt32(0), token), cancel) is null) return false;
        await transaction.RunAsync(batch =>
        {
            HomeworkRows.AddLearners(batch, group, work.Id, draft);
            if (removed.Length > 0)
                batch.Add("delete from journal.homework_files where school_year = $1 and school_id = $2 and homework_id = $3 and id = any($4)", group.SchoolYear, group.SchoolId, work.Id, removed.ToArray());
            for (var i = 0; i < files.Count; i++) HomeworkRows.AddFile(batch, group, work.Id, files[i], staying + i + 1);
            HomeworkRows.AddHistory(batch, actor, group, work.LessonId, before?.Text, draft.Text, clock.Now);
            batch.AddAudit(actor, JournalActions.EditLesson, clock.Now, group.SchoolId, null, $"lesson={work.LessonId} homework={work.Id} files={staying + files.Count}");
            if (before is null || before.Text != draft.Text || before.DueOn != work.DueOn)
                batch.AddEvent(new HomeworkGiven(Ids.New(), group.SchoolId, group.GroupId, group.SubjectName, work.LessonId, work.DueOn, draft.Text, before is not null, AddressedTo(group, work, draft), clock.Now) { Homework = work.Id });
        }, cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }

    internal static ImmutableArray<Guid> AddressedTo(GroupRoster group, KeptHomework work, DraftHomework draft) => draft.IsChosen ? draft.Learners
        : [.. group.Learners.Where(learner => group.Attends(learner.PersonId, work.GivenOn)).Select(learner => learner.PersonId)];

    private async Task<Result<bool>> DropAsync(Actor actor, Guid groupId, Guid lessonId, Guid homeworkId, int version, CancellationToken cancel)
    {
        if (await JournalAccess.FindGroupAsync(registry, actor, groupId, JournalActions.EditLesson, cancel) is not { } group) return Problem.NotFound;
        if (await LookAsync(actor, group, lessonId, cancel) is not { } seen || seen.Works.FirstOrDefault(each => each.Id == homeworkId) is not { } work) return Problem.NotFound;
        if (work.Version != version) return new Problem("journal.homework-changed", Texts.HomeworkChanged, null, 409);
        await db.WriteAsync(actor, batch =>
        {
            foreach (var table in (string[])["homework_files", "homework_learners"])
                batch.Add($"delete from journal.{table} where school_year = $1 and school_id = $2 and homework_id = $3", group.SchoolYear, group.SchoolId, homeworkId);
            batch.Add("delete from journal.homework where school_year = $1 and school_id = $2 and id = $3", group.SchoolYear, group.SchoolId, homeworkId);
            HomeworkRows.AddHistory(batch, actor, group, lessonId, work.Text, null, clock.Now);
            batch.AddAudit(actor, JournalActions.EditLesson, clock.Now, group.SchoolId, null, $"lesson={lessonId} dropped={homeworkId}");
        }, cancel);
        return true;
    }

    private sealed record Seen(DateOnly Date, short Number, ImmutableArray<DueLesson> DueLessons, ImmutableArray<KeptHomework> Works);

    private async Task<Seen?> LookAsync(Actor actor, GroupRoster group, Guid lessonId, CancellationToken cancel)
    {
        var lesson = await db.ReadAsync(actor, batch => batch.Add("select date, number from journal.lessons where school_year = $1 and school_id = $2 and group_id = $3 and id = $4",
            group.SchoolYear, group.SchoolId, group.GroupId, lessonId), (reader, token) => reader.ReadFirstAsync(r => ((DateOnly, short)?)(r.GetFieldValue<DateOnly>(0), r.GetInt16(1)), token), cancel);
        if (lesson is not var (date, number)) return null;
        return await db.ReadAsync(actor, batch =>
        {
            HomeworkRows.AddDueLessons(batch, group, date);
            HomeworkRows.AddOfLesson(batch, group, lessonId);
        }, async (reader, token) =>
        {
            var due = await reader.ReadAllAsync(HomeworkRows.ReadDueLesson, token);
            return new Seen(date, number, [.. due], await HomeworkRows.ReadOfLessonAsync(reader, token));
        }, cancel);
    }
}
