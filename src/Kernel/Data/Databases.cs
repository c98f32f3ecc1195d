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
public sealed class FactsDb(DatabaseOptions options) : Door(options.Facts, "facts");

/// <summary>The door of background work: outbox, imports. Its handlers decide by the action they name.</summary>
public sealed class WorkerDb(DatabaseOptions options) : Door(options.Worker, "worker");

/// <summary>A pool of connections under one database role.</summary>
public abstract class Door : IAsyncDisposable
{
    /// <summary>Opens the pool lazily.</summary>
    /// <param name="connectionString">Npgsql connection string.</param>
    /// <param name="name">Shown in <c>pg_stat_activity</c> and metrics.</param>
    protected Door(string connectionString, string name)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            ApplicationName = $"myschool-{name}",
            // Whatever the string says: a connection a request costs a process and a SCRAM handshake, fifty times the query.
            Pooling = true,
            MaxAutoPrepare = 256,
            AutoPrepareMinUsages = 2,
            NoResetOnClose = true,
            IncludeErrorDetail = false,
        };
        // Partitioned tables are re-planned at each call under "auto": twice the CPU of the query itself.
        settings.Options = string.IsNullOrEmpty(settings.Options)
            ? "-c plan_cache_mode=force_generic_plan" : settings.Options;
        Source = new NpgsqlDataSourceBuilder(settings.ConnectionString) { Name = name }.Build();
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
