using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Testing;

/// <summary>A database of one test class or collection: a copy of a template, dropped at the end.</summary>
/// <example><code>
/// public sealed class MarkTests : IAsyncLifetime
/// {
///     private TestDatabase database = null!;
///     public async ValueTask InitializeAsync() => database = await TestDatabase.CreateAsync();
///     public ValueTask DisposeAsync() => database.DisposeAsync();
/// }
/// </code></example>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly TestServer server;
    private readonly Lazy<NpgsqlDataSource> owner;

    private TestDatabase(TestServer server, string name, DatabaseOptions options)
    {
        this.server = server;
        Name = name;
        Options = options;
        owner = new Lazy<NpgsqlDataSource>(() => NpgsqlDataSource.Create(options.Owner));
    }

    /// <summary>Name within the server.</summary>
    public string Name { get; }

    /// <summary>Connections of the four roles.</summary>
    public DatabaseOptions Options { get; }

    /// <summary>Folder with the keys that sealed the sample's СНИЛС.</summary>
    public string Secrets => server.Secrets;

    /// <summary>Pool of <c>myschool_owner</c>, who is above row-level security: to arrange and to look.</summary>
    public NpgsqlDataSource Owner => owner.Value;

    /// <summary>Copies the template with <see cref="SampleSchool"/>.</summary>
    public static Task<TestDatabase> CreateAsync(CancellationToken cancel = default) => CreateAsync(isSample: true, cancel);

    /// <summary>Copies the bare schema.</summary>
    public static Task<TestDatabase> CreateEmptyAsync(CancellationToken cancel = default) => CreateAsync(isSample: false, cancel);

    /// <summary>Runs a statement as the owner; answers the first value of the first row.</summary>
    /// <param name="sql">Statement with <c>$1</c>, <c>$2</c>…</param>
    /// <param name="values">Parameters.</param>
    public async Task<T?> ScalarAsync<T>(string sql, params object[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        await using var command = Owner.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return await command.ExecuteScalarAsync() is T found ? found : default;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (owner.IsValueCreated) await owner.Value.DisposeAsync();
        await server.DropAsync(Name);
    }

    private static async Task<TestDatabase> CreateAsync(bool isSample, CancellationToken cancel)
    {
        var server = await TestServer.GetAsync();
        var (name, options) = await server.CloneAsync(isSample, cancel);
        return new TestDatabase(server, name, options);
    }
}
