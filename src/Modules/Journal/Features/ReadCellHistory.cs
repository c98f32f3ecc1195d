using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Journal.Data;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;

namespace MySchool.Journal.Features;

/// <summary>One change of a cell.</summary>
/// <param name="At">When, in the school's time.</param>
/// <param name="By">Who, polite name.</param>
/// <param name="Kind">mark, absence or comment.</param>
/// <param name="Old">What stood there, or null.</param>
/// <param name="New">What was put, or null for a clearing.</param>
/// <param name="Why">The reason given, or null.</param>
internal sealed record CellChangeLine(DateTimeOffset At, string By, string Kind, string? Old, string? New, string? Why);

/// <summary>Who changed a cell, when, what and why: newest first.</summary>
internal sealed class ReadCellHistory(AppDb db, IRegistry registry, TeacherNames names)
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/journal/{groupId:guid}/history", async (
            Guid groupId, Guid lesson, Guid learner, HttpContext context, ReadCellHistory handler, CancellationToken cancel) =>
                (await handler.HandleAsync(context.RequireActor(), groupId, lesson, learner, cancel)).ToJson())
            .Allow(JournalActions.ReadHistory);

    public async Task<Result<IReadOnlyList<CellChangeLine>>> HandleAsync(
        Actor actor, Guid groupId, Guid lessonId, Guid learnerId, CancellationToken cancel)
    {
        if (await JournalAccess.FindGroupAsync(registry, actor, groupId, JournalActions.ReadHistory, cancel) is not { } group)
            return Problem.NotFound;
        var zone = TimeZoneInfo.FindSystemTimeZoneById(group.TimeZone);
        var lines = await db.ReadAsync(actor, batch => batch.AddOfYear("""
            select at, by_person, kind, old_value, new_value, why from journal.cell_history
             where school_year = $1 and school_id = $2 and lesson_id = $3 and learner_id = $4 and group_id = $5
             order by at desc, version desc limit 200
            """, group.SchoolYear, group.SchoolId, lessonId, learnerId, groupId),
            (reader, token) => reader.ReadAllAsync(r => (
                By: r.GetGuid(1),
                Line: new CellChangeLine(TimeZoneInfo.ConvertTime(r.GetFieldValue<DateTimeOffset>(0), zone), "", r.GetString(2), r.Text(3), r.Text(4), r.Text(5))), token),
            cancel);
        var known = await names.OfAsync(actor, [.. lines.Select(l => l.By)], cancel);
        return lines.Select(l => l.Line with { By = known[l.By] }).ToList();
    }
}
