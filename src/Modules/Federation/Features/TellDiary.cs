using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Access;
using MySchool.Contracts.Journal;
using MySchool.Contracts.Registry;
using MySchool.Federation.Resources;
using MySchool.Federation.Telling;
using MySchool.Federation.Wire;
using MySchool.Kernel;
using MySchool.Kernel.Web;

namespace MySchool.Federation.Features;

/// <summary>What a node asks about one of its people.</summary>
/// <param name="EsiaOid">Who asks there, as ЕСИА has proven.</param>
/// <param name="Week">Any day of the week, or null for this one.</param>
/// <param name="Child">Which learner, or null for the first.</param>
/// <param name="IsListOnly">Whether only learners are asked for: nothing of a diary is read.</param>
internal sealed record DiaryAsked(string EsiaOid, DateOnly? Week, Guid? Child, bool IsListOnly);

/// <summary>
/// The region's side of the regional diary. Who is whose child is decided here, by this registry and at this moment; the asking node
/// names only who has signed in there. Without consent the answer is that of an unknown person, made by the same steps.
/// </summary>
internal sealed class TellDiary(IRegistry registry, IConsents consents, IDiaries diaries, ReadingAudit audit, IClock clock)
{
    private const int LongestOid = 40;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/diary/v1/persons/{esiaOid}", (string esiaOid, string? week, string? child, HttpContext http, TellDiary feature, CheckRequest check, NodeKey node, CancellationToken cancel) =>
            feature.AnswerAsync(http, check, node, esiaOid, week, child, false, cancel)).Allow(FederationActions.TellDiary).ForPrograms(ApiScopes.Diary);
        routes.MapGet("/api/diary/v1/persons/{esiaOid}/learners", (string esiaOid, HttpContext http, TellDiary feature, CheckRequest check, NodeKey node, CancellationToken cancel) =>
            feature.AnswerAsync(http, check, node, esiaOid, null, null, true, cancel)).Allow(FederationActions.TellDiary).ForPrograms(ApiScopes.Diary);
    }

    public async Task<DiaryTold> HandleAsync(Actor system, DiaryAsked asked, CancellationToken cancel)
    {
        var person = await registry.FindByEsiaAsync(asked.EsiaOid, cancel);
        var family = person is { } known ? await FamilyAsync(system, known, cancel) : [];
        var open = new List<Relative>();
        foreach (var relative in family)
            if (await IsOpenAsync(system, relative.Learner, cancel)) open.Add(relative);
        // Asked even of nobody, so that a refusal takes the same steps.
        if (family.Count == 0) await consents.IsOpenAsync(FederationFlows.Diary, Guid.Empty, cancel);

        var chosen = asked.IsListOnly ? null : open.Find(relative => asked.Child is null || relative.Learner.PersonId == asked.Child);
        var week = chosen is null ? null : await diaries.ReadWeekAsync(chosen.Reader, chosen.Learner, asked.Week, cancel);
        // One row a question: whose week left, or who was asked about in vain.
        await audit.NoteAsync(system, FederationActions.TellDiary, chosen?.Learner.SchoolId, chosen?.Learner.PersonId ?? person,
            $"{system.Hat.UnitId} {(open.Count == 0 ? "refused" : chosen is null ? "learners" : "week")} for {person}");
        return new(DiaryTold.Current, clock.Now, open.Count < family.Count || family.Count == 0,
            [.. open.Select(relative => Of(relative.Learner))], week is null ? null : WeekOf(chosen!.Learner, week));
    }

    private async Task<IResult> AnswerAsync(
        HttpContext http, CheckRequest check, NodeKey node, string esiaOid, string? week, string? child, bool isListOnly, CancellationToken cancel)
    {
        if (node.Key is null) return new Problem("federation.no-key", Texts.NoKey, null, 503).ToJson();
        var system = http.RequireActor();
        var request = await check.HandleAsync(http, system, cancel);
        if (!request.IsOk) return request.Problem!.ToJson();
        DateOnly? day = null;
        if (!string.IsNullOrEmpty(week))
        {
            if (!DateOnly.TryParseExact(week, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var parsed) || parsed.Year is < 2001 or > 2099)
                return new Problem("federation.week", Texts.WeekWrong, "week", 400).ToJson();
            day = parsed;
        }
        if (!string.IsNullOrEmpty(child) && !Guid.TryParse(child, out _)) return new Problem("federation.child", Texts.ChildWrong, "child", 400).ToJson();
        var asked = new DiaryAsked(esiaOid.Length <= LongestOid ? esiaOid : "", day, Guid.TryParse(child, out var id) ? id : null, isListOnly);
        return new SignedAnswer(await HandleAsync(system, asked, cancel), request.Value, node, clock.Now);
    }

    // The person as guardian and as learner: each role with the ties and the row-level scopes that it has on this node's own pages.
    private async Task<List<Relative>> FamilyAsync(Actor system, Guid person, CancellationToken cancel)
    {
        var family = new List<Relative>();
        var facts = await registry.GetFactsAsync(person, new Hat(Roles.Guardian, Guid.Empty), clock.Now, cancel);
        foreach (var hat in (facts?.Offers ?? []).Select(offer => offer.Hat).Where(hat => hat.Role is Roles.Guardian or Roles.Learner))
        {
            var worn = facts!.Worn == hat ? facts : await registry.GetFactsAsync(person, hat, clock.Now, cancel);
            if (worn?.Worn != hat) continue;
            var reader = new Actor(person, Guid.Empty, hat, worn.Ties, clock.TodayIn(worn.TimeZone), system.Address);
            family.AddRange(worn.Learners.Select(learner => new Relative(reader, learner)));
        }
        return [.. family.DistinctBy(relative => relative.Learner.PersonId)];
    }

    private async Task<bool> IsOpenAsync(Actor system, LearnerFacts learner, CancellationToken cancel)
    {
        if (!await consents.IsOpenAsync(FederationFlows.Diary, learner.PersonId, cancel)) return false;
        var above = await registry.GetTerritoriesAsync(learner.SchoolId, cancel);
        return Decide.Allows(system, FederationActions.TellDiary, [new(Places.School, learner.SchoolId), .. above.Select(unit => new Coordinate(Places.Territory, unit))]);
    }

    private static ToldLearner Of(LearnerFacts learner) => new(learner.PersonId.ToString(), learner.Name.Short, learner.ClassName, learner.SchoolName);

    private static ToldWeek WeekOf(LearnerFacts learner, DiaryWeek week) => new(
        learner.PersonId.ToString(), week.Monday, week.Today, week.TermName,
        [.. week.Lessons.Select(lesson => new ToldLesson(
            lesson.Date, lesson.Number, lesson.StartsAt, lesson.EndsAt, lesson.Subject, lesson.Teacher, lesson.Topic, lesson.Room, lesson.IsCancelled, lesson.FormerSchool,
            [.. lesson.Marks.Select(mark => new ToldMark(mark.Value, mark.Weight, mark.Work, mark.Comment))],
            lesson.Absence is { } absence ? new(absence.Code, absence.Name, absence.IsBad, absence.Reason) : null,
            [.. lesson.Homework.Select(work => new ToldHomework(work.Text, work.IsDone))]))],
        [.. week.Subjects.Select(subject => new ToldSubject(subject.Subject, subject.Teacher, subject.Marks, subject.Average, subject.Absences))]);

    private sealed record Relative(Actor Reader, LearnerFacts Learner);
}
