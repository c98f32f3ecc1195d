using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Access;
using MySchool.Journal.Domain;
using MySchool.Journal.Pages;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Journal.Features.Classes;

/// <summary>Something done for a learner, as the class teacher wrote it down.</summary>
internal sealed record CareNote(Guid Id, Guid Learner, string Kind, string Text, DateTimeOffset At, Guid By, string ByName, bool IsStruck);

/// <summary>A learner who needs attention, why, and what has been done.</summary>
internal sealed record RiskLine(ClassLearner Who, ImmutableArray<RiskSign> Signs, ImmutableArray<CareNote> Notes)
{
    public DateOnly Since => Signs.Min(sign => sign.Since);
}

/// <summary>Who of a class needs attention today.</summary>
/// <param name="Of">The class in the term of today.</param>
/// <param name="Rules">The school's rules.</param>
/// <param name="Lines">Learners with signs, the gravest first.</param>
/// <param name="Others">Learners without signs of whom something was noted this year.</param>
/// <param name="MayNote">Whether the actor writes notes.</param>
/// <param name="MayRule">Whether the actor changes the rules.</param>
internal sealed record ClassRisks(ClassTerm Of, RiskRules Rules, ImmutableArray<RiskLine> Lines, ImmutableArray<RiskLine> Others, bool MayNote, bool MayRule)
{
    public string? Done { get; init; }

    public Problem? Refusal { get; init; }

    /// <summary>What was typed and refused.</summary>
    public TypedCare? Typed { get; init; }

    public Guid ReaderId { get; init; }
}

/// <summary>
/// Works out anew at each look who needs attention and says why. Nothing of it is kept or told to anybody: neither families nor subject
/// teachers see the list, and no deed follows from it.
/// </summary>
internal sealed class ShowRisks(FindClass find, AppDb db, TeacherNames names)
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/journal/classes/{classId:guid}/risks", async (Guid classId, string? done, HttpContext context, ShowRisks handler, CancellationToken cancel) =>
            await handler.PageAsync(context.RequireActor(), classId, done, null, null, cancel)).Allow(HeadActions.ReadClass);

    /// <summary>The page, with what was refused.</summary>
    public async Task<IResult> PageAsync(Actor actor, Guid classId, string? done, TypedCare? typed, Problem? refusal, CancellationToken cancel)
    {
        if (refusal?.Status == 404) return refusal.ToPage();
        var risks = await HandleAsync(actor, classId, cancel);
        return risks.IsOk ? Page.Of<ClassRisksPage>(new { Data = risks.Value with { Done = done, Typed = typed, Refusal = refusal } }, refusal?.Status ?? 200) : risks.Problem!.ToPage();
    }

    public async Task<Result<ClassRisks>> HandleAsync(Actor actor, Guid classId, CancellationToken cancel)
    {
        var found = await find.HandleAsync(actor, classId, null, "risks", cancel);
        if (!found.IsOk) return found.Problem!;
        var of = found.Value;
        var (rules, notes) = await db.ReadAsync(actor, batch =>
        {
            batch.Add(RiskRows.RulesOf, actor.Hat.UnitId);
            batch.Add("""
                select id, learner_id, kind, text, at, by_person, struck_at is not null from journal.care_notes
                 where school_year = $1 and school_id = $2 and learner_id = any($3) order by at desc
                """, of.School.SchoolYear, actor.Hat.UnitId, of.Learners.Select(row => row.Who.PersonId).ToArray());
        }, async (reader, token) => (await RiskRows.ReadAsync(reader, token),
            await reader.ReadAllAsync(r => new CareNote(r.GetGuid(0), r.GetGuid(1), r.GetString(2), r.GetString(3), r.GetFieldValue<DateTimeOffset>(4), r.GetGuid(5), "", r.GetBoolean(6)), token)), cancel);
        var by = await names.OfAsync(actor, [.. notes.Select(note => note.By)], cancel);
        var noted = notes.Select(note => note with { ByName = by[note.By] }).ToLookup(note => note.Learner);
        var lines = of.Learners.Select(row => new RiskLine(row, RiskRows.Find(of, row, rules), [.. noted[row.Who.PersonId]])).ToList();
        return new ClassRisks(of, rules,
            [.. lines.Where(line => line.Signs.Length > 0).OrderByDescending(line => line.Signs.Length).ThenBy(line => line.Since)],
            [.. lines.Where(line => line.Signs.IsEmpty && line.Notes.Length > 0)],
            Decide.Allows(actor, HeadActions.NoteCare, new Coordinate(Places.Class, classId)),
            Decide.Allows(actor, JournalActions.ChangeSettings, new Coordinate(Places.School, actor.Hat.UnitId))) { ReaderId = actor.PersonId };
    }
}

/// <summary>Rules and signs over a class's rows.</summary>
internal static class RiskRows
{
    public const string RulesOf = "select low_average, fall_by, fall_days, twos, twos_days, missed, missed_days, few_days from journal.risk_rules where school_id = $1";

    public static async Task<RiskRules> ReadAsync(Npgsql.NpgsqlDataReader reader, CancellationToken cancel) => await reader.ReadFirstAsync(r => new RiskRules(
        r.GetDecimal(0), r.GetDecimal(1), r.GetInt16(2), r.GetInt16(3), r.GetInt16(4), r.GetInt16(5), r.GetInt16(6), r.GetInt16(7)), cancel) ?? RiskRules.Usual;

    /// <summary>Signs of a learner today.</summary>
    public static ImmutableArray<RiskSign> Find(ClassTerm of, ClassLearner row, RiskRules rules)
    {
        var id = row.Who.PersonId;
        var subjects = !of.HasMarks ? [] : row.Subjects.Select(subject => new RiskSubject(
            subject.Key, subject.Value.Group.GroupId, [.. of.Book.Marks[(subject.Value.Group.GroupId, id)]],
            of.Book.Lessons[subject.Value.Group.GroupId].Count(day => day > of.Today && day <= of.To),
            [.. of.School.Terms.Where(term => term.Ends < of.Today)
                .Select(term => (Term: term.Name, Value: of.Book.Set.GetValueOrDefault((subject.Value.Group.GroupId, id, term.Number)), term.Ends))
                .Where(debt => debt.Value is "2" or MarkValue.Failed or MarkValue.NotAttested).Select(debt => (debt.Term, debt.Value!, debt.Ends))])).ToList();
        return RiskSigns.Find(subjects, [.. of.Book.Missed[id].Where(lesson => lesson.IsUnexcused).Select(lesson => lesson.Date)], rules, of.Book.Regulation.MinMarks, (of.From, of.To), of.Today);
    }
}
