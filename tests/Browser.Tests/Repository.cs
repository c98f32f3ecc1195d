namespace MySchool.Browser.Tests;

/// <summary>The checkout the tests run from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "MySchool.slnx"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("MySchool.slnx not found above the tests");
    }
}
