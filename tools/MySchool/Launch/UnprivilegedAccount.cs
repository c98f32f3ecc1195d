namespace MySchool.CommandLine.Launch;

/// <summary>
/// An account that a child runs under when the launcher itself is root. <see cref="Name"/> is null when there is nothing to
/// drop: we are unprivileged already, or the account could not reach what the child needs.
/// </summary>
public sealed record UnprivilegedAccount(string? Name)
{
    /// <summary>For the database server, which refuses to run as root: the account of Debian's package, otherwise <c>nobody</c>.</summary>
    public static UnprivilegedAccount OfPostgres() => FirstOf("postgres", "nobody");

    /// <summary>
    /// For the platform and the stand-in: an account of their own that <c>deploy/setup</c> makes, so that neither can read
    /// the files of the cluster nor the memory of the server.
    /// </summary>
    public static UnprivilegedAccount OfPlatform() => FirstOf("myschool", "nobody");

    /// <summary>Whether the account can enter a folder or run a file (each parent must let it through).</summary>
    public bool CanReach(string path) => Name is null || Shell.Run("setpriv", [.. Drop(), "test", "-x", path]).Code == 0;

    /// <summary>Whether the account can read a file.</summary>
    public bool CanRead(string path) => Name is null || Shell.Run("setpriv", [.. Drop(), "test", "-r", path]).Code == 0;

    /// <summary>Gives a file or folder to the account.</summary>
    public void Own(string path)
    {
        if (Name is not null) Shell.Demand("chown", "-R", Name, path);
    }

    /// <summary>Lets the account walk through a folder of ours without seeing what lies in it.</summary>
    public void LetThrough(string folder)
    {
        if (Name is null) return;
        Shell.Demand("chgrp", GroupOf(Name), folder);
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute);
    }

    /// <summary>Arguments of <c>setpriv</c> that put the account on; empty when there is nothing to drop.</summary>
    public string[] Drop() => Name is null ? [] : ["--reuid", Name, "--regid", GroupOf(Name), "--clear-groups", "--no-new-privs"];

    /// <summary>Runs a program to the end under the account.</summary>
    public (int Code, string Output) Run(string program, params string[] arguments) =>
        Name is null ? Shell.Run(program, arguments) : Shell.Run("setpriv", [.. Drop(), program, .. arguments]);

    private static UnprivilegedAccount FirstOf(string wanted, string otherwise) =>
        new(!Environment.IsPrivilegedProcess ? null : Accounts().Any(fields => fields[0] == wanted) ? wanted : otherwise);

    private static string GroupOf(string account) => Accounts().First(fields => fields[0] == account)[3];

    private static IEnumerable<string[]> Accounts() => File.ReadLines("/etc/passwd").Select(line => line.Split(':'));
}
