using System.Text;
using MySchool.Registry.Features.ImportOneRoster;
using Xunit;

namespace MySchool.Modules.Tests.Registry;

/// <summary>A folder of CSV files for one test.</summary>
internal sealed class ImportFolder : IDisposable
{
    public static readonly Encoding Windows1251 = CodePagesEncodingProvider.Instance.GetEncoding(1251)!;

    public string Path { get; } = Directory.CreateTempSubdirectory("import-test-").FullName;

    public string Write(string name, string text, Encoding? encoding = null) => Write(name, (encoding ?? new UTF8Encoding(false)).GetBytes(text));

    public string Write(string name, byte[] bytes)
    {
        var path = System.IO.Path.Combine(Path, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    /// <summary>Opens a table of one file and stands on its first row.</summary>
    public async Task<(CsvTable Table, BadRows Bad)> OpenAsync(string text, Encoding? encoding = null, params string[] required)
    {
        var bad = new BadRows();
        var table = await CsvTable.OpenAsync(Write("users.csv", text, encoding), required, bad, TestContext.Current.CancellationToken);
        Assert.NotNull(table);
        Assert.True(table.Read());
        return (table, bad);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
