namespace MySchool.Kernel.Files;

/// <summary>Where files of people are kept and who looks at them for viruses. Bound from configuration section <c>Files</c>.</summary>
public sealed class FilesOptions
{
    /// <summary>The section of configuration.</summary>
    public const string Section = "Files";

    /// <summary>Folder of the bytes, shared by all nodes. Everything in it is sealed.</summary>
    public string Folder { get; set; } = Path.Combine(AppContext.BaseDirectory, "files");

    /// <summary>
    /// Where clamd listens: the path of a unix socket, or <c>host:port</c>. Empty: nobody looks, and no file leaves quarantine.
    /// </summary>
    public string Scanner { get; set; } = "";

    /// <summary>How long one file may be looked at.</summary>
    public int ScanSeconds { get; set; } = 60;
}
