using System.Reflection;
using MySchool.CommandLine.Launch;
using MySchool.CommandLine.Postgres;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.CommandLine;

/// <summary>The platform's database, wherever it lives: our own cluster, a running launcher's, or somebody's server.</summary>
public sealed class PlatformDatabase : IAsyncDisposable
{
    private readonly PostgresCluster? cluster;

    private PlatformDatabase(DatabaseOptions options, PostgresCluster? cluster)
    {
        Options = options;
        this.cluster = cluster;
    }

    /// <summary>Assemblies whose migrations make the schema, in order of dependence.</summary>
    public static IReadOnlyList<Assembly> Modules { get; } =
    [
        typeof(Access.AccessModule).Assembly,
        typeof(Registry.RegistryModule).Assembly,
        typeof(Journal.JournalModule).Assembly,
        typeof(Connection.ConnectionModule).Assembly,
        typeof(Notices.NoticesModule).Assembly,
        typeof(Support.SupportModule).Assembly,
        typeof(Federation.FederationModule).Assembly,
        typeof(Works.WorksModule).Assembly,
    ];

    /// <summary>Connections of the four roles.</summary>
    public DatabaseOptions Options { get; }

    /// <summary>Opens the database, starting our cluster when it is not running yet.</summary>
    /// <param name="data">The data folder.</param>
    /// <param name="server">Connection of a server to use instead, or null.</param>
    /// <param name="cancel">Cancels waiting.</param>
    public static async Task<PlatformDatabase> OpenAsync(DataFolder data, string? server, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (server is not null) return new PlatformDatabase(await PrepareForeignAsync(data, server, cancel), null);

        if (data.IsHeldByAnother)
        {
            var running = new NpgsqlConnectionStringBuilder { Host = data.SocketFolder, Port = 5432 };
            return new PlatformDatabase(
                DatabaseSetup.OptionsOf(running.ConnectionString, PostgresSecrets.Open(data.Secrets), DatabaseSetup.Database), null);
        }
        data.Hold();
        var cluster = new PostgresCluster(data);
        try
        {
            await cluster.StartAsync(cancel);
            return new PlatformDatabase(await cluster.PrepareDatabaseAsync(cancel: cancel), cluster);
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Brings the schema to the newest version.</summary>
    /// <returns>Names of the scripts applied.</returns>
    public IReadOnlyList<string> Migrate()
    {
        var applied = new List<string>();
        Migrator.Migrate(Options.Owner, Modules, applied.Add);
        return applied;
    }

    /// <summary>Checks that our own server still answers; a foreign one is watched by its owner.</summary>
    public Task CheckHealthAsync(CancellationToken cancel) => cluster?.CheckHealthAsync(cancel) ?? Task.CompletedTask;

    /// <summary>Whether our own server has ended by itself.</summary>
    public bool HasDied => cluster is { IsRunning: false };

    /// <summary>Drops every schema of the platform; for a foreign server, where there is no folder to wipe.</summary>
    public async Task EmptyAsync(CancellationToken cancel)
    {
        await using var connection = new NpgsqlConnection(Options.Owner);
        await connection.OpenAsync(cancel);
        await using var drop = new NpgsqlCommand("""
            do $$ declare s record; begin
              for s in select nspname from pg_namespace where nspowner = (select oid from pg_roles where rolname = 'myschool_owner') and nspname <> 'public' loop
                execute format('drop schema %I cascade', s.nspname);
              end loop;
              drop table if exists public.schema_versions;
            end $$
            """, connection);
        await drop.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Stops our cluster if we started it.</summary>
    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (cluster is not null) await cluster.DisposeAsync();
    }

    private static Task<DatabaseOptions> PrepareForeignAsync(DataFolder data, string server, CancellationToken cancel)
    {
        var settings = new NpgsqlConnectionStringBuilder(server);
        var database = settings.Database is null or "postgres" ? DatabaseSetup.Database : settings.Database;
        if (!database.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_'))
            throw new OperatorException("Имя базы данных — строчные латинские буквы, цифры и подчёркивание.");
        settings.Database = "postgres";
        return DatabaseSetup.PrepareAsync(settings.ConnectionString, PostgresSecrets.Open(data.Secrets), database, cancel);
    }
}
