using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Access;
using MySchool.Journal.Domain;
using MySchool.Journal.Pages;
using MySchool.Journal.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Journal.Features.Classes;

/// <summary>The rules as their form sends them.</summary>
internal sealed record RiskForm(
    [FromForm(Name = "lowAverage")] string? LowAverage, [FromForm(Name = "fallBy")] string? FallBy, [FromForm(Name = "fallDays")] string? FallDays,
    [FromForm(Name = "twos")] string? Twos, [FromForm(Name = "twosDays")] string? TwosDays, [FromForm(Name = "missed")] string? Missed,
    [FromForm(Name = "missedDays")] string? MissedDays, [FromForm(Name = "fewDays")] string? FewDays)
{
    public static RiskForm Of(RiskRules rules) => new(
        rules.LowAverage.ToString("0.##", Words.Russian), rules.FallBy.ToString("0.##", Words.Russian), Text(rules.FallDays), Text(rules.Twos), Text(rules.TwosDays),
        Text(rules.Missed), Text(rules.MissedDays), Text(rules.FewDays));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The page of the rules.</summary>
internal sealed record RiskSettings(RiskForm Form, Problem? Refusal, string? Done);

/// <summary>The school decides when a class teacher's attention is asked for.</summary>
internal sealed class EditRisks(AppDb db, IClock clock)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/journal/settings/risks", async (string? done, HttpContext context, EditRisks handler, CancellationToken cancel) =>
            await handler.PageAsync(context.RequireActor(), null, null, done, cancel)).Allow(JournalActions.ChangeSettings);
        routes.MapPost("/journal/settings/risks", async ([AsParameters] RiskForm form, HttpContext context, EditRisks handler, CancellationToken cancel) =>
        {
            var refusal = await handler.HandleAsync(context.RequireActor(), form, cancel);
            return refusal is null ? Results.LocalRedirect("/journal/settings/risks?done=saved") : await handler.PageAsync(context.RequireActor(), form, refusal, null, cancel);
        }).Allow(JournalActions.ChangeSettings);
    }

    private async Task<IResult> PageAsync(Actor actor, RiskForm? typed, Problem? refusal, string? done, CancellationToken cancel)
    {
        var school = actor.Hat.UnitId;
        if (refusal?.Status == 404 || !Decide.Allows(actor, JournalActions.ChangeSettings, new Coordinate(Places.School, school))) return Problem.NotFound.ToPage();
        var rules = await db.ReadAsync(actor, batch => batch.Add(RiskRows.RulesOf, school), RiskRows.ReadAsync, cancel);
        return Page.Of<RiskSettingsPage>(new { Data = new RiskSettings(typed ?? RiskForm.Of(rules), refusal, done) }, refusal?.Status ?? 200);
    }

    /// <summary>Saves the rules; null when done.</summary>
    public async Task<Problem?> HandleAsync(Actor actor, RiskForm form, CancellationToken cancel)
    {
        var school = actor.Hat.UnitId;
        if (!Decide.Allows(actor, JournalActions.ChangeSettings, new Coordinate(Places.School, school))) return Problem.NotFound;
        var read = Read(form);
        if (!read.IsOk) return read.Problem;
        var rules = read.Value;
        await db.WriteAsync(actor, batch =>
        {
            batch.Add("""
                insert into journal.risk_rules (school_id, low_average, fall_by, fall_days, twos, twos_days, missed, missed_days, few_days) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
                on conflict (school_id) do update set low_average = excluded.low_average, fall_by = excluded.fall_by, fall_days = excluded.fall_days, twos = excluded.twos,
                   twos_days = excluded.twos_days, missed = excluded.missed, missed_days = excluded.missed_days, few_days = excluded.few_days
                """, school, rules.LowAverage, rules.FallBy, (short)rules.FallDays, (short)rules.Twos, (short)rules.TwosDays, (short)rules.Missed, (short)rules.MissedDays, (short)rules.FewDays);
            batch.AddAudit(actor, JournalActions.ChangeSettings, clock.Now, school, null, string.Create(CultureInfo.InvariantCulture,
                $"risks low={rules.LowAverage} fall={rules.FallBy}/{rules.FallDays} twos={rules.Twos}/{rules.TwosDays} missed={rules.Missed}/{rules.MissedDays} few={rules.FewDays}"));
        }, cancel);
        return null;
    }

    private static Result<RiskRules> Read(RiskForm form)
    {
        if (Decimal(form.LowAverage, 5) is not { } low) return Wrong("lowAverage", 0, 5);
        if (Decimal(form.FallBy, 3) is not { } fall) return Wrong("fallBy", 0, 3);
        if (Number(form.FallDays, 7, 60) is not { } fallDays) return Wrong("fallDays", 7, 60);
        if (Number(form.Twos, 0, 20) is not { } twos) return Wrong("twos", 0, 20);
        if (Number(form.TwosDays, 1, 60) is not { } twosDays) return Wrong("twosDays", 1, 60);
        if (Number(form.Missed, 0, 200) is not { } missed) return Wrong("missed", 0, 200);
        if (Number(form.MissedDays, 1, 120) is not { } missedDays) return Wrong("missedDays", 1, 120);
        if (Number(form.FewDays, 0, 60) is not { } fewDays) return Wrong("fewDays", 0, 60);
        return new RiskRules(low, fall, fallDays, twos, twosDays, missed, missedDays, fewDays);
    }

    private static Problem Wrong(string field, int least, int most) => new("journal.risk-rule", string.Format(Words.Russian, Texts.NumberBetween, least, most), field);

    private static int? Number(string? text, int least, int most) =>
        int.TryParse(text?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number : null;

    private static decimal? Decimal(string? text, int most) =>
        decimal.TryParse(text?.Trim().Replace(',', '.'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value <= most && decimal.Round(value, 2) == value ? value : null;
}
