using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Registry;
using MySchool.Journal.Data;
using MySchool.Journal.Domain;
using MySchool.Journal.Pages;
using MySchool.Journal.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Ui;
using Npgsql;

namespace MySchool.Journal.Features;

/// <summary>A change of a cell with what stands there now.</summary>
/// <param name="Lesson">The lesson.</param>
/// <param name="Date">Its day.</param>
/// <param name="Learner">The learner.</param>
/// <param name="Line">Who, when and what.</param>
/// <param name="Version">Of the change.</param>
/// <param name="Standing">Version that stands there now, 0 for an empty cell: what a restoring is typed over.</param>
/// <param name="Now">What stands there now, or null.</param>
internal sealed record JournalChange(Guid Lesson, DateOnly Date, Guid Learner, CellChangeLine Line, int Version, int Standing, string? Now)
{
    /// <summary>Whether taking it back would change anything.</summary>
    public bool MayReturn => Line.Old != Now;
}

/// <summary>Changes of a journal, newest first: of all, of one learner, of one lesson.</summary>
internal sealed record JournalChanges(
    GroupRoster Group, ImmutableArray<JournalChange> Lines, Guid? Learner, JournalDay? Lesson, string? Next, bool IsWritable, string? Done, Problem? Refusal);

/// <summary>A lesson a list of changes is about.</summary>
internal sealed record JournalDay(Guid Id, DateOnly Date);

/// <summary>One change to be taken back.</summary>
internal sealed record RestoreForm(
    [FromForm(Name = "key")] Guid Key, [FromForm(Name = "ofLesson")] Guid Lesson, [FromForm(Name = "ofLearner")] Guid Learner, [FromForm(Name = "kind")] string? Kind,
    [FromForm(Name = "version")] int Version, [FromForm(Name = "base")] int Base);

