using Spectre.Console;

namespace MySchool.CommandLine;

/// <summary>What the launcher tells the person at the console.</summary>
internal static class Say
{
    private static readonly IAnsiConsole Errors =
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });

    public static void Line(string text) => AnsiConsole.MarkupLine(Markup.Escape(text));

    public static void Done(string text) => AnsiConsole.MarkupLine($"[green]✓[/] {Markup.Escape(text)}");

    public static void Warning(string text) => AnsiConsole.MarkupLine($"[yellow]![/] {Markup.Escape(text)}");

    public static void Error(string text) => Errors.MarkupLine($"[red]Ошибка:[/] {Markup.Escape(text)}");

    /// <summary>Runs a step that has no measure of progress: a spinner, then how long it took.</summary>
    public static async Task<T> StepAsync<T>(string text, Func<Task<T>> step)
    {
        var started = TimeProvider.System.GetTimestamp();
        var result = AnsiConsole.Profile.Capabilities.Interactive
            ? await AnsiConsole.Status().StartAsync(Markup.Escape(text) + "…", _ => step())
            : await step();
        Done($"{text} ({TimeProvider.System.GetElapsedTime(started).TotalSeconds:0.0} с)");
        return result;
    }
}
