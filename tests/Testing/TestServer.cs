using MySchool.CommandLine;
using MySchool.CommandLine.Launch;
using MySchool.CommandLine.Postgres;
using MySchool.Generator.Load;
using MySchool.Kernel.Data;
using MySchool.Kernel.Secrets;
using Npgsql;

namespace MySchool.Testing;

/// <summary>
/// One PostgreSQL for all tests of a process, in a temporary folder, without fsync; gone with the process. Holds two
/// template databases: the bare schema, and the schema with <see cref="SampleSchool"/>.
/// </summary>
public sealed class TestServer
{
    private const string Prefix = "myschool-test-";
    private static readonly Lazy<Task<TestServer>> Instance = new(StartAsync);
    private readonly SemaphoreSlim making = new(1);
    private readonly HashSet<string> templates = [];
    private readonly DataFolder data;
    private readonly PostgresCluster cluster;
    private int clones;

    private TestServer(DataFolder data, PostgresCluster cluster)
    {
        this.data = data;
        this.cluster = cluster;
    }

    /// <summary>The server, started at the first call.</summary>
    public static Task<TestServer> GetAsync() => Instance.Value;

    /// <summary>Folder of secrets that all clones share: keys of СНИЛС and ЕСИА.</summary>
    public string Secrets => data.Secrets;

    /// <summary>Process id of the server, for tests that kill it.</summary>
    public int ProcessId => cluster.ServerId!.Value;

    /// <summary>Connection of the superuser, for tests of the walls themselves.</summary>
    public string SuperuserConnection => cluster.SuperuserConnection;

    internal async Task<(string Name, DatabaseOptions Options)> CloneAsync(bool isSample, CancellationToken cancel)
    {
        var template = await EnsureTemplateAsync(isSample, cancel);
        var name = $"test_{Interlocked.Increment(ref clones)}";
        await RunAsync($"create database {name} owner myschool_owner template {template} strategy file_copy", cancel);
        await RunAsync(DatabaseSetup.RightsOf(name), cancel);
        return (name, DatabaseSetup.OptionsOf(cluster.SuperuserConnection, cluster.Secrets, name));
    }

    internal async Task DropAsync(string name) => await RunAsync($"drop database if exists {name} with (force)", CancellationToken.None);

    private static async Task<TestServer> StartAsync()
    {
        SweepLeftovers();
        var data = DataFolder.Open(Path.Combine(Path.GetTempPath(), $"{Prefix}{Environment.ProcessId}"));
        data.Hold();
        var cluster = new PostgresCluster(data, new PostgresSettings { IsDurable = false });
        await cluster.StartAsync(CancellationToken.None);
        var server = new TestServer(data, cluster);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.Remove();
        return server;
    }

    private async Task<string> EnsureTemplateAsync(bool isSample, CancellationToken cancel)
    {
        var template = isSample ? "template_sample" : "template_bare";
        await making.WaitAsync(cancel);
        try
        {
            if (!templates.Add(template)) return template;
            var options = await cluster.PrepareDatabaseAsync(template, cancel);
            Migrator.Migrate(options.Owner, PlatformDatabase.Modules);
            if (isSample)
            {
                var vault = IdentifierVault.OpenOrCreate(Path.Combine(Secrets, "snils.key"));
                await new RegionLoader(options.Owner).LoadAsync(
                    new LoadRequest(Generator.RegionSize.Sample, SampleSchool.Today, snils => (vault.Hash(snils), vault.Encrypt(snils))), cancel);
            }
            // A template must have no connections while it is copied.
            NpgsqlConnection.ClearAllPools();
            return template;
        }
        catch
        {
            templates.Remove(template);
            throw;
        }
        finally
        {
            making.Release();
        }
    }

    private async Task RunAsync(string sql, CancellationToken cancel)
    {
        await using var connection = new NpgsqlConnection(cluster.SuperuserConnection);
        await connection.OpenAsync(cancel);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 120 };
        await command.ExecuteNonQueryAsync(cancel);
    }

    private void Remove()
    {
        cluster.StopAsync().GetAwaiter().GetResult();
        data.Dispose();
        Directory.Delete(data.Path, recursive: true);
    }

    // Folders of test processes that were killed; a living one holds its lock.
    private static void SweepLeftovers()
    {
        foreach (var folder in Directory.GetDirectories(Path.GetTempPath(), Prefix + "*"))
        {
            using var data = DataFolder.Open(folder);
            if (data.IsHeldByAnother) continue;
            data.Wipe();
            Directory.Delete(folder, recursive: true);
        }
    }
}