/// <summary>The history of a journal as a page, and any line of it taken back: by the same rules and into the same history.</summary>
internal sealed class ShowChanges(AppDb db, IRegistry registry, TeacherNames names, RecordMarks marks)
{
    private const int PageSize = 50;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/journal/{groupId:guid}/changes", async (
            Guid groupId, Guid? learner, Guid? lesson, string? before, string? done, HttpContext context, ShowChanges handler, CancellationToken cancel) =>
                await handler.ShowAsync(context.RequireActor(), groupId, learner, lesson, before, done, null, cancel))
            .Allow(JournalActions.ReadHistory);
        routes.MapPost("/journal/{groupId:guid}/changes", async (
            Guid groupId, Guid? learner, Guid? lesson, [AsParameters] RestoreForm form, HttpContext context, ShowChanges handler, CancellationToken cancel) =>
        {
            var actor = context.RequireActor();
            var refusal = await handler.RestoreAsync(actor, groupId, form, cancel);
            if (refusal is null) return Results.Redirect($"/journal/{groupId}/changes?learner={learner}&lesson={lesson}&done=restored");
            return refusal.Status == 404 ? refusal.ToPage() : await handler.ShowAsync(actor, groupId, learner, lesson, null, null, refusal, cancel);
        }).Allow(JournalActions.RecordMarks);
    }

    /// <summary>Puts back what stood in the cell before a change; null when done.</summary>
    public async Task<Problem?> RestoreAsync(Actor actor, Guid groupId, RestoreForm form, CancellationToken cancel)
    {
        if (await JournalAccess.FindGroupAsync(registry, actor, groupId, JournalActions.RecordMarks, cancel) is not { } group) return Problem.NotFound;
        if (!Enum.TryParse<CellKind>(form.Kind, ignoreCase: true, out var kind) || !Enum.IsDefined(kind)) return Problem.NotFound;
        var found = await db.ReadAsync(actor, batch => batch.AddOfYear("""
            select old_value from journal.cell_history
             where school_year = $1 and school_id = $2 and lesson_id = $3 and learner_id = $4 and group_id = $5 and kind = $6 and version = $7
            """, group.SchoolYear, group.SchoolId, form.Lesson, form.Learner, groupId, kind.ToString().ToLowerInvariant(), form.Version),
            (reader, token) => reader.ReadAllAsync(row => row.Text(0), token), cancel);
        if (found.Count == 0) return Problem.NotFound;
        var key = form.Key == Guid.Empty ? Ids.New() : form.Key;
        var saved = await marks.HandleAsync(actor, groupId, new RecordMarksRequest(key, [new CellChange(form.Lesson, form.Learner, kind, found[0], null, form.Base)]), cancel);
        if (!saved.IsOk) return saved.Problem;
        return saved.Value.Cells[0] is { State: not "saved" } cell ? new Problem("journal.not-restored", cell.Message ?? Texts.CellChanged, null, 409) : null;
    }

    private async Task<IResult> ShowAsync(
        Actor actor, Guid groupId, Guid? learner, Guid? lesson, string? before, string? done, Problem? refusal, CancellationToken cancel)
    {
        if (await JournalAccess.FindGroupAsync(registry, actor, groupId, JournalActions.ReadHistory, cancel) is not { } group) return Problem.NotFound.ToPage();
        var until = DateTimeOffset.TryParse(before, System.Globalization.CultureInfo.InvariantCulture, out var moment) ? moment.ToUniversalTime() : (DateTimeOffset?)null;
        var zone = TimeZoneInfo.FindSystemTimeZoneById(group.TimeZone);
        var (rows, day) = await db.ReadAsync(actor, batch => AddTo(batch, group, learner, lesson, until),
            async (reader, token) => (await reader.ReadAllAsync(row => Read(row, zone), token), await reader.ReadFirstAsync(row => new JournalDay(row.GetGuid(0), row.GetFieldValue<DateOnly>(1)), token)), cancel);
        var known = await names.OfAsync(actor, [.. rows.Select(row => row.By)], cancel);
        var lines = rows.Take(PageSize).Select(row => row.Change with { Line = row.Change.Line with { By = known[row.By] } }).ToImmutableArray();
        var next = rows.Count > PageSize ? Uri.EscapeDataString(rows[PageSize - 1].Change.Line.At.ToUniversalTime().ToString("O", System.Globalization.CultureInfo.InvariantCulture)) : null;
        var isWritable = JournalAccess.Allows(actor, JournalActions.RecordMarks, group);
        return Page.Of<JournalChangesPage>(new { Data = new JournalChanges(group, lines, learner, day, next, isWritable, done, refusal) }, refusal?.Status ?? 200);
    }

    // Plan: the history of the group from the newest back, by cell_history_group.
    private static void AddTo(NpgsqlBatch batch, GroupRoster group, Guid? learner, Guid? lesson, DateTimeOffset? before)
    {
        batch.AddOfYear("""
            select h.lesson_id, l.date, h.learner_id, h.kind, h.version, h.old_value, h.new_value, h.why, h.at, h.by_person,
                   coalesce(case when h.kind = 'absence' then a.version else m.version end, 0),
                   case h.kind when 'absence' then a.code when 'mark' then m.value else m.comment end
              from journal.cell_history h
              join journal.lessons l on l.school_year = $1 and l.school_id = $2 and l.id = h.lesson_id
              left join lateral (
                select string_agg(value, ' ' order by slot) as value, max(comment) as comment, max(version) as version from journal.marks
                 where school_year = $1 and school_id = $2 and group_id = $3 and learner_id = h.learner_id and lesson_id = h.lesson_id) m on true
              left join journal.absences a on a.school_year = $1 and a.school_id = $2 and a.group_id = $3 and a.learner_id = h.learner_id and a.lesson_id = h.lesson_id
             where h.school_year = $1 and h.school_id = $2 and h.group_id = $3 and ($4::uuid is null or h.learner_id = $4) and ($5::uuid is null or h.lesson_id = $5)
               and h.at < $6
             order by h.at desc, h.learner_id, h.kind limit $7
            """, group.SchoolYear, group.SchoolId, group.GroupId, Maybe.Uuid(learner), Maybe.Uuid(lesson), before ?? DateTimeOffset.MaxValue, PageSize + 1);
        batch.AddOfYear("select id, date from journal.lessons where school_year = $1 and school_id = $2 and group_id = $3 and id = $4",
            group.SchoolYear, group.SchoolId, group.GroupId, Maybe.Uuid(lesson));
    }

    private static (Guid By, JournalChange Change) Read(NpgsqlDataReader row, TimeZoneInfo zone) => (row.GetGuid(9), new JournalChange(
        row.GetGuid(0), row.GetFieldValue<DateOnly>(1), row.GetGuid(2),
        new CellChangeLine(TimeZoneInfo.ConvertTime(row.GetFieldValue<DateTimeOffset>(8), zone), "", row.GetString(3), row.Text(5), row.Text(6), row.Text(7)),
        row.GetInt32(4), row.GetInt32(10), row.Text(11)));
}
