using System.Diagnostics;
using MySchool.CommandLine.Launch;
using MySchool.CommandLine.Postgres;
using Npgsql;
using Xunit;

namespace MySchool.System.Tests.Operations;

public sealed class ClusterTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("cluster-").FullName;

    public ClusterTests() => File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Cluster_starts_again_after_kill_9_and_keeps_what_was_committed()
    {
        using var data = DataFolder.Open(folder);
        data.Hold();
        await using (var cluster = new PostgresCluster(data))
        {
            await cluster.StartAsync(CancellationToken.None);
            await RunAsync(cluster, "create table kept (n int); insert into kept values (7)");
            Process.GetProcessById(cluster.ServerId!.Value).Kill();
        }
        await using var again = new PostgresCluster(data);
        await again.StartAsync(CancellationToken.None);
        Assert.Equal(7, await RunAsync(again, "select n from kept"));
    }

    [Fact]
    public async Task Roles_of_people_are_bound_by_row_level_security_and_the_owner_is_not()
    {
        using var data = DataFolder.Open(folder);
        await using var cluster = new PostgresCluster(data, new PostgresSettings { IsDurable = false });
        await cluster.StartAsync(CancellationToken.None);
        await cluster.PrepareDatabaseAsync();
        await cluster.PrepareDatabaseAsync();
        Assert.Equal("myschool_owner", await RunAsync(cluster, "select string_agg(rolname, ',') from pg_roles where rolname like 'myschool%' and rolbypassrls"));
        Assert.Equal(4L, await RunAsync(cluster, "select count(*) from pg_roles where rolname like 'myschool%' and rolcanlogin and not rolsuper"));
    }

    [Fact]
    public async Task Long_path_moves_the_socket_and_the_cluster_still_starts()
    {
        using var data = DataFolder.Open(Path.Combine(folder, new string('d', 60), new string('e', 60)));
        await using var cluster = new PostgresCluster(data, new PostgresSettings { IsDurable = false });
        await cluster.StartAsync(CancellationToken.None);
        Assert.True(data.SocketFolder.Length < 80);
        Assert.Equal(1, await RunAsync(cluster, "select 1"));
    }

    [Fact]
    public void Folder_serves_one_launcher_at_a_time()
    {
        using var first = DataFolder.Open(folder);
        using var second = DataFolder.Open(folder);
        first.Hold();
        Assert.True(second.IsHeldByAnother);
        Assert.Throws<CommandLine.OperatorException>(second.Hold);
    }

    [Fact]
    public void Passwords_are_made_once_and_closed_to_others()
    {
        var made = PostgresSecrets.Open(Path.Combine(folder, "secrets"));
        Assert.Equal(made, PostgresSecrets.Open(Path.Combine(folder, "secrets")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder, "secrets", "postgres.json")));
    }

    private static async Task<object?> RunAsync(PostgresCluster cluster, string sql)
    {
        await using var connection = new NpgsqlConnection(cluster.SuperuserConnection);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
