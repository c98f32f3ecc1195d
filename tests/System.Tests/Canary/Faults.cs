using Xunit;

namespace MySchool.System.Tests.Canary;

/// <summary>Fails with what was found, whole enough to act on.</summary>
internal static class Faults
{
    private const int Shown = 25;

    public static void None(IEnumerable<string> found)
    {
        var all = found.Order(StringComparer.Ordinal).ToList();
        if (all.Count > 0) Assert.Fail($"{all.Count} faults:\n{string.Join('\n', all.Take(Shown).Select(fault => fault.Length > 700 ? fault[..700] : fault))}");
    }
}
