using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace MySchool.System.Tests.Architecture;

/// <summary>What people read lives in Resources/Texts.restext, never in code, so that another language is one more file.</summary>
public sealed partial class TextTests
{
    // Not texts but data: what is typed, stored, or written in files of others; and the invented school of the style guide.
    private static readonly string[] Data =
    [
        "src/Ui/Styleguide/",
        "src/Kernel/Web/Device.cs",
        "src/Modules/Journal/Domain/MarkValue.cs",
        "src/Modules/Journal/Domain/PlanWords.cs",
        "src/Modules/Registry/Features/ImportLists/ListRow.cs",
        "src/Modules/Registry/Features/ImportLists/ListWords.cs",
        "src/Modules/Registry/Features/ImportOneRoster/OneRosterClass.cs",
        "src/Modules/Registry/Features/ImportOneRoster/OneRosterUser.cs",
        "web/islands/journal/keys.ts",
        "web/islands/journal/tsv.ts",
    ];

    [Fact]
    public void Texts_for_people_stand_in_resources_only() =>
        Assert.Empty(from source in Sources("*.cs", "src").Select(path => (Path: path, Texts: Literals(File.ReadAllText(path))))
                         .Concat(Sources("*.razor", "src").Concat(Sources("*.ts", "web/islands"))
                             .Select(path => (Path: path, Texts: Comment().Replace(File.ReadAllText(path), "").Split('\n').AsEnumerable())))
                     let name = Repository.Relative(source.Path)
                     where !Data.Any(exception => name.StartsWith(exception, StringComparison.Ordinal))
                     from text in source.Texts
                     where Cyrillic().IsMatch(NotSaid().Replace(text, ""))
                     select $"{name}: {text.Trim()}");

    [Fact]
    public void Exceptions_are_still_needed() =>
        Assert.All(Data, path => Assert.True(Path.Exists(Path.Combine(Repository.Root, path)), path));

    private static IEnumerable<string> Sources(string pattern, string folder) =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), pattern, SearchOption.AllDirectories)
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal));

    private static IEnumerable<string> Literals(string source) =>
        CSharpSyntaxTree.ParseText(source).GetRoot().DescendantTokens()
            .Where(token => token.RawKind is (int)SyntaxKind.StringLiteralToken or (int)SyntaxKind.InterpolatedStringTextToken
                or (int)SyntaxKind.SingleLineRawStringLiteralToken or (int)SyntaxKind.MultiLineRawStringLiteralToken or (int)SyntaxKind.Utf8StringLiteralToken)
            .Select(token => token.ToString());

    [GeneratedRegex("[А-яЁё]")]
    private static partial Regex Cyrillic();

    // «ё» found as «е» in a statement, and the proper name in lines of the log, which are English.
    [GeneratedRegex("'ё', 'е'|ЕСИА")]
    private static partial Regex NotSaid();

    [GeneratedRegex(@"@\*.*?\*@|/\*.*?\*/|(?<!:)//[^\n]*", RegexOptions.Singleline)]
    private static partial Regex Comment();
}
