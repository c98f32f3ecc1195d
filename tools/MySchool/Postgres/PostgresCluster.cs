using MySchool.CommandLine.Launch;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.CommandLine.Postgres;

/// <summary>
/// Our own PostgreSQL in the data folder: created at the first start, reached by a unix socket, run without
/// privileges, recovered after any kind of death. One process at a time may hold a folder; see <see cref="DataFolder"/>.
/// </summary>
public sealed class PostgresCluster : IAsyncDisposable
{
    private const int SocketPathLimit = 107;
    private readonly DataFolder data;
    private readonly PostgresSettings settings;
    private readonly UnprivilegedAccount account = UnprivilegedAccount.OfPostgres();
    private readonly PostgresBinaries binaries;
    private ChildProcess? server;

    /// <summary>Names the cluster of a data folder; nothing is touched yet.</summary>
    public PostgresCluster(DataFolder data, PostgresSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        this.data = data;
        this.settings = settings ?? new PostgresSettings();
        binaries = PostgresBinaries.Find(data.Path);
        Secrets = PostgresSecrets.Open(data.Secrets);
    }

    /// <summary>Passwords of the roles.</summary>
    public PostgresSecrets Secrets { get; }

    /// <summary>Whether the cluster has been created.</summary>
    public bool Exists => File.Exists(Path.Combine(ClusterFolder, "PG_VERSION"));

    /// <summary>Whether the server we started lives.</summary>
    public bool IsRunning => server is { HasExited: false };

    /// <summary>Process id of the running server.</summary>
    public int? ServerId => server?.Id;

    /// <summary>Connection of the cluster's superuser; for setting up only.</summary>
    public string SuperuserConnection => new NpgsqlConnectionStringBuilder
    {
        Host = data.SocketFolder, Port = settings.SocketPort, Username = "postgres", Password = Secrets.Superuser,
        Database = "postgres", Pooling = false,
    }.ConnectionString;

    private string ClusterFolder => Path.Combine(data.Path, "pg");

    /// <summary>Creates the cluster if need be, clears what a crash left, starts the server and waits until it answers.</summary>
    public async Task StartAsync(CancellationToken cancel)
    {
        Orphans.Clear(ClusterFolder);
        if (!Exists) Create();
        PlaceSocket();
        WriteSettings();
        server = ChildProcess.Start(new ChildCommand("PostgreSQL", [binaries.Postgres, "-D", ClusterFolder], Path.Combine(data.Logs, "postgres.log"))
        {
            Drop = account.Drop(),
            DeathSignal = UnixSignal.Interrupt,
            WorkingFolder = "/",
        });
        await WaitUntilHealthyAsync(cancel);
    }

    /// <summary>Creates roles, database and extensions, and answers the four connections.</summary>
    public Task<DatabaseOptions> PrepareDatabaseAsync(string database = DatabaseSetup.Database, CancellationToken cancel = default) =>
        DatabaseSetup.PrepareAsync(SuperuserConnection, Secrets, database, cancel);

    /// <summary>Asks for real work: text search loads a library and its dictionary, so a half-replaced installation fails here.</summary>
    /// <exception cref="NpgsqlException">The server does not answer.</exception>
    public async Task CheckHealthAsync(CancellationToken cancel)
    {
        await using var connection = new NpgsqlConnection(SuperuserConnection);
        await connection.OpenAsync(cancel);
        await using var command = new NpgsqlCommand("select to_tsvector('russian', 'Моя школа')::text", connection);
        if (await command.ExecuteScalarAsync(cancel) is not string { Length: > 0 })
            throw new OperatorException("PostgreSQL отвечает, но русский поиск в нём не работает.");
    }

    /// <summary>Stops at once but cleanly: open transactions roll back, everything committed is on disk.</summary>
    public async Task StopAsync()
    {
        if (server is null) return;
        await server.StopAsync(UnixSignal.Interrupt, TimeSpan.FromSeconds(60));
        server.Dispose();
        server = null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync();

    private void Create()
    {
        // Made aside and renamed: a kill in the middle leaves rubbish to wipe, never half a cluster to trust.
        var fresh = ClusterFolder + ".new";
        if (Directory.Exists(fresh)) Directory.Delete(fresh, recursive: true);
        Directory.CreateDirectory(fresh, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var passwordFile = Path.Combine(fresh + ".password");
        File.WriteAllText(passwordFile, Secrets.Superuser);
        File.SetUnixFileMode(passwordFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        account.Own(fresh);
        account.Own(passwordFile);
        try
        {
            var (code, output) = InitDb(fresh, passwordFile, "--locale-provider=icu", "--icu-locale=ru-RU");
            // A build without ICU sorts by bytes: worse lists of names, nothing else.
            if (code != 0) (code, output) = InitDb(fresh, passwordFile);
            if (code != 0) throw new OperatorException($"initdb не смог создать кластер: {output.Trim()}");
        }
        finally
        {
            File.Delete(passwordFile);
        }
        File.AppendAllText(Path.Combine(fresh, "postgresql.conf"), "\ninclude 'myschool.conf'\ninclude_if_exists 'local.conf'\n");
        Directory.Move(fresh, ClusterFolder);
    }

    private (int Code, string Output) InitDb(string folder, string passwordFile, params string[] locale) => account.Run(binaries.InitDb,
        ["-D", folder, "-U", "postgres", "--encoding=UTF8", "--locale=C.UTF-8", .. locale, "--auth=scram-sha-256",
            $"--pwfile={passwordFile}", .. settings.IsDurable ? (string[])["--data-checksums"] : ["--no-sync"]]);

    private void PlaceSocket()
    {
        var folder = Path.Combine(data.Path, "run");
        if (System.Text.Encoding.UTF8.GetByteCount(folder) + "/.s.PGSQL.65535".Length > SocketPathLimit)
            folder = Directory.CreateTempSubdirectory("ms-").FullName;
        Directory.CreateDirectory(folder);
        File.SetUnixFileMode(folder, DataFolder.Passable);
        account.Own(folder);
        data.SocketFolder = folder;
    }

    private void WriteSettings()
    {
        var path = Path.Combine(ClusterFolder, "myschool.conf");
        File.WriteAllText(path, settings.Render(data.SocketFolder));
        account.Own(path);
    }

    private async Task WaitUntilHealthyAsync(CancellationToken cancel)
    {
        // Recovery after a crash may replay gigabytes: as long as the server lives, waiting is right.
        for (var delay = 20; ; delay = Math.Min(delay * 2, 500))
        {
            if (server!.HasExited)
                throw new OperatorException($"PostgreSQL не запустился. Последние строки журнала:\n{server.LogTail(8)}");
            try
            {
                await CheckHealthAsync(cancel);
                return;
            }
            catch (NpgsqlException) when (!cancel.IsCancellationRequested)
            {
                await Task.Delay(delay, cancel);
            }
        }
    }
}
