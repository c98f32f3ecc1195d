using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Primitives;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Journal.Data;
using MySchool.Journal.Domain;
using MySchool.Journal.Pages;
using MySchool.Journal.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Journal.Features;

/// <summary>The form of a day's absence.</summary>
internal sealed record DayForm(
    [FromForm(Name = "key")] Guid Key, [FromForm(Name = "of")] Guid Of, [FromForm(Name = "day")] string? Day, [FromForm(Name = "first")] int First,
    [FromForm(Name = "code")] string? Code, [FromForm(Name = "learner")] StringValues Learner);

/// <summary>A class that may be marked.</summary>
internal sealed record DayClass(Guid Id, string Name);

/// <summary>A learner on the page of a day.</summary>
/// <param name="Learner">The learner.</param>
/// <param name="Standing">Codes that stand, by lesson: «2 Н, 3 Б».</param>
/// <param name="Told">The reason the family has told of, or null.</param>
internal sealed record DayLearner(RosterLearner Learner, string Standing, string? Told);

/// <summary>A deed of the day that can be taken back.</summary>
internal sealed record DayDone(Guid Key, string Code, ImmutableArray<string> Names, int Cells);

/// <summary>The page of a day's absence.</summary>
internal sealed record DayPage(
    ImmutableArray<DayClass> Classes, DayClass Class, DateOnly Day, DateOnly Today, ImmutableArray<short> Numbers, ImmutableArray<DayLearner> Learners,
    IReadOnlyList<AbsenceCode> Codes, ImmutableArray<DayDone> Done)
{
    public DayForm? Typed { get; init; }

    public Problem? Refusal { get; init; }

    /// <summary>What the last deed came to.</summary>
    public DayAnswer? Answer { get; init; }

    /// <summary>Cells emptied by taking a deed back.</summary>
    public int? Undone { get; init; }

    public string NameOf(Guid learner) => Learners.FirstOrDefault(line => line.Learner.PersonId == learner)?.Learner.Name.Short ?? "";
}

