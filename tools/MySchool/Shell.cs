using System.Diagnostics;

namespace MySchool.CommandLine;

/// <summary>Short-lived helper programs.</summary>
internal static class Shell
{
    /// <summary>Runs to the end. Answers the exit code and both outputs together; -1 when there is no such program.</summary>
    public static (int Code, string Output) Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output + errors.GetAwaiter().GetResult());
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (-1, "");
        }
    }

    /// <summary>Runs to the end and insists on success.</summary>
    public static void Demand(string program, params string[] arguments)
    {
        var (code, output) = Run(program, arguments);
        if (code != 0) throw new OperatorException($"Команда {program} не удалась ({code}): {output.Trim()}");
    }
}
