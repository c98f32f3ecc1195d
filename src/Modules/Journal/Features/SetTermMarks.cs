using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Primitives;
using MySchool.Contracts.Registry;
using MySchool.Journal.Data;
using MySchool.Journal.Domain;
using MySchool.Journal.Pages;
using MySchool.Journal.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Ui;
using Npgsql;

namespace MySchool.Journal.Features;

/// <summary>A mark for a period as a form sends it.</summary>
/// <param name="Learner">The learner.</param>
/// <param name="Period">Term, year, exam or final.</param>
/// <param name="Value">What was typed; empty clears.</param>
/// <param name="Base">Version it was typed over; 0 for an empty one.</param>
internal readonly record struct TermMarkTyped(Guid Learner, short Period, string Value, int Base);

/// <summary>The sheet of term marks as a form: four columns of equal length.</summary>
internal sealed record ResultsForm(
    [FromForm(Name = "learner")] StringValues Learner, [FromForm(Name = "period")] StringValues Period, [FromForm(Name = "value")] StringValues Value,
    [FromForm(Name = "base")] StringValues Base, [FromForm(Name = "fill")] string? Fill)
{
    private const int MaxRows = 600;

    /// <summary>The rows, or null when the columns do not fit together.</summary>
    public ImmutableArray<TermMarkTyped>? Rows()
    {
        if (Learner.Count is 0 or > MaxRows || Period.Count != Learner.Count || Value.Count != Learner.Count || Base.Count != Learner.Count) return null;
        var rows = ImmutableArray.CreateBuilder<TermMarkTyped>(Learner.Count);
        for (var i = 0; i < Learner.Count; i++)
        {
            if (!Guid.TryParse(Learner[i], out var learner) || !short.TryParse(Period[i], CultureInfo.InvariantCulture, out var period)
                || !int.TryParse(Base[i], CultureInfo.InvariantCulture, out var seen) || Value[i]?.Length > 20) return null;
            rows.Add(new(learner, period, Value[i]?.Trim() ?? "", seen));
        }
        return rows.MoveToImmutable();
    }
}

