using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Access;
using MySchool.Journal.Data;
using MySchool.Journal.Domain;
using MySchool.Journal.Pages;
using MySchool.Journal.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Journal.Features;

/// <summary>The school's act on marking as a form sends it.</summary>
internal sealed record RegulationForm(
    [FromForm(Name = "editWindowDays")] string? EditWindowDays, [FromForm(Name = "fiveFrom")] string? FiveFrom, [FromForm(Name = "fourFrom")] string? FourFrom,
    [FromForm(Name = "threeFrom")] string? ThreeFrom, [FromForm(Name = "minMarks")] string? MinMarks, [FromForm(Name = "yearBy")] string? YearBy);

/// <summary>A work type as a form sends it.</summary>
internal sealed record WorkTypeForm([FromForm(Name = "number")] string? Number, [FromForm(Name = "name")] string? Name, [FromForm(Name = "shortName")] string? ShortName, [FromForm(Name = "weight")] string? Weight);

/// <summary>Regulation and work types of a school.</summary>
internal sealed record JournalSettings(Regulation Regulation, IReadOnlyList<WorkType> WorkTypes, RegulationForm? Typed, WorkTypeForm? TypedWork, Problem? Refusal, string? Done);

/// <summary>What the head and deputies decide for every journal of the school: thresholds, the edit window, work types and their weights.</summary>
internal sealed class EditRegulation(AppDb db, IClock clock)
{
    private const int MostWorkTypes = 40;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/journal/settings", async (string? done, HttpContext context, EditRegulation handler, CancellationToken cancel) =>
            await handler.ShowAsync(context.RequireActor(), null, null, null, cancel, done)).Allow(JournalActions.ChangeSettings);
        routes.MapPost("/journal/settings", async ([AsParameters] RegulationForm form, HttpContext context, EditRegulation handler, CancellationToken cancel) =>
        {
            var refusal = await handler.HandleAsync(context.RequireActor(), form, cancel);
            return refusal is null ? Results.Redirect("/journal/settings?done=saved") : await handler.ShowAsync(context.RequireActor(), form, null, refusal, cancel);
        }).Allow(JournalActions.ChangeSettings);
        routes.MapPost("/journal/settings/works", async ([AsParameters] WorkTypeForm form, HttpContext context, EditRegulation handler, CancellationToken cancel) =>
        {
            var refusal = await handler.SaveWorkAsync(context.RequireActor(), form, cancel);
            return refusal is null ? Results.Redirect("/journal/settings?done=work#works") : await handler.ShowAsync(context.RequireActor(), null, form, refusal, cancel);
        }).Allow(JournalActions.ChangeSettings);
    }

    private async Task<IResult> ShowAsync(Actor actor, RegulationForm? typed, WorkTypeForm? work, Problem? refusal, CancellationToken cancel, string? done = null)
    {
        var school = actor.Hat.UnitId;
        if (refusal?.Status == 404 || !Decide.Allows(actor, JournalActions.ChangeSettings, new Coordinate(Places.School, school))) return Problem.NotFound.ToPage();
        var settings = await db.ReadAsync(actor, batch =>
        {
            batch.Add(TermBookRows.RegulationOf, school);
            batch.Add("select number, name, short_name, weight from journal.work_types where school_id = $1 order by number", school);
        }, async (reader, token) => new JournalSettings(await TermBookRows.ReadRegulationAsync(reader, token),
            await reader.ReadAllAsync(r => new WorkType(r.GetInt16(0), r.GetString(1), r.GetString(2), r.GetInt16(3)), token), typed, work, refusal, done), cancel);
        return Page.Of<JournalSettingsPage>(new { Data = settings }, refusal?.Status ?? 200);
    }

    /// <summary>Saves the regulation; null when done.</summary>
    public async Task<Problem?> HandleAsync(Actor actor, RegulationForm form, CancellationToken cancel)
    {
        var school = actor.Hat.UnitId;
        if (!Decide.Allows(actor, JournalActions.ChangeSettings, new Coordinate(Places.School, school))) return Problem.NotFound;
        var read = Read(form);
        if (!read.IsOk) return read.Problem;
        var regulation = read.Value;
        await db.WriteAsync(actor, batch =>
        {
            batch.Add("""
                insert into journal.settings (school_id, edit_window_days, five_from, four_from, three_from, min_marks, year_by) values ($1, $2, $3, $4, $5, $6, $7)
                on conflict (school_id) do update set edit_window_days = excluded.edit_window_days, five_from = excluded.five_from, four_from = excluded.four_from,
                   three_from = excluded.three_from, min_marks = excluded.min_marks, year_by = excluded.year_by
                """, school, (short)regulation.EditWindowDays, regulation.FiveFrom, regulation.FourFrom, regulation.ThreeFrom, (short)regulation.MinMarks, regulation.YearBy == YearBy.Marks ? "marks" : "terms");
            batch.AddAudit(actor, JournalActions.ChangeSettings, clock.Now, school, null, string.Create(CultureInfo.InvariantCulture,
                $"window={regulation.EditWindowDays} from={regulation.FiveFrom}/{regulation.FourFrom}/{regulation.ThreeFrom} min={regulation.MinMarks} year={regulation.YearBy}"));
        }, cancel);
        return null;
    }

    /// <summary>Adds a work type, or changes the one of the number; marks already set keep their weight. Null when done.</summary>
    public async Task<Problem?> SaveWorkAsync(Actor actor, WorkTypeForm form, CancellationToken cancel)
    {
        var school = actor.Hat.UnitId;
        if (!Decide.Allows(actor, JournalActions.ChangeSettings, new Coordinate(Places.School, school))) return Problem.NotFound;
        var (name, shortName) = (form.Name?.Trim() ?? "", form.ShortName?.Trim() ?? "");
        if (name.Length is < 1 or > 80) return new("journal.work-name", Texts.WorkNameLength, "name");
        if (shortName.Length is < 1 or > 12) return new("journal.work-short-name", Texts.WorkShortNameLength, "shortName");
        if (!short.TryParse(form.Weight, NumberStyles.None, CultureInfo.InvariantCulture, out var weight) || weight > 100) return new("journal.work-weight", Texts.WorkWeightRange, "weight");
        short? number = short.TryParse(form.Number, NumberStyles.None, CultureInfo.InvariantCulture, out var known) ? known : null;
        var saved = await db.ReadAsync(actor, batch =>
        {
            if (number is { } of)
                batch.Add("update journal.work_types set name = $3, short_name = $4, weight = $5 where school_id = $1 and number = $2 returning number", school, of, name, shortName, weight);
            else
                batch.Add("""
                    insert into journal.work_types (school_id, number, name, short_name, weight)
                    select $1, coalesce(max(number), 0) + 1, $2, $3, $4 from journal.work_types where school_id = $1 having count(*) < $5 returning number
                    """, school, name, shortName, weight, MostWorkTypes);
            batch.AddAudit(actor, JournalActions.ChangeSettings, clock.Now, school, null, $"work={number} {shortName} weight={weight}");
        }, (reader, token) => reader.ReadFirstAsync(r => (short?)r.GetInt16(0), token), cancel);
        return saved is not null ? null : number is null ? new("journal.work-many", string.Format(Words.Russian, Texts.WorkTypesMany, MostWorkTypes)) : Problem.NotFound;
    }

    private static Result<Regulation> Read(RegulationForm form)
    {
        if (!short.TryParse(form.EditWindowDays, NumberStyles.None, CultureInfo.InvariantCulture, out var window) || window > 366) return new Problem("journal.edit-window-out-of-range", Texts.EditWindowRange, "editWindowDays");
        if (Threshold(form.FiveFrom) is not { } five) return new Problem("journal.threshold", Texts.ThresholdRange, "fiveFrom");
        if (Threshold(form.FourFrom) is not { } four || four >= five) return new Problem("journal.threshold", Texts.ThresholdOrder, "fourFrom");
        if (Threshold(form.ThreeFrom) is not { } three || three >= four) return new Problem("journal.threshold", Texts.ThresholdOrder, "threeFrom");
        if (!short.TryParse(form.MinMarks, NumberStyles.None, CultureInfo.InvariantCulture, out var min) || min is < 1 or > 30) return new Problem("journal.min-marks", Texts.MinMarksRange, "minMarks");
        return new Regulation(five, four, three, min, form.YearBy == "marks" ? YearBy.Marks : YearBy.Terms, window);
    }

    // «4,5» and «4.5» alike.
    private static decimal? Threshold(string? text) =>
        decimal.TryParse(text?.Trim().Replace(',', '.'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value is >= 2 and <= 5 && decimal.Round(value, 2) == value ? value : null;
}
