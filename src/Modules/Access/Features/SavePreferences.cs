using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Access.Resources;
using MySchool.Access.Web;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Access.Features;

/// <summary>Keeps how a person reads. Pages carry it from their first byte, so nothing flashes.</summary>
internal sealed class SavePreferences(AppDb db, IClock clock)
{
    internal static readonly string[] Themes = ["auto", "light", "dark"];
    internal static readonly string[] Contrasts = ["none", "black-white", "white-black", "blue", "beige", "green"];
    internal static readonly int[] Scales = [100, 125, 150, 175, 200];

    public async Task<Result<DisplayPreferences>> HandleAsync(Actor actor, DisplayPreferences wanted, CancellationToken cancel)
    {
        if (!Themes.Contains(wanted.Theme) || !Contrasts.Contains(wanted.Contrast) || !Scales.Contains(wanted.TextScale))
            return new Problem("access.preferences", Texts.PreferencesWrong, null, 400);
        await using var transaction = await db.BeginAsync(actor, cancel);
        await transaction.RunAsync(batch => batch.Add("""
            insert into access.preferences (person_id, theme, contrast, text_scale, changed_at) values ($1, $2, $3, $4, $5)
            on conflict (person_id) do update set theme = $2, contrast = $3, text_scale = $4, changed_at = $5
            """, actor.PersonId, wanted.Theme, wanted.Contrast, (short)wanted.TextScale, clock.Now), cancel);
        await transaction.CommitAsync(cancel);
        return wanted;
    }

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/account/preferences", async (
            HttpContext http, SavePreferences feature, [FromForm] string? theme, [FromForm] string? contrast, [FromForm] int? scale, CancellationToken cancel) =>
        {
            var saved = await feature.HandleAsync(http.RequireActor(), new(theme ?? "", contrast ?? "", scale ?? 0), cancel);
            return saved.IsOk ? Results.LocalRedirect("/account?done=preferences") : new Refused(saved.Problem!);
        }).Allow(AccessActions.ManageAccount);
}