/// <summary>Sets term, year, exam and final marks: what was typed over a colleague's change is refused by name, the rest is saved.</summary>
internal sealed class SetTermMarks(AppDb db, IRegistry registry, ShowResults sheets, IClock clock)
{
    private const int MaxAttempts = 3;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/journal/{groupId:guid}/results", async (
            Guid groupId, short? term, [AsParameters] ResultsForm form, HttpContext context, SetTermMarks handler, CancellationToken cancel) =>
        {
            var actor = context.RequireActor();
            var (refusal, typed) = await handler.HandleAsync(actor, groupId, form, cancel);
            if (refusal is null) return Results.Redirect($"/journal/{groupId}/results?term={term}&done=saved");
            return await handler.ShowAsync(actor, groupId, term, refusal, typed, cancel);
        }).Allow(JournalActions.SetTermMarks);

    private async Task<IResult> ShowAsync(
        Actor actor, Guid groupId, short? term, Problem refusal, IReadOnlyDictionary<(Guid, short), string> typed, CancellationToken cancel)
    {
        if (refusal.Status == 404) return refusal.ToPage();
        var shown = await sheets.HandleAsync(actor, groupId, term, cancel);
        return shown.IsOk ? Page.Of<ResultsPage>(new { Data = shown.Value with { Refusal = refusal, Typed = typed } }, refusal.Status) : shown.Problem!.ToPage();
    }

    /// <returns>What was not saved and why, with what was typed there; null when all of it was.</returns>
    public async Task<(Problem? Refusal, IReadOnlyDictionary<(Guid, short), string> Typed)> HandleAsync(Actor actor, Guid groupId, ResultsForm form, CancellationToken cancel)
    {
        var nothing = ImmutableDictionary<(Guid, short), string>.Empty;
        if (await JournalAccess.FindGroupAsync(registry, actor, groupId, JournalActions.SetTermMarks, cancel) is not { } group) return (Problem.NotFound, nothing);
        if (form.Rows() is not { } rows) return (new Problem("journal.results-form", Texts.ResultsFormBroken, null, 400), nothing);
        if (group.Grade == 1) return (new Problem("journal.no-marks-in-grade-1", Texts.NoMarksInGrade1), nothing);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await SaveAsync(actor, group, rows, form.Fill is not null, cancel);
            }
            catch (PostgresException race) when (attempt < MaxAttempts && race.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DeadlockDetected)
            {
                // A colleague saved between our look and our write: look again.
            }
        }
    }

    private async Task<(Problem?, IReadOnlyDictionary<(Guid, short), string>)> SaveAsync(
        Actor actor, GroupRoster group, ImmutableArray<TermMarkTyped> rows, bool fills, CancellationToken cancel)
    {
        var today = clock.TodayIn(group.TimeZone);
        var book = await db.ReadAsync(actor, batch => TermBookRows.Add(batch, group, today), TermBookRows.ReadAsync, cancel);
        var (writes, refused) = (new List<TermMarkWrite>(), new Dictionary<(Guid, short), string>());
        Problem? why = null;
        // Year before exam before final: what a period follows from is set first.
        foreach (var typed in rows.OrderBy(row => row.Period))
        {
            var verdict = Judge(typed, group, book, today, fills);
            if (verdict.Refusal is { } refusal)
            {
                why ??= refusal;
                refused[(typed.Learner, typed.Period)] = typed.Value;
            }
            else if (verdict.Write is { } write)
            {
                writes.Add(write);
                if (write.Value is null) book.Set.Remove((write.Learner, write.Period));
                else book.Set[(write.Learner, write.Period)] = new(write.Value, write.Proposed, write.Basis, write.Version, actor.PersonId);
            }
        }
        if (writes.Count > 0) await WriteAsync(actor, group, writes, cancel);
        return (why, refused);
    }

    private static (TermMarkWrite? Write, Problem? Refusal) Judge(TermMarkTyped typed, GroupRoster group, TermBook book, DateOnly today, bool fills)
    {
        var learner = group.Learners.FirstOrDefault(l => l.PersonId == typed.Learner);
        var term = group.Terms.FirstOrDefault(t => t.Number == typed.Period);
        if (learner is null || term is null && typed.Period is not (Period.Year or Period.Exam or Period.Final)) return (null, new("journal.not-in-group", Texts.NotInGroup));
        var now = book.Set.GetValueOrDefault((typed.Learner, typed.Period));
        var proposal = book.Propose(group, typed.Learner, typed.Period);
        string? wanted = null;
        if (typed.Value.Length > 0)
        {
            if (!TermRules.TryParse(typed.Value, out var value)) return (null, new("journal.unknown-term-mark", string.Format(Words.Russian, Texts.UnknownTermMark, typed.Value, learner.Name.Short), "value"));
            wanted = value;
        }
        else if (fills && now is null) wanted = proposal.Value;
        if (wanted == now?.Value) return (null, null);
        if (book.Closed.Contains(Period.LockOf(typed.Period))) return (null, new("journal.term-closed", string.Format(Words.Russian, Texts.TermClosed, term?.Name ?? Texts.Year), null, 409));
        if ((term ?? group.Terms.LastOrDefault())?.Starts > today) return (null, new("journal.term-ahead", Texts.TermAhead));
        if (typed.Base != (now?.Version ?? 0))
            return (null, new("journal.term-mark-changed", string.Format(Words.Russian, Texts.TermMarkChanged, learner.Name.Short, now?.Value ?? "—"), null, 409));
        var version = Math.Max(now?.Version ?? 0, book.LastVersions.GetValueOrDefault((typed.Learner, typed.Period))) + 1;
        return (new(typed.Learner, typed.Period, now?.Value, wanted, proposal.Value, proposal.Why, version), null);
    }

    private Task WriteAsync(Actor actor, GroupRoster group, List<TermMarkWrite> writes, CancellationToken cancel) => db.WriteAsync(actor, batch =>
    {
        foreach (var write in writes)
        {
            if (write.Value is null)
                batch.AddOfYear("delete from journal.term_marks where school_year = $1 and school_id = $2 and group_id = $3 and learner_id = $4 and period = $5",
                    group.SchoolYear, group.SchoolId, group.GroupId, write.Learner, write.Period);
            else
                batch.Add("""
                    insert into journal.term_marks (school_year, school_id, group_id, learner_id, period, value, proposed, basis, version, recorded_by, recorded_at)
                    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
                    on conflict (school_year, school_id, group_id, learner_id, period) do update set value = excluded.value, proposed = excluded.proposed, basis = excluded.basis,
                       version = excluded.version, recorded_by = excluded.recorded_by, recorded_at = excluded.recorded_at
                    """, group.SchoolYear, group.SchoolId, group.GroupId, write.Learner, write.Period, write.Value, Maybe.Text(write.Proposed),
                    write.Basis.Length > 2000 ? write.Basis[^2000..] : write.Basis, write.Version, actor.PersonId, clock.Now);
            // One line a version: a simultaneous save of the same mark fails here and looks again.
            batch.Add("""
                insert into journal.term_mark_history (school_year, school_id, group_id, learner_id, period, version, old_value, new_value, at, by_person)
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                """, group.SchoolYear, group.SchoolId, group.GroupId, write.Learner, write.Period, write.Version, Maybe.Text(write.Old), Maybe.Text(write.Value), clock.Now, actor.PersonId);
        }
        var only = writes.Select(write => write.Learner).Distinct().Take(2).ToArray();
        batch.AddAudit(actor, JournalActions.SetTermMarks, clock.Now, group.SchoolId, only is [var one] ? one : null, $"group={group.GroupId} marks={writes.Count}");
    }, cancel);

    private readonly record struct TermMarkWrite(Guid Learner, short Period, string? Old, string? Value, string? Proposed, string Basis, int Version);
}
