using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Registry.Features.ImportLists;
using MySchool.Registry.Features.ImportOneRoster;
using MySchool.Registry.Pages;
using MySchool.Registry.Resources;
using MySchool.Ui;
using Npgsql;

namespace MySchool.Registry.Features.RehearseImport;

/// <summary>Which rows of the difference are looked at.</summary>
internal sealed record ChangeFilter(string? Table, string? Kind, string? Name, int Page);

/// <summary>An import as its page shows it.</summary>
internal sealed record RehearsalScreen(
    Guid Id, string Source, string FileName, string State, int Version, bool IsMoved, bool EndsAbsent, int Absent, int AbsentOf, ImmutableArray<ChangeCount> Counts,
    ImmutableArray<string> Notes, string? Refusal, ImmutableArray<ImportBadRow> BadRows, int BadCount, string Stage, long RowsRead, bool IsAlive,
    DateTimeOffset MadeAt, DateTimeOffset? AppliedAt, DateTimeOffset? UndoneAt)
{
    public const int PageRows = 50;
    public const int ShownBadRows = 200;

    public ChangeFilter Filter { get; init; } = new(null, null, null, 1);

    public ImmutableArray<ChangeLine> Lines { get; init; } = [];

    public bool HasMore { get; init; }

    /// <summary>Sheets of a list and what their columns were taken for.</summary>
    public ImmutableArray<SheetColumns> Columns { get; init; } = [];

    public ImmutableArray<Obstacle> Obstacles { get; init; } = [];

    public Problem? Problem { get; init; }

    public bool IsReading => State == "reading" && IsAlive;

    public bool IsBroken => State == "reading" && !IsAlive;

    public bool ShowsChanges => State is "ready" or "applied" or "undone";

    public long Total => Counts.Sum(count => count.Total);

    public bool IsStopped => ImportState.IsTooMany(EndsAbsent, Absent, AbsentOf);
}

