using System.Security.Cryptography;
using System.Text;
using MySchool.CommandLine.Postgres;

namespace MySchool.CommandLine.Launch;

/// <summary>Everything the platform keeps on this machine: cluster, secrets, files, logs. One launcher holds it at a time.</summary>
public sealed class DataFolder : IDisposable
{
    internal const UnixFileMode Passable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private const string SystemFolder = "/var/lib/myschool";
    private FileStream? held;

    private DataFolder(string path) => Path = path;

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Keys and passwords, mode 0700.</summary>
    public string Secrets => System.IO.Path.Combine(Path, "secrets");

    /// <summary>What the stand-in of ЕСИА keeps: its people and the keys of its tokens.</summary>
    public string StandIn => System.IO.Path.Combine(Path, "esia");

    /// <summary>Logs of the children.</summary>
    public string Logs => System.IO.Path.Combine(Path, "logs");

    /// <summary>Letters, as files, when no mail server is named.</summary>
    public string Mail => System.IO.Path.Combine(Path, "mail");

    /// <summary>What the platform remembers of erasures, outside the database: a restore must not bring people back.</summary>
    public string Erasures => System.IO.Path.Combine(Path, "erasures");

    /// <summary>Files of people, sealed.</summary>
    public string Files => System.IO.Path.Combine(Path, "files");

    /// <summary>Settings, socket and own signature of the virus scanner.</summary>
    public string Scanner => System.IO.Path.Combine(Path, "clamd");

    /// <summary>Folder of the cluster's unix socket; remembered in a file, because a long path moves it elsewhere.</summary>
    public string SocketFolder
    {
        get => File.Exists(SocketFile) ? File.ReadAllText(SocketFile) : System.IO.Path.Combine(Path, "run");
        internal set => File.WriteAllText(SocketFile, value);
    }

    /// <summary>Whether a launcher works with the folder now.</summary>
    public bool IsHeldByAnother
    {
        get
        {
            if (held is not null) return false;
            if (!TryHold()) return true;
            Release();
            return false;
        }
    }

    private string SocketFile => System.IO.Path.Combine(Path, "socket");

    /// <summary>
    /// Opens (and makes) the folder. When the server's unprivileged account cannot enter it, say under /root, a folder
    /// of the system takes its place: one for each wanted path.
    /// </summary>
    public static DataFolder Open(string wanted)
    {
        var path = System.IO.Path.GetFullPath(wanted);
        Make(path);
        if (UnprivilegedAccount.OfPostgres().CanReach(path)) return new DataFolder(path);

        var mark = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)))[..8];
        var instead = System.IO.Path.Combine(SystemFolder, mark);
        Make(SystemFolder);
        Make(instead);
        return new DataFolder(instead);
    }

    /// <summary>Takes the folder for this process until <see cref="Dispose"/> or death.</summary>
    /// <exception cref="OperatorException">Another launcher has it.</exception>
    public void Hold()
    {
        if (!TryHold()) throw new OperatorException($"Платформа уже запущена с данными из {Path}. Остановите её или укажите другую папку: --data.");
    }

    /// <summary>Wipes everything but the fetched PostgreSQL build.</summary>
    public void Wipe()
    {
        Orphans.Clear(System.IO.Path.Combine(Path, "pg"));
        foreach (var folder in Directory.GetDirectories(Path))
            if (System.IO.Path.GetFileName(folder) != "postgres-npm")
                Directory.Delete(folder, recursive: true);
        foreach (var file in Directory.GetFiles(Path))
            if (file != held?.Name) File.Delete(file);
    }

    /// <inheritdoc/>
    public void Dispose() => Release();

    private static void Make(string path)
    {
        if (!Directory.Exists(path)) Directory.CreateDirectory(path, Passable);
    }

    private bool TryHold()
    {
        try
        {
            held ??= new FileStream(System.IO.Path.Combine(Path, "launcher.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private void Release()
    {
        held?.Dispose();
        held = null;
    }
}
