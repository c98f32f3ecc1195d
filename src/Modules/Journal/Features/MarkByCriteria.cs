using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Registry;
using MySchool.Journal.Domain;
using MySchool.Journal.Pages;
using MySchool.Journal.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Ui;
using Npgsql;

namespace MySchool.Journal.Features;

/// <summary>Criteria as a form sends them.</summary>
internal sealed record CriteriaForm(
    [FromForm(Name = "criteria")] string? Lines, [FromForm(Name = "five")] string? Five, [FromForm(Name = "four")] string? Four, [FromForm(Name = "three")] string? Three,
    [FromForm(Name = "version")] int Version);

/// <summary>A work with its criteria, points and marks.</summary>
internal sealed record CriteriaSheet(
    ClassJournal Journal, JournalLesson Lesson, ImmutableArray<RosterLearner> Learners, CriteriaSet Set, int Version, IReadOnlyDictionary<Guid, short[]> Points,
    CriteriaForm? Typed, IReadOnlyDictionary<Guid, string[]> TypedPoints, Problem? Refusal, string? Done);

/// <summary>A work marked by criteria: points are typed, the mark follows from their share and goes into the journal by its own rules.</summary>
internal sealed class MarkByCriteria(AppDb db, ShowClassJournal journals, RecordMarks marks, IClock clock)
{
    private const string Path = "/journal/{groupId:guid}/lessons/{lessonId:guid}/criteria";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, async (Guid groupId, Guid lessonId, string? done, HttpContext context, MarkByCriteria handler, CancellationToken cancel) =>
            Answer(await handler.ShowAsync(context.RequireActor(), groupId, lessonId, cancel), done)).Allow(JournalActions.RecordMarks);
        routes.MapPost(Path, async (Guid groupId, Guid lessonId, [AsParameters] CriteriaForm form, HttpContext context, MarkByCriteria handler, CancellationToken cancel) =>
        {
            var actor = context.RequireActor();
            var refusal = await handler.SetAsync(actor, groupId, lessonId, form, cancel);
            if (refusal is null) return Results.Redirect($"/journal/{groupId}/lessons/{lessonId}/criteria?done=set");
            var shown = await handler.ShowAsync(actor, groupId, lessonId, cancel);
            return Answer(shown.IsOk ? shown.Value with { Typed = form, Refusal = refusal } : shown, null);
        }).Allow(JournalActions.RecordMarks);
        routes.MapPost(Path + "/points", async (Guid groupId, Guid lessonId, IFormCollection form, HttpContext context, MarkByCriteria handler, CancellationToken cancel) =>
        {
            var actor = context.RequireActor();
            var shown = await handler.ShowAsync(actor, groupId, lessonId, cancel);
            if (!shown.IsOk) return Answer(shown, null);
            var typed = shown.Value.Learners.ToDictionary(learner => learner.PersonId, learner => form[$"p-{learner.PersonId}"].Select(each => each?.Trim() ?? "").ToArray());
            var refusal = await handler.PutAsync(actor, shown.Value, typed, cancel);
            return refusal is null ? Results.Redirect($"/journal/{groupId}/lessons/{lessonId}/criteria?done=put") : Answer(shown.Value with { TypedPoints = typed, Refusal = refusal }, null);
        }).Allow(JournalActions.RecordMarks);
    }

    private static IResult Answer(Result<CriteriaSheet> sheet, string? done) =>
        sheet.IsOk ? Page.Of<CriteriaPage>(new { Data = sheet.Value with { Done = done } }, sheet.Value.Refusal?.Status ?? 200) : sheet.Problem!.ToPage();

    private async Task<Result<CriteriaSheet>> ShowAsync(Actor actor, Guid groupId, Guid lessonId, CancellationToken cancel)
    {
        var found = await journals.OfLessonAsync(actor, groupId, lessonId, cancel);
        if (!found.IsOk) return found.Problem!;
        var (journal, lesson) = found.Value;
        if (!journal.IsWritable) return Problem.NotFound;
        var (set, version, points) = await db.ReadAsync(actor, batch =>
        {
            batch.Add("select names, most, five_from, four_from, three_from, version from journal.criteria where school_year = $1 and school_id = $2 and lesson_id = $3",
                journal.Group.SchoolYear, journal.Group.SchoolId, lessonId);
            batch.Add("select learner_id, points from journal.criteria_points where school_year = $1 and school_id = $2 and lesson_id = $3",
                journal.Group.SchoolYear, journal.Group.SchoolId, lessonId);
        }, ReadAsync, cancel);
        var learners = journal.Group.Learners.Where(learner => learner.From <= lesson.Date && (learner.To is null || learner.To >= lesson.Date));
        return new CriteriaSheet(journal, lesson, [.. learners], set, version, points, null, ImmutableDictionary<Guid, string[]>.Empty, null, null);
    }

    private static async Task<(CriteriaSet Set, int Version, Dictionary<Guid, short[]> Points)> ReadAsync(NpgsqlDataReader reader, CancellationToken cancel)
    {
        var set = await reader.ReadFirstAsync(row => new Kept(new CriteriaSet(
            [.. row.GetFieldValue<string[]>(0).Zip(row.GetFieldValue<short[]>(1), (name, most) => new Criterion(name, most))], row.GetInt16(2), row.GetInt16(3), row.GetInt16(4)), row.GetInt32(5)), cancel);
        var points = (await reader.ReadAllAsync(row => (row.GetGuid(0), row.GetFieldValue<short[]>(1)), cancel)).ToDictionary();
        return (set?.Set ?? CriteriaSet.Usual, set?.Version ?? 0, points);
    }

    /// <summary>Sets what a work is judged by; null when done. Once points are typed their number stays.</summary>
    public async Task<Problem?> SetAsync(Actor actor, Guid groupId, Guid lessonId, CriteriaForm form, CancellationToken cancel)
    {
        var shown = await ShowAsync(actor, groupId, lessonId, cancel);
        if (!shown.IsOk) return shown.Problem;
        var (sheet, parsed) = (shown.Value, CriteriaRules.Parse(form.Lines, form.Five, form.Four, form.Three));
        if (!parsed.IsOk) return parsed.Problem;
        if (sheet.Points.Count > 0 && parsed.Value.Criteria.Length != sheet.Set.Criteria.Length) return new("journal.criteria-in-use", Texts.CriteriaInUse, "criteria", 409);
        var (set, group) = (parsed.Value, sheet.Journal.Group);
        await using var transaction = await db.BeginAsync(actor, cancel);
        var saved = await transaction.RunAsync(batch => batch.Add("""
            insert into journal.criteria (school_year, school_id, lesson_id, group_id, names, most, five_from, four_from, three_from, set_by, set_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            on conflict (school_year, school_id, lesson_id) do update
               set names = excluded.names, most = excluded.most, five_from = excluded.five_from, four_from = excluded.four_from, three_from = excluded.three_from,
                   version = criteria.version + 1, set_by = excluded.set_by, set_at = excluded.set_at where criteria.version = $12
            returning version
            """, group.SchoolYear, group.SchoolId, lessonId, group.GroupId, set.Criteria.Select(each => each.Name).ToArray(), set.Criteria.Select(each => each.Most).ToArray(),
            set.FiveFrom, set.FourFrom, set.ThreeFrom, actor.PersonId, clock.Now, form.Version), (reader, token) => reader.ReadFirstAsync(row => (int?)row.GetInt32(0), token), cancel);
        if (saved is null) return new("journal.lesson-changed", Texts.LessonChanged, null, 409);
        await transaction.RunAsync(batch => batch.AddAudit(actor, JournalActions.EditLesson, clock.Now, group.SchoolId, null, $"lesson={lessonId} criteria={set.Criteria.Length}"), cancel);
        await transaction.CommitAsync(cancel);
        return null;
    }

    // Marks first, by the journal's rules; points of those whose mark was refused are not kept, so that the two never tell different things.
    private async Task<Problem?> PutAsync(Actor actor, CriteriaSheet sheet, IReadOnlyDictionary<Guid, string[]> typed, CancellationToken cancel)
    {
        var (points, refusal) = Read(sheet, typed);
        if (refusal is not null) return refusal;
        var changed = points.Where(each => !sheet.Points.TryGetValue(each.Key, out var known) || !known.SequenceEqual(each.Value)).ToList();
        if (changed.Count == 0) return null;
        var changes = changed.SelectMany(each => ChangesOf(sheet, each.Key, each.Value)).ToImmutableArray();
        var saved = await marks.HandleAsync(actor, sheet.Journal.Group.GroupId, new RecordMarksRequest(Ids.New(), changes), cancel);
        if (!saved.IsOk) return saved.Problem;
        var refused = saved.Value.Cells.Where(cell => cell.State != "saved").ToLookup(cell => cell.Learner);
        var group = sheet.Journal.Group;
        await db.WriteAsync(actor, batch =>
        {
            foreach (var (learner, own) in changed.Where(each => !refused.Contains(each.Key)))
                batch.Add("""
                    insert into journal.criteria_points (school_year, school_id, group_id, lesson_id, learner_id, points, recorded_by, recorded_at) values ($1, $2, $3, $4, $5, $6, $7, $8)
                    on conflict (school_year, school_id, lesson_id, learner_id) do update set points = excluded.points, recorded_by = excluded.recorded_by, recorded_at = excluded.recorded_at
                    """, group.SchoolYear, group.SchoolId, group.GroupId, sheet.Lesson.Id, learner, own, actor.PersonId, clock.Now);
            batch.AddAudit(actor, JournalActions.RecordMarks, clock.Now, group.SchoolId, null, $"lesson={sheet.Lesson.Id} criteria points={changed.Count - refused.Count}");
        }, cancel);
        return refused.Count == 0 ? null : new("journal.criteria-refused", string.Format(Words.Russian, Texts.CriteriaRefused,
            string.Join(", ", sheet.Learners.Where(learner => refused.Contains(learner.PersonId)).Select(learner => learner.Name.Short)), refused.First().First().Message), null, 409);
    }

    private static (Dictionary<Guid, short[]> Points, Problem? Refusal) Read(CriteriaSheet sheet, IReadOnlyDictionary<Guid, string[]> typed)
    {
        var points = new Dictionary<Guid, short[]>();
        foreach (var learner in sheet.Learners)
        {
            // A row left empty is a learner who is not marked.
            if (!typed.TryGetValue(learner.PersonId, out var row) || row.All(string.IsNullOrEmpty)) continue;
            var own = row.Zip(sheet.Set.Criteria, (text, criterion) => short.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var given) && given <= criterion.Most ? given : (short)-1).ToArray();
            if (own.Length != sheet.Set.Criteria.Length || own.Contains((short)-1)) return (points, new("journal.criteria-points", string.Format(Words.Russian, Texts.CriteriaPoints, learner.Name.Short), "points"));
            points[learner.PersonId] = own;
        }
        return (points, null);
    }

    private static IEnumerable<CellChange> ChangesOf(CriteriaSheet sheet, Guid learner, short[] points)
    {
        var standing = sheet.Journal.Cells.GetValueOrDefault((sheet.Lesson.Id, learner)).Mark?.Version ?? 0;
        yield return new(sheet.Lesson.Id, learner, CellKind.Mark, CriteriaRules.MarkOf(sheet.Set, points), null, standing);
        yield return new(sheet.Lesson.Id, learner, CellKind.Comment, CriteriaRules.Words(sheet.Set, points), null, standing);
    }

    private sealed record Kept(CriteriaSet Set, int Version);
}
