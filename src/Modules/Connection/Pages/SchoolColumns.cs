using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using MySchool.Connection.Domain;
using MySchool.Connection.Resources;
using MySchool.Ui;

namespace MySchool.Connection.Pages;

/// <summary>Columns of every list of schools.</summary>
internal static class SchoolColumns
{
    public static IReadOnlyList<Column<SchoolFigures>> All { get; } =
    [
        new(Texts.School, school => Link($"/connection/units/{school.Id}", school.ShortName)),
        new(Texts.State, school => school.IsConnected ? Texts.IsConnected : Texts.IsNotConnected),
        new(Texts.Administrators, school => school.Administrators == 0 ? Texts.None : Words.Number(school.Administrators), true),
        new(Texts.Classes, school => Words.Number(school.Classes), true),
        new(Texts.Staff, school => SmallNumbers.Count(school.Staff), true),
        new(Texts.StaffCame, school => SmallNumbers.Share(school.StaffCame, school.Staff), true),
        new(Texts.Learners, school => SmallNumbers.Count(school.Learners), true),
        new(Texts.LastMark, school => school.LastMarkOn is { } last ? Words.Day(last) : Texts.None),
    ];

    private static RenderFragment Link(string href, string text) => (RenderTreeBuilder builder) =>
    {
        builder.OpenElement(0, "a");
        builder.AddAttribute(1, "href", href);
        builder.AddContent(2, text);
        builder.CloseElement();
    };
}
