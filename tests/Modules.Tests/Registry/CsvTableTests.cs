using MySchool.Registry.Features.ImportOneRoster;
using Xunit;

namespace MySchool.Modules.Tests.Registry;

public sealed class CsvTableTests
{
    [Theory]
    [InlineData("a,b\n\"x, y\",\"say \"\"hi\"\"\"\n")]
    [InlineData("a;b\n\"x, y\";\"say \"\"hi\"\"\"\n")]
    [InlineData("a\tb\r\n\"x, y\"\t\"say \"\"hi\"\"\"\r\n")]
    public async Task Separators_are_found_and_quotes_undone(string text)
    {
        using var folder = new ImportFolder();
        var (table, bad) = await folder.OpenAsync(text);
        using (table)
        {
            Assert.Equal("x, y", table.Text("a", 50));
            Assert.Equal("say \"hi\"", table.Text("B", 50));
        }
        Assert.Equal(0, bad.Count);
    }

    [Theory]
    [InlineData("2026-09-01", 0)]
    [InlineData("", 0)]
    [InlineData("01.09.2026", 1)]
    [InlineData("2026-02-30", 1)]
    [InlineData("1812-09-07", 1)]
    [InlineData("9999-12-31", 1)]
    [InlineData("2026-09-01T00:00:00Z", 1)]
    public async Task Dates_are_year_month_day_within_reason(string date, int expectedBad)
    {
        using var folder = new ImportFolder();
        var (table, bad) = await folder.OpenAsync($"id,day\n1,{date}\n");
        using (table) table.Date("day", 1900, 2099);
        Assert.Equal(expectedBad, bad.Count);
    }

    [Theory]
    [InlineData("Ива\u0001нов")]
    [InlineData("Ива\u202Eнов")]
    [InlineData("Ива\u2066нов")]
    [InlineData("Ива\uFFFDнов")]
    [InlineData("\"Ива\nнов\"")]
    public async Task Hidden_and_broken_characters_are_refused(string name)
    {
        using var folder = new ImportFolder();
        var (table, bad) = await folder.OpenAsync($"id,name\n1,{name}\n");
        using (table) Assert.Null(table.Text("name", 100));
        Assert.Equal(1, bad.Count);
    }

    [Fact]
    public async Task What_is_too_long_empty_or_unknown_is_told_with_its_line_and_field()
    {
        using var folder = new ImportFolder();
        var (table, bad) = await folder.OpenAsync($"id,name,role,shift\n\n1,{new string('я', 101)},wizard,3\n");
        using (table)
        {
            Assert.Null(table.Text("name", 100, isRequired: true));
            Assert.Null(table.Choice("role", OneRosterWords.UserRoles));
            Assert.Null(table.Number("shift", 1, 2));
            Assert.Null(table.Text("missing", 10, isRequired: true));
        }
        var rows = bad.Sorted();
        Assert.Equal(["missing", "name", "role", "shift"], rows.Select(row => row.Field));
        Assert.All(rows, row => Assert.Equal(("users.csv", 3L), (row.File, row.Line)));
    }

    [Fact]
    public async Task A_file_without_a_needed_column_is_not_read()
    {
        using var folder = new ImportFolder();
        var bad = new BadRows();
        var path = folder.Write("users.csv", "sourcedId\n1\n");
        Assert.Null(await CsvTable.OpenAsync(path, ["sourcedId", "familyName"], bad, TestContext.Current.CancellationToken));
        Assert.Equal("familyName", Assert.Single(bad.Sorted()).Field);
    }

    [Fact]
    public async Task A_quote_never_closed_ends_the_file_with_a_bad_row()
    {
        using var folder = new ImportFolder();
        var (table, bad) = await folder.OpenAsync("id,name\n1,x\n2,\"" + string.Concat(Enumerable.Repeat("row after row\n", 50_000)));
        using (table)
            while (table.Read()) { }
        Assert.NotEqual(0, bad.Count);
    }

    [Fact]
    public async Task A_short_row_reads_as_empty_fields()
    {
        using var folder = new ImportFolder();
        var (table, bad) = await folder.OpenAsync("id,name,role\n1\n");
        using (table) Assert.Null(table.Text("role", 10));
        Assert.Equal(0, bad.Count);
    }
}
