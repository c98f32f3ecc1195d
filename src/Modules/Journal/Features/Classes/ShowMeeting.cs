using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Journal.Domain;
using MySchool.Journal.Pages;
using MySchool.Journal.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Journal.Features.Classes;

/// <summary>A learner's sheet for the meeting: nothing of other children stands on it.</summary>
/// <param name="Who">Whose.</param>
/// <param name="Praise">Subjects that go well.</param>
/// <param name="Work">What to work on, in sentences.</param>
internal sealed record MeetingSheet(ClassLearner Who, ImmutableArray<string> Praise, ImmutableArray<string> Work);

/// <summary>Sheets of a class for the parents' meeting.</summary>
/// <param name="Of">The class over the term.</param>
/// <param name="Sheets">A sheet a learner.</param>
/// <param name="IsA4">One a page of A4; otherwise two with a line to cut along.</param>
internal sealed record Meeting(ClassTerm Of, ImmutableArray<MeetingSheet> Sheets, bool IsA4);

/// <summary>Sheets for the parents' meeting, to be printed and given into hands.</summary>
internal sealed class ShowMeeting(FindClass find)
{
    // An average this much below the next mark's threshold is worth a word.
    private const decimal Near = 0.2m;

    // A sheet of half a page has room for so much, and nobody works on more at once.
    private const int MostWork = 4;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/journal/classes/{classId:guid}/meeting", async (
            Guid classId, short? term, Guid? learner, string? size, HttpContext context, ShowMeeting handler, CancellationToken cancel) =>
        {
            var meeting = await handler.HandleAsync(context.RequireActor(), classId, term, learner, size == "a4", cancel);
            return meeting.IsOk ? Page.Of<MeetingPage>(new { Data = meeting.Value }) : meeting.Problem!.ToPage();
        }).Allow(HeadActions.ReadClass);

    public async Task<Result<Meeting>> HandleAsync(Actor actor, Guid classId, short? term, Guid? learner, bool isA4, CancellationToken cancel)
    {
        var found = await find.HandleAsync(actor, classId, term, $"meeting {learner}", cancel);
        if (!found.IsOk) return found.Problem!;
        var of = found.Value;
        var chosen = of.Learners.Where(row => learner is null || row.Who.PersonId == learner).ToList();
        return learner is not null && chosen.Count == 0 ? Problem.NotFound : new Meeting(of, [.. chosen.Select(row => Sheet(of, row))], isA4);
    }

    internal static MeetingSheet Sheet(ClassTerm of, ClassLearner row)
    {
        var regulation = of.Book.Regulation;
        var (work, few) = (new List<string>(), new List<string>());
        foreach (var (name, stand) in row.Subjects.OrderBy(subject => subject.Value.Average.Value ?? 9))
        {
            if (stand.Average.Value is not { } average) continue;
            var mark = regulation.MarkOf(average);
            if (average < regulation.ThreeFrom) work.Add(Say(Texts.WorkBelow, name, stand.Average.Text));
            // What can no longer be mended is not asked for.
            else if (of.To < of.Today || stand.Set is not null) continue;
            else if (stand.Average.Count < regulation.MinMarks) few.Add($"{name} ({stand.Average.Count})");
            else if (mark < 5 && regulation.From(mark + 1) - average is > 0 and <= Near) work.Add(Say(Texts.WorkNear, name, stand.Average.Text, mark + 1));
        }
        if (work.Count > MostWork) work.RemoveRange(MostWork, work.Count - MostWork);
        if (few.Count > 0) work.Add(Say(Texts.WorkFew, regulation.MinMarks, string.Join(", ", few)));
        if (row.Absences.Unexcused + row.Absences.Unknown is > 0 and var missed) work.Add(Say(Texts.WorkMissed, Words.Plural(missed, Texts.CountLessonsMissed)));
        if (row.Absences.Late > 0) work.Add(Say(Texts.WorkLate, row.Absences.Late));
        return new(row, [.. row.Subjects.Where(subject => subject.Value.Average.Value >= regulation.FiveFrom && subject.Value.Average.Count >= regulation.MinMarks).Select(subject => subject.Key)], [.. work]);
    }

    private static string Say(string words, params object?[] values) => string.Format(Words.Russian, words, values);
}
