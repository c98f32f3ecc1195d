using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Journal.Domain;
using MySchool.Journal.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Web;

namespace MySchool.Journal.Features;

/// <summary>A child that a key reads.</summary>
internal sealed record FamilyChild(Guid Id, string LastName, string FirstName, string Class, FamilySchool School, string TimeZone, ImmutableArray<FamilyTerm> Terms);

/// <summary>A school.</summary>
internal sealed record FamilySchool(Guid Id, string Name);

/// <summary>A term of the school's year.</summary>
internal sealed record FamilyTerm(short Number, string Name, DateOnly Starts, DateOnly Ends);

/// <summary>A week of a diary, Monday to Sunday.</summary>
internal sealed record FamilyWeek(DateOnly Week, ImmutableArray<FamilyDiaryDay> Days);

/// <summary>A day that has lessons.</summary>
internal sealed record FamilyDiaryDay(DateOnly Date, ImmutableArray<FamilyLesson> Lessons);

/// <summary>A lesson with everything beside it.</summary>
internal sealed record FamilyLesson(
    Guid Id, short Number, TimeOnly StartsAt, TimeOnly EndsAt, string Subject, string Teacher, string Room, string Topic, bool IsCancelled,
    ImmutableArray<FamilyLessonMark> Marks, FamilyAbsence? Absence, ImmutableArray<FamilyHomework> Homework);

/// <summary>A mark at its lesson.</summary>
internal sealed record FamilyLessonMark(string Value, short Weight, string Work, string? Comment);

/// <summary>An absence at its lesson.</summary>
internal sealed record FamilyAbsence(string Code, string Name, string? Reason);

/// <summary>A mark in a list.</summary>
internal sealed record FamilyMark(DateOnly Date, string Subject, string Value, short Weight, string Work, string Topic, string? Comment);

/// <summary>Homework by the day it falls due.</summary>
internal sealed record FamilyHomework(Guid Id, string Subject, DateOnly DueOn, string Text, bool IsDone);

/// <summary>The family's own programs: reading by a key that a representative or a learner has issued. Described in docs/api.md.</summary>
internal sealed class ServeFamily(ReadDays days, IClock clock)
{
    private const string Root = "/api/family/v1/children";
    private const int LongestDays = 366;

    public static void Map(IEndpointRouteBuilder routes)
    {
        Route(routes.MapGet(Root, (HttpContext http) => Results.Json(Learners(http).Select(ChildOf), Json.Options)).Produces<FamilyChild[]>());
        Route(routes.MapGet($"{Root}/{{child:guid}}/diary", async (Guid child, string? week, HttpContext http, ServeFamily feature, CancellationToken cancel) =>
            (await feature.WeekAsync(http, child, week, cancel)).ToJson()).Produces<FamilyWeek>());
        Route(routes.MapGet($"{Root}/{{child:guid}}/marks", async (Guid child, string? from, string? to, HttpContext http, ServeFamily feature, CancellationToken cancel) =>
            (await feature.ListAsync(http, child, from, to, -30, 0, found => found.Marks.Select(mark => new FamilyMark(mark.Date, mark.Subject, mark.Value, mark.Weight, mark.Work, mark.Topic, mark.Comment)), cancel)).ToJson())
            .Produces<FamilyMark[]>());
        Route(routes.MapGet($"{Root}/{{child:guid}}/homework", async (Guid child, string? from, string? to, HttpContext http, ServeFamily feature, CancellationToken cancel) =>
            (await feature.ListAsync(http, child, from, to, 0, 14, found => found.Lessons.SelectMany(lesson => lesson.DueHomework).UnionBy(found.Homework, each => each.Id).OrderBy(each => each.DueOn).Select(HomeworkOf), cancel)).ToJson())
            .Produces<FamilyHomework[]>());

        static void Route(RouteHandlerBuilder route) => route.Allow(JournalActions.ServeFamily).ForPrograms(KeyScopes.Family);
    }

    private async Task<Result<FamilyWeek>> WeekAsync(HttpContext http, Guid child, string? week, CancellationToken cancel)
    {
        if (Find(http, child) is not { } learner) return Problem.NotFound;
        if (DayOf(week, clock.TodayIn(learner.TimeZone)) is not { } day) return WrongDays;
        var monday = SchoolWeek.Of(day);
        var read = await days.HandleAsync(http.RequireActor(), learner, JournalFlows.FamilyApi, JournalActions.ServeFamily, monday, monday.AddDays(6), cancel);
        return read.Then<FamilyWeek>(found => new FamilyWeek(monday, [.. found.Lessons.GroupBy(lesson => lesson.Date).Select(date => new FamilyDiaryDay(date.Key, [.. date.Select(LessonOf)]))]));
    }

    private async Task<Result<ImmutableArray<T>>> ListAsync<T>(
        HttpContext http, Guid child, string? from, string? to, int firstDay, int lastDay, Func<DiaryDays, IEnumerable<T>> pick, CancellationToken cancel)
    {
        if (Find(http, child) is not { } learner) return Problem.NotFound;
        var today = clock.TodayIn(learner.TimeZone);
        if (DayOf(from, today.AddDays(firstDay)) is not { } first || DayOf(to, today.AddDays(lastDay)) is not { } last || last < first || last.DayNumber - first.DayNumber > LongestDays) return WrongDays;
        var read = await days.HandleAsync(http.RequireActor(), learner, JournalFlows.FamilyApi, JournalActions.ServeFamily, first, last, cancel);
        return read.Then<ImmutableArray<T>>(found => pick(found).ToImmutableArray());
    }

    private static Problem WrongDays => new("journal.wrong-days", string.Format(Words.Russian, Texts.ApiWrongDays, LongestDays), null, 400);

    private static ImmutableArray<LearnerFacts> Learners(HttpContext http) => http.Features.Get<PersonFacts>()!.Learners;

    private static LearnerFacts? Find(HttpContext http, Guid child) => Learners(http).FirstOrDefault(learner => learner.PersonId == child);

    private static DateOnly? DayOf(string? text, DateOnly otherwise) => string.IsNullOrEmpty(text) ? otherwise
        : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is > 2000 and < 2100 ? day : null;

    private static FamilyChild ChildOf(LearnerFacts learner) => new(
        learner.PersonId, learner.Name.Last, learner.Name.First, learner.ClassName, new(learner.SchoolId, learner.SchoolName), learner.TimeZone,
        [.. learner.Terms.Select(term => new FamilyTerm(term.Number, term.Name, term.Starts, term.Ends))]);

    private static FamilyLesson LessonOf(DiaryLesson lesson) => new(
        lesson.LessonId, lesson.Number, lesson.StartsAt, lesson.EndsAt, lesson.Subject, lesson.Teacher, lesson.Room, lesson.Topic, lesson.IsCancelled,
        [.. lesson.Marks.Select(mark => new FamilyLessonMark(mark.Value, mark.Weight, mark.Work, mark.Comment))],
        lesson.Absence is { } absence ? new(absence.Code, absence.Name, absence.Reason) : null, [.. lesson.DueHomework.Select(HomeworkOf)]);

    private static FamilyHomework HomeworkOf(DiaryHomework homework) => new(homework.Id, homework.Subject, homework.DueOn, homework.Text, homework.IsDone);
}
