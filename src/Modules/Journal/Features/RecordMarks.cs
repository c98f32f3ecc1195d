using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Access;
using MySchool.Contracts.Journal;
using MySchool.Contracts.Registry;
using MySchool.Journal.Data;
using MySchool.Journal.Domain;
using MySchool.Journal.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using Npgsql;

namespace MySchool.Journal.Features;

/// <summary>Cells typed since the last save. The same key again brings the same answer and writes nothing.</summary>
/// <param name="Key">Identity of the request: the same on a retry.</param>
/// <param name="Changes">At most 500 changes.</param>
internal sealed record RecordMarksRequest(Guid Key, ImmutableArray<CellChange> Changes)
{
    /// <summary>The page typed on, from the header <c>X-Session</c>.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public Guid PageId { get; init; }
}

/// <summary>How each cell stands now, in the order asked.</summary>
internal sealed record RecordMarksAnswer(ImmutableArray<CellAnswer> Cells);

/// <summary>One cell: saved, conflict (then mark or absence is the other's) or refused (then message says why).</summary>
internal sealed record CellAnswer(Guid Lesson, Guid Learner, string State, RecordedMark? Mark, RecordedAbsence? Absence, string? Message);

/// <summary>Looks, judges, and writes marks and absences with their history, audit, event and idempotency answer in one transaction.</summary>
internal sealed class RecordMarks(AppDb db, IRegistry registry, TeacherNames teachers, OutboxSignal signal, IClock clock)
{
    private const int MaxCells = 500;
    private const int MaxAttempts = 5;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/journal/{groupId:guid}/marks", async (
            Guid groupId, RecordMarksRequest request, HttpContext context, RecordMarks handler, CancellationToken cancel) =>
        {
            _ = Guid.TryParse(context.Request.Headers["X-Session"], out var page);
            return (await handler.HandleAsync(context.RequireActor(), groupId, request with { PageId = page }, cancel)).ToJson();
        })
            .Allow(JournalActions.RecordMarks);

    public async Task<Result<RecordMarksAnswer>> HandleAsync(Actor actor, Guid groupId, RecordMarksRequest request, CancellationToken cancel)
    {
        if (!Decide.Allows(actor, JournalActions.RecordMarks, new Coordinate(Places.Group, groupId))) return Problem.NotFound;
        if (request.Changes.IsDefaultOrEmpty || request.Changes.Contains(null!) || request.Key == Guid.Empty) return new Problem("journal.nothing-to-save", Texts.NothingToSave);
        if (request.Changes.Length > MaxCells) return new Problem("journal.too-many-cells", Texts.TooManyCells, null, 413);
        if (await registry.GetRosterAsync(actor, groupId, cancel) is not { } group) return Problem.NotFound;

        var (current, asked) = await RedirectAsync(group, request, cancel);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var answer = await SaveAsync(actor, group, current, cancel);
                // The page knows its cells by the ids it was given.
                return asked.IsEmpty || !answer.IsOk ? answer
                    : new RecordMarksAnswer([.. answer.Value.Cells.Select(cell => cell with { Learner = asked.GetValueOrDefault(cell.Learner, cell.Learner) })]);
            }
            catch (PostgresException race) when (attempt < MaxAttempts
                && race.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DeadlockDetected)
            {
                // Another save changed one of the cells between our look and our write: look again and let the rules speak.
            }
        }
    }

    // A page opened before two cards became one, or offline since, types under the id of the card that went. Asked only of those the
    // group does not have.
    private async Task<(RecordMarksRequest Current, ImmutableDictionary<Guid, Guid> Asked)> RedirectAsync(GroupRoster group, RecordMarksRequest request, CancellationToken cancel)
    {
        var here = group.Learners.Select(learner => learner.PersonId).ToHashSet();
        var unknown = request.Changes.Select(change => change.Learner).Where(id => !here.Contains(id)).Distinct().ToArray();
        if (unknown.Length == 0) return (request, ImmutableDictionary<Guid, Guid>.Empty);
        var survivors = (await registry.FindSurvivorsAsync(unknown, cancel)).Where(pair => here.Contains(pair.Value)).ToDictionary();
        return survivors.Count == 0 ? (request, ImmutableDictionary<Guid, Guid>.Empty)
            : (request with { Changes = [.. request.Changes.Select(change => change with { Learner = survivors.GetValueOrDefault(change.Learner, change.Learner) })] },
               survivors.GroupBy(pair => pair.Value, pair => pair.Key).ToImmutableDictionary(pair => pair.Key, pair => pair.First()));
    }

    private async Task<Result<RecordMarksAnswer>> SaveAsync(Actor actor, GroupRoster group, RecordMarksRequest request, CancellationToken cancel)
    {
        var today = clock.TodayIn(group.TimeZone);
        var seen = await CellReader.LookAsync(db, actor, group, request, today, cancel);
        if (seen.EarlierAnswer is { } earlier) return JsonSerializer.Deserialize<RecordMarksAnswer>(earlier, Json.Options)!;

        var rules = new JournalRules(today, seen.EditWindowDays, group.Grade, seen.WorkTypes, seen.AbsenceCodes) { Closed = seen.Closed };
        var judged = request.Changes.Select(change => Judge(change, group, seen, rules, actor.PersonId)).ToList();
        var writes = new CellWrites(actor, group, request.Key, clock.Now, judged);
        var names = await NamesAsync(actor, seen, judged, cancel);
        var answer = Answer(judged, names);
        await db.WriteAsync(actor, batch =>
        {
            if (!writes.IsEmpty) writes.AddTo(batch);
            AddAround(batch, actor, group, request, writes, answer, names);
        }, cancel);
        if (!writes.IsEmpty) signal.Ring();
        return answer;
    }

    internal static JudgedCell Judge(CellChange change, GroupRoster group, SeenCells seen, JournalRules rules, Guid by)
    {
        seen.Lessons.TryGetValue(change.Lesson, out var lesson);
        var key = (change.Lesson, change.Learner);
        var mark = seen.Marks.GetValueOrDefault(key);
        var absence = seen.Absences.GetValueOrDefault(key);
        var isAbsence = change.Kind == CellKind.Absence;
        var now = isAbsence ? absence : mark;
        var last = Math.Max(now?.Version ?? 0, seen.LastVersions.GetValueOrDefault((change.Lesson, change.Learner, isAbsence)));
        var attends = lesson is not null && group.Attends(change.Learner, lesson.Date);
        var verdict = CellRules.Judge(change with { Base = seen.BaseNow(key, isAbsence, change.Base) }, now, last, lesson, attends, rules, by);
        if (verdict.IsWrite) seen.Apply(key, isAbsence, verdict.Next, last + 1);
        return new JudgedCell(change, verdict, lesson, mark, absence, last + 1);
    }

    private async Task<IReadOnlyDictionary<Guid, string>> NamesAsync(
        Actor actor, SeenCells seen, List<JudgedCell> judged, CancellationToken cancel)
    {
        var others = judged.Where(j => j.Verdict.State == "conflict").SelectMany(j => new[] { j.Mark?.By, j.Absence?.By })
            .OfType<Guid>().Where(id => id != actor.PersonId).Distinct().ToList();
        return await teachers.OfAsync(actor, [.. others, actor.PersonId], cancel);
    }

    private static RecordMarksAnswer Answer(
        List<JudgedCell> judged, IReadOnlyDictionary<Guid, string> names) =>
        new([.. judged.Select(cell => new CellAnswer(
            cell.Change.Lesson, cell.Change.Learner, cell.Verdict.State, cell.MarkAfter.Shown(names), cell.AbsenceAfter.ShownAbsence(names),
            cell.Verdict.Refusal?.Message))]);

    private void AddAround(
        NpgsqlBatch batch, Actor actor, GroupRoster group, RecordMarksRequest request, CellWrites writes, RecordMarksAnswer answer,
        IReadOnlyDictionary<Guid, string> names)
    {
        batch.Add("insert into kernel.idempotency (person_id, key, action, answer, at) values ($1, $2, $3, $4, $5)",
            actor.PersonId, request.Key, JournalActions.RecordMarks.Name,
            new NpgsqlParameter { Value = JsonSerializer.Serialize(answer, Json.Options), NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Jsonb }, clock.Now);
        if (writes.IsEmpty) return;
        batch.AddAudit(actor, JournalActions.RecordMarks, clock.Now, group.SchoolId,
            writes.SingleLearner, $"group={group.GroupId} cells={writes.Count}");
        batch.AddEvent(writes.Event(request.PageId, names));
    }
}
