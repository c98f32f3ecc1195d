using System.Collections.Immutable;
using MySchool.Contracts.Registry;
using MySchool.Kernel.Data;
using MySchool.Registry.Domain;
using MySchool.Registry.Resources;
using Npgsql;

namespace MySchool.Registry.Features.Doubles;

/// <summary>A field that a choice may be made of, as both sides have it.</summary>
/// <param name="Name">Column of <c>registry.people</c>, and name of the field on the form.</param>
/// <param name="Survivor">Value of whoever stays.</param>
/// <param name="Former">Value of whoever goes.</param>
internal sealed record MergeField(string Name, string Survivor, string Former)
{
    public bool IsChoice => Survivor != Former && Survivor.Length > 0 && Former.Length > 0;

    /// <summary>What is taken when nobody chooses: what there is.</summary>
    public string Default => Survivor.Length == 0 ? "former" : "survivor";
}

/// <summary>Rows of one kind that follow the person.</summary>
internal sealed record MergeCount(string Table, string Column, long Given, long Folded);

/// <summary>What a merge would do, and what stands in its way. Nothing is written to work it out.</summary>
internal sealed record MergePlan(
    Guid SurvivorId, Guid FormerId, ImmutableArray<MergeField> Fields, ImmutableArray<MergeCount> Counts, ImmutableArray<string> Obstacles)
{
    /// <summary>What other modules keep of the row that goes, in words: it follows a moment later.</summary>
    public ImmutableArray<string> Follows { get; init; } = [];
}

/// <summary>Works out which row stays and what follows it.</summary>
/// <remarks>
/// A merge is one transaction of the registry. What other modules keep follows by events; what would contradict there is named
/// beforehand. Papers of a transfer, and orders that moved the learner, do not follow: such a row does not go.
/// </remarks>
internal sealed class PlanMerge(WorkerDb db, IEnumerable<IBuiltOnPeople> builders, IEnumerable<IMergeConflicts> conflicts)
{
    private static readonly ImmutableArray<string> FieldNames = ["last_name", "first_name", "middle_name", "birth_date", "gender"];

    public async Task<MergePlan> HandleAsync(DoubleLine line, CancellationToken cancel)
    {
        var left = await WeightAsync(line.Left, line.Pair.LeftSchools, cancel);
        var right = await WeightAsync(line.Right, line.Pair.RightSchools, cancel);
        // Whoever signs in stays, then whoever has more resting on the row; of two alike the elder.
        var staysLeft = line.Left.HasEsia != line.Right.HasEsia ? line.Left.HasEsia : left.Length >= right.Length;
        var (survivor, former, weight) = staysLeft ? (line.Left, line.Right, right) : (line.Right, line.Left, left);
        await using var connection = await db.Source.OpenConnectionAsync(cancel);
        var obstacles = ImmutableArray.CreateBuilder<string>();
        obstacles.AddRange(await RegistryObstaclesAsync(connection, survivor.PersonId, former.PersonId, cancel));
        foreach (var asked in conflicts) obstacles.AddRange(await asked.FindConflictsAsync(survivor.PersonId, former.PersonId, cancel));
        return new MergePlan(survivor.PersonId, former.PersonId, Fields(survivor, former), await CountAsync(connection, survivor.PersonId, former.PersonId, cancel), obstacles.ToImmutable())
        { Follows = weight };
    }

    // What other modules, and sign-in, have built on a row, in words.
    private async Task<ImmutableArray<string>> WeightAsync(DoubleSide side, ImmutableArray<Guid> schools, CancellationToken cancel)
    {
        var found = ImmutableArray.CreateBuilder<string>();
        if (side.HasEsia) found.Add(Texts.MergeSignsIn);
        foreach (var school in schools)
            foreach (var builder in builders)
                found.AddRange((await builder.FindAsync(school, [side.PersonId], [], DateTimeOffset.MinValue, cancel)).Select(built => built.What));
        return found.ToImmutable();
    }

    private static ImmutableArray<MergeField> Fields(DoubleSide survivor, DoubleSide former) =>
        [.. FieldNames.Zip(Values(survivor), Values(former)).Select(field => new MergeField(field.First, field.Second, field.Third))];

    private static string[] Values(DoubleSide side) =>
        [side.Name.Last, side.Name.First, side.Name.Middle, side.BirthDate is { } born ? DateField.Show(born) ?? "" : "", side.Gender ?? ""];

    private static async Task<ImmutableArray<MergeCount>> CountAsync(NpgsqlConnection connection, Guid survivor, Guid former, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var table in MergedTable.All) batch.Add(table.CountSql, survivor, former);
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var counts = ImmutableArray.CreateBuilder<MergeCount>();
        foreach (var table in MergedTable.All)
            counts.Add(await reader.ReadFirstAsync(r => new MergeCount(table.Name, table.Column, r.GetInt64(0), r.GetInt64(1)), cancel) ?? new(table.Name, table.Column, 0, 0));
        return counts.ToImmutable();
    }

    /// <summary>What the registry itself says against it.</summary>
    public static async Task<ImmutableArray<string>> RegistryObstaclesAsync(NpgsqlConnection connection, Guid survivor, Guid former, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.Add(TwoClassesSql, survivor, former);
        batch.Add("""
            select exists (select from registry.transfers where person_id = $2) or exists (select from registry.movements where person_id = $2 and kind <> 'enrolment' and undone_at is null),
                   exists (select from registry.guardianships where (learner_id, guardian_id) in (($1, $2), ($2, $1))),
                   (select count(*) from registry.identities where person_id in ($1, $2) and snils_hash is not null) = 2,
                   (select count(*) from registry.identities where person_id in ($1, $2) and esia_oid is not null) = 2,
                   exists (select from registry.former_ids where former_id in ($1, $2))
            """, survivor, former);
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var found = (await reader.ReadAllAsync(r => string.Format(Words.Russian, Texts.MergeTwoClasses, r.GetString(0), r.GetString(1)), cancel)).ToImmutableArray().ToBuilder();
        var (moved, kin, numbers, signsIn, gone) = await reader.ReadFirstAsync(r => (r.GetBoolean(0), r.GetBoolean(1), r.GetBoolean(2), r.GetBoolean(3), r.GetBoolean(4)), cancel);
        if (moved) found.Add(Texts.MergeMoved);
        if (kin) found.Add(Texts.MergeKin);
        if (numbers) found.Add(Texts.MergeTwoSnils);
        if (signsIn) found.Add(Texts.MergeTwoAccounts);
        if (gone) found.Add(Texts.MergeGone);
        return found.ToImmutable();
    }

    // Nobody learns in two classes on one day.
    private const string TwoClassesSql = """
        select distinct a.grade || a.letter || ', ' || p.short_name, b.grade || b.letter || ', ' || q.short_name
          from registry.enrolments s join registry.enrolments t on t.person_id = $2 and t.class_id <> s.class_id
           and s.starts_on <= coalesce(t.ends_on, 'infinity') and t.starts_on <= coalesce(s.ends_on, 'infinity')
          join registry.classes a on a.school_id = s.school_id and a.id = s.class_id join registry.organisations p on p.id = s.school_id
          join registry.classes b on b.school_id = t.school_id and b.id = t.class_id join registry.organisations q on q.id = t.school_id
         where s.person_id = $1 and (s.ends_on is null or s.ends_on >= s.starts_on) and (t.ends_on is null or t.ends_on >= t.starts_on)
        """;
}
