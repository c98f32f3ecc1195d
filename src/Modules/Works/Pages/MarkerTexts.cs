using System.Text.Json;
using MySchool.Works.Resources;

namespace MySchool.Works.Pages;

/// <summary>What the marker says: a script holds no text.</summary>
internal static class MarkerTexts
{
    public static string Json { get; } = JsonSerializer.Serialize(new Dictionary<string, string>
    {
        ["tools"] = Texts.MarkerTools, ["look"] = Texts.MarkerLook, ["pen"] = Texts.MarkerPen, ["text"] = Texts.MarkerText, ["pin"] = Texts.MarkerPin, ["eraser"] = Texts.MarkerEraser,
        ["undo"] = Texts.MarkerUndo, ["colours"] = Texts.MarkerColours, ["colour0"] = Texts.MarkerRed, ["colour1"] = Texts.MarkerBlue, ["colour2"] = Texts.MarkerGreen, ["colour3"] = Texts.MarkerBlack,
        ["askText"] = Texts.MarkerAskText, ["askPin"] = Texts.MarkerAskPin, ["put"] = Texts.MarkerPut, ["cancel"] = Texts.MarkerCancel, ["remove"] = Texts.MarkerRemove,
        ["saving"] = Texts.MarkerSaving, ["saved"] = Texts.MarkerSaved, ["failed"] = Texts.MarkerFailed, ["changed"] = Texts.LayerChanged, ["keys"] = Texts.MarkerKeys,
    }, Kernel.Json.Options);
}
