using MySchool.Works.Features;

namespace MySchool.Works.Pages;

/// <summary>Where the picture of a page is.</summary>
internal static class SheetSource
{
    public static string Of(WorkFile file, int page) => file.IsPdf ? $"/works/files/{file.Id}/pages/{page}" : $"/works/files/{file.Id}";
}
