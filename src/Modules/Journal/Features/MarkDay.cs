using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using MySchool.Contracts.Registry;
using MySchool.Journal.Data;
using MySchool.Journal.Domain;
using MySchool.Journal.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Journal.Features;

/// <summary>Who was absent, on which day and from which lesson.</summary>
/// <param name="Key">Identity of the deed: the same on a retry, and its way back.</param>
/// <param name="ClassId">The class.</param>
/// <param name="Day">The day.</param>
/// <param name="From">Number of the first lesson missed.</param>
/// <param name="Code">A code of the school's dictionary.</param>
/// <param name="Learners">Learners of the class.</param>
internal sealed record DayDeed(Guid Key, Guid ClassId, DateOnly Day, int From, string Code, ImmutableArray<Guid> Learners);

/// <summary>A cell that was not filled, and why.</summary>
internal sealed record DayRefusal(Guid Learner, short Number, string Subject, string Why);

/// <summary>What has come of it.</summary>
internal sealed record DayAnswer(int Saved, int Already, ImmutableArray<DayRefusal> Refused);

/// <summary>The class of a day as the deed needs it: groups with learners, lessons.</summary>
internal sealed record ClassDay(SchoolRosters School, ImmutableArray<DayLesson> Lessons)
{
    public GroupRoster RosterOf(SchoolGroup group) => new(
        group.GroupId, SchoolId, School.SchoolYear, group.ClassId, group.ClassName, group.Grade, group.SubjectName, School.TimeZone, [.. School.Learners[group.GroupId]], School.Terms);

    public required Guid SchoolId { get; init; }

    /// <summary>Groups a learner attends that day.</summary>
    public HashSet<Guid> GroupsOf(Guid learner, DateOnly day) =>
        [.. School.Groups.Where(group => School.Learners[group.GroupId].Any(l => l.PersonId == learner && l.From <= day && (l.To is null || l.To >= day))).Select(group => group.GroupId)];
}

/// <summary>
/// Puts one code into a day's empty cells of the learners named, over all their groups, by the rules and with the history of any save, in
/// one transaction. Nothing that stands is overwritten: what is in the way is answered by name.
/// </summary>
internal sealed class MarkDay(AppDb db, IRegistry registry, TeacherNames teachers, OutboxSignal signal, IClock clock)
{
    private const int MaxAttempts = 5;

    private sealed record GroupSave(GroupRoster Group, List<JudgedCell> Judged);

    /// <summary>The class with its lessons of a day, or null when it is not the actor's to mark.</summary>
    public async Task<ClassDay?> FindAsync(Actor actor, Guid classId, DateOnly day, CancellationToken cancel)
    {
        var school = actor.Hat.UnitId;
        if (!Decide.Allows(actor, JournalActions.MarkDay, new Coordinate(Contracts.Access.Places.Class, classId), new Coordinate(Contracts.Access.Places.School, school))) return null;
        if (await registry.GetSchoolRostersAsync(actor, school, classId, cancel) is not { } rosters) return null;
        var lessons = await db.ReadAsync(actor, batch => batch.AddOfYear("""
            select id, number, group_id, is_cancelled from journal.lessons
             where school_year = $1 and school_id = $2 and group_id = any($3) and date = $4 order by number
            """, rosters.SchoolYear, school, rosters.Groups.Select(group => group.GroupId).ToArray(), day),
            (reader, token) => reader.ReadAllAsync(r => new DayLesson(r.GetGuid(0), r.GetInt16(1), r.GetGuid(2), r.GetBoolean(3)), token), cancel);
        return new(rosters, [.. lessons]) { SchoolId = school };
    }

