using System.Reflection;
using System.Runtime.Versioning;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.Extensions.DependencyInjection;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.System.Tests.Architecture;
using MySchool.System.Tests.Canary;
using Xunit;

namespace MySchool.System.Tests.Catalogue;

/// <summary>Whatever can stand in «Кто видел данные» is said in Russian: found in the sources, so a new deed without words fails.</summary>
[SupportedOSPlatform("linux")]
public sealed class DeedWordTests(RegionPlatform platform) : IClassFixture<RegionPlatform>
{
    // Where an action is asked about and not written down.
    private static readonly HashSet<string> Asking = ["Allow", "Allows", "CouldAllow", "NavEntry", "For", "ForAnyone", "ForSignedIn"];

    [Fact]
    public void Every_deed_that_is_written_to_the_audit_has_words()
    {
        var words = platform.Services.GetRequiredService<IDeedWords>();
        var other = words.Say("no.such-deed");
        var written = Repository.Sources("src").SelectMany(Written).Distinct().Order().ToList();
        Assert.True(written.Count > 25, $"only {written.Count} deeds");
        Assert.Contains("registry.read-card", written);
        Assert.Contains("access.decide-erasure", written);
        Faults.None(written.Where(action => words.Say(action) == other).Select(action => $"View_{action} has no words"));
    }

    // Every mention of an action that is an argument of something else than a question.
    private static IEnumerable<string> Written(string path) =>
        from mention in CSharpSyntaxTree.ParseText(File.ReadAllText(path)).GetCompilationUnitRoot().DescendantNodes().OfType<MemberAccessExpressionSyntax>()
        where mention.Expression is IdentifierNameSyntax { Identifier.Text: var owner } && (owner.EndsWith("Actions", StringComparison.Ordinal) || owner == "JournalLinks")
        where mention.Ancestors().OfType<ArgumentSyntax>().Any() && !Asking.Contains(CallOf(mention))
        let action = ActionOf(((IdentifierNameSyntax)mention.Expression).Identifier.Text, mention.Name.Identifier.Text)
        where action is not null
        select action.Name;

    private static string CallOf(SyntaxNode mention) => mention.Ancestors().FirstOrDefault(node => node is InvocationExpressionSyntax or BaseObjectCreationExpressionSyntax) switch
    {
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: var name } } => name,
        InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: var name } } => name,
        ObjectCreationExpressionSyntax { Type: IdentifierNameSyntax { Identifier.Text: var name } } => name,
        _ => "",
    };

    private static AppAction? ActionOf(string owner, string field) => AppDomain.CurrentDomain.GetAssemblies()
        .Where(assembly => assembly.GetName().Name?.StartsWith("MySchool.", StringComparison.Ordinal) == true)
        .SelectMany(assembly => assembly.GetTypes()).Where(type => type.Name == owner)
        .Select(type => type.GetField(field, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)?.GetValue(null)).OfType<AppAction>().FirstOrDefault();
}
