using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Journal.Domain;
using MySchool.Journal.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Web;

namespace MySchool.Journal.Features;

/// <summary>A learner's lessons as a calendar by a secret link: times, rooms, teachers, topics and homework that falls due. No marks.</summary>
internal sealed class GiveCalendar(ReadDays days, ReadingAudit audit, IClock clock)
{
    private const int DaysBack = 14;
    private const int DaysAhead = 42;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/calendar/{secret}.ics", async (string secret, HttpContext http, GiveCalendar feature, CancellationToken cancel) =>
            await feature.HandleAsync(http, cancel)).Allow(JournalActions.ReadCalendar).ForPrograms(KeyScopes.Calendar).ExcludeFromDescription();

    private async Task<IResult> HandleAsync(HttpContext http, CancellationToken cancel)
    {
        var actor = http.RequireActor();
        var learner = http.Features.Get<PersonFacts>()!.Learners[0];
        var today = clock.TodayIn(learner.TimeZone);
        var (from, to) = (today.AddDays(-DaysBack), today.AddDays(DaysAhead));
        var read = await days.HandleAsync(actor, learner, JournalFlows.Calendar, null, from, to, cancel);
        // A program keeps asking for years: without consent the link looks like one that was revoked.
        if (!read.IsOk) return Problem.NotFound.ToJson();
        // The day's beginning as the stamp: what has not changed since the last question is the same to the byte, and not sent again.
        var stamp = new DateTimeOffset(today.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
        var file = IcsCalendar.Write(string.Format(Words.Russian, Texts.CalendarName, learner.Name.First), learner.TimeZone, stamp, read.Value.Lessons.Select(EventOf), from, to);
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(file)[..16])}\"");
        http.Response.Headers.CacheControl = "private, no-cache";
        if (!http.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Compare(tag, useStrongComparison: false) || known.Equals(EntityTagHeaderValue.Any)))
            await audit.NoteAsync(actor, JournalActions.ReadCalendar, learner.SchoolId, learner.PersonId);
        return Results.Bytes(file, "text/calendar; charset=utf-8", entityTag: tag);
    }

    internal static IcsEvent EventOf(DiaryLesson lesson) => new(
        lesson.LessonId.ToString(), lesson.Date, lesson.StartsAt, lesson.EndsAt,
        lesson.IsCancelled ? $"{lesson.Subject} ({Texts.Cancelled})" : lesson.Subject, Words.Place(lesson.Room), string.Join('\n', Lines(lesson)), lesson.IsCancelled);

    private static IEnumerable<string> Lines(DiaryLesson lesson)
    {
        if (lesson.FormerSchool is { } former) yield return former;
        if (lesson.Teacher.Length > 0) yield return string.Format(Words.Russian, Texts.CalendarTeacher, lesson.Teacher);
        if (lesson.Topic.Length > 0) yield return string.Format(Words.Russian, Texts.CalendarTopic, lesson.Topic);
        foreach (var homework in lesson.DueHomework) yield return $"{Texts.HomeworkShort} {homework.Text}";
    }
}
