using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Journal;
using MySchool.Contracts.Registry;
using MySchool.Journal.Data;
using MySchool.Journal.Domain;
using MySchool.Journal.Pages;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Ui;
using Npgsql;

namespace MySchool.Journal.Features;

/// <summary>The grid of one group over one term.</summary>
internal sealed record ClassJournal(
    GroupRoster Group, TermFacts? Term, DateOnly Today, bool IsWritable, Guid PersonId,
    ImmutableArray<JournalLesson> Lessons, IReadOnlyList<WorkType> WorkTypes, IReadOnlyList<AbsenceCode> AbsenceCodes,
    IReadOnlyDictionary<(Guid Lesson, Guid Learner), JournalCell> Cells)
{
    /// <summary>Days that families have told of beforehand.</summary>
    public ImmutableArray<ExplainedDays> Explained { get; init; } = [];

    /// <summary>The plan the group learns by, laid over its lessons; null when it has none.</summary>
    public GroupPlan? Plan { get; init; }

    /// <summary>What a family has said of a learner's day, or null.</summary>
    public ExplainedDays? ExplainedOn(Guid learner, DateOnly day) => Explained.FirstOrDefault(days => days.LearnerId == learner && days.From <= day && days.To >= day);

    /// <summary>Whether the reader makes remarks on journals of the school.</summary>
    public bool MayRemark { get; init; }

    /// <summary>Remarks on this journal that wait for its teacher.</summary>
    public int RemarksOpen { get; init; }

    /// <summary>A learner's cells in the order of the lessons.</summary>
    public JournalCell[] CellsOf(Guid learner) => [.. Lessons.Select(lesson => Cells.GetValueOrDefault((lesson.Id, learner)))];
}

/// <summary>Days a family has told of; its words are not the journal's.</summary>
internal sealed record ExplainedDays(Guid LearnerId, DateOnly From, DateOnly To, string Reason);

internal sealed record JournalLesson(
    Guid Id, DateOnly Date, short Number, string Topic, short WorkType, bool IsCancelled, string? Homework, string? LockedWhy)
{
    /// <summary>Whether marks put now wait to be posted.</summary>
    public bool HoldsMarks { get; init; }
}

internal readonly record struct JournalCell(RecordedMark? Mark, RecordedAbsence? Absence)
{
    /// <summary>Whether families do not see the mark yet.</summary>
    public bool IsHeld { get; init; }

    /// <summary>Each mark of the cell with its weight.</summary>
    public IEnumerable<(string Value, short Weight)> Marks => Mark?.Each() ?? [];
}

internal sealed record WorkType(short Number, string Name, string ShortName, short Weight);

internal sealed record AbsenceCode(string Code, string Name, string Category);

