using System.Text;
using MySchool.Registry.Features.ImportOneRoster;
using Xunit;

namespace MySchool.Modules.Tests.Registry;

public sealed class CsvEncodingTests
{
    private const string Sample = "sourcedId,familyName\n1,Ёлкина\n";

    [Fact]
    public async Task Utf8_is_read_with_and_without_a_mark()
    {
        using var folder = new ImportFolder();
        foreach (var withMark in new[] { true, false })
        {
            var encoding = new UTF8Encoding(withMark);
            var path = folder.Write("users.csv", [.. encoding.GetPreamble(), .. encoding.GetBytes(Sample)]);
            Assert.Equal(Encoding.UTF8, await CsvEncoding.DetectAsync(path, TestContext.Current.CancellationToken));
            using var table = await CsvTable.OpenAsync(path, ["sourcedId"], new BadRows(), TestContext.Current.CancellationToken);
            Assert.True(table!.Read());
            Assert.Equal("Ёлкина", table.Text("familyName", 100));
            Assert.Equal("1", table.Text("sourcedId", 100));
        }
    }

    [Fact]
    public async Task Windows_1251_is_read()
    {
        using var folder = new ImportFolder();
        var (table, bad) = await folder.OpenAsync(Sample, ImportFolder.Windows1251);
        using (table) Assert.Equal("Ёлкина", table.Text("familyName", 100));
        Assert.Equal(0, bad.Count);
    }

    [Fact]
    public async Task A_letter_far_from_the_start_decides_too()
    {
        using var folder = new ImportFolder();
        var text = string.Concat(Enumerable.Repeat("abc,def\n", 100_000)) + "Ё";
        Assert.Equal(ImportFolder.Windows1251, await DetectAsync(ImportFolder.Windows1251.GetBytes(text)));
        Assert.Equal(Encoding.UTF8, await DetectAsync(Encoding.UTF8.GetBytes(text)));

        Task<Encoding?> DetectAsync(byte[] bytes) => CsvEncoding.DetectAsync(folder.Write("a.csv", bytes), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_letter_torn_between_portions_stays_whole()
    {
        using var folder = new ImportFolder();
        for (var shift = 0; shift < 4; shift++)
        {
            var text = new string('a', 256 * 1024 - shift) + "Ёж €";
            Assert.Equal(Encoding.UTF8, await CsvEncoding.DetectAsync(folder.Write("a.csv", text), TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task Utf16_and_binary_are_refused()
    {
        using var folder = new ImportFolder();
        var bad = new BadRows();
        Assert.Null(await CsvTable.OpenAsync(folder.Write("users.csv", Sample, Encoding.Unicode), [], bad, TestContext.Current.CancellationToken));
        Assert.Null(await CsvTable.OpenAsync(folder.Write("orgs.csv", new byte[] { 1, 0, 2 }), [], bad, TestContext.Current.CancellationToken));
        Assert.Equal(2, bad.Count);
    }
}
