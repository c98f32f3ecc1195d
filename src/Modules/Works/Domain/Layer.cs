using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using MySchool.Kernel;
using MySchool.Works.Resources;

namespace MySchool.Works.Domain;

/// <summary>
/// What is drawn over a page: strokes, words and pins. Places are ten-thousandths of the page's width and height, so that it lies right
/// at any size. Whatever does not say exactly this is refused whole.
/// </summary>
/// <param name="Items">In the order they were drawn.</param>
internal sealed record Layer(ImmutableArray<LayerItem> Items)
{
    public const int Side = 10_000;
    public const int MostBytes = 256 * 1024;
    public const int MostItems = 500;
    public const int MostPoints = 2_000;
    public const int MostPinText = 500;
    public const int MostWords = 80;
    public const int Colours = 4;

    public static readonly Layer Empty = new([]);

    private static readonly JsonSerializerOptions Strict = new(Json.Options)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, MaxDepth = 6, NumberHandling = JsonNumberHandling.Strict, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public string ToJson() => JsonSerializer.Serialize(this, Strict);

    /// <summary>Reads what a browser sent.</summary>
    public static Result<Layer> Read(string json)
    {
        if (json.Length > MostBytes) return new Problem("works.layer-big", Texts.LayerBig, null, 413);
        try
        {
            return JsonSerializer.Deserialize<Layer>(json, Strict) is { Items.IsDefault: false } layer && layer.Items.Length <= MostItems && layer.Items.All(item => item is not null && item.IsSound()) ? layer : Wrong;
        }
        catch (Exception odd) when (odd is JsonException or NotSupportedException or ArgumentException or InvalidOperationException)
        {
            return Wrong;
        }
    }

    private static Problem Wrong => new("works.layer-wrong", Texts.LayerWrong, null, 400);
}

/// <summary>One thing drawn.</summary>
/// <param name="Kind">pen, text or pin.</param>
/// <param name="Colour">0 to 3: red, blue, green, black.</param>
internal sealed record LayerItem(string Kind, int Colour)
{
    public const string Pen = "pen";
    public const string Words = "text";
    public const string Pin = "pin";

    /// <summary>Of a stroke: x, y, x, y…</summary>
    public int[]? Points { get; init; }

    /// <summary>Of words and pins.</summary>
    public int? X { get; init; }

    /// <summary>Of words and pins.</summary>
    public int? Y { get; init; }

    /// <summary>What is said.</summary>
    public string? Text { get; init; }

    public bool IsSound() => Colour is >= 0 and < Layer.Colours && Kind switch
    {
        Pen => X is null && Y is null && Text is null && Points is { Length: >= 2 and <= Layer.MostPoints * 2 } points && points.Length % 2 == 0 && Array.TrueForAll(points, IsOnPage),
        Words => IsPlaced && Text is { Length: > 0 and <= Layer.MostWords },
        Pin => IsPlaced && Text is { Length: > 0 and <= Layer.MostPinText },
        _ => false,
    } && Text?.Any(c => char.IsControl(c) && c != '\n') != true;

    private bool IsPlaced => Points is null && X is { } x && Y is { } y && IsOnPage(x) && IsOnPage(y);

    private static bool IsOnPage(int value) => value is >= 0 and <= Layer.Side;
}
