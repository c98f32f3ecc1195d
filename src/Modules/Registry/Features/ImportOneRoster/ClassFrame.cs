using Npgsql;

namespace MySchool.Registry.Features.ImportOneRoster;

/// <summary>What the database has made of a row of classes.csv.</summary>
/// <param name="Line">Its line.</param>
/// <param name="Id">Its id in the registry.</param>
/// <param name="SchoolId">Its school.</param>
/// <param name="Year">Its academic year.</param>
/// <param name="YearStarts">First day of the year.</param>
/// <param name="YearEnds">Last day of the year.</param>
/// <param name="NamedHome">The class that a group names as its own.</param>
internal sealed record ClassFrame(int Line, Guid Id, Guid? SchoolId, short? Year, DateOnly? YearStarts, DateOnly? YearEnds, Guid? NamedHome)
{
    private const string Sql = """
        select c.line, c.id, c.school_id, c.year, c.year_starts, c.year_ends, h.id
          from r_classes c left join r_classes h on h.source = c.homeroom and h.kind = 'class' and h.school_id = c.school_id
        """;

    /// <summary>All of them, by line.</summary>
    public static async Task<Dictionary<int, ClassFrame>> ReadAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var found = new Dictionary<int, ClassFrame>();
        await using var command = new NpgsqlCommand(Sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            found[reader.GetInt32(0)] = new ClassFrame(
                reader.GetInt32(0), reader.GetGuid(1), Value<Guid>(reader, 2), Value<short>(reader, 3), Value<DateOnly>(reader, 4), Value<DateOnly>(reader, 5), Value<Guid>(reader, 6));
        return found;
    }

    /// <summary>Whether a row holds today or will; the same rule as in 3-enrolments.sql.</summary>
    public bool IsOpen(Learning row, DateOnly today) => EndsOf(row, today) is not { } ends || ends >= today;

    /// <summary>Whether dates of a row and of the year disagree; the same rule as in 3-enrolments.sql.</summary>
    public bool IsOdd(Learning row) => row.Begins < YearStarts || row.Begins > YearEnds || row.Ends > YearEnds || row.Ends < (row.Begins ?? YearStarts);

    private DateOnly? EndsOf(Learning row, DateOnly today)
    {
        if (!row.IsGone) return row.Ends;
        var ends = row.Ends < today ? row.Ends.Value : today;
        if (YearEnds < ends) ends = YearEnds.Value;
        return (row.Begins ?? YearStarts) is { } begins && begins > ends ? begins : ends;
    }

    private static T? Value<T>(NpgsqlDataReader reader, int column) where T : struct => reader.IsDBNull(column) ? null : reader.GetFieldValue<T>(column);
}
