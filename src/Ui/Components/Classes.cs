namespace MySchool.Ui;

internal static class Classes
{
    public static string? ToClass(this ButtonKind kind) => kind switch
    {
        ButtonKind.Primary => "button-primary",
        ButtonKind.Danger => "button-danger",
        ButtonKind.Plain => "button-plain",
        _ => null,
    };

    public static string Word(this Tone tone) => tone switch
    {
        Tone.Success => "success",
        Tone.Warning => "warning",
        Tone.Danger => "danger",
        Tone.Info => "info",
        _ => "neutral",
    };

    public static string Icon(this Tone tone) => tone switch
    {
        Tone.Success => "circle-check",
        Tone.Warning => "triangle-alert",
        Tone.Danger => "circle-alert",
        _ => "info",
    };
}
