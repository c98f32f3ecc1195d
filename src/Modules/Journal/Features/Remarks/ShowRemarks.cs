using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Journal.Domain;
using MySchool.Journal.Features.Classes;
using MySchool.Journal.Pages;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Journal.Features.Remarks;

/// <summary>What of the queue is shown.</summary>
/// <param name="State">found, open, answered or closed.</param>
/// <param name="ClassId">One class.</param>
/// <param name="Kind">One kind.</param>
/// <param name="GroupId">One journal.</param>
internal sealed record RemarkFilter([FromQuery(Name = "state")] string? State, [FromQuery(Name = "class")] Guid? ClassId, [FromQuery(Name = "kind")] string? Kind, [FromQuery(Name = "group")] Guid? GroupId);

/// <summary>A remark in a list.</summary>
internal sealed record RemarkLine(Remark Remark, RemarkedGroup Group);

/// <summary>The queue of remarks.</summary>
/// <param name="Filter">What is shown.</param>
/// <param name="Counts">How many stand in each state.</param>
/// <param name="Lines">Remarks of the state chosen.</param>
/// <param name="Lacks">What was found and is not asked for yet; null where nobody may make remarks of it.</param>
/// <param name="Classes">To filter by.</param>
/// <param name="Term">Term of today.</param>
/// <param name="Today">Today.</param>
/// <param name="TimeZone">The school's zone.</param>
internal sealed record RemarkQueue(
    RemarkFilter Filter, IReadOnlyDictionary<string, int> Counts, ImmutableArray<RemarkLine> Lines, ImmutableArray<Lack>? Lacks, ImmutableArray<ClassLink> Classes,
    TermFacts? Term, DateOnly Today, string TimeZone)
{
    public string State => Filter.State is RemarkRules.Open or RemarkRules.Answered or RemarkRules.Closed or "found" ? Filter.State : Lacks is null ? RemarkRules.Open : "found";

    public string? Done { get; init; }
}

/// <summary>Remarks on the keeping of journals: the whole queue for the deputy and the head, their own for a teacher.</summary>
internal sealed class ShowRemarks(AppDb db, IRegistry registry, FindLacks lacks, IClock clock)
{
    private const int MostShown = 300;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/journal/remarks", async ([AsParameters] RemarkFilter filter, string? done, HttpContext context, ShowRemarks handler, CancellationToken cancel) =>
        {
            // «Все классы» comes as an empty id.
            var chosen = filter.ClassId == Guid.Empty ? filter with { ClassId = null } : filter;
            var queue = await handler.HandleAsync(context.RequireActor(), context.Features.Get<PersonFacts>()!, chosen, cancel);
            return queue.IsOk ? Page.Of<RemarksPage>(new { Data = queue.Value with { Done = done } }) : queue.Problem!.ToPage();
        }).Allow(HeadActions.ReadRemarks);

    public async Task<Result<RemarkQueue>> HandleAsync(Actor actor, PersonFacts facts, RemarkFilter filter, CancellationToken cancel)
    {
        var today = clock.TodayIn(facts.TimeZone);
        var mayGive = Decide.Allows(actor, HeadActions.GiveRemarks, new Coordinate(Places.School, actor.Hat.UnitId));
        var school = mayGive ? await registry.GetSchoolRostersAsync(actor, actor.Hat.UnitId, null, cancel) : null;
        if (mayGive && school is null) return Problem.NotFound;
        var groups = school is not null
            ? school.Groups.Select(group => new RemarkedGroup(group.GroupId, group.ClassId, $"{group.SubjectName}, {group.ClassName}", group.TeacherName)).ToDictionary(group => group.GroupId)
            : facts.Taught.ToDictionary(group => group.GroupId, group => new RemarkedGroup(group.GroupId, Guid.Empty, $"{group.SubjectName}, {group.ClassName}", ""));
        var shown = groups.Values.Where(group => (filter.ClassId is null || group.ClassId == filter.ClassId) && (filter.GroupId is null || group.GroupId == filter.GroupId)).Select(group => group.GroupId).ToArray();
        var term = school?.Terms is { } terms ? FindClass.TermOf(terms, null, today) : null;
        var found = school is not null && term is not null ? await lacks.HandleAsync(actor, Within(school, shown), term, today, cancel) : (ImmutableArray<Lack>?)null;
        var queue = new RemarkQueue(filter, new Dictionary<string, int>(), [], found?.Where(lack => filter.Kind is null or "" || lack.Kind == filter.Kind).ToImmutableArray(),
            school is null ? [] : [.. school.Groups.DistinctBy(group => group.ClassId).Select(group => new ClassLink(group.ClassId, group.ClassName.Split(',')[0], group.Grade))], term, today, facts.TimeZone);
        var (counts, lines) = await ReadAsync(actor, SchoolYear.Of(today), shown, filter.Kind, queue.State, cancel);
        return queue with { Counts = counts, Lines = [.. lines.Select(remark => new RemarkLine(remark, groups[remark.GroupId]))] };
    }

    /// <summary>Remarks that wait for the teacher's answer, the most pressing first.</summary>
    public async Task<ImmutableArray<RemarkLine>> WaitingAsync(Actor actor, PersonFacts facts, CancellationToken cancel)
    {
        var groups = facts.Taught.ToDictionary(group => group.GroupId, group => new RemarkedGroup(group.GroupId, Guid.Empty, $"{group.SubjectName}, {group.ClassName}", ""));
        if (groups.Count == 0) return [];
        var (_, lines) = await ReadAsync(actor, SchoolYear.Of(clock.TodayIn(facts.TimeZone)), [.. groups.Keys], null, RemarkRules.Open, cancel);
        return [.. lines.Select(remark => new RemarkLine(remark, groups[remark.GroupId]))];
    }

    // Plan: remarks_group, a range a group.
    private Task<(Dictionary<string, int> Counts, List<Remark> Lines)> ReadAsync(Actor actor, short year, Guid[] groups, string? kind, string state, CancellationToken cancel) => db.ReadAsync(actor, batch =>
    {
        batch.Add("""
            select state, count(*)::int from journal.remarks
             where school_year = $1 and school_id = $2 and group_id = any($3) and ($4::text is null or kind = $4) group by 1
            """, year, actor.Hat.UnitId, groups, Maybe.Typed(kind));
        batch.Add($"""
            select {RemarkRows.Columns} from {RemarkRows.Tables}
             where r.school_year = $1 and r.school_id = $2 and r.group_id = any($3) and ($4::text is null or r.kind = $4) and r.state = $5
             order by case when r.state = 'closed' then null else r.due_on end, r.opened_at desc limit {MostShown}
            """, year, actor.Hat.UnitId, groups, Maybe.Typed(kind), state);
    }, async (reader, token) => (
        (await reader.ReadAllAsync(r => (State: r.GetString(0), Count: r.GetInt32(1)), token)).ToDictionary(row => row.State, row => row.Count),
        await reader.ReadAllAsync(RemarkRows.Read, token)), cancel);

    private static SchoolRosters Within(SchoolRosters school, Guid[] groups) => school with { Groups = [.. school.Groups.Where(group => groups.Contains(group.GroupId))] };
}
