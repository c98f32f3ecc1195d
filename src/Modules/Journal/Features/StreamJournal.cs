using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using MySchool.Contracts.Access;
using MySchool.Contracts.Journal;
using MySchool.Contracts.Registry;
using MySchool.Journal.Data;
using MySchool.Journal.Domain;
using MySchool.Journal.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;

namespace MySchool.Journal.Features;

/// <summary>
/// Streams changed cells to open grids and diaries as server-sent events. A page that lost the line comes back with the
/// id of the last event it saw and is first told what it missed.
/// </summary>
internal sealed class StreamJournal(
    JournalFeed feed, AppDb db, IRegistry registry, IConsents consents, IClock clock, IHostApplicationLifetime lifetime)
{
    // An ended session cuts the stream at once; a revoked tie must not go on listening either, so the stream ends often
    // enough for the browser to ask again through the gate.
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(1);

    // Commits become visible a little later than they are stamped, and nodes' clocks differ.
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(5);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/journal/{groupId:guid}/live", async (
            Guid groupId, HttpContext context, StreamJournal handler, CancellationToken cancel) =>
                await handler.OpenGroupAsync(context.RequireActor(), groupId, LastSeen(context), cancel))
            .Allow(JournalActions.OpenJournal).StaysOpen();
        routes.MapGet("/diary/{learnerId:guid}/live", async (
            Guid learnerId, HttpContext context, StreamJournal handler, CancellationToken cancel) =>
                await handler.OpenLearnerAsync(context.RequireActor(), learnerId, LastSeen(context), cancel))
            .Allow(JournalActions.OpenDiary).StaysOpen();
    }

    public async Task<IResult> OpenGroupAsync(Actor actor, Guid groupId, DateTimeOffset? lastSeen, CancellationToken cancel) =>
        await JournalAccess.FindGroupAsync(registry, actor, groupId, JournalActions.OpenJournal, cancel) is { } group
            ? TypedResults.ServerSentEvents(GroupEventsAsync(actor, group, lastSeen, cancel))
            : Problem.NotFound.ToJson();

    public async Task<IResult> OpenLearnerAsync(Actor actor, Guid learnerId, DateTimeOffset? lastSeen, CancellationToken cancel)
    {
        if (await JournalAccess.FindLearnerAsync(registry, actor, learnerId, clock.Now, cancel) is not { } learner)
            return Problem.NotFound.ToJson();
        // The stream tells marks, so it asks for what the diary asks for; a withdrawal cuts it.
        if (actor.Hat.Role == Roles.Guardian && !consents.Stands(actor, JournalFlows.Live, learnerId))
            return new Problem(ShowDiary.ConsentNeeded, Texts.ConsentNeeded, null, 403).ToJson();
        return TypedResults.ServerSentEvents(LearnerEventsAsync(actor, learner, lastSeen, cancel));
    }

    private async IAsyncEnumerable<SseItem<string>> GroupEventsAsync(
        Actor actor, GroupRoster group, DateTimeOffset? lastSeen, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var life = Limited(cancel);
        using var listening = await feed.OpenAsync(group.SchoolId);
        yield return Item("hello", "{}");
        if (lastSeen is { } since && await MissedCells.ReadAsync(db, actor, group, since - Overlap, cancel) is { Count: > 0 } missed)
            yield return Item("sync", JsonSerializer.Serialize(new { by = "", cells = missed }, Json.Options));
        await foreach (var happened in listening.Changes.ReadAllAsync(life.Token).UntilCancelled(life.Token))
        {
            if (happened.GroupId != group.GroupId) continue;
            var cells = happened.Cells.Select(c => new CellAnswer(c.Lesson, c.Learner, "saved", c.Mark, c.Absence, null));
            yield return Item("cells", JsonSerializer.Serialize(new { by = happened.ByName, session = happened.PageId, cells }, Json.Options));
        }
    }

    private async IAsyncEnumerable<SseItem<string>> LearnerEventsAsync(
        Actor actor, LearnerFacts learner, DateTimeOffset? lastSeen, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var life = Limited(cancel);
        using var listening = await feed.OpenAsync(learner.SchoolId);
        yield return Item("hello", "{}");
        if (lastSeen is { } since && await MissedCells.AnyAsync(db, actor, learner, since - Overlap, cancel))
            yield return Changed(Texts.LiveDiaryChanged);
        await foreach (var happened in listening.Changes.ReadAllAsync(life.Token).UntilCancelled(life.Token))
            if (happened.Cells.LastOrDefault(cell => cell.Learner == learner.PersonId && !(cell.IsHeld && cell.IsMarkChanged)) is { } mine)
                yield return Changed(Announce(happened.SubjectName, mine));
    }

    private static string Announce(string subject, RecordedCell cell) => cell switch
    {
        { Mark: { } mark, HadMark: false } => string.Format(Words.Russian, Texts.LiveNewMark, subject, mark.Value),
        { Mark: { } mark } => string.Format(Words.Russian, Texts.LiveChangedMark, subject, mark.Value),
        { Absence: { } absence } => string.Format(Words.Russian, Texts.LiveAbsence, subject, absence.Code),
        _ => string.Format(Words.Russian, Texts.LiveCleared, subject),
    };

    private SseItem<string> Changed(string text) => Item("changed", JsonSerializer.Serialize(new { text }, Json.Options));

    // The id is the server's own time: what a returning browser repeats in Last-Event-ID.
    private SseItem<string> Item(string type, string data) => new(data, type)
    {
        EventId = clock.Now.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
        ReconnectionInterval = TimeSpan.FromSeconds(1),
    };

    private static DateTimeOffset? LastSeen(HttpContext context) =>
        long.TryParse(context.Request.Headers["Last-Event-ID"], CultureInfo.InvariantCulture, out var at) && at is > 0 and < 253_402_300_799_999
            ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null;

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
