using MySchool.Contracts.Registry;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Registry.Features;

/// <summary>Columns that several reads share.</summary>
internal static class RegistryRows
{
    public static PersonName Name(NpgsqlDataReader row, int column) =>
        new(row.GetString(column), row.GetString(column + 1), row.Text(column + 2) ?? "");

    public static TermFacts Term(NpgsqlDataReader row, int column) => new(
        row.GetGuid(column), row.GetInt16(column + 1), row.GetString(column + 2),
        row.GetFieldValue<DateOnly>(column + 3), row.GetFieldValue<DateOnly>(column + 4));

    public static string GroupName(string className, string groupName) =>
        groupName.Length == 0 ? className : $"{className}, {groupName}";

    public static DateOnly DateIn(DateTimeOffset now, string timeZone) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, TimeZoneInfo.FindSystemTimeZoneById(timeZone)).DateTime);
}
