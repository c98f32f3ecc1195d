using MySchool.Generator.Load;
using MySchool.Testing;
using Xunit;

namespace MySchool.Modules.Tests.Connection;

public sealed class CountryTests
{
    [Fact]
    public async Task Sums_of_forty_thousand_schools_written_at_once_are_their_rows()
    {
        await using var database = await TestDatabase.CreateEmptyAsync();
        await CountryFigures.WriteAsync(database.Options.Owner, default);
        var rows = await database.ScalarAsync<string>("select format('%s %s %s %s', count(*), count(*) filter (where is_connected), count(*) filter (where is_used), sum(staff_came)) from connection.schools");
        Assert.Equal(rows, await database.ScalarAsync<string>("select format('%s %s %s %s', schools, connected, uses, staff_came) from connection.units where unit_id = $1", CountryFigures.CountryId));
        Assert.Equal(rows, await database.ScalarAsync<string>("select format('%s %s %s %s', sum(schools), sum(connected), sum(uses), sum(staff_came)) from connection.units where kind = 'municipality'"));
        Assert.StartsWith("40000 ", rows, StringComparison.Ordinal);
    }
}
