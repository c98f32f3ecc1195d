using System.Diagnostics;

namespace MySchool.Kernel.Files;

/// <summary>
/// The only door to another program for what came from outside: bubblewrap with nothing of the machine in it but its programs, read
/// only, without a network, rights or other processes; prlimit holds its memory, processor and output. Bytes go in and come out by
/// pipes, so that nothing lies on the disk.
/// </summary>
public static class Sandbox
{
    private const string Wall = "/usr/bin/bwrap";
    private const long MostMemory = 1L << 30;
    private const int MostCpuSeconds = 15;

    // Fonts are unpacked into the sandbox's own memory.
    private const long MostTemporary = 64 << 20;

    private static readonly string[] Walls =
    [
        "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv", "--setenv", "PATH", "/usr/bin", "--setenv", "HOME", "/tmp",
        "--ro-bind", "/usr", "/usr", "--ro-bind-try", "/lib", "/lib", "--ro-bind-try", "/lib64", "/lib64", "--ro-bind-try", "/etc/fonts", "/etc/fonts",
        "--symlink", "usr/bin", "/bin", "--proc", "/proc", "--dev", "/dev", "--size", $"{MostTemporary}", "--tmpfs", "/tmp",
        "prlimit", $"--as={MostMemory}", $"--cpu={MostCpuSeconds}", "--nofile=64", "--core=0", $"--fsize={MostTemporary}",
    ];

    /// <summary>Whether the walls and the program are on this machine.</summary>
    public static bool Has(string program) => File.Exists(Wall) && File.Exists($"/usr/bin/{program}");

    /// <summary>Runs a program.</summary>
    /// <param name="program">A name under <c>/usr/bin</c>.</param>
    /// <param name="arguments">Written by us; nothing from outside is among them.</param>
    /// <param name="input">What it reads.</param>
    /// <param name="mostOutput">Bytes it may answer.</param>
    /// <param name="patience">How long it may take.</param>
    /// <param name="cancel">Cancels; the program is killed then.</param>
    /// <returns>What it has written; null when it failed, took too long or wrote too much.</returns>
    public static async Task<byte[]?> RunAsync(string program, IEnumerable<string> arguments, ReadOnlyMemory<byte> input, int mostOutput, TimeSpan patience, CancellationToken cancel)
    {
        if (!Has(program)) return null;
        using var process = new Process { StartInfo = new ProcessStartInfo(Wall, [.. Walls, program, .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true } };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(patience);
        process.Start();
        try
        {
            var complaints = process.StandardError.BaseStream.CopyToAsync(Stream.Null, limit.Token);
            var fed = FeedAsync(process, input, limit.Token);
            var output = await ReadAsync(process.StandardOutput.BaseStream, mostOutput, limit.Token);
            if (output is null) return null;
            await Task.WhenAll(fed, complaints);
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode == 0 ? output : null;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    // A program that has seen enough closes its ear.
    private static async Task FeedAsync(Process process, ReadOnlyMemory<byte> input, CancellationToken cancel)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input, cancel);
            process.StandardInput.Close();
        }
        catch (IOException) { /* Its answer and its exit code say the rest. */ }
    }

    private static async Task<byte[]?> ReadAsync(Stream output, int most, CancellationToken cancel)
    {
        using var memory = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (await output.ReadAsync(buffer, cancel) is > 0 and var read)
        {
            if (memory.Length + read > most) return null;
            memory.Write(buffer, 0, read);
        }
        return memory.ToArray();
    }
}
