using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.CommandLine.Postgres;

/// <summary>Creates the four roles, the database and its extensions, under a superuser; harmless to repeat.</summary>
public static class DatabaseSetup
{
    /// <summary>Name of the platform's database.</summary>
    public const string Database = "myschool";

    private static readonly string[] Extensions = ["pg_trgm", "btree_gist"];

    /// <summary>Makes what is missing and answers the connections of the four roles.</summary>
    /// <param name="superuserConnection">May create roles and databases.</param>
    /// <param name="secrets">Passwords that the roles get.</param>
    /// <param name="database">Name of the database.</param>
    /// <param name="cancel">Cancels waiting.</param>
    public static async Task<DatabaseOptions> PrepareAsync(
        string superuserConnection, PostgresSecrets secrets, string database, CancellationToken cancel)
    {
        await using (var connection = await OpenAsync(superuserConnection, null, cancel))
        {
            await CreateRolesAsync(connection, secrets, cancel);
            if (await ScalarAsync(connection, $"select 1 from pg_database where datname = '{database}'", cancel) is null)
                await RunAsync(connection, $"create database {database} owner myschool_owner", cancel);
            await RunAsync(connection, RightsOf(database), cancel);
        }

        await using (var connection = await OpenAsync(superuserConnection, database, cancel))
        {
            foreach (var extension in Extensions) await RunAsync(connection, $"create extension if not exists {extension}", cancel);
            await RunAsync(connection, "alter schema public owner to myschool_owner", cancel);
        }
        return OptionsOf(superuserConnection, secrets, database);
    }

    /// <summary>Connections of the four roles to a prepared database.</summary>
    /// <param name="anyConnection">Gives host and port.</param>
    /// <param name="secrets">Gives passwords.</param>
    /// <param name="database">Name of the database.</param>
    public static DatabaseOptions OptionsOf(string anyConnection, PostgresSecrets secrets, string database)
    {
        ArgumentNullException.ThrowIfNull(secrets);
        return new DatabaseOptions
        {
            App = As("myschool_app", secrets.App, 80),
            Facts = As("myschool_facts", secrets.Facts, 60),
            Worker = As("myschool_worker", secrets.Worker, 20),
            Owner = As("myschool_owner", secrets.Owner, 8),
        };

        string As(string role, string password, int poolSize) => new NpgsqlConnectionStringBuilder(anyConnection)
        {
            Username = role, Password = password, Database = database, MaxPoolSize = poolSize,
        }.ConnectionString;
    }

    /// <summary>Statements that say who may do what in a database; a copy of a database begins without them.</summary>
    /// <param name="database">Name of the database.</param>
    public static string RightsOf(string database) => $"""
        revoke all on database {database} from public;
        grant connect on database {database} to myschool_app, myschool_facts, myschool_worker;
        -- The import stages its rows in temporary tables; requests of people have no use for any.
        grant temporary on database {database} to myschool_worker;
        """;

    private static async Task CreateRolesAsync(NpgsqlConnection connection, PostgresSecrets secrets, CancellationToken cancel)
    {
        (string Role, string Password, string Rights)[] roles =
        [
            ("myschool_owner", secrets.Owner, "bypassrls"),
            ("myschool_app", secrets.App, "nobypassrls"),
            ("myschool_facts", secrets.Facts, "nobypassrls"),
            ("myschool_worker", secrets.Worker, "nobypassrls"),
        ];
        foreach (var (role, password, rights) in roles)
        {
            var verb = await ScalarAsync(connection, $"select 1 from pg_roles where rolname = '{role}'", cancel) is null ? "create" : "alter";
            // Passwords are our own hex digits: nothing to escape.
            await RunAsync(connection, $"{verb} role {role} login nosuperuser nocreatedb nocreaterole {rights} password '{password}'", cancel);
        }
        // On a foreign server we may be less than a superuser; to hand the database over we must be a member of its owner.
        await RunAsync(connection, "grant myschool_owner to current_user", cancel);
    }

    private static async Task<NpgsqlConnection> OpenAsync(string connectionString, string? database, CancellationToken cancel)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false };
        if (database is not null) settings.Database = database;
        var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(cancel);
        return connection;
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancel);
    }
}
