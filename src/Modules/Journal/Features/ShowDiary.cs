using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
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

internal enum DiaryView { Day, Week, Term }

/// <summary>A diary over a day, a week or a term.</summary>
internal sealed record Diary(
    DiaryDays Days, DiaryView View, DateOnly From, DateOnly To, DateOnly Today, TermFacts? Term, bool IsTickable,
    ImmutableArray<LearnerFacts> Children, ImmutableArray<SubjectSummary> Subjects)
{
    /// <summary>Who reads.</summary>
    public Guid ReaderId { get; init; }

    /// <summary>Whether the reader is a representative: says that the week was read, and that the child does not come.</summary>
    public bool IsGuardians { get; init; }

    /// <summary>Whether the diary is the reader's own or their child's: then their device may keep it.</summary>
    public bool IsOwn => Children.Any(child => child.PersonId == Days.Learner.PersonId);

    /// <summary>The address a week is kept under for reading without a network.</summary>
    public static string WeekUrl(Guid learner, DateOnly monday) => $"/diary?learner={learner}&view=week&date={monday:yyyy-MM-dd}";

    /// <summary>This week and the next of each child.</summary>
    public static IEnumerable<string> WeeksAhead(IEnumerable<LearnerFacts> children, DateOnly today) =>
        children.SelectMany(child => new[] { 0, 7 }.Select(days => WeekUrl(child.PersonId, SchoolWeek.Of(today).AddDays(days))));

    /// <summary>When the reader said that this week was read, or null.</summary>
    public DateTimeOffset? SeenAt { get; init; }
}

/// <summary>A subject over the term: its marks, average and the sum behind it.</summary>
/// <param name="Subject">Its name, with the former school's when it was attended there.</param>
/// <param name="Teacher">Today's teacher.</param>
/// <param name="Marks">In order.</param>
/// <param name="Average">«4,44», or null when nothing counts.</param>
/// <param name="Formula">The sum behind it.</param>
/// <param name="Absences">Lessons missed.</param>
/// <param name="GroupId">The group attended now, or null.</param>
internal sealed record SubjectSummary(
    string Subject, string Teacher, ImmutableArray<DiaryMark> Marks, string? Average, string Formula, int Absences, Guid? GroupId)
{
    /// <summary>The course of the average.</summary>
    public ImmutableArray<TrendPoint> Trend { get; } = TrendPoint.Of(Marks);

    /// <summary>The mark of the term, once its teacher has set it.</summary>
    public string? Result { get; init; }
}

