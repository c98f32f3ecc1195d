namespace MySchool.CommandLine.Launch;

/// <summary>How .NET is told to serve: settings that only the environment can carry.</summary>
public static class ServerRuntime
{
    /// <summary>Names and values of environment variables.</summary>
    public static IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>
    {
        // By default the youngest generation is as large as a core's cache, here 2 MB: a collection every few pages. 32 MiB, in hexadecimal.
        ["DOTNET_GCgen0size"] = "0x2000000",
        // Threads of the pool that wait for work spin before they sleep; on two cores they spin in the way of PostgreSQL.
        ["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0",
    };
}
