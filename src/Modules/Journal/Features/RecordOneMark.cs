using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Journal.Domain;
using MySchool.Journal.Pages;
using MySchool.Kernel;
using MySchool.Kernel.Web;

namespace MySchool.Journal.Features;

/// <summary>The plain form of the lesson's page: one cell without any script, by the same handler as the grid.</summary>
internal static class RecordOneMark
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/journal/{groupId:guid}/lessons/{lessonId:guid}/cell", async (
            Guid groupId, Guid lessonId, [FromForm] Guid key, [FromForm] Guid learner, [FromForm] string? value, [FromForm] int markBase,
            [FromForm] int absenceBase, HttpContext context, RecordMarks handler, EditLesson lessons, CancellationToken cancel) =>
        {
            var typed = value?.Trim();
            var isMark = MarkValue.TryParse(typed, out _);
            // What is not a mark is an absence code of the school; an empty field clears both.
            CellChange[] changes = string.IsNullOrEmpty(typed)
                ? [Change(CellKind.Mark, null, markBase), Change(CellKind.Absence, null, absenceBase)]
                : isMark ? [Change(CellKind.Mark, typed, markBase)] : [Change(CellKind.Absence, typed.ToUpperInvariant(), absenceBase)];
            var saved = await handler.HandleAsync(context.RequireActor(), groupId, new RecordMarksRequest(key, [.. changes]), cancel);
            var refusal = saved.IsOk
                ? saved.Value.Cells.FirstOrDefault(cell => cell.State != "saved") is { } cell ? new Problem("journal.cell-refused", cell.Message ?? "", "value") : null
                : saved.Problem;
            if (refusal is null) return Results.Redirect($"/journal/{groupId}/lessons/{lessonId}#l-{learner}");
            return (await lessons.ShowAsync(context.RequireActor(), groupId, lessonId, null, refusal, cancel)).ToLessonPage();

            CellChange Change(CellKind kind, string? to, int seen) => new(lessonId, learner, kind, to, null, seen);
        }).Allow(JournalActions.RecordMarks);
}
