using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Registry;
using MySchool.Journal.Domain;
using MySchool.Journal.Pages;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Ui;
using Npgsql;

namespace MySchool.Journal.Features;

/// <summary>A work that is owed: a point in a cell and the day it waits until.</summary>
internal sealed record Debt(Guid GroupId, Guid LessonId, Guid LearnerId, DateOnly LessonDate, DateOnly DueOn);

/// <summary>Everything owed in the groups of a teacher, the oldest term first.</summary>
internal sealed record Debts(DateOnly Today, ImmutableArray<OwedGroup> Groups);

/// <summary>What is owed in one group.</summary>
internal sealed record OwedGroup(TaughtGroup Group, ImmutableArray<OwedWork> Works);

/// <summary>One work owed, with the name of the learner.</summary>
internal sealed record OwedWork(Debt Debt, string Name);

/// <summary>Works owed to a teacher: who, for which lesson, until when.</summary>
internal sealed class ShowDebts(AppDb db, IRegistry registry, ReadingAudit audit, IClock clock)
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/journal/debts", async (HttpContext context, ShowDebts handler, CancellationToken cancel) =>
            context.Features.Get<PersonFacts>() is { Worn: not null } facts
                ? Page.Of<DebtsPage>(new { Data = await handler.HandleAsync(context.RequireActor(), facts, cancel) }) : Problem.NotFound.ToPage())
            .Allow(JournalActions.ListJournals);

    public async Task<Debts> HandleAsync(Actor actor, PersonFacts facts, CancellationToken cancel)
    {
        var school = facts.Worn!.Value.UnitId;
        var today = clock.TodayIn(facts.TimeZone);
        var taught = facts.Taught.ToDictionary(group => group.GroupId);
        var debts = await db.ReadAsync(actor, batch => Add(batch, school, taught.Keys, today), (reader, token) => reader.ReadAllAsync(Read, token), cancel);
        await audit.NoteAsync(actor, JournalActions.OpenJournal, school, null, $"debts={debts.Count}");
        var names = debts.Count == 0 ? new Dictionary<Guid, PersonName>() : await registry.GetNamesAsync(actor, [.. debts.Select(debt => debt.LearnerId).Distinct()], cancel);
        return new(today, [.. debts.GroupBy(debt => debt.GroupId).Select(group => new OwedGroup(taught[group.Key],
            [.. group.Select(debt => new OwedWork(debt, names.TryGetValue(debt.LearnerId, out var name) ? name.Short : ""))]))]);
    }

    /// <summary>Adds the statement over the debts of groups. Plan: one range of the primary key a group.</summary>
    public static void Add(NpgsqlBatch batch, Guid school, IEnumerable<Guid> groups, DateOnly today) => batch.Add("""
        select group_id, lesson_id, learner_id, lesson_date, due_on from journal.debts
         where school_year = $1 and school_id = $2 and group_id = any($3) order by due_on, lesson_date, learner_id
        """, SchoolYear.Of(today), school, groups.ToArray());

    public static Debt Read(NpgsqlDataReader r) => new(r.GetGuid(0), r.GetGuid(1), r.GetGuid(2), r.GetFieldValue<DateOnly>(3), r.GetFieldValue<DateOnly>(4));
}
