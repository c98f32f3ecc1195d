using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Registry;
using MySchool.Journal.Data;
using MySchool.Journal.Domain;
using MySchool.Journal.Pages;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Journal.Features;

/// <summary>One subject of a learner over a term.</summary>
/// <param name="Diary">The term's diary; its lessons are of this subject only.</param>
/// <param name="Group">The group attended.</param>
/// <param name="Trend">Average after each mark that counts, from old to new.</param>
/// <param name="Average">Average and the sum behind it.</param>
/// <param name="Figures">The group's own figure, when enough learners stand behind it.</param>
internal sealed record SubjectCard(
    Diary Diary, AttendedGroup Group, ImmutableArray<TrendPoint> Trend, (string? Text, string Formula) Average, GroupFigures? Figures)
{
    /// <summary>What the marks come to by the end of the term; null when the term is over or there is nothing to count.</summary>
    public Outlook? Outlook { get; init; }

    /// <summary>Marks that stand for periods of the year.</summary>
    public IReadOnlyDictionary<short, string> Results { get; init; } = ImmutableDictionary<short, string>.Empty;
}

/// <summary>What is needed for a better mark, and where the marks lead if they go on as they do.</summary>
/// <param name="Mark">The mark the average comes to now.</param>
/// <param name="Targets">Ways to each better one.</param>
/// <param name="Forecast">The average at the end of the term, and the mark it comes to; null while there are too few marks.</param>
/// <param name="LessonsLeft">Lessons still to come in the term.</param>
/// <param name="MissingMarks">Marks still needed before the regulation proposes any.</param>
internal sealed record Outlook(int Mark, IReadOnlyList<Target> Targets, (string Average, int Mark)? Forecast, int LessonsLeft, int MissingMarks);

/// <summary>What a group's marks come to, without names.</summary>
/// <param name="Learners">Learners with marks, ten or more.</param>
/// <param name="Average">Mean of their averages, «4,12».</param>
internal sealed record GroupFigures(int Learners, string Average);

/// <summary>All marks of a subject with topics and comments, absences, the trend, and where the group stands.</summary>
internal sealed class ShowSubject(ShowDiary diary, AppDb db, WorkerDb worker)
{
    // The same bound as of figures for coordinators: behind a number stand ten learners or nobody.
    private const int FewestLearners = 10;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/diary/{learner:guid}/subjects/{groupId:guid}", async (
            Guid learner, Guid groupId, short? term, HttpContext context, ShowSubject handler, CancellationToken cancel) =>
        {
            var card = await handler.HandleAsync(context.RequireActor(), context.Features.Get<PersonFacts>()?.Learners ?? [], learner, groupId, term, cancel);
            return card.IsOk ? Page.Of<SubjectPage>(new { Data = card.Value })
                : card.Problem!.Code == ShowDiary.ConsentNeeded ? Results.Redirect("/consents/needed?return=/diary") : card.Problem.ToPage();
        }).Allow(JournalActions.OpenDiary);

    public async Task<Result<SubjectCard>> HandleAsync(
        Actor actor, ImmutableArray<LearnerFacts> own, Guid learnerId, Guid groupId, short? term, CancellationToken cancel)
    {
        var opened = await diary.HandleAsync(actor, own, learnerId, DiaryView.Term, null, term, cancel);
        if (!opened.IsOk) return opened.Problem!;
        var learner = opened.Value.Days.Learner;
        if (learner.Groups.FirstOrDefault(g => g.GroupId == groupId) is not { } group) return Problem.NotFound;
        var days = opened.Value.Days with { Lessons = [.. opened.Value.Days.Lessons.Where(lesson => lesson.GroupId == groupId)] };
        var counted = days.Marks.Select(mark => (mark.Value, mark.Weight)).ToList();
        var (outlook, results) = await ReadOutlookAsync(actor, opened.Value with { Days = days }, groupId, counted, cancel);
        return new SubjectCard(opened.Value with { Days = days }, group, TrendPoint.Of(days.Marks), (WeightedAverage.Of(counted).Text, WeightedAverage.Formula(counted)),
            await CountAsync(learner, groupId, opened.Value.From, opened.Value.To, cancel)) { Outlook = outlook, Results = results };
    }

    private async Task<(Outlook? Outlook, Dictionary<short, string> Results)> ReadOutlookAsync(
        Actor actor, Diary diary, Guid groupId, List<(string Value, short Weight)> marks, CancellationToken cancel)
    {
        var learner = diary.Days.Learner;
        var (regulation, weights, results) = await db.ReadAsync(actor, batch =>
        {
            batch.Add(TermBookRows.RegulationOf, learner.SchoolId);
            batch.Add("select distinct weight from journal.work_types where school_id = $1", learner.SchoolId);
            TermResults.Add(batch, learner);
        }, async (reader, token) => (await TermBookRows.ReadRegulationAsync(reader, token), await reader.ReadAllAsync(r => r.GetInt16(0), token), await TermResults.ReadAsync(reader, token)), cancel);
        var held = diary.Days.Lessons.Count(lesson => lesson.Date <= diary.Today && !lesson.IsCancelled);
        var left = diary.Days.Lessons.Count(lesson => lesson.Date > diary.Today && !lesson.IsCancelled);
        var average = WeightedAverage.Of(marks);
        var outlook = average.Value is not { } mean || left == 0 ? null : new Outlook(
            regulation.MarkOf(mean), Targets.Above(average, regulation, weights, left),
            Targets.Forecast(marks, held, left) is { } forecast ? (Math.Round(forecast, 2, MidpointRounding.AwayFromZero).ToString("0.00", Words.Russian), regulation.MarkOf(forecast)) : null,
            left, Math.Max(0, regulation.MinMarks - average.Count));
        return (outlook, results.Where(result => result.Key.Group == groupId).ToDictionary(result => result.Key.Period, result => result.Value));
    }

    // Nobody's marks but figures leave: the family's own scopes would show the family's marks only. Plan: one range of (year, school, group).
    private async Task<GroupFigures?> CountAsync(LearnerFacts learner, Guid groupId, DateOnly from, DateOnly to, CancellationToken cancel)
    {
        await using var batch = worker.Source.CreateBatch();
        batch.AddOfYear("""
            select count(*)::int, avg(average) from (
              select sum(figure::int * weight)::numeric / sum(weight) as average from journal.marks, unnest(string_to_array(value, '/')) as figure
               where school_year = $1 and school_id = $2 and group_id = $3 and lesson_date between $4 and $5 and value ~ '^[1-5](/[1-5])?$' and slot < 10
               group by learner_id having sum(weight) > 0) each
            """, learner.SchoolYear, learner.SchoolId, groupId, from, to);
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var (learners, average) = await reader.ReadFirstAsync(r => (r.GetInt32(0), r.Maybe<decimal>(1)), cancel);
        return learners >= FewestLearners && average is { } mean
            ? new(learners, Math.Round(mean, 2, MidpointRounding.AwayFromZero).ToString("0.00", Words.Russian)) : null;
    }
}