/// <summary>Reads the grid in one round trip after the roster; the reading is noted meanwhile.</summary>
internal sealed class ShowClassJournal(AppDb db, IRegistry registry, ReadingAudit audit, IClock clock)
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/journal/{groupId:guid}", async (
            Guid groupId, short? term, HttpContext context, ShowClassJournal handler, CancellationToken cancel) =>
        {
            var journal = await handler.HandleAsync(context.RequireActor(), groupId, term, cancel);
            // The page of the current term is the one to work on without a network.
            if (journal is { IsOk: true, Value.IsWritable: true } && term is null) context.Features.Set(new OfflineOffer(OfflineJournals.Of(groupId)));
            return journal.IsOk ? Page.Of<ClassJournalPage>(new { Data = journal.Value }) : journal.Problem!.ToPage();
        }).Allow(JournalActions.OpenJournal);

    public async Task<Result<ClassJournal>> HandleAsync(Actor actor, Guid groupId, short? termNumber, CancellationToken cancel)
    {
        if (await JournalAccess.FindGroupAsync(registry, actor, groupId, JournalActions.OpenJournal, cancel) is not { } group)
            return Problem.NotFound;
        var today = clock.TodayIn(group.TimeZone);
        var term = group.Terms.FirstOrDefault(t => t.Number == termNumber) ?? ((IReadOnlyList<TermFacts>)group.Terms).TermAt(today);
        var (from, to) = term is null ? (today.AddMonths(-2), today) : (term.Starts, term.Ends);
        var noted = audit.NoteAsync(actor, JournalActions.OpenJournal, group.SchoolId, null, $"group={groupId}");
        var journal = await db.ReadAsync(actor, batch =>
        {
            AddDictionaries(batch, group, today);
            AddCells(batch, group, from, to);
            PlanBook.AddGroups(batch, group.SchoolYear, group.SchoolId, [groupId]);
        }, (reader, token) => ReadAsync(reader, actor, group, term, today, token), cancel);
        await noted;
        return journal;
    }

    /// <summary>The grid of the term that a lesson is in, and the lesson's column.</summary>
    public async Task<Result<(ClassJournal Journal, JournalLesson Lesson)>> OfLessonAsync(Actor actor, Guid groupId, Guid lessonId, CancellationToken cancel)
    {
        if (await JournalAccess.FindGroupAsync(registry, actor, groupId, JournalActions.OpenJournal, cancel) is not { } group) return Problem.NotFound;
        var date = await db.ReadAsync(actor, batch => batch.Add("select date from journal.lessons where school_year = $1 and school_id = $2 and group_id = $3 and id = $4",
            group.SchoolYear, group.SchoolId, group.GroupId, lessonId), (reader, token) => reader.ReadFirstAsync(row => (DateOnly?)row.GetFieldValue<DateOnly>(0), token), cancel);
        if (date is not { } day) return Problem.NotFound;
        var journal = await HandleAsync(actor, groupId, ((IReadOnlyList<TermFacts>)group.Terms).TermAt(day)?.Number, cancel);
        if (!journal.IsOk) return journal.Problem!;
        return journal.Value.Lessons.FirstOrDefault(lesson => lesson.Id == lessonId) is { } column ? (journal.Value, column) : Problem.NotFound;
    }

    private static void AddDictionaries(NpgsqlBatch batch, GroupRoster group, DateOnly today)
    {
        batch.Add("select number, name, short_name, weight from journal.work_types where school_id = $1 order by number", group.SchoolId);
        batch.Add("select code, name, category from journal.absence_codes where school_id = $1 order by position", group.SchoolId);
        batch.Add("select (select edit_window_days from journal.settings where school_id = $1), journal.closed_for($2, $1, $3, $4, $5)",
            group.SchoolId, group.SchoolYear, group.ClassId, group.GroupId, today);
    }

    private static void AddCells(NpgsqlBatch batch, GroupRoster group, DateOnly from, DateOnly to)
    {
        object[] place = [group.SchoolId, group.GroupId, from, to];
        batch.AddOfYear("""
            select l.id, l.date, l.number, l.topic, l.work_type, l.is_cancelled, h.text, l.holds_marks
              from journal.lessons l
              left join (select lesson_id, string_agg(text, E'\n' order by position) as text from journal.homework
                          where school_year = $1 and school_id = $2 and group_id = $3 and due_on >= $4 group by lesson_id) h on h.lesson_id = l.id
             where l.school_year = $1 and l.school_id = $2 and l.group_id = $3 and l.date between $4 and $5
             order by l.date, l.number
            """, group.SchoolYear, place);
        // Plan: range of the primary key by (year, school, group), which holds every column asked; the term is a filter.
        batch.AddOfYear("""
            select lesson_id, learner_id, value, work_type, weight, comment, version, slot, case when value = '•' then (select due_on from journal.debts d
                     where d.school_year = $1 and d.school_id = $2 and d.group_id = $3 and d.learner_id = m.learner_id and d.lesson_id = m.lesson_id) end
              from journal.marks m
             where school_year = $1 and school_id = $2 and group_id = $3 and lesson_date between $4 and $5
             order by learner_id, lesson_id, slot
            """, group.SchoolYear, place);
        batch.AddOfYear("""
            select lesson_id, learner_id, code, version from journal.absences
             where school_year = $1 and school_id = $2 and group_id = $3 and lesson_date between $4 and $5
            """, group.SchoolYear, place);
        batch.Add("""
            select learner_id, starts_on, ends_on, reason from journal.absence_notes
             where school_year = $1 and school_id = $2 and ends_on >= $4 and starts_on <= $5 and group_ids && array[$3] and withdrawn_at is null
            """, [group.SchoolYear, .. place]);
        batch.Add("select count(*)::int from journal.remarks where school_year = $1 and school_id = $2 and group_id = $3 and state = 'open'", group.SchoolYear, group.SchoolId, group.GroupId);
    }

    private static async Task<ClassJournal> ReadAsync(
        NpgsqlDataReader reader, Actor actor, GroupRoster group, TermFacts? term, DateOnly today, CancellationToken cancel)
    {
        var works = await reader.ReadAllAsync(r => new WorkType(r.GetInt16(0), r.GetString(1), r.GetString(2), r.GetInt16(3)), cancel);
        var codes = await reader.ReadAllAsync(r => new AbsenceCode(r.GetString(0), r.GetString(1), r.GetString(2)), cancel);
        var (window, closed) = await reader.ReadFirstAsync(r => (r.Maybe<short>(0) ?? SeenCells.DefaultEditWindowDays, Closings.Of(group, r.GetFieldValue<short[]>(1))), cancel);
        var rules = new JournalRules(today, window, group.Grade, works.ToDictionary(w => w.Number, w => w.Weight), codes.Select(c => c.Code).ToHashSet()) { Closed = closed };
        var lessons = await reader.ReadAllAsync(r => ReadLesson(r, rules), cancel);
        var cells = new Dictionary<(Guid, Guid), JournalCell>();
        await reader.ReadAllAsync(r => AddMark(cells, r), cancel);
        foreach (var (key, absence) in await reader.ReadAllAsync(
            r => (Key: (r.GetGuid(0), r.GetGuid(1)), Absence: new RecordedAbsence(r.GetString(2), r.GetInt32(3), "")), cancel))
            cells[key] = cells.GetValueOrDefault(key) with { Absence = absence };
        var explained = await reader.ReadAllAsync(r => new ExplainedDays(r.GetGuid(0), r.GetFieldValue<DateOnly>(1), r.GetFieldValue<DateOnly>(2), r.GetString(3)), cancel);
        var remarks = await reader.ReadFirstAsync(r => r.GetInt32(0), cancel);
        var plans = await PlanBook.ReadGroupsAsync(reader, today, cancel);
        var isWritable = JournalAccess.Allows(actor, JournalActions.RecordMarks, group);
        return new(group, term, today, isWritable, actor.PersonId, [.. lessons], works, codes, cells)
        {
            Explained = [.. explained], Plan = plans.GetValueOrDefault(group.GroupId), RemarksOpen = remarks, MayRemark = JournalAccess.Allows(actor, HeadActions.GiveRemarks, group),
        };
    }

    // A cell's further marks come in rows of their own, in order.
    private static bool AddMark(Dictionary<(Guid, Guid), JournalCell> cells, NpgsqlDataReader r)
    {
        var key = (r.GetGuid(0), r.GetGuid(1));
        cells[key] = cells.TryGetValue(key, out var first)
            ? first with { Mark = first.Mark!.And(r.GetString(2), new(r.GetInt16(3), r.GetInt16(4))) }
            : new(new(r.GetString(2), r.GetInt16(3), r.GetInt16(4), r.Text(5), r.GetInt32(6), "") { Due = r.Maybe<DateOnly>(8) }, null) { IsHeld = r.GetInt16(7) > CellMarks.HeldFrom };
        return true;
    }

    private static JournalLesson ReadLesson(NpgsqlDataReader r, JournalRules rules)
    {
        var state = new LessonState(r.GetGuid(0), r.GetFieldValue<DateOnly>(1), r.GetInt16(4), r.GetBoolean(5));
        return new(state.Id, state.Date, r.GetInt16(2), r.GetString(3), state.WorkType, state.IsCancelled, r.Text(6),
            CellRules.LockOf(state, rules)?.Message) { HoldsMarks = r.GetBoolean(7) };
    }
}
