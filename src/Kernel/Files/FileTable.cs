namespace MySchool.Kernel.Files;

/// <summary>A table that names bytes of the store, prepared by <c>kernel.keep_files</c>. A module registers each of its own.</summary>
/// <param name="Name">With its schema: <c>works.files</c>.</param>
public sealed record FileTable(string Name);
