using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace MySchool.CommandLine.Launch;

/// <summary>What to start.</summary>
/// <param name="Name">Names it in messages.</param>
/// <param name="Command">Program and arguments.</param>
/// <param name="LogFile">Both outputs are appended here.</param>
public sealed record ChildCommand(string Name, IReadOnlyList<string> Command, string LogFile)
{
    /// <summary>Settings through the environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Arguments of <c>setpriv</c> that drop privileges, or none.</summary>
    public IReadOnlyList<string> Drop { get; init; } = [];

    /// <summary>Sent by the kernel when we die, even by kill -9.</summary>
    public UnixSignal DeathSignal { get; init; } = UnixSignal.Kill;

    /// <summary>Working folder.</summary>
    public string WorkingFolder { get; init; } = "/";
}

/// <summary>Signals that we send.</summary>
public enum UnixSignal
{
    Interrupt = 2,
    Quit = 3,
    Kill = 9,
    Terminate = 15,
}

/// <summary>
/// A long-lived child: in a session of its own, so that Ctrl-C reaches the launcher alone and it stops children in
/// order; bound to our life by the kernel (PR_SET_PDEATHSIG), so that kill -9 leaves nothing behind.
/// </summary>
public sealed class ChildProcess : IDisposable
{
    private readonly Process process;

    private ChildProcess(ChildCommand command, Process process)
    {
        Command = command;
        this.process = process;
    }

    /// <summary>What was started.</summary>
    public ChildCommand Command { get; }

    /// <summary>Process id.</summary>
    public int Id => process.Id;

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => process.HasExited;

    /// <summary>Exit code of an ended child.</summary>
    public int ExitCode => process.ExitCode;

    /// <summary>Starts a child.</summary>
    public static ChildProcess Start(ChildCommand command)
    {
        ArgumentNullException.ThrowIfNull(command);
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = command.WorkingFolder, RedirectStandardInput = true };
        // The log is opened before privileges are dropped; exec keeps one process, so its id is ours to signal.
        foreach (var argument in (IEnumerable<string>)["-c", "exec \"$@\" >>\"$0\" 2>&1 </dev/null", command.LogFile, .. Wrap(command)])
            start.ArgumentList.Add(argument);
        foreach (var (key, value) in command.Environment) start.Environment[key] = value;

        Directory.CreateDirectory(Path.GetDirectoryName(command.LogFile)!);
        return new ChildProcess(command, Nursery.Start(start));
    }

    /// <summary>Sends a signal; an ended child is left alone.</summary>
    public void Signal(UnixSignal signal)
    {
        if (!process.HasExited) _ = Kill(process.Id, (int)signal);
    }

    /// <summary>Asks to stop, waits, and insists when time is out.</summary>
    /// <param name="signal">The polite signal.</param>
    /// <param name="patience">How long to wait before SIGKILL.</param>
    /// <returns>False when it had to be killed.</returns>
    public async Task<bool> StopAsync(UnixSignal signal, TimeSpan patience)
    {
        Signal(signal);
        using var timeout = new CancellationTokenSource(patience);
        try
        {
            await process.WaitForExitAsync(timeout.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            Signal(UnixSignal.Kill);
            await process.WaitForExitAsync(CancellationToken.None);
            return false;
        }
    }

    /// <summary>Waits for the end, however it comes.</summary>
    public Task WaitAsync(CancellationToken cancel) => process.WaitForExitAsync(cancel);

    /// <summary>The last lines of its log.</summary>
    public string LogTail(int lines) =>
        File.Exists(Command.LogFile) ? string.Join('\n', File.ReadLines(Command.LogFile).TakeLast(lines)) : "";

    /// <inheritdoc/>
    public void Dispose() => process.Dispose();

    internal static int Kill(int processId, UnixSignal signal) => Kill(processId, (int)signal);

    private static string[] Wrap(ChildCommand command)
    {
        if (!File.Exists("/usr/bin/setpriv")) return [.. command.Command];
        var signal = command.DeathSignal switch { UnixSignal.Interrupt => "INT", UnixSignal.Terminate => "TERM", UnixSignal.Quit => "QUIT", _ => "KILL" };
        return ["setsid", "setpriv", "--pdeathsig", signal, .. command.Drop, .. command.Command];
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int processId, int signal);

    // The kernel sends the death signal when the starting *thread* ends. Pool threads come and go; this one stays.
    private static class Nursery
    {
        private static readonly BlockingCollection<Action> Work = [];

        static Nursery() => new Thread(() =>
        {
            foreach (var action in Work.GetConsumingEnumerable()) action();
        }) { IsBackground = true, Name = "nursery" }.Start();

        public static Process Start(ProcessStartInfo start)
        {
            var born = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
            Work.Add(() =>
            {
                try { born.SetResult(Process.Start(start)!); }
                catch (Exception error) { born.SetException(error); }
            });
            return born.Task.GetAwaiter().GetResult();
        }
    }
}
