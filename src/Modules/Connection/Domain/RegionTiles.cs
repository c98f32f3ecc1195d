using System.Collections.Immutable;
using System.Globalization;

namespace MySchool.Connection.Domain;

/// <summary>A region's square on the picture of the country.</summary>
internal sealed record RegionTile(TerritoryFigures Region, string Label, int Column, int Row);

/// <summary>Lays regions out roughly where they are: no map of borders, which would say more of area than of schools.</summary>
internal static class RegionTiles
{
    private const int LongestCode = 3;
    private const int RestColumn = 9;
    private const int RestWidth = 9;
    private static readonly Lazy<ImmutableDictionary<string, (string Label, int Column, int Row)>> Places = new(Read);

    /// <summary>First row that has a region, and how many rows the picture takes from there.</summary>
    public static (int First, int Count) Rows(IReadOnlyList<RegionTile> tiles) =>
        tiles.Count == 0 ? (0, 1) : (tiles.Min(tile => tile.Row), tiles.Max(tile => tile.Row) - tiles.Min(tile => tile.Row) + 1);

    /// <summary>Every region gets a square; whatever is not on the picture stands in the free corner below.</summary>
    public static IReadOnlyList<RegionTile> Of(IEnumerable<TerritoryFigures> regions)
    {
        var tiles = new List<RegionTile>();
        var rest = 0;
        foreach (var region in regions)
        {
            if (Find(region.Oktmo) is { } place) tiles.Add(new(region, place.Label, place.Column, place.Row));
            else tiles.Add(new(region, region.ShortName[..Math.Min(LongestCode, region.ShortName.Length)], RestColumn + (rest % RestWidth), 7 + (rest++ / RestWidth)));
        }
        return tiles;
    }

    private static (string Label, int Column, int Row)? Find(string? oktmo)
    {
        for (var length = LongestCode; length > 1; length--)
            if (oktmo?.Length >= length && Places.Value.TryGetValue(oktmo[..length], out var place)) return place;
        return null;
    }

    private static ImmutableDictionary<string, (string, int, int)> Read()
    {
        using var reader = new StreamReader(typeof(RegionTiles).Assembly.GetManifestResourceStream("MySchool.Connection.regions.tsv")!);
        return reader.ReadToEnd().Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split('\t'))
            .ToImmutableDictionary(cells => cells[0], cells => (cells[1], int.Parse(cells[2], CultureInfo.InvariantCulture), int.Parse(cells[3], CultureInfo.InvariantCulture)));
    }
}
