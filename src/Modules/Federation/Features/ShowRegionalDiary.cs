using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Federation.Asking;
using MySchool.Federation.Pages;
using MySchool.Federation.Wire;
using MySchool.Kernel;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Federation.Features;

/// <summary>What is looked at: a week, and a child of one region; nothing chosen is the first child of the first region that answers.</summary>
internal sealed record DiaryChoice(DateOnly? Week, string? Region, string? Child);

/// <summary>A child of the family in one switcher, whatever region it learns in.</summary>
internal sealed record FamilyChild(Region Region, ToldLearner Learner, bool IsShown);

/// <summary>The diaries of a family.</summary>
/// <param name="Places">Where the family is.</param>
/// <param name="Words">How each region answered.</param>
/// <param name="Children">All children, in the order of the regions.</param>
/// <param name="Shown">Whose week is shown, or null.</param>
/// <param name="Week">The week shown, or null.</param>
/// <param name="Monday">The week asked for.</param>
/// <param name="TimeZone">The zone to say moments in.</param>
/// <param name="HasAccount">Whether ЕСИА has proven who looks.</param>
internal sealed record RegionalDiaryView(
    FamilyPlaces Places, ImmutableArray<RegionWord> Words, ImmutableArray<FamilyChild> Children, RegionWord? Shown, ToldWeek? Week, DateOnly Monday,
    string TimeZone, bool HasAccount)
{
    /// <summary>The present, for saying moments.</summary>
    public DateTimeOffset Now { get; init; }
}

/// <summary>
/// «Дневник региона»: asks ГИС РУО where the family is, then all its regions at once. A region that is dead, slow, garbled or forged is a
/// notice; the others are shown at once.
/// </summary>
internal sealed class ShowRegionalDiary(WhoLooks who, AskPlaces places, AskRegions regions, ReadingAudit audit, FederationOptions options, IClock clock)
{
    public const string SignInNeeded = "federation.sign-in";

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet(StrangerPages.RegionalDiary, async (string? week, string? region, string? child, HttpContext http, ShowRegionalDiary feature, CancellationToken cancel) =>
        {
            http.Response.Headers.CacheControl = "no-store";
            var choice = new DiaryChoice(DateOnly.TryParse(week, CultureInfo.InvariantCulture, out var day) ? day : null, region, child);
            var view = await feature.HandleAsync(http.GetActor(), http.Features.Get<PersonFacts>()?.TimeZone, choice, cancel);
            return view.IsOk ? Page.Of<RegionalDiaryPage>(new { Data = view.Value })
                : view.Problem!.Code == SignInNeeded ? Results.Redirect($"/sign-in?return={Uri.EscapeDataString(StrangerPages.RegionalDiary)}") : view.Problem.ToPage();
        }).Allow(FederationActions.ReadDiary);

    public async Task<Result<RegionalDiaryView>> HandleAsync(Actor? actor, string? zone, DiaryChoice choice, CancellationToken cancel)
    {
        if (!options.IsFederal) return Problem.NotFound;
        var timeZone = TimeZones.OrCapital(zone);
        var monday = Monday(choice.Week is { Year: > 2000 and < 2100 } day ? day : clock.TodayIn(timeZone));
        if (await who.FindAsync(actor, cancel) is not { } reader)
            return actor is null ? new Problem(SignInNeeded, Resources.Texts.SignInNeeded, null, 403)
                : new RegionalDiaryView(new([], [], null, null), [], [], null, null, monday, timeZone, HasAccount: false);

        var noted = actor is null ? Task.CompletedTask : audit.NoteAsync(actor, FederationActions.ReadDiary, null, actor.PersonId);
        var found = await places.HandleAsync(reader, cancel);
        var words = await regions.HandleAsync(reader, [.. Questions(reader, found.Regions, choice, monday)], found.Body, cancel);
        await noted;
        var shown = Choose(words, choice);
        var children = words.SelectMany(word => (word.Told?.Learners ?? []).Select(learner =>
            new FamilyChild(word.Region, learner, shown is null ? word.Region.Code == choice.Region && learner.Id == choice.Child
                : word == shown && learner.Id == shown.Told!.Diary!.Learner))).ToImmutableArray();
        return new RegionalDiaryView(found, words, children, shown, shown?.Told?.Diary, monday, timeZone, HasAccount: true) { Now = clock.NowIn(timeZone) };
    }

    // Of the region chosen the child's week; of the others only who the children are, for the switcher.
    private static IEnumerable<(Region, DiaryQuestion)> Questions(Reader reader, ImmutableArray<Region> regions, DiaryChoice choice, DateOnly monday)
    {
        var isChosen = regions.Any(region => region.Code == choice.Region);
        var child = choice.Child is { Length: > 0 and <= 60 } id && id.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-') ? id : null;
        return regions.Select(region => (region, region.Code == choice.Region
            ? new DiaryQuestion(reader.Oid, monday, child, IsListOnly: false) : new DiaryQuestion(reader.Oid, monday, null, isChosen)));
    }

    // A region that answers now goes before what another told earlier.
    private static RegionWord? Choose(ImmutableArray<RegionWord> words, DiaryChoice choice) =>
        words.FirstOrDefault(word => word.Region.Code == choice.Region) is { } chosen ? chosen.Told?.Diary is null ? null : chosen
            : words.Where(word => word.Told?.Diary is not null).OrderBy(word => word.CopyAt is not null).FirstOrDefault();

    private static DateOnly Monday(DateOnly day) => day.AddDays(-(((int)day.DayOfWeek + 6) % 7));
}
