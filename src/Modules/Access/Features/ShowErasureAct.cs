using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Access.Erasures;
using MySchool.Access.Pages;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Access.Features;

/// <summary>
/// The act of destruction with the extract of the log, to print (152-ФЗ, ст. 21, ч. 7; приказ Роскомнадзора от 28.10.2022 № 179):
/// for who asked, for who confirmed, and by its link for whoever can no longer sign in. It names no one whose data is gone.
/// </summary>
internal sealed class ShowErasureAct(ErasureBook book, ErasurePlanner planner, ErasureLinks links, WorkerDb db, IClock clock)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/account/erasure/{id:guid}/act", async (Guid id, HttpContext http, ShowErasureAct feature, CancellationToken cancel) =>
        {
            var act = await feature.HandleAsync(http.RequireActor(), id, cancel);
            return act.IsOk ? Page.Of<ErasureActPage>(new { Data = act.Value }) : act.Problem!.ToPage();
        }).Allow(AccessActions.AskErasure);
        routes.MapGet("/erasure", async (string? key, HttpContext http, ShowErasureAct feature, CancellationToken cancel) =>
        {
            var act = await feature.OpenAsync(key, cancel);
            return act.IsOk ? Page.Of<ErasureActPage>(new { Data = act.Value }) : act.Problem!.ToPage();
        }).Allow(AccessActions.ReadErasureByLink);
    }

    public async Task<Result<ErasureActView>> HandleAsync(Actor actor, Guid id, CancellationToken cancel) =>
        await book.FindAsync(actor, id, cancel) is { } erasure ? View(erasure, await book.LinesAsync(actor, id, cancel)) : Problem.NotFound;

    public async Task<Result<ErasureActView>> OpenAsync(string? key, CancellationToken cancel)
    {
        if (links.Open(key) is not { } id) return Problem.NotFound;
        await using var connection = await db.Source.OpenConnectionAsync(cancel);
        await using var batch = connection.CreateBatch();
        batch.Add($"select {ErasureBook.Columns} from access.erasures where id = $1", id);
        batch.Add(ErasureBook.LinesOf, id);
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        if (await reader.ReadFirstAsync(ErasureBook.Read, cancel) is not { } erasure) return Problem.NotFound;
        return View(erasure, await reader.ReadAllAsync(ErasureBook.ReadLine, cancel));
    }

    private ErasureActView View(Erasure erasure, IEnumerable<KeptLine> lines) => new(erasure,
        [.. lines.Select(line => new ErasureLine(planner.Of(line.Module), line.Rule, line.Fate, line.Rows, line.Law, line.Until, line.DoneAt))], clock.Now);
}