/// <summary>Shows what a file would change, page by page, or why it cannot be read.</summary>
internal sealed class ShowRehearsal(AppDb db)
{
    private const int MaxPage = 100_000;
    private const int MaxName = 100;
    private static readonly string[] Kinds = ["new", "changed", "ended", "removed"];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/school/import/{id:guid}", async (
            Guid id, string? table, string? kind, string? q, int? page, HttpContext context, ShowRehearsal handler, CancellationToken cancel) =>
        {
            var shown = await handler.HandleAsync(context.RequireActor(), id, new ChangeFilter(table, kind, q, page ?? 1), cancel);
            if (!shown.IsOk) return shown.Problem!.ToPage();
            // Works without script: the browser asks again by itself.
            if (shown.Value.IsReading) context.Response.Headers["Refresh"] = "2";
            return Page.Of<RehearsalPage>(new { Data = shown.Value });
        }).Allow(RegistryActions.Import);
        routes.MapGet("/school/import/{id:guid}/errors", async (Guid id, HttpContext context, ShowRehearsal handler, CancellationToken cancel) =>
        {
            var shown = await handler.HandleAsync(context.RequireActor(), id, new ChangeFilter(null, null, null, 1), cancel);
            return shown.IsOk ? Results.File(await BadRows.ToCsvAsync(shown.Value.BadRows, cancel), "text/csv; charset=utf-8", Texts.ImportReportFile) : shown.Problem!.ToPage();
        }).Allow(RegistryActions.Import);
    }

    public async Task<Result<RehearsalScreen>> HandleAsync(Actor actor, Guid id, ChangeFilter filter, CancellationToken cancel)
    {
        if (Administration.SchoolOf(actor, RegistryActions.Import) is not { } school) return Problem.NotFound;
        var asked = Clean(filter);
        var screen = await db.ReadAsync(actor, batch => Add(batch, school, id, asked), async (reader, token) =>
        {
            var found = await reader.ReadFirstAsync(ReadScreen, token);
            var lines = await reader.ReadAllAsync(r => RehearsalRows.Line(
                r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.Text(4), r.Text(5)), token);
            return found is null ? null : found with
            { Filter = asked, Lines = [.. lines.Take(RehearsalScreen.PageRows)], HasMore = lines.Count > RehearsalScreen.PageRows };
        }, cancel);
        return screen is null ? Problem.NotFound : screen;
    }

    /// <summary>The same page with a refusal on it.</summary>
    public async Task<IResult> RefusedAsync(Actor actor, Guid id, Problem problem, CancellationToken cancel)
    {
        if (problem.Status == 404) return problem.ToPage();
        var shown = await HandleAsync(actor, id, new ChangeFilter(null, null, null, 1), cancel);
        return shown.IsOk ? Page.Of<RehearsalPage>(new { Data = shown.Value with { Problem = problem } }, problem.Status) : shown.Problem!.ToPage();
    }

    /// <summary>The same page with what stands in the way of undoing.</summary>
    public async Task<IResult> HinderedAsync(Actor actor, Guid id, ImmutableArray<Obstacle> obstacles, CancellationToken cancel)
    {
        var shown = await HandleAsync(actor, id, new ChangeFilter(null, null, null, 1), cancel);
        return shown.IsOk ? Page.Of<RehearsalPage>(new { Data = shown.Value with { Obstacles = obstacles } }, 409) : shown.Problem!.ToPage();
    }

    // A page is one range of an index: by number, or by table and kind; a name is sought among the rows of one import.
    private static void Add(NpgsqlBatch batch, Guid school, Guid id, ChangeFilter filter)
    {
        batch.Add("""
            select id, source, file_name, state, version, is_moved, ends_absent, absent, absent_of, counts::text, array(select jsonb_array_elements_text(notes)),
                   refusal, bad_rows::text, bad_count, stage, rows_read, alive_at > now() - interval '30 seconds', made_at, applied_at, undone_at, columns::text
              from registry.imports where school_id = $1 and id = $2 and state <> 'dropped'
            """, school, id);
        var wanted = new List<string>();
        var values = new List<object?> { school, id, RehearsalScreen.PageRows + 1, (filter.Page - 1) * RehearsalScreen.PageRows };
        foreach (var (condition, value) in ((string, string?)[])[("table_name =", filter.Table), ("kind =", filter.Kind), ("title ilike", Like(filter.Name))])
            if (value is not null)
            {
                values.Add(value);
                wanted.Add($" and {condition} ${values.Count}");
            }
        batch.Add($"""
            select table_name, kind, title, note, old_row::text, new_row::text from registry.import_changes
             where school_id = $1 and import_id = $2 {string.Concat(wanted)} order by number limit $3 offset $4
            """, [.. values]);
    }

    // What the address says may be anything; what no row can be called is not asked for.
    private static ChangeFilter Clean(ChangeFilter filter)
    {
        var name = string.Concat((filter.Name ?? "").Where(c => !char.IsControl(c) && !char.IsSurrogate(c)).Take(MaxName)).Trim();
        return new ChangeFilter(
            PlannedTable.All.FirstOrDefault(planned => planned.Table.Name == filter.Table)?.Table.Name, Kinds.FirstOrDefault(kind => kind == filter.Kind),
            name.Length > 0 ? name : null, Math.Clamp(filter.Page, 1, MaxPage));
    }

    private static string? Like(string? name) => name is null ? null
        : $"%{name.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal)}%";

    private static RehearsalScreen ReadScreen(NpgsqlDataReader r) => new(
        r.GetGuid(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetInt32(4), r.GetBoolean(5), r.GetBoolean(6), r.GetInt32(7), r.GetInt32(8),
        RehearsalRows.Counts(r.GetString(9)), [.. r.GetFieldValue<string[]>(10)], r.Text(11), RehearsalRows.BadRows(r.GetString(12)), r.GetInt32(13),
        r.GetString(14), r.GetInt64(15), r.GetBoolean(16), r.GetFieldValue<DateTimeOffset>(17), r.Maybe<DateTimeOffset>(18), r.Maybe<DateTimeOffset>(19))
    { Columns = ChooseColumns.Of(r.GetString(20)) };
}
