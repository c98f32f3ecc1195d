using Npgsql;

namespace MySchool.Kernel.Data;

/// <summary>Connection strings of the four database roles. All name the same database.</summary>
/// <remarks>Bound from configuration section <c>Database</c>; the launcher writes it, an operator may override.</remarks>
public sealed class DatabaseOptions
{
    /// <summary>The section of configuration.</summary>
    public const string Section = "Database";

    /// <summary>Role <c>myschool_app</c>: every request of a person; subject to row-level security.</summary>
    public string App { get; set; } = "";

    /// <summary>Role <c>myschool_facts</c>: reads sessions and relation facts only, before an actor is known.</summary>
    public string Facts { get; set; } = "";

    /// <summary>Role <c>myschool_worker</c>: outbox delivery, imports, digests.</summary>
    public string Worker { get; set; } = "";

    /// <summary>Role <c>myschool_owner</c>: migrations and bulk loads only; never used while serving.</summary>
    public string Owner { get; set; } = "";
}

/// <summary>The authoriser's door: sessions and relation facts, read before the actor is known.</summary>
public sealed class FactsDb(DatabaseOptions options) : Door(options.Facts, "facts", ForRequests);

/// <summary>The door of background work: outbox, imports. Its handlers decide by the action they name.</summary>
public sealed class WorkerDb(DatabaseOptions options) : Door(options.Worker, "worker");

/// <summary>A pool of connections under one database role.</summary>
public abstract class Door : IAsyncDisposable
{
    // Partitioned tables are re-planned at each call under "auto": twice the CPU of the query itself.
    private const string GenericPlans = "-c plan_cache_mode=force_generic_plan";

    /// <summary>
    /// For doors of requests, whose statements all go by an index: a generic plan made while a table was empty would scan it
    /// once a joined row for as long as the connection lives.
    /// </summary>
    protected const string ForRequests = GenericPlans + " -c enable_seqscan=off";

    /// <summary>Opens the pool lazily.</summary>
    /// <param name="connectionString">Npgsql connection string.</param>
    /// <param name="name">Shown in <c>pg_stat_activity</c> and metrics.</param>
    /// <param name="settings">Settings of each connection, unless the string brings its own.</param>
    protected Door(string connectionString, string name, string settings = GenericPlans)
    {
        var pool = new NpgsqlConnectionStringBuilder(connectionString)
        {
            ApplicationName = $"myschool-{name}",
            // Whatever the string says: a connection a request costs a process and a SCRAM handshake, fifty times the query.
            Pooling = true,
            MaxAutoPrepare = 256,
            AutoPrepareMinUsages = 2,
            NoResetOnClose = true,
            IncludeErrorDetail = false,
        };
        if (string.IsNullOrEmpty(pool.Options)) pool.Options = settings;
        Source = new NpgsqlDataSourceBuilder(pool.ConnectionString) { Name = name }.Build();
    }

    /// <summary>The pool.</summary>
    public NpgsqlDataSource Source { get; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Source.DisposeAsync();
    }
}
