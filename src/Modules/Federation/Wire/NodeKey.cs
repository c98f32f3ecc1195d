namespace MySchool.Federation.Wire;

/// <summary>The key this node signs with.</summary>
internal sealed class NodeKey(FederationOptions options)
{
    private readonly Lazy<EcKey?> key = new(() => options.KeyFile.Length > 0 && File.Exists(options.KeyFile) ? EcKey.OfFile(options.KeyFile) : null);

    /// <summary>Its name.</summary>
    public string Id => options.KeyId;

    /// <summary>The key, or null when the node has none: then it neither tells nor asks.</summary>
    public EcKey? Key => key.Value;
}
