using System.Text;
using MySchool.Contracts.Registry;
using MySchool.Registry.Features.ImportOneRoster;
using Xunit;

namespace MySchool.Modules.Tests.Registry;

public sealed class BadRowsTests
{
    [Fact]
    public void Rows_are_sorted_by_file_line_and_field()
    {
        var bad = new BadRows();
        bad.Add("users.csv", 10, "b", "x");
        bad.Add("users.csv", 9, "z", "x");
        bad.Add("orgs.csv", 11, "", "x");
        bad.Add("users.csv", 10, "a", "x");
        Assert.Equal(["orgs.csv 11 ", "users.csv 9 z", "users.csv 10 a", "users.csv 10 b"], bad.Sorted().Select(r => $"{r.File} {r.Line} {r.Field}"));
    }

    [Fact]
    public void Rows_beyond_the_limit_are_counted_only()
    {
        var bad = new BadRows();
        for (var i = 0; i < BadRows.MaxKept + 5; i++) bad.Add("users.csv", i, "", "x");
        Assert.Equal(BadRows.MaxKept + 5, bad.Count);
        Assert.Equal(BadRows.MaxKept, bad.Sorted().Length);
    }

    [Theory]
    [InlineData("=HYPERLINK(\"http://x\")")]
    [InlineData("+1")]
    [InlineData("-1")]
    [InlineData("@SUM(A1)")]
    [InlineData("\t=1")]
    public async Task A_cell_of_the_report_never_becomes_a_formula(string reason)
    {
        var csv = Encoding.UTF8.GetString(await BadRows.ToCsvAsync([new ImportBadRow("users.csv", 2, "name", reason)], TestContext.Current.CancellationToken));
        var cell = csv.TrimEnd().Split('\n')[^1].Split(';')[3].TrimStart('"');
        Assert.StartsWith("'", cell, StringComparison.Ordinal);
        Assert.Equal('\uFEFF', csv[0]);
    }
}
