using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
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
    ImmutableArray<LearnerFacts> Children, ImmutableArray<SubjectSummary> Subjects);

/// <summary>A subject over the term: its marks, average and the sum behind it.</summary>
internal sealed record SubjectSummary(string Subject, string Teacher, ImmutableArray<DiaryMark> Marks, string? Average, string Formula, int Absences);

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
        var days = await db.ReadAsync(actor, batch =>
        {
            DiaryRows.Add(batch, learner, from, to);
            if (learner.HasMoved) FormerDays.Add(batch, learner, from, to);
        }, async (reader, token) =>
        {
            var present = await DiaryRows.ReadAsync(reader, learner, token);
            return learner.HasMoved ? await FormerDays.ReadAsync(reader, present, token) : present;
        }, cancel);
        await noted;

        var isTickable = Decide.Allows(actor, JournalActions.TickHomework, new Coordinate(Places.Person, learner.PersonId));
        return new Diary(days, view, from, to, today, term, isTickable, own, view == DiaryView.Term ? Subjects(days) : []);
    }

    private static (DateOnly From, DateOnly To) Range(DiaryView view, DateOnly day, TermFacts? term) => view switch
    {
        DiaryView.Day => (day, day),
        DiaryView.Term when term is not null => (term.Starts, term.Ends),
        _ => (Monday(day), Monday(day).AddDays(6)),
    };

    internal static DateOnly Monday(DateOnly day) => day.AddDays(-(((int)day.DayOfWeek + 6) % 7));

    internal static ImmutableArray<SubjectSummary> Subjects(DiaryDays days) =>
        [.. days.Lessons.GroupBy(l => l.FormerSchool is null ? l.Subject : $"{l.Subject} ({l.FormerSchool})").OrderBy(s => s.Key, StringComparer.Create(Words.Russian, false)).Select(subject =>
        {
            var marks = subject.SelectMany(l => l.Marks).ToImmutableArray();
            var counted = marks.Select(m => (m.Value, m.Weight)).ToList();
            return new SubjectSummary(subject.Key, subject.First().Teacher, marks,
                WeightedAverage.Of(counted).Text, WeightedAverage.Formula(counted), subject.Count(l => l.Absence is not null));
        })];
}
