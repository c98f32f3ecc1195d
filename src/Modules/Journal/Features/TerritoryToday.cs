using System.Collections.Immutable;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;

namespace MySchool.Journal.Features;

/// <summary>A unit below the coordinator's own, in figures.</summary>
/// <param name="Unit">The unit.</param>
/// <param name="Marks">Marks over the week, or null when too few learners stand behind the figure.</param>
/// <param name="Absences">Absences over the week, or null likewise.</param>
/// <param name="Writing">Schools of the unit with any mark or absence this week.</param>
internal sealed record UnitWeek(UnitSummary Unit, int? Marks, int? Absences, int Writing);

/// <summary>The week of a territory.</summary>
internal sealed record TerritoryWeek(PersonFacts Facts, DateOnly From, DateOnly To, ImmutableArray<UnitWeek> Units)
{
    public int Schools => Units.Sum(u => u.Unit.Schools.Length);
    public int Writing => Units.Sum(u => u.Writing);
    public int Learners => Units.Sum(u => u.Unit.Learners);
    public int Marks => Units.Sum(u => u.Marks ?? 0);
}

/// <summary>Aggregates for coordinators: never rows of persons, and no figure behind which fewer than ten learners stand.</summary>
internal sealed class TerritoryToday(AppDb db, IRegistry registry, IClock clock)
{
    private const int SmallestShown = 10;

    public async Task<TerritoryWeek> HandleAsync(Actor actor, PersonFacts facts, CancellationToken cancel)
    {
        var to = clock.TodayIn(facts.TimeZone);
        var from = to.AddDays(-6);
        var units = await registry.GetUnitsBelowAsync(facts.Worn!.Value.UnitId, cancel);
        var isOpen = Decide.Allows(actor, JournalActions.ReadTotals, new Coordinate(Places.Territory, facts.Worn.Value.UnitId));
        var totals = !isOpen ? [] : await db.ReadAsync(actor, batch => batch.Add("""
            select school_id, sum(marks)::int, sum(absences)::int from journal.day_totals
             where territory_ids @> array[$1::uuid] and date between $2 and $3 group by school_id
            """, facts.Worn.Value.UnitId, from, to),
            async (reader, token) => (await reader.ReadAllAsync(r => (School: r.GetGuid(0), Marks: r.GetInt32(1), Absences: r.GetInt32(2)), token))
                .ToDictionary(t => t.School), cancel);
        return new(facts, from, to, [.. units.Select(unit =>
        {
            var rows = unit.Schools.Select(s => totals.GetValueOrDefault(s)).ToList();
            var isShown = unit.Learners >= SmallestShown;
            return new UnitWeek(unit, isShown ? rows.Sum(r => r.Marks) : null, isShown ? rows.Sum(r => r.Absences) : null,
                rows.Count(r => r.Marks + r.Absences > 0));
        })]);
    }
}
