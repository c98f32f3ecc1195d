using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using MySchool.Works.Domain;

namespace MySchool.Works.Pages;

/// <summary>
/// What is drawn over a page, to be read: one SVG over the picture, readable without script. Strokes stretch with the page; words and
/// pins stand at shares of it and keep their size. Written in code, because in Razor a tag named text is not an element.
/// </summary>
public sealed class Ink : ComponentBase
{
    /// <summary>The layer.</summary>
    [Parameter, EditorRequired] public object Data { get; set; } = null!;

    /// <inheritdoc/>
    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        var items = ((Layer)Data).Items;
        Open(builder, "svg", ("class", "ink"), ("aria-hidden", "true"), ("focusable", "false"));
        Open(builder, "svg", ("viewBox", $"0 0 {Layer.Side} {Layer.Side}"), ("preserveAspectRatio", "none"), ("width", "100%"), ("height", "100%"));
        foreach (var pen in items.Where(item => item.Kind == LayerItem.Pen))
        {
            Open(builder, "polyline", ("class", $"ink-pen ink-{Colour(pen)}"), ("points", string.Join(' ', pen.Points!.Chunk(2).Select(point => string.Create(CultureInfo.InvariantCulture, $"{point[0]},{point[1]}")))));
            builder.CloseElement();
        }
        builder.CloseElement();
        foreach (var words in items.Where(item => item.Kind == LayerItem.Words)) AddText(builder, words, $"ink-words ink-{Colour(words)}", words.Text!);
        var number = 0;
        foreach (var pin in items.Where(item => item.Kind == LayerItem.Pin))
        {
            Open(builder, "circle", ("class", $"ink-pin ink-{Colour(pin)}"), ("cx", Share(pin.X!.Value)), ("cy", Share(pin.Y!.Value)), ("r", "12"));
            builder.CloseElement();
            AddText(builder, pin, "ink-number", (++number).ToString(CultureInfo.InvariantCulture));
        }
        builder.CloseElement();
    }

    private static void AddText(RenderTreeBuilder builder, LayerItem item, string classes, string text)
    {
        Open(builder, "text", ("class", classes), ("x", Share(item.X!.Value)), ("y", Share(item.Y!.Value)));
        builder.AddContent(2, text);
        builder.CloseElement();
    }

    private static void Open(RenderTreeBuilder builder, string element, params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        builder.OpenElement(0, element);
        foreach (var (name, value) in attributes) builder.AddAttribute(1, name, value);
    }

    private static string Colour(LayerItem item) => item.Colour.ToString(CultureInfo.InvariantCulture);

    private static string Share(int place) => string.Create(CultureInfo.InvariantCulture, $"{place / (Layer.Side / 100)}.{place % (Layer.Side / 100):00}%");
}
