using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Registry;
using MySchool.Journal.Pages;
using MySchool.Kernel;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Journal.Features;

/// <summary>A lesson's roll for one hand: who is here and who is not.</summary>
internal sealed record Roll(ClassJournal Journal, JournalLesson Lesson, ImmutableArray<RosterLearner> Learners);

/// <summary>
/// The roll call in a corridor: the lesson of today nearest to now, a row a learner with a button for the thumb. Saves by the same
/// queue and rules as the grid, so it works without a network.
/// </summary>
internal static class ShowRoll
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/journal/{groupId:guid}/roll", async (Guid groupId, Guid? lesson, HttpContext context, ShowClassJournal journals, CancellationToken cancel) =>
        {
            var journal = await journals.HandleAsync(context.RequireActor(), groupId, null, cancel);
            if (!journal.IsOk) return journal.Problem!.ToPage();
            if (!journal.Value.IsWritable || Pick(journal.Value, lesson) is not { } roll) return Problem.NotFound.ToPage();
            if (lesson is null) context.Features.Set(new OfflineOffer(OfflineJournals.RollOf(groupId)));
            return Page.Of<RollPage>(new { Data = roll });
        }).Allow(JournalActions.RecordMarks);

    private static Roll? Pick(ClassJournal journal, Guid? asked)
    {
        var lesson = asked is { } id ? journal.Lessons.FirstOrDefault(lesson => lesson.Id == id)
            : journal.Lessons.LastOrDefault(lesson => lesson.Date <= journal.Today && !lesson.IsCancelled);
        return lesson is null ? null
            : new(journal, lesson, [.. journal.Group.Learners.Where(learner => learner.From <= lesson.Date && (learner.To is null || learner.To >= lesson.Date))]);
    }
}

/// <summary>Addresses that a teacher's device keeps for a time without a network.</summary>
internal static class OfflineJournals
{
    public const string List = "/journal";

    // A school day has no more lessons than that for one teacher.
    private const int Most = 10;

    public static string Of(Guid group) => $"/journal/{group}";

    public static string RollOf(Guid group) => $"/journal/{group}/roll";

    /// <summary>A journal and its roll.</summary>
    public static IEnumerable<string> Both(Guid group) => [Of(group), RollOf(group)];

    /// <summary>The list, and the journals and rolls of the day's lessons.</summary>
    public static IEnumerable<string> Ahead(IEnumerable<TeacherLesson> lessons) =>
        [List, .. lessons.Where(lesson => !lesson.IsCancelled).Select(lesson => lesson.Group.GroupId).Distinct().Take(Most).SelectMany(Both)];
}
