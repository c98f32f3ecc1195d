using MySchool.Contracts.Access;
using MySchool.Registry.Resources;

namespace MySchool.Registry;

/// <summary>The ways by which the registry's data leaves under a consent.</summary>
internal static class RegistryFlows
{
    public static readonly ConsentFlow LookUp = new(ConsentPurposes.RegionalDiary, "registry.look-up", Texts.FlowLookUp);

    public static readonly IReadOnlyList<ConsentFlow> All = [LookUp];
}