/// <summary>A class on a day: who is absent, and one form for all their lessons.</summary>
internal sealed class ShowDay(AppDb db, IRegistry registry, MarkDay days, ReadingAudit audit, IClock clock)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/journal/absent", async ([FromQuery(Name = "class")] string? of, string? on, int? undone, HttpContext context, ShowDay handler, CancellationToken cancel) =>
            await handler.ShowAsync(context, Guid.TryParse(of, out var id) ? id : null, on, page => page with { Undone = undone }, cancel)).Allow(JournalActions.MarkDay);
        routes.MapPost("/journal/absent", async ([AsParameters] DayForm form, HttpContext context, ShowDay handler, MarkDay mark, CancellationToken cancel) =>
        {
            var learners = form.Learner.Select(text => Guid.TryParse(text, out var id) ? id : Guid.Empty).Where(id => id != Guid.Empty).Take(100).ToImmutableArray();
            var done = Parse(form.Day) is { } day
                ? await mark.HandleAsync(context.RequireActor(), new(form.Key, form.Of, day, form.First, form.Code ?? "", learners), cancel)
                : new Problem("journal.day-wanted", Texts.DayWanted, "day");
            // What was not filled is said at once, so the answer is the page itself: the same key again answers the same.
            return await handler.ShowAsync(context, form.Of, form.Day, page => done.IsOk ? page with { Answer = done.Value } : page with { Typed = form, Refusal = done.Problem }, cancel);
        }).Allow(JournalActions.MarkDay);
        routes.MapPost("/journal/absent/undo", async (
            [FromForm] Guid key, [FromForm] Guid deed, [FromForm] Guid of, [FromForm] string? day, HttpContext context, ShowDay handler, MarkDay mark, CancellationToken cancel) =>
        {
            var undone = Parse(day) is { } date ? await mark.UndoAsync(context.RequireActor(), of, date, deed, key, cancel) : Problem.NotFound;
            return undone.IsOk ? Results.LocalRedirect($"/journal/absent?class={of}&on={day}&undone={undone.Value}")
                : await handler.ShowAsync(context, of, day, page => page with { Refusal = undone.Problem }, cancel);
        }).Allow(JournalActions.MarkDay);
    }

    private async Task<IResult> ShowAsync(HttpContext context, Guid? of, string? on, Func<DayPage, DayPage> with, CancellationToken cancel)
    {
        var (actor, facts) = (context.RequireActor(), context.Features.Get<PersonFacts>()!);
        var classes = await ClassesAsync(actor, facts, cancel);
        if (classes.FirstOrDefault(line => line.Id == of) is not { } chosen && (of is not null || (chosen = classes.FirstOrDefault()) is null)) return Problem.NotFound.ToPage();
        var today = clock.TodayIn(facts.TimeZone);
        var date = Parse(on) is { } typed && typed <= today && typed >= today.AddDays(-366) ? typed : today;
        if (await days.FindAsync(actor, chosen.Id, date, cancel) is not { } day) return Problem.NotFound.ToPage();
        var noted = audit.NoteAsync(actor, JournalActions.MarkDay, day.SchoolId, null, $"class={chosen.Id}");
        var (codes, standing, told) = await ReadAsync(actor, day, date, cancel);
        var done = await days.DoneAsync(actor, day, cancel);
        await noted;
        var learners = day.School.Groups.SelectMany(group => day.School.Learners[group.GroupId]).Where(l => l.From <= date && (l.To is null || l.To >= date)).DistinctBy(l => l.PersonId)
            .OrderBy(l => l.Name.Short, StringComparer.Create(Words.Russian, false))
            .Select(l => new DayLearner(l,
                string.Join(", ", standing.Where(cell => cell.Learner == l.PersonId).OrderBy(cell => cell.Number).Select(cell => $"{cell.Number} {cell.Code}")), told.GetValueOrDefault(l.PersonId))).ToImmutableArray();
        var page = with(new DayPage(classes, chosen, date, today, [.. day.Lessons.Where(lesson => !lesson.IsCancelled).Select(lesson => lesson.Number).Distinct().Order()], learners, codes,
            [.. done.GroupBy(cell => cell.Deed).OrderByDescending(deed => deed.Max(cell => cell.At)).Select(deed => new DayDone(deed.Key, deed.First().Code,
                [.. deed.Select(cell => cell.Learner).Distinct().Select(id => learners.FirstOrDefault(line => line.Learner.PersonId == id)?.Learner.Name.Short ?? "").Order(StringComparer.Create(Words.Russian, false))], deed.Count()))]));
        if (page.Refusal?.Status == 404) return Problem.NotFound.ToPage();
        return Page.Of<DayAbsencePage>(new { Data = page }, page.Refusal?.Status ?? 200);
    }

    private async Task<ImmutableArray<DayClass>> ClassesAsync(Actor actor, PersonFacts facts, CancellationToken cancel) => actor.Hat.Role is Roles.Head or Roles.Deputy
        ? [.. (await registry.GetSchoolGroupsAsync(actor, actor.Hat.UnitId, cancel)).DistinctBy(group => group.ClassId).Select(group => new DayClass(group.ClassId, group.ClassName.Split(',')[0]))]
        : [.. facts.Led.Where(led => led.SchoolId == actor.Hat.UnitId).Select(led => new DayClass(led.ClassId, led.ClassName))];

    private Task<(List<AbsenceCode> Codes, List<(Guid Learner, short Number, string Code)> Standing, Dictionary<Guid, string> Told)> ReadAsync(Actor actor, ClassDay day, DateOnly date, CancellationToken cancel) => db.ReadAsync(actor, batch =>
    {
        // Late is not absent: a day of it makes no sense.
        batch.Add("select code, name, category from journal.absence_codes where school_id = $1 and category <> 'late' order by position", day.SchoolId);
        batch.AddOfYear("""
            select a.learner_id, a.lesson_id, a.code from journal.absences a
             where a.school_year = $1 and a.school_id = $2 and a.group_id = any($3) and a.lesson_id = any($4)
            """, day.School.SchoolYear, day.SchoolId, day.School.Groups.Select(group => group.GroupId).ToArray(), day.Lessons.Select(lesson => lesson.Lesson).ToArray());
        batch.Add("""
            select learner_id, reason from journal.absence_notes
             where school_year = $1 and school_id = $2 and ends_on >= $3 and starts_on <= $3 and group_ids && $4 and withdrawn_at is null order by sent_at
            """, day.School.SchoolYear, day.SchoolId, date, day.School.Groups.Select(group => group.GroupId).ToArray());
    }, async (reader, token) => (
        await reader.ReadAllAsync(r => new AbsenceCode(r.GetString(0), r.GetString(1), r.GetString(2)), token),
        await reader.ReadAllAsync(r => (r.GetGuid(0), day.Lessons.First(lesson => lesson.Lesson == r.GetGuid(1)).Number, r.GetString(2)), token),
        (await reader.ReadAllAsync(r => (Learner: r.GetGuid(0), Reason: r.GetString(1)), token)).GroupBy(note => note.Learner).ToDictionary(notes => notes.Key, notes => notes.Last().Reason)), cancel);

    private static DateOnly? Parse(string? text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
}
