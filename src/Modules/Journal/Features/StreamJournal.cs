using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using MySchool.Contracts.Journal;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Journal.Domain;
using MySchool.Kernel;
using MySchool.Kernel.Web;

namespace MySchool.Journal.Features;

/// <summary>Streams changed cells to open grids and diaries as server-sent events.</summary>
internal sealed class StreamJournal(JournalFeed feed, IRegistry registry, IConsents consents, IClock clock, IHostApplicationLifetime lifetime)
{
    // A revoked role must not go on listening: the stream ends often enough for the browser to ask again through the gate.
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(1);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/journal/{groupId:guid}/live", async (
            Guid groupId, HttpContext context, StreamJournal handler, CancellationToken cancel) =>
                await handler.OpenGroupAsync(context.RequireActor(), groupId, cancel))
            .Allow(JournalActions.OpenJournal);
        routes.MapGet("/diary/{learnerId:guid}/live", async (
            Guid learnerId, HttpContext context, StreamJournal handler, CancellationToken cancel) =>
                await handler.OpenLearnerAsync(context.RequireActor(), learnerId, cancel))
            .Allow(JournalActions.OpenDiary);
    }

    public async Task<IResult> OpenGroupAsync(Actor actor, Guid groupId, CancellationToken cancel)
    {
        if (await JournalAccess.FindGroupAsync(registry, actor, groupId, JournalActions.OpenJournal, cancel) is not { } group)
            return Problem.NotFound.ToJson();
        return TypedResults.ServerSentEvents(GroupEventsAsync(group, cancel));
    }

    public async Task<IResult> OpenLearnerAsync(Actor actor, Guid learnerId, CancellationToken cancel)
    {
        if (await JournalAccess.FindLearnerAsync(registry, actor, learnerId, clock.Now, cancel) is not { } learner)
            return Problem.NotFound.ToJson();
        // The stream tells marks, so it asks for what the diary asks for; a withdrawal acts when the stream comes again.
        if (actor.Hat.Role == Roles.Guardian && !consents.Stands(actor, ConsentPurposes.Diary, learnerId))
            return new Problem(ShowDiary.ConsentNeeded, Resources.Texts.ConsentNeeded, null, 403).ToJson();
        return TypedResults.ServerSentEvents(LearnerEventsAsync(learner, cancel));
    }

    private async IAsyncEnumerable<SseItem<string>> GroupEventsAsync(GroupRoster group, [EnumeratorCancellation] CancellationToken cancel)
    {
        yield return Hello();
        using var life = Limited(cancel);
        await foreach (var happened in feed.OpenAsync(group.SchoolId, life.Token).UntilCancelled(life.Token))
        {
            if (happened.GroupId != group.GroupId) continue;
            var cells = happened.Cells.Select(c => new CellAnswer(c.Lesson, c.Learner, "saved", c.Mark, c.Absence, null));
            yield return new(JsonSerializer.Serialize(new { by = happened.ByName, session = happened.PageId, cells, happened.Averages }, Json.Options), "cells");
        }
    }

    private async IAsyncEnumerable<SseItem<string>> LearnerEventsAsync(LearnerFacts learner, [EnumeratorCancellation] CancellationToken cancel)
    {
        yield return Hello();
        using var life = Limited(cancel);
        await foreach (var happened in feed.OpenAsync(learner.SchoolId, life.Token).UntilCancelled(life.Token))
        {
            var mine = happened.Cells.LastOrDefault(cell => cell.Learner == learner.PersonId);
            if (mine is not null)
                yield return new(JsonSerializer.Serialize(new { text = Announce(happened.SubjectName, mine) }, Json.Options), "changed");
        }
    }

    private static string Announce(string subject, RecordedCell cell) => cell switch
    {
        { Mark: { } mark, HadMark: false } => string.Format(Words.Russian, Resources.Texts.LiveNewMark, subject, mark.Value),
        { Mark: { } mark } => string.Format(Words.Russian, Resources.Texts.LiveChangedMark, subject, mark.Value),
        { Absence: { } absence } => string.Format(Words.Russian, Resources.Texts.LiveAbsence, subject, absence.Code),
        _ => string.Format(Words.Russian, Resources.Texts.LiveCleared, subject),
    };

    // Sent at once, so that the headers leave and the browser knows the line is open.
    private static SseItem<string> Hello() => new("{}", "hello") { ReconnectionInterval = TimeSpan.FromSeconds(1) };

    // A stopping node ends its streams at once: browsers come back to another one.
    private CancellationTokenSource Limited(CancellationToken cancel)
    {
        var limited = CancellationTokenSource.CreateLinkedTokenSource(cancel, lifetime.ApplicationStopping);
        limited.CancelAfter(Life);
        return limited;
    }
}

/// <summary>Ends a stream quietly when its time is over.</summary>
internal static class StreamEnding
{
    public static async IAsyncEnumerable<T> UntilCancelled<T>(this IAsyncEnumerable<T> source, [EnumeratorCancellation] CancellationToken cancel)
    {
        await using var items = source.GetAsyncEnumerator(cancel);
        while (true)
        {
            try
            {
                if (!await items.MoveNextAsync()) yield break;
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                yield break;
            }
            yield return items.Current;
        }
    }
}
