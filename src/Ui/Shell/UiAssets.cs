using System.Collections.Frozen;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;

namespace MySchool.Ui;

/// <summary>Addresses of the design system's own files, with a fingerprint when the host serves them through MapStaticAssets.</summary>
internal static class UiAssets
{
    private const string Folder = "ui/";

    private static FrozenDictionary<string, string>? _addresses;
    private static IEndpointRouteBuilder? _routes;

    /// <summary>Remembers where the routes are; they are read at the first page, when all of them are mapped.</summary>
    public static void Use(IEndpointRouteBuilder routes)
    {
        _routes = routes;
        _addresses = null;
    }

    /// <summary>Address of a file, for example <c>styles.css</c> or <c>islands/journal-grid.js</c>.</summary>
    public static string Of(string file)
    {
        var addresses = _addresses ??= Read();
        return addresses.TryGetValue(file, out var address) ? address : $"/{Folder}{file}";
    }

    private static FrozenDictionary<string, string> Read()
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var endpoint in _routes?.DataSources.SelectMany(source => source.Endpoints) ?? [])
        {
            if (endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is not { } asset) continue;
            var label = asset.Properties.FirstOrDefault(property => property.Name == "label")?.Value;
            if (label?.StartsWith(Folder, StringComparison.Ordinal) == true) found[label[Folder.Length..]] = "/" + asset.Route;
        }
        return found.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
