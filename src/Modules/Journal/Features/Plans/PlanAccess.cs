using System.Collections.Immutable;
using MySchool.Contracts.Access;
using MySchool.Journal.Data;
using MySchool.Journal.Domain;
using MySchool.Kernel;
using MySchool.Kernel.Data;

namespace MySchool.Journal.Features.Plans;

/// <summary>A plan with its lines, what of them has been given, and the school's kinds of lessons.</summary>
internal sealed record OpenPlan(PlanHead Head, ImmutableArray<PlanRow> Rows, IReadOnlyDictionary<Guid, int> Given, IReadOnlyList<LessonKind> Kinds)
{
    public IReadOnlySet<short> Reserves => Kinds.Where(kind => kind.IsReserve).Select(kind => kind.Number).ToHashSet();

    public string KindName(short? number) => Kinds.FirstOrDefault(kind => kind.Number == number)?.Name ?? "";
}

/// <summary>Who may open a plan and who may change it: one spelling for every feature of plans.</summary>
internal static class PlanAccess
{
    /// <summary>The plan when it is open to the actor; for a change, when it is the actor's own.</summary>
    public static async Task<OpenPlan?> FindAsync(AppDb db, Actor actor, Guid id, AppAction action, CancellationToken cancel)
    {
        var school = actor.Hat.UnitId;
        if (!Decide.Allows(actor, action, new Coordinate(Places.School, school))) return null;
        var head = await db.ReadAsync(actor, batch => batch.Add($"select {PlanHead.Columns} from journal.plans p where p.school_id = $1 and p.id = $2", school, id),
            (reader, token) => reader.ReadFirstAsync(PlanHead.Read, token), cancel);
        if (head is null || action == JournalActions.EditPlan && head.OwnerId != actor.PersonId) return null;
        return await db.ReadAsync(actor, batch =>
        {
            PlanBook.AddRows(batch, school, id);
            PlanBook.AddGiven(batch, head);
            batch.Add(LessonKind.Sql, school);
        }, async (reader, token) => new OpenPlan(head, [.. await reader.ReadAllAsync(PlanBook.ReadRow, token)],
            await PlanBook.ReadGivenAsync(reader, token), await reader.ReadAllAsync(LessonKind.Read, token)), cancel);
    }
}

/// <summary>Ids in addresses and forms: an empty or broken one is none.</summary>
internal static class FormIds
{
    public static Guid? Read(string? text) => Guid.TryParse(text, out var id) ? id : null;
}
