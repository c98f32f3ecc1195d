using System.Collections.Frozen;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace MySchool.Ui;

/// <summary>Addresses of the design system's own files, with a fingerprint when the host serves them through MapStaticAssets.</summary>
internal static class UiAssets
{
    private const string Folder = "ui/";

    private static FrozenDictionary<string, string>? _addresses;

    /// <summary>Reads the addresses once the host has started and every route is mapped; they are the same for every host of this build.</summary>
    public static void Use(IEndpointRouteBuilder routes) =>
        routes.ServiceProvider.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted.Register(() => _addresses ??= Read(routes));

    /// <summary>Address of a file, for example <c>styles.css</c> or <c>islands/journal-grid.js</c>.</summary>
    public static string Of(string file) =>
        _addresses is { } addresses && addresses.TryGetValue(file, out var address) ? address : $"/{Folder}{file}";

    private static FrozenDictionary<string, string> Read(IEndpointRouteBuilder routes)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var endpoint in routes.DataSources.SelectMany(source => source.Endpoints))
        {
            if (endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is not { } asset) continue;
            var label = asset.Properties.FirstOrDefault(property => property.Name == "label")?.Value;
            if (label?.StartsWith(Folder, StringComparison.Ordinal) == true) found[label[Folder.Length..]] = "/" + asset.Route;
        }
        return found.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
