using System.Collections.Immutable;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Journal.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Data;

namespace MySchool.Journal.Features;

/// <summary>A learner's near days: today, what is new, and what to prepare.</summary>
internal sealed record LearnerToday(DiaryDays Days, DateOnly Today, TimeOnly Now)
{
    /// <summary>Works that are owed, the nearest term first.</summary>
    public ImmutableArray<(string Subject, Debt Debt)> Debts { get; init; } = [];

    public IEnumerable<DiaryLesson> TodaysLessons => Days.Lessons.Where(l => l.Date == Today);

    /// <summary>Marks of today and of the three days before.</summary>
    public IEnumerable<DiaryMark> NewMarks => Days.Marks.Where(m => m.Date >= Today.AddDays(-3)).OrderByDescending(m => m.Date);

    /// <summary>Homework due after today, the nearest first.</summary>
    public IEnumerable<DiaryHomework> Ahead => Days.Homework.Where(h => h.DueOn > Today);

    /// <summary>Lessons of the next school day.</summary>
    public IEnumerable<DiaryLesson> NextDay =>
        Days.Lessons.Where(l => l.Date > Today && !l.IsCancelled).GroupBy(l => l.Date).OrderBy(g => g.Key).FirstOrDefault() ?? Enumerable.Empty<DiaryLesson>();
}

/// <summary>The day of a learner or of all the guardian's children, in one view.</summary>
internal sealed record FamilyDay(PersonFacts Facts, bool IsTickable, ImmutableArray<LearnerToday> Learners)
{
    /// <summary>Whether the reader may say that a child does not come.</summary>
    public bool MayReport => Facts.Worn?.Role == Roles.Guardian;
}

/// <summary>Reads the near days of every child in one round trip.</summary>
internal sealed class FamilyToday(AppDb db, IConsents consents, ReadingAudit audit, IClock clock)
{
    public async Task<Result<FamilyDay>> HandleAsync(Actor actor, PersonFacts facts, CancellationToken cancel)
    {
        var open = facts.Learners.Where(l => JournalAccess.AllowsDiary(actor, l)
            && (actor.Hat.Role != Roles.Guardian || consents.Stands(actor, JournalFlows.Today, l.PersonId))).ToList();
        if (open.Count == 0 && facts.Learners.Length > 0) return new Problem(ShowDiary.ConsentNeeded, Texts.ConsentNeeded, null, 403);
        var noted = Task.WhenAll(open.Select(learner => audit.NoteAsync(actor, JournalActions.OpenDiary, learner.SchoolId, learner.PersonId)));
        var days = await db.ReadAsync(actor, batch =>
        {
            foreach (var learner in open)
            {
                var today = clock.TodayIn(learner.TimeZone);
                DiaryRows.Add(batch, learner, today.AddDays(-3), today.AddDays(7));
                // Plan: one range of (year, learner).
                batch.Add("select group_id, lesson_id, learner_id, lesson_date, due_on from journal.debts where school_year = $1 and learner_id = $2 order by due_on",
                    learner.SchoolYear, learner.PersonId);
            }
            if (open.Count == 0) batch.Add("select 1");
        }, async (reader, token) =>
        {
            var read = new List<LearnerToday>();
            foreach (var learner in open)
            {
                var now = clock.NowIn(learner.TimeZone);
                var day = new LearnerToday(await DiaryRows.ReadAsync(reader, learner, token), DateOnly.FromDateTime(now.DateTime), TimeOnly.FromDateTime(now.DateTime));
                var subjects = learner.Groups.ToDictionary(group => group.GroupId, group => group.SubjectName);
                var debts = await reader.ReadAllAsync(ShowDebts.Read, token);
                read.Add(day with { Debts = [.. debts.Where(debt => subjects.ContainsKey(debt.GroupId)).Select(debt => (subjects[debt.GroupId], debt))] });
            }
            return read;
        }, cancel);
        await noted;
        return new FamilyDay(facts, true, [.. days]);
    }
}
