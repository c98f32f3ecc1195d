using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using MySchool.Host;
using MySchool.Kernel;
using Xunit;

namespace MySchool.System.Tests.Architecture;

/// <summary>The walls between modules, discovered from the built assemblies.</summary>
public sealed class WallTests
{
    [Fact]
    public void Module_shows_only_its_door_and_its_pages() =>
        Assert.Empty(from module in HostApp.Modules
                     from type in module.Assembly.GetExportedTypes()
                     where type != module.GetType() && !typeof(IComponent).IsAssignableFrom(type) && type.Name is not ("_Imports" or "AccessPipeline")
                        && !type.Namespace!.StartsWith("OrleansCodeGen", StringComparison.Ordinal)
                     select type.FullName);

    [Fact]
    public void Module_references_kernel_contracts_and_design_system_only()
    {
        string[] allowed = ["MySchool.Kernel", "MySchool.Contracts", "MySchool.Ui"];
        Assert.Empty(from module in HostApp.Modules
                     from reference in module.Assembly.GetReferencedAssemblies()
                     where reference.Name!.StartsWith("MySchool.", StringComparison.Ordinal) && !allowed.Contains(reference.Name)
                     select $"{module.Name} → {reference.Name}");
    }

    [Fact]
    public void Production_never_references_a_stand_in() =>
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories))
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))
            .Where(path => File.ReadAllText(path) is var text
                && (text.Contains("standins", StringComparison.OrdinalIgnoreCase) || text.Contains("MySchool.StandIns", StringComparison.Ordinal)))
            .Select(Repository.Relative));

    [Fact]
    public void Kernel_knows_no_school_words()
    {
        string[] schoolWords = ["Lesson", "Mark", "Pupil", "Learner", "Teacher", "Guardian", "Homework"];
        Assert.Empty(from type in typeof(Actor).Assembly.GetExportedTypes()
                     where schoolWords.Any(word => type.Name.Contains(word, StringComparison.Ordinal))
                     select type.FullName);
    }

    [Fact]
    public void Module_map_is_the_approved_one()
    {
        var path = Path.Combine(Repository.Root, "docs", "module-map.txt");
        var map = Map();
        if (Environment.GetEnvironmentVariable("APPROVE") == "1") File.WriteAllText(path, map);
        Assert.True(File.Exists(path), "docs/module-map.txt is missing: run the tests with APPROVE=1 and review it");
        Assert.Equal(File.ReadAllText(path), map);
    }

    private static string Map()
    {
        var text = new StringBuilder("Who asks whom (contracts used) and who hears what. Approved by review; a test compares.\n\n");
        foreach (var module in HostApp.Modules)
        {
            var name = module.Assembly.GetName().Name!.Split('.')[^1];
            var asks = ContractsUsed(module.Assembly).Where(contract => contract != name).Order(StringComparer.Ordinal);
            text.Append(name).Append(" asks ").AppendJoin(", ", asks.DefaultIfEmpty("nobody")).Append('\n');
            foreach (var heard in Heard(module).Order(StringComparer.Ordinal)) text.Append("  hears ").Append(heard).Append('\n');
        }
        return text.ToString();
    }

    private static IEnumerable<string> Heard(IModule module)
    {
        var services = new ServiceCollection();
        module.AddServices(services, new ConfigurationBuilder().Build());
        return services.Where(s => s.ServiceType == typeof(Subscription)).Select(s => (Subscription)s.ImplementationInstance!)
            .Select(s => $"{s.EventType.Name} in {s.Handler.Name}");
    }

    private static List<string> ContractsUsed(Assembly assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly.Location));
        var metadata = file.GetMetadataReader();
        const string prefix = "MySchool.Contracts.";
        return metadata.TypeReferences.Select(metadata.GetTypeReference).Select(type => metadata.GetString(type.Namespace))
            .Where(space => space.StartsWith(prefix, StringComparison.Ordinal)).Select(space => space[prefix.Length..]).Distinct().ToList();
    }
}
