using MySchool.Connection.Domain;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Connection.Features;

/// <summary>Columns of kept figures and how they are read: one spelling for pages, rows and sheets.</summary>
internal static class FigureRows
{
    public const string Territory = "unit_id, kind, short_name, oktmo, territory_ids, coordinators, schools, administered, connected, uses, bands, staff, staff_came, learners";

    public const string School = """
        school_id, name, short_name, ogrn, territory_ids, is_demo, missing, administrators, administrators_came, administered_until, bells, terms, classes,
        staff, staff_came, learners, with_guardian, first_mark_on, last_mark_on, is_connected, is_used, coalesce(band, 0)::int, reminded_at
        """;

    public static TerritoryFigures ReadTerritory(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetString(2), row.Text(3), row.GetFieldValue<Guid[]>(4), row.GetInt32(5), row.GetInt32(6), row.GetInt32(7), row.GetInt32(8),
        row.GetInt32(9), row.GetFieldValue<int[]>(10), row.GetInt32(11), row.GetInt32(12), row.GetInt32(13));

    public static SchoolFigures ReadSchool(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetString(2), row.Text(3), row.GetFieldValue<Guid[]>(4), row.GetBoolean(5), row.GetFieldValue<string[]>(6),
        row.GetInt32(7), row.GetInt32(8), row.Maybe<DateOnly>(9), row.GetInt32(10), row.GetInt32(11), row.GetInt32(12), row.GetInt32(13), row.GetInt32(14),
        row.GetInt32(15), row.GetInt32(16), row.Maybe<DateOnly>(17), row.Maybe<DateOnly>(18), row.GetBoolean(19), row.GetBoolean(20), row.GetInt32(21), row.Maybe<DateTimeOffset>(22));

    public static Definitions ReadDefinitions(NpgsqlDataReader row) => new(row.GetInt16(0), row.GetInt16(1));
}