/// <summary>Shows a learner's diary to those it is open to; each reading is audited.</summary>
internal sealed class ShowDiary(AppDb db, IRegistry registry, IConsents consents, ReadingAudit audit, IClock clock)
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/diary", async (
            Guid? learner, string? view, string? date, short? term, HttpContext context, ShowDiary handler, CancellationToken cancel) =>
        {
            var day = DateOnly.TryParse(date, CultureInfo.InvariantCulture, out var parsed) ? parsed : (DateOnly?)null;
            var wanted = Enum.TryParse<DiaryView>(view, ignoreCase: true, out var known) && Enum.IsDefined(known) ? known : DiaryView.Week;
            var facts = context.Features.Get<PersonFacts>();
            var diary = await handler.HandleAsync(context.RequireActor(), facts?.Learners ?? [], learner, wanted, day, term, cancel);
            if (diary is { IsOk: true, Value: { IsOwn: true, View: DiaryView.Week } week }) context.Features.Set(new OfflineOffer(Diary.WeekUrl(week.Days.Learner.PersonId, week.From)));
            return diary.IsOk ? Page.Of<DiaryPage>(new { Data = diary.Value })
                : diary.Problem!.Code == ConsentNeeded ? Results.Redirect("/consents/needed?return=/diary") : diary.Problem.ToPage();
        }).Allow(JournalActions.OpenDiary);

    public const string ConsentNeeded = "journal.consent-needed";

    public async Task<Result<Diary>> HandleAsync(
        Actor actor, ImmutableArray<LearnerFacts> own, Guid? learnerId, DiaryView view, DateOnly? date, short? termNumber, CancellationToken cancel)
    {
        var learner = own.FirstOrDefault(l => learnerId is null || l.PersonId == learnerId)
            ?? (learnerId is { } id ? await registry.GetLearnerAsync(actor, id, clock.Now, cancel) : null);
        if (learner is null || !JournalAccess.AllowsDiary(actor, learner)) return Problem.NotFound;
        if (actor.Hat.Role == Roles.Guardian && !consents.Stands(actor, JournalFlows.Diary, learner.PersonId))
            return new Problem(ConsentNeeded, Texts.ConsentNeeded, null, 403);

        var today = clock.TodayIn(learner.TimeZone);
        var day = date is { Year: > 2000 and < 2100 } ? date.Value : today;
        var term = learner.Terms.FirstOrDefault(t => t.Number == termNumber) ?? ((IReadOnlyList<TermFacts>)learner.Terms).TermAt(day);
        var (from, to) = Range(view, day, term);
        var noted = audit.NoteAsync(actor, JournalActions.OpenDiary, learner.SchoolId, learner.PersonId);
        var asksSeen = view == DiaryView.Week && actor.Hat.Role == Roles.Guardian;
        var (days, seenAt, results) = await db.ReadAsync(actor, batch =>
        {
            DiaryRows.Add(batch, learner, from, to);
            if (learner.HasMoved) FormerDays.Add(batch, learner, from, to);
            if (asksSeen) batch.Add("select at from journal.diary_views where learner_id = $1 and week = $2 and by_person = $3", learner.PersonId, from, actor.PersonId);
            if (view == DiaryView.Term) TermResults.Add(batch, learner);
        }, async (reader, token) =>
        {
            var present = await DiaryRows.ReadAsync(reader, learner, token);
            if (learner.HasMoved) present = await FormerDays.ReadAsync(reader, present, token);
            return (present, asksSeen ? await reader.ReadFirstAsync(r => (DateTimeOffset?)r.GetFieldValue<DateTimeOffset>(0), token) : null,
                view == DiaryView.Term ? await TermResults.ReadAsync(reader, token) : []);
        }, cancel);
        await noted;

        var isTickable = Decide.Allows(actor, JournalActions.TickHomework, new Coordinate(Places.Person, learner.PersonId));
        return new Diary(days, view, from, to, today, term, isTickable, own, view == DiaryView.Term ? Subjects(days, term, results) : [])
        { ReaderId = actor.PersonId, IsGuardians = actor.Hat.Role == Roles.Guardian, SeenAt = seenAt };
    }

    private static (DateOnly From, DateOnly To) Range(DiaryView view, DateOnly day, TermFacts? term) => view switch
    {
        DiaryView.Day => (day, day),
        DiaryView.Term when term is not null => (term.Starts, term.Ends),
        _ => (SchoolWeek.Of(day), SchoolWeek.Of(day).AddDays(6)),
    };

    internal static ImmutableArray<SubjectSummary> Subjects(DiaryDays days, TermFacts? term, Dictionary<(Guid Group, short Period), string> results) =>
        [.. days.Lessons.GroupBy(l => l.FormerSchool is null ? l.Subject : $"{l.Subject} ({l.FormerSchool})").OrderBy(s => s.Key, StringComparer.Create(Words.Russian, false)).Select(subject =>
        {
            var marks = subject.SelectMany(l => l.Marks).ToImmutableArray();
            var counted = marks.Select(m => (m.Value, m.Weight)).ToList();
            var group = subject.FirstOrDefault(l => l.FormerSchool is null && days.Learner.Groups.Any(g => g.GroupId == l.GroupId))?.GroupId;
            return new SubjectSummary(subject.Key, subject.First().Teacher, marks,
                WeightedAverage.Of(counted).Text, WeightedAverage.Formula(counted), subject.Count(l => l.Absence is not null), group)
            { Result = results.GetValueOrDefault((group ?? subject.First().GroupId, term?.Number ?? 0)) };
        })];
}
