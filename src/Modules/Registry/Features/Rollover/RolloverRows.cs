using System.Text.Json;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Registry.Domain;
using Npgsql;

namespace MySchool.Registry.Features.Rollover;

/// <summary>A plan with its state, version and who changed it last.</summary>
internal sealed record RolloverRow(Guid Id, string State, RolloverPlan Plan, int Version, string ChangedBy, DateTimeOffset ChangedAt, RolloverWritten? Written);

/// <summary>A fact that the application ended, with its last day before.</summary>
internal sealed record EndedFact(string Table, Guid Id, Guid? PersonId, DateOnly StartsOn, DateOnly? EndedOn);

/// <summary>What the application ended and made.</summary>
internal sealed record RolloverWritten(IReadOnlyList<EndedFact> Ended, Guid[] Enrolments, Guid[] Groups);

/// <summary>Reads the present year and the plan of the next one.</summary>
internal static class RolloverRows
{
    public static void AddLock(NpgsqlBatch batch, Guid school) =>
        batch.Add("select pg_advisory_xact_lock(hashtextextended($1::text, 459))", school.ToString());

    public static void AddRow(NpgsqlBatch batch, Guid school, short year) => batch.Add("""
        select r.id, r.state, r.plan::text, r.version, coalesce(p.last_name || ' ' || p.first_name || ' ' || p.middle_name, ''), r.changed_at, r.written::text
          from registry.rollovers r left join registry.people p on p.id = r.changed_by
         where r.school_id = $1 and r.from_year = $2 and r.state in ('draft', 'applied')
        """, school, year);

    public static RolloverRow ReadRow(NpgsqlDataReader r) => new(
        r.GetGuid(0), r.GetString(1), JsonSerializer.Deserialize<RolloverPlan>(r.GetString(2), Json.Options)!, r.GetInt32(3), r.GetString(4).Trim(),
        r.GetFieldValue<DateTimeOffset>(5), r.Text(6) is { } written ? JsonSerializer.Deserialize<RolloverWritten>(written, Json.Options) : null);

    /// <summary>The year whose plan is prepared: the one going on, or the last that began.</summary>
    public static void AddYear(NpgsqlBatch batch, Guid school, DateOnly today) => batch.Add("""
        select y.year, y.starts_on, y.ends_on, exists (select from registry.academic_years n where n.school_id = $1 and n.year = y.year + 1)
          from registry.academic_years y where y.school_id = $1
           and (y.starts_on <= $2 or not exists (select from registry.academic_years e where e.school_id = $1 and e.starts_on <= $2))
           and not exists (select from registry.rollovers r where r.school_id = $1 and r.state = 'applied' and r.from_year + 1 = y.year and y.starts_on > $2)
         order by y.year desc limit 1
        """, school, today);

    public static void AddPresent(NpgsqlBatch batch, Guid school, short year)
    {
        batch.Add("select number, name, starts_on, ends_on from registry.terms where school_id = $1 and year = $2 order by number", school, year);
        batch.Add("""
            select c.id, c.grade, c.letter, c.shift, (select l.person_id from registry.class_leaders l where l.school_id = $1 and l.class_id = c.id
                      and (l.ends_on is null or l.ends_on >= y.ends_on) order by l.starts_on desc limit 1)
              from registry.classes c join registry.academic_years y on y.school_id = c.school_id and y.year = c.year
             where c.school_id = $1 and c.year = $2 order by c.grade, c.letter
            """, school, year);
        // Whoever is enrolled at the end of the year: a learner who leaves before it is nobody's to promote.
        batch.Add("""
            select e.person_id, p.last_name || ' ' || p.first_name || ' ' || p.middle_name, e.class_id, e.id, e.starts_on,
                   exists (select from registry.enrolments l join registry.classes k on k.id = l.class_id where l.school_id = $1 and l.person_id = e.person_id
                             and k.year > $2 and (l.ends_on is null or l.ends_on >= l.starts_on))
              from registry.enrolments e join registry.classes c on c.school_id = e.school_id and c.id = e.class_id and c.year = $2
              join registry.academic_years y on y.school_id = e.school_id and y.year = $2
              join registry.people p on p.id = e.person_id
             where e.school_id = $1 and (e.ends_on is null or e.ends_on >= e.starts_on and e.ends_on >= y.ends_on)
             order by p.last_name, p.first_name, p.middle_name
            """, school, year);
    }

    public static async Task<PresentYear> ReadPresentAsync(NpgsqlDataReader reader, YearDates dates, CancellationToken cancel)
    {
        var terms = await reader.ReadAllAsync(r => new PlannedTerm(r.GetInt16(0), r.GetString(1), r.GetFieldValue<DateOnly>(2), r.GetFieldValue<DateOnly>(3)), cancel);
        var classes = await reader.ReadAllAsync(r => new PresentClass(r.GetGuid(0), r.GetInt16(1), r.GetString(2), r.GetInt16(3), r.Maybe<Guid>(4)), cancel);
        var learners = await reader.ReadAllAsync(r => new PresentLearner(
            r.GetGuid(0), r.GetString(1).Trim(), r.GetGuid(2), r.GetGuid(3), r.GetFieldValue<DateOnly>(4), r.GetBoolean(5)), cancel);
        return new PresentYear(dates.Year, dates.Starts, dates.Ends, [.. terms], [.. classes], [.. learners], dates.NextExists);
    }

    /// <summary>The year and its plan, under a transaction that may hold the school.</summary>
    public static async Task<(PresentYear? Now, RolloverRow? Row)> ReadAsync(AppTransaction transaction, Guid school, DateOnly today, bool locks, CancellationToken cancel)
    {
        var dates = await transaction.RunAsync(batch =>
        {
            if (locks) AddLock(batch, school);
            AddYear(batch, school, today);
        }, async (reader, token) =>
        {
            if (locks) await reader.NextResultAsync(token);
            return await reader.ReadFirstAsync(r => new YearDates(r.GetInt16(0), r.GetFieldValue<DateOnly>(1), r.GetFieldValue<DateOnly>(2), r.GetBoolean(3)), token);
        }, cancel);
        if (dates is null) return (null, null);
        return await transaction.RunAsync<(PresentYear?, RolloverRow?)>(batch =>
        {
            AddPresent(batch, school, dates.Year);
            AddRow(batch, school, dates.Year);
        }, async (reader, token) => (await ReadPresentAsync(reader, dates, token), await reader.ReadFirstAsync(ReadRow, token)), cancel);
    }

    internal sealed record YearDates(short Year, DateOnly Starts, DateOnly Ends, bool NextExists);
}
