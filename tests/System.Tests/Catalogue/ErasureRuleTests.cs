using System.Runtime.Versioning;
using Microsoft.Extensions.DependencyInjection;
using MySchool.Contracts.Access;
using MySchool.System.Tests.Canary;
using Xunit;

namespace MySchool.System.Tests.Catalogue;

/// <summary>Whatever is kept about a person is erased, hidden, kept by a named law, or left alone with a reason: found in the database's own catalogue.</summary>
[SupportedOSPlatform("linux")]
public sealed class ErasureRuleTests(RegionPlatform platform) : IClassFixture<RegionPlatform>
{
    private List<IPersonalErasure> Modules => [.. platform.Services.GetServices<IPersonalErasure>()];

    [Fact]
    public async Task Every_column_that_holds_a_person_has_a_fate_or_is_left_alone_with_a_reason()
    {
        var known = Modules.SelectMany(module => module.Rules.SelectMany(rule => rule.Of).Concat(module.LeftAlone.Keys)).ToList();
        var columns = await PersonColumns.ReadAsync(platform);
        Assert.True(columns.Count > 40, $"only {columns.Count} columns");
        Faults.None(columns.Except(known).Select(column => $"{column} holds a person and no rule erases it: name it in the module's Erasure"));
        Faults.None(known.Except(columns).Select(column => $"{column} is named and holds no person"));
        Faults.None(known.GroupBy(column => column).Where(column => column.Count() > 1).Select(column => $"{column.Key} is named twice"));
    }

    [Fact]
    public void Every_module_that_copies_also_erases() =>
        Assert.Equal(platform.Services.GetServices<IPersonalData>().Select(module => module.Name).Order(), Modules.Select(module => module.Name).Order());

    [Fact]
    public async Task Every_kept_row_names_a_term_that_the_operator_can_edit()
    {
        var terms = await platform.ListAsync("select code from access.retention_terms");
        Assert.All(Modules.SelectMany(module => module.Rules), rule =>
        {
            Assert.Equal(rule.Fate == Fate.Kept, rule.Term is not null);
            if (rule.Term is { } term && term != RetentionTerms.Longest) Assert.Contains(term, terms);
        });
    }

    [Fact]
    public void A_column_with_a_fate_stands_in_a_statement_and_every_rule_has_words() => Assert.All(Modules, module => Assert.All(module.Rules, rule =>
    {
        Assert.NotEmpty(module.Say(rule.Key));
        Assert.All(rule.Of, of => Assert.Contains([.. rule.Statements, rule.Count], sql => sql.Contains(of[..of.LastIndexOf('.')], StringComparison.Ordinal) && sql.Contains(of[(of.LastIndexOf('.') + 1)..], StringComparison.Ordinal)));
    }));

    [Fact]
    public void Every_reason_to_leave_alone_is_said_and_nothing_is_both() => Assert.All(Modules, module =>
    {
        Assert.All(module.LeftAlone, left => Assert.True(left.Value.Length is > 10 and < 150 && !left.Value.Contains('\n'), left.Key));
        Assert.Empty(module.Rules.SelectMany(rule => rule.Of).Intersect(module.LeftAlone.Keys));
    });
}
