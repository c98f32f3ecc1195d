using System.Reflection;
using DbUp;
using DbUp.Engine;
using Npgsql;

namespace MySchool.Kernel.Data;

/// <summary>Brings a database to the newest schema: numbered SQL of the kernel and of each module, in that order.</summary>
public static class Migrator
{
    /// <summary>Applies what is missing; each script in its own transaction, under a lock so that two nodes do not race.</summary>
    /// <param name="ownerConnection">Connection of role <c>myschool_owner</c>.</param>
    /// <param name="modules">Assemblies with embedded <c>Data/Migrations/NNNN_name.sql</c>, in order of dependence.</param>
    /// <param name="report">Told each script's name as it is applied.</param>
    /// <exception cref="InvalidOperationException">A script failed; the message names it.</exception>
    public static void Migrate(string ownerConnection, IEnumerable<Assembly> modules, Action<string>? report = null)
    {
        ArgumentNullException.ThrowIfNull(modules);
        // An index of a region's marks takes minutes: a migration is never cut by a clock.
        var patient = new NpgsqlConnectionStringBuilder(ownerConnection) { CommandTimeout = 0 }.ConnectionString;
        using var guard = new NpgsqlConnection(patient);
        guard.Open();
        using (var take = new NpgsqlCommand("select pg_advisory_lock(7300451)", guard)) take.ExecuteNonQuery();

        foreach (var assembly in (IEnumerable<Assembly>)[typeof(Migrator).Assembly, .. modules])
        {
            var result = DeployChanges.To.PostgresqlDatabase(patient)
                .WithScripts(ScriptsOf(assembly))
                .JournalToPostgresqlTable("public", "schema_versions")
                .WithTransactionPerScript()
                .WithVariablesDisabled()
                .LogToNowhere()
                .Build().PerformUpgrade();
            if (!result.Successful)
                throw new InvalidOperationException($"Migration {result.ErrorScript?.Name} failed: {result.Error.Message}", result.Error);
            foreach (var script in result.Scripts) report?.Invoke(script.Name);
        }
    }

    private static IEnumerable<SqlScript> ScriptsOf(Assembly assembly)
    {
        const string folder = ".Data.Migrations.";
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.Contains(folder, StringComparison.Ordinal)).Order())
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            var module = assembly.GetName().Name!.Split('.')[^1].ToLowerInvariant();
            yield return new SqlScript($"{module}/{name[(name.IndexOf(folder, StringComparison.Ordinal) + folder.Length)..]}", reader.ReadToEnd());
        }
    }
}
