using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Access;
using MySchool.Journal.Data;
using MySchool.Journal.Pages;
using MySchool.Journal.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Journal.Features.Plans;

/// <summary>A kind of lesson as a form sends it.</summary>
internal sealed record KindForm(
    [FromForm(Name = "number")] string? Number, [FromForm(Name = "name")] string? Name, [FromForm(Name = "shortName")] string? ShortName,
    [FromForm(Name = "work")] string? Work, [FromForm(Name = "reserve")] string? Reserve);

/// <summary>The school's kinds of lessons.</summary>
internal sealed record KindList(IReadOnlyList<LessonKind> Kinds, IReadOnlyList<WorkType> Works, KindForm? Typed, Problem? Refusal, bool IsSaved);

/// <summary>The dictionary of kinds of lessons: the head's and deputies' to change.</summary>
internal sealed class EditKinds(AppDb db, IClock clock)
{
    private const int MostKinds = 40;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/plans/kinds", async (string? done, HttpContext context, EditKinds handler, CancellationToken cancel) =>
            await handler.ShowAsync(context.RequireActor(), null, null, done == "saved", cancel)).Allow(JournalActions.ChangeSettings);
        routes.MapPost("/plans/kinds", async ([AsParameters] KindForm form, HttpContext context, EditKinds handler, CancellationToken cancel) =>
            await handler.HandleAsync(context.RequireActor(), form, cancel) is { } refusal
                ? await handler.ShowAsync(context.RequireActor(), form, refusal, false, cancel) : Results.LocalRedirect("/plans/kinds?done=saved")).Allow(JournalActions.ChangeSettings);
    }

    private async Task<IResult> ShowAsync(Actor actor, KindForm? typed, Problem? refusal, bool isSaved, CancellationToken cancel)
    {
        var school = actor.Hat.UnitId;
        if (refusal?.Status == 404 || !Decide.Allows(actor, JournalActions.ChangeSettings, new Coordinate(Places.School, school))) return Problem.NotFound.ToPage();
        var list = await db.ReadAsync(actor, batch =>
        {
            batch.Add(LessonKind.Sql, school);
            batch.Add("select number, name, short_name, weight from journal.work_types where school_id = $1 order by number", school);
        }, async (reader, token) => new KindList(await reader.ReadAllAsync(LessonKind.Read, token),
            await reader.ReadAllAsync(r => new WorkType(r.GetInt16(0), r.GetString(1), r.GetString(2), r.GetInt16(3)), token), typed, refusal, isSaved), cancel);
        return Page.Of<KindsPage>(new { Data = list }, refusal?.Status ?? 200);
    }

    /// <summary>Adds a kind, or changes the one of the number; null when done.</summary>
    public async Task<Problem?> HandleAsync(Actor actor, KindForm form, CancellationToken cancel)
    {
        var school = actor.Hat.UnitId;
        if (!Decide.Allows(actor, JournalActions.ChangeSettings, new Coordinate(Places.School, school))) return Problem.NotFound;
        var (name, shortName) = (form.Name?.Trim() ?? "", form.ShortName?.Trim() ?? "");
        if (name.Length is < 1 or > 80) return new("journal.kind-name", Texts.KindNameLength, "name");
        if (shortName.Length is < 1 or > 12) return new("journal.kind-short-name", Texts.KindShortNameLength, "shortName");
        var (work, isReserve) = (Maybe.Of(Number(form.Work), NpgsqlTypes.NpgsqlDbType.Smallint), form.Reserve == "true");
        var number = Number(form.Number);
        var saved = await db.ReadAsync(actor, batch =>
        {
            if (number is { } of)
                batch.Add("update journal.lesson_kinds set name = $3, short_name = $4, work_type = $5, is_reserve = $6 where school_id = $1 and number = $2 returning number", school, of, name, shortName, work, isReserve);
            else
                batch.Add("""
                    insert into journal.lesson_kinds (school_id, number, name, short_name, work_type, is_reserve)
                    select $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5 from journal.lesson_kinds where school_id = $1 having count(*) < $6 returning number
                    """, school, name, shortName, work, isReserve, MostKinds);
            batch.AddAudit(actor, JournalActions.ChangeSettings, clock.Now, school, null, $"kind={number} {shortName}");
        }, (reader, token) => reader.ReadFirstAsync(r => (short?)r.GetInt16(0), token), cancel);
        return saved is not null ? null : number is null ? new("journal.kinds-many", string.Format(Domain.Words.Russian, Texts.KindsMany, MostKinds)) : Problem.NotFound;
    }

    private static short? Number(string? text) => short.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 99 ? number : null;
}
