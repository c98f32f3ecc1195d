using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Registry.Pages;
using MySchool.Ui;

namespace MySchool.Registry.Features.Doubles;

/// <summary>A pair with both its people.</summary>
internal sealed record DoubleLine(DoublePair Pair, DoubleSide Left, DoubleSide Right);

/// <summary>A page of the queue.</summary>
internal sealed record DoublesScreen(ImmutableArray<DoubleLine> Lines, string State, long Open, long Apart, int Page, bool HasMore);

/// <summary>Two people side by side.</summary>
internal sealed record DoubleScreen(DoubleLine Line, string? Why, Problem? Refusal);

/// <summary>Shows the queue of likely doubles and one pair of it. Every reading is audited.</summary>
internal sealed class ShowDoubles(DoubleRows rows, AppDb db, IClock clock)
{
    private const int MostPages = 1000;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/doubles", async (string? state, int? page, HttpContext context, ShowDoubles handler, CancellationToken cancel) =>
            Page.Of<DoublesPage>(new { Data = await handler.ListAsync(context.RequireActor(), state, page ?? 1, cancel) })).Allow(RegistryActions.SettleDoubles);
        routes.MapGet("/doubles/{left:guid}/{right:guid}", (Guid left, Guid right, HttpContext context, ShowDoubles handler, CancellationToken cancel) =>
            handler.ShowAsync(context.RequireActor(), left, right, null, null, cancel)).Allow(RegistryActions.SettleDoubles);
    }

    public async Task<DoublesScreen> ListAsync(Actor actor, string? state, int page, CancellationToken cancel)
    {
        var chosen = state == "apart" ? "apart" : "open";
        var number = Math.Clamp(page, 1, MostPages);
        var (found, open, apart) = await rows.ListAsync(actor, chosen, number, cancel);
        var pairs = found.Take(DoubleRows.PageSize).Where(pair => pair.IsOpenTo(actor)).ToList();
        var sides = await rows.SidesAsync(pairs, cancel);
        await db.WriteAsync(actor, batch => batch.AddAudit(
            actor, RegistryActions.SettleDoubles, clock.Now, null, null, $"{pairs.Count} pairs shown"), cancel);
        return new DoublesScreen([.. pairs.Select(pair => new DoubleLine(pair, sides[pair.LeftId], sides[pair.RightId]))], chosen, open, apart, number,
            found.Count > DoubleRows.PageSize);
    }

    /// <summary>The pair, or null when it is none of the actor's.</summary>
    public async Task<DoubleLine?> FindAsync(Actor actor, Guid left, Guid right, CancellationToken cancel)
    {
        if (await rows.FindAsync(actor, left, right, cancel) is not { } pair) return null;
        var sides = await rows.SidesAsync([pair], cancel);
        await db.WriteAsync(actor, batch =>
        {
            foreach (var side in sides.Values) batch.AddAudit(actor, RegistryActions.SettleDoubles, clock.Now, pair.SchoolId, side.PersonId, "compared");
        }, cancel);
        return new DoubleLine(pair, sides[pair.LeftId], sides[pair.RightId]);
    }

    public async Task<IResult> ShowAsync(Actor actor, Guid left, Guid right, string? why, Problem? refusal, CancellationToken cancel)
    {
        if (refusal is { Status: 404 }) return refusal.ToPage();
        return await FindAsync(actor, left, right, cancel) is { } line
            ? Page.Of<DoublePage>(new { Data = new DoubleScreen(line, why, refusal) }, refusal?.Status ?? 200) : Problem.NotFound.ToPage();
    }
}