    public async Task<Result<DayAnswer>> HandleAsync(Actor actor, DayDeed deed, CancellationToken cancel)
    {
        if (await FindAsync(actor, deed.ClassId, deed.Day, cancel) is not { } day) return Problem.NotFound;
        if (deed.Learners.IsDefaultOrEmpty) return new Problem("journal.day-nobody", Texts.DayNobody, "learner");
        if (deed.Key == Guid.Empty) return new Problem("journal.nothing-to-save", Texts.NothingToSave);
        var wanted = deed.Learners.Distinct().SelectMany(learner => DayAbsence.LessonsOf(day.GroupsOf(learner, deed.Day), day.Lessons, deed.From).Select(lesson => (Learner: learner, Lesson: lesson))).ToList();
        if (wanted.Count == 0) return new Problem("journal.day-no-lessons", Texts.DayNoLessons, "day");
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await SaveAsync(actor, deed, day, wanted, cancel);
            }
            catch (PostgresException race) when (attempt < MaxAttempts && race.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DeadlockDetected)
            {
                // A teacher filled one of the cells between our look and our write: look again, it will stand in the way by name.
            }
        }
    }

    private async Task<Result<DayAnswer>> SaveAsync(Actor actor, DayDeed deed, ClassDay day, List<(Guid Learner, DayLesson Lesson)> wanted, CancellationToken cancel)
    {
        var saves = new List<GroupSave>();
        var (refused, already) = (new List<DayRefusal>(), 0);
        foreach (var cells in wanted.GroupBy(cell => cell.Lesson.Group))
        {
            var group = day.RosterOf(day.School.Groups.First(g => g.GroupId == cells.Key));
            var numbers = cells.GroupBy(cell => cell.Lesson.Lesson).ToDictionary(same => same.Key, same => same.First().Lesson.Number);
            var request = new RecordMarksRequest(deed.Key, [.. cells.Select(cell => new CellChange(cell.Lesson.Lesson, cell.Learner, CellKind.Absence, deed.Code, null, 0))]);
            var today = clock.TodayIn(group.TimeZone);
            var seen = await CellReader.LookAsync(db, actor, group, request, today, cancel);
            if (seen.EarlierAnswer is { } earlier) return JsonSerializer.Deserialize<DayAnswer>(earlier, Json.Options)!;
            var rules = new JournalRules(today, seen.EditWindowDays, group.Grade, seen.WorkTypes, seen.AbsenceCodes) { Closed = seen.Closed };
            var judged = new List<JudgedCell>();
            foreach (var change in request.Changes)
            {
                var key = (change.Lesson, change.Learner);
                var refusal = DayAbsence.Obstacle(seen.Marks.GetValueOrDefault(key), seen.Absences.GetValueOrDefault(key), deed.Code) is { } stands
                    ? string.Format(Words.Russian, Texts.DayCellTaken, stands) : null;
                if (refusal is null)
                {
                    var cell = RecordMarks.Judge(change, group, seen, rules, actor.PersonId);
                    if (cell.Verdict.IsWrite) judged.Add(cell);
                    else if (cell.Verdict.State == "saved") already++;
                    else refusal = cell.Verdict.Refusal?.Message ?? "";
                }
                if (refusal is not null) refused.Add(new(change.Learner, numbers[change.Lesson], group.SubjectName, refusal));
            }
            saves.Add(new(group, judged));
        }
        var answer = new DayAnswer(saves.Sum(save => save.Judged.Count), already, [.. refused.OrderBy(line => line.Learner).ThenBy(line => line.Number)]);
        await WriteAsync(actor, deed.Key, saves, answer, isUndo: false, cancel);
        return answer;
    }

    /// <summary>Takes a deed back: cells that nobody has touched since are empty again.</summary>
    /// <returns>How many.</returns>
    public async Task<Result<int>> UndoAsync(Actor actor, Guid classId, DateOnly date, Guid deed, Guid key, CancellationToken cancel)
    {
        if (await FindAsync(actor, classId, date, cancel) is not { } day) return Problem.NotFound;
        var set = await DoneAsync(actor, day, cancel);
        var saves = new List<GroupSave>();
        foreach (var cells in set.Where(cell => cell.Deed == deed).GroupBy(cell => cell.Group))
        {
            if (day.School.Groups.FirstOrDefault(g => g.GroupId == cells.Key) is not { } found) continue;
            var group = day.RosterOf(found);
            var request = new RecordMarksRequest(key, [.. cells.Select(cell => new CellChange(cell.Lesson, cell.Learner, CellKind.Absence, null, null, cell.Version))]);
            var today = clock.TodayIn(group.TimeZone);
            var seen = await CellReader.LookAsync(db, actor, group, request, today, cancel);
            if (seen.EarlierAnswer is not null) return 0;
            var rules = new JournalRules(today, seen.EditWindowDays, group.Grade, seen.WorkTypes, seen.AbsenceCodes) { Closed = seen.Closed };
            saves.Add(new(group, [.. request.Changes.Select(change => RecordMarks.Judge(change, group, seen, rules, actor.PersonId)).Where(cell => cell.Verdict.IsWrite)]));
        }
        var count = saves.Sum(save => save.Judged.Count);
        try
        {
            await WriteAsync(actor, key, saves, new DayAnswer(count, 0, []), isUndo: true, cancel);
        }
        catch (PostgresException race) when (race.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DeadlockDetected)
        {
            return new Problem("journal.day-changed", Texts.DayChangedSince, null, 409);
        }
        return count;
    }

    /// <summary>Cells that stand as the actor's deeds of the day have set them.</summary>
    public Task<List<DayCell>> DoneAsync(Actor actor, ClassDay day, CancellationToken cancel) => db.ReadAsync(actor, batch => batch.AddOfYear("""
        select h.request_key, a.group_id, a.lesson_id, a.learner_id, a.code, a.version, h.at
          from journal.absences a
          join journal.cell_history h on h.school_year = $1 and h.school_id = $2 and h.lesson_id = a.lesson_id and h.learner_id = a.learner_id and (h.kind = 'absence') and h.version = a.version
         where a.school_year = $1 and a.school_id = $2 and a.group_id = any($3) and a.lesson_id = any($4) and a.recorded_by = $5 and h.by_person = $5
           and exists (select from kernel.idempotency i where i.person_id = $5 and i.key = h.request_key and i.action = $6)
        """, day.School.SchoolYear, day.SchoolId, day.School.Groups.Select(group => group.GroupId).ToArray(), day.Lessons.Select(lesson => lesson.Lesson).ToArray(), actor.PersonId, JournalActions.MarkDay.Name),
        (reader, token) => reader.ReadAllAsync(r => new DayCell(r.GetGuid(0), r.GetGuid(1), r.GetGuid(2), r.GetGuid(3), r.GetString(4), r.GetInt32(5), r.GetFieldValue<DateTimeOffset>(6)), token), cancel);

    private async Task WriteAsync(Actor actor, Guid key, List<GroupSave> saves, DayAnswer answer, bool isUndo, CancellationToken cancel)
    {
        var names = await teachers.OfAsync(actor, [.. saves.SelectMany(save => save.Judged).Select(cell => cell.Mark?.By).OfType<Guid>().Distinct(), actor.PersonId], cancel);
        await db.WriteAsync(actor, batch =>
        {
            batch.Add("insert into kernel.idempotency (person_id, key, action, answer, at) values ($1, $2, $3, $4, $5)",
                actor.PersonId, key, JournalActions.MarkDay.Name, PlanWrites.Jsonb(answer), clock.Now);
            foreach (var save in saves.Where(save => save.Judged.Count > 0).OrderBy(save => save.Group.GroupId))
            {
                var writes = new CellWrites(actor, save.Group, key, clock.Now, save.Judged) { IsAddOnly = !isUndo, Why = Texts.DayWhy };
                writes.AddTo(batch);
                batch.AddAudit(actor, JournalActions.MarkDay, clock.Now, save.Group.SchoolId, writes.SingleLearner, string.Create(CultureInfo.InvariantCulture, $"group={save.Group.GroupId} cells={writes.Count}{(isUndo ? " undo" : "")}"));
                batch.AddEvent(writes.Event(Guid.Empty, names));
            }
        }, cancel);
        if (answer.Saved > 0) signal.Ring();
    }
}

/// <summary>A cell set by a deed of the day.</summary>
internal sealed record DayCell(Guid Deed, Guid Group, Guid Lesson, Guid Learner, string Code, int Version, DateTimeOffset At);
