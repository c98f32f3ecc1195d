using System.Globalization;
using System.Text;

namespace MySchool.CommandLine.Postgres;

/// <summary>How the cluster is tuned and where it listens.</summary>
public sealed record PostgresSettings
{
    /// <summary>TCP port on loopback, or null for the unix socket alone (the default).</summary>
    public int? TcpPort { get; init; }

    /// <summary>False only for tests: a crash of the machine may then lose everything.</summary>
    public bool IsDurable { get; init; } = true;

    /// <summary>Memory of the machine in MiB; by default asked from the system.</summary>
    public long MemoryMiB { get; init; } = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20;

    /// <summary>Port that names the socket file; nothing listens on it unless <see cref="TcpPort"/> says so.</summary>
    public int SocketPort => TcpPort ?? 5432;

    // A quarter of the memory, within the limits where PostgreSQL still gains from it.
    private long SharedBuffersMiB => Math.Clamp(MemoryMiB / 4, 128, 4096);

    /// <summary>Text of the file that the cluster's configuration includes; written anew at each start.</summary>
    /// <param name="socketFolder">Folder of the unix socket.</param>
    public string Render(string socketFolder)
    {
        var text = new StringBuilder("# Written by the launcher at each start. Put your own settings into local.conf.\n");
        Line("listen_addresses", TcpPort is null ? "" : "127.0.0.1");
        Line("port", SocketPort);
        Line("unix_socket_directories", socketFolder);
        Line("unix_socket_permissions", "0777");
        Line("max_connections", 200);
        Line("shared_buffers", $"{(IsDurable ? SharedBuffersMiB : 128)}MB");
        Line("effective_cache_size", $"{Math.Max(256, MemoryMiB / 2)}MB");
        Line("work_mem", "16MB");
        Line("maintenance_work_mem", $"{Math.Clamp(MemoryMiB / 16, 64, 1024)}MB");
        Line("wal_compression", "on");
        Line("max_wal_size", "4GB");
        Line("checkpoint_completion_target", "0.9");
        Line("random_page_cost", "1.1");
        Line("fsync", IsDurable ? "on" : "off");
        Line("synchronous_commit", IsDurable ? "on" : "off");
        Line("full_page_writes", IsDurable ? "on" : "off");
        Line("jit", "off");
        Line("track_io_timing", "on");
        Line("timezone", "UTC");
        Line("log_timezone", "UTC");
        Line("log_line_prefix", "%m [%p] %a ");
        Line("log_min_duration_statement", "-1");
        // Bound values of a failed statement are people's data: the log must not hold them.
        Line("log_parameter_max_length_on_error", 0);
        Line("log_min_error_statement", "panic");
        Line("log_error_verbosity", "terse");
        Line("password_encryption", "scram-sha-256");
        return text.ToString();

        void Line(string name, object value) =>
            text.Append(name).Append(" = '").Append(Convert.ToString(value, CultureInfo.InvariantCulture)).Append("'\n");
    }
}
