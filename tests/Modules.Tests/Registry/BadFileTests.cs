using System.Text.RegularExpressions;
using MySchool.Kernel;
using MySchool.Testing;
using Xunit;

namespace MySchool.Modules.Tests.Registry;

/// <summary>Each bad file gives a clear Russian message and changes nothing.</summary>
public sealed partial class BadFileTests(BadFileTests.School school) : IClassFixture<BadFileTests.School>
{
    /// <summary>A school that every bad file must leave as it was.</summary>
    public sealed class School : IAsyncLifetime
    {
        internal TestDatabase Database { get; private set; } = null!;

        internal RehearsalRig Rig { get; private set; } = null!;

        internal Actor Administrator { get; private set; } = null!;

        internal string Before { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            Database = await TestDatabase.CreateEmptyAsync();
            Assert.True((await new RosterFiles().ImportAsync(Database)).Value.IsDone);
            Rig = new RehearsalRig(Database);
            Administrator = RehearsalRig.Administrator(await Rig.SchoolAsync("s1"));
            Before = await Rig.DumpAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await Rig.DisposeAsync();
            await Database.DisposeAsync();
        }
    }

    public static TheoryData<string> Names => [.. BadFiles.All.Keys];

    [Theory, MemberData(nameof(Names))]
    public async Task A_bad_file_is_refused_in_words_and_nothing_is_written(string name)
    {
        var (file, make) = BadFiles.All[name];
        var shown = await school.Rig.RehearseAsync(school.Administrator, make(), file);
        var said = shown.Refusal is { } refusal ? [refusal] : shown.BadRows.Select(bad => bad.Reason).ToArray();
        Assert.Equal("refused", shown.State);
        Assert.NotEmpty(said);
        Assert.All(said, reason => Assert.Matches(Sentence(), reason));
        Assert.DoesNotContain(MySchool.Registry.Resources.Texts.ImportBroken, said);
        Assert.Equal(school.Before, await school.Rig.DumpAsync());
        Assert.Equal(0, await school.Database.ScalarAsync<long>("select count(*) from registry.import_changes"));
    }

    [Fact]
    public void There_are_sixty_of_them() => Assert.True(BadFiles.All.Count >= 60, $"{BadFiles.All.Count}");

    [GeneratedRegex("^[А-ЯЁ].*[А-Яа-яё]{4,}.*[.»]$", RegexOptions.Singleline)]
    private static partial Regex Sentence();
}
