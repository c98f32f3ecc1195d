using System.Runtime.Versioning;
using MySchool.System.Tests.Canary;

namespace MySchool.System.Tests.Hostile;

/// <summary>The region with a script in every text: names, topics, homework, comments, dictionaries.</summary>
[SupportedOSPlatform("linux")]
public sealed class HostilePlatform() : RegionPlatform(number => $"\"><script>h{number:X}", number => $"\"><script>h{number:X}")
{
}
