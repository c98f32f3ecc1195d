using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace MySchool.System.Tests.Architecture;

/// <summary>The few hard lines of style. Strict from the first day, before exceptions exist.</summary>
public sealed class TidyTests
{
    private const int MaxFileLines = 300;
    private const int MaxMethodLines = 60;
    private const int MaxConstructorParameters = 6;

    private static readonly Lazy<IReadOnlyList<(string Path, CompilationUnitSyntax Root)>> Files = new(() =>
        [.. Repository.Sources("src", "standins", "tools").Select(path =>
            (Repository.Relative(path), CSharpSyntaxTree.ParseText(File.ReadAllText(path)).GetCompilationUnitRoot()))]);

    [Fact]
    public void File_is_at_most_300_lines() =>
        Assert.Empty(Files.Value.Where(f => Lines(f.Root) > MaxFileLines).Select(f => $"{f.Path}: {Lines(f.Root)}"));

    [Fact]
    public void Method_is_at_most_60_lines() =>
        Assert.Empty(from file in Files.Value
                     from method in file.Root.DescendantNodes().OfType<BaseMethodDeclarationSyntax>()
                     where Lines(method) > MaxMethodLines
                     select $"{file.Path}: {(method as MethodDeclarationSyntax)?.Identifier.Text ?? "constructor"} {Lines(method)}");

    [Fact]
    public void Class_takes_at_most_6_services()
    {
        // Records carry data; classes carry services.
        var primary = from file in Files.Value
                      from type in file.Root.DescendantNodes().OfType<ClassDeclarationSyntax>()
                      where type.ParameterList?.Parameters.Count > MaxConstructorParameters
                      select $"{file.Path}: {type.Identifier.Text}";
        var plain = from file in Files.Value
                    from constructor in file.Root.DescendantNodes().OfType<ConstructorDeclarationSyntax>()
                    where constructor.ParameterList.Parameters.Count > MaxConstructorParameters
                    select $"{file.Path}: {constructor.Identifier.Text}";
        Assert.Empty(primary.Concat(plain));
    }

    [Fact]
    public void Nothing_is_left_for_later() =>
        Assert.Empty(from file in Files.Value
                     from trivia in file.Root.DescendantTrivia(descendIntoTrivia: true)
                     where trivia.IsKind(SyntaxKind.RegionDirectiveTrivia)
                        || (trivia.ToString() is var text && trivia.ToString().StartsWith("//", StringComparison.Ordinal)
                            && (text.Contains("TODO", StringComparison.Ordinal) || text.Contains("FIXME", StringComparison.Ordinal) || text.Contains("HACK", StringComparison.Ordinal)))
                     select $"{file.Path}: {trivia}");

    [Fact]
    public void Names_say_what_a_thing_is()
    {
        string[] empty = ["Manager", "Helper", "Util", "Utils", "Common", "Base", "Dto", "Impl"];
        Assert.Empty(from file in Files.Value
                     from type in file.Root.DescendantNodes().OfType<TypeDeclarationSyntax>()
                     where empty.Any(word => type.Identifier.Text.EndsWith(word, StringComparison.Ordinal))
                     select $"{file.Path}: {type.Identifier.Text}");
    }

    private static int Lines(SyntaxNode node)
    {
        var span = node.GetLocation().GetLineSpan();
        return span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
    }
}
