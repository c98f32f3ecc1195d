using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Journal.Domain;
using MySchool.Journal.Pages;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Journal.Features;

/// <summary>A learner in the list of who has seen the diary.</summary>
/// <param name="LearnerId">The learner.</param>
/// <param name="Name">Short name.</param>
/// <param name="Seen">When each representative said so, the first one first.</param>
internal sealed record DiarySeen(Guid LearnerId, string Name, ImmutableArray<DateTimeOffset> Seen);

/// <summary>Who of a class teacher's families has seen the diary of a week.</summary>
internal sealed record DiaryViews(DateOnly Week, DateOnly Today, string TimeZone, ImmutableArray<DiarySeen> Learners);

/// <summary>«Дневник просмотрен»: said once a week by each representative, kept with its moment, read by the class teacher.</summary>
internal sealed class ConfirmDiary(AppDb db, IRegistry registry, IConsents consents, IClock clock)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/diary/{learner:guid}/seen", async (Guid learner, [FromForm] string? week, HttpContext context, ConfirmDiary handler, CancellationToken cancel) =>
        {
            var child = context.Features.Get<PersonFacts>()?.Learners.FirstOrDefault(own => own.PersonId == learner);
            var said = child is null ? Problem.NotFound : await handler.HandleAsync(context.RequireActor(), child, DayOf(week), cancel);
            return said.IsOk ? Results.LocalRedirect($"/diary?learner={learner}&view=week&date={said.Value:yyyy-MM-dd}#seen") : said.Problem!.ToPage();
        }).Allow(JournalActions.ConfirmDiary);
        routes.MapGet("/journal/diaries", async (string? week, HttpContext context, ConfirmDiary handler, CancellationToken cancel) =>
            Page.Of<DiaryViewsPage>(new { Data = await handler.ListAsync(context.RequireActor(), context.Features.Get<PersonFacts>()!, DayOf(week), cancel) }))
            .Allow(JournalActions.ReadDiaryViews);
    }

    /// <summary>Says it for the week of a day; again changes nothing. A week that has not begun cannot have been read.</summary>
    public async Task<Result<DateOnly>> HandleAsync(Actor actor, LearnerFacts child, DateOnly? day, CancellationToken cancel)
    {
        if (!Decide.Allows(actor, JournalActions.ConfirmDiary, new Coordinate(Places.Person, child.PersonId)) || !consents.Stands(actor, JournalFlows.Diary, child.PersonId)) return Problem.NotFound;
        var today = clock.TodayIn(child.TimeZone);
        var week = SchoolWeek.Of(day ?? today);
        if (week > today || SchoolYear.Of(week) != SchoolYear.Of(today) && SchoolYear.Of(week.AddDays(6)) != SchoolYear.Of(today)) return Problem.NotFound;
        await db.WriteAsync(actor, batch =>
        {
            batch.Add("""
                insert into journal.diary_views (school_year, school_id, learner_id, week, by_person, at) values ($1, $2, $3, $4, $5, $6) on conflict do nothing
                """, child.SchoolYear, child.SchoolId, child.PersonId, week, actor.PersonId, clock.Now);
            batch.AddAudit(actor, JournalActions.ConfirmDiary, clock.Now, child.SchoolId, child.PersonId, string.Create(CultureInfo.InvariantCulture, $"week={week:yyyy-MM-dd}"));
        }, cancel);
        return week;
    }

    private async Task<DiaryViews> ListAsync(Actor actor, PersonFacts facts, DateOnly? day, CancellationToken cancel)
    {
        var today = clock.TodayIn(facts.TimeZone);
        var week = SchoolWeek.Of(day ?? today);
        var led = actor.Targets(Relations.Leads, Places.Person).ToArray();
        var seen = (await db.ReadAsync(actor, batch => batch.Add("select learner_id, at from journal.diary_views where learner_id = any($1) and week = $2 order by at", led, week),
            (reader, token) => reader.ReadAllAsync(r => (Learner: r.GetGuid(0), At: r.GetFieldValue<DateTimeOffset>(1)), token), cancel)).ToLookup(s => s.Learner, s => s.At);
        var names = led.Length == 0 ? new Dictionary<Guid, PersonName>() : await registry.GetNamesAsync(actor, led, cancel);
        return new(week, today, facts.TimeZone, [.. led.Select(id => new DiarySeen(id, names.GetValueOrDefault(id).Short ?? "", [.. seen[id]]))
            .OrderBy(learner => learner.Seen.Length > 0).ThenBy(learner => learner.Name, StringComparer.Create(Words.Russian, false))]);
    }

    private static DateOnly? DayOf(string? text) => DateOnly.TryParse(text, CultureInfo.InvariantCulture, out var day) && day.Year is > 2000 and < 2100 ? day : null;
}
