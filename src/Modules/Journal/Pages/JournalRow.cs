using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using MySchool.Contracts.Registry;
using MySchool.Journal.Features;
using MySchool.Ui;

namespace MySchool.Journal.Pages;

/// <summary>
/// A learner's row of the grid, written straight to the render tree: 1,200 cells a page, most of them empty,
/// make this the hottest markup of the platform.
/// </summary>
public sealed class JournalRow : Screen
{
    [Parameter, EditorRequired] public RosterLearner Learner { get; set; } = null!;

    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        var journal = (ClassJournal)Data;
        builder.OpenElement(0, "tr");
        builder.AddAttribute(1, "data-learner", Learner.PersonId.ToString());
        builder.OpenElement(2, "th");
        builder.AddAttribute(3, "scope", "row");
        builder.AddAttribute(4, "class", "name");
        builder.AddContent(5, Learner.Name.Short);
        builder.CloseElement();
        foreach (var lesson in journal.Lessons) AddCell(builder, journal.Cells.GetValueOrDefault((lesson.Id, Learner.PersonId)));
        var average = journal.AverageOf(Learner.PersonId);
        builder.OpenElement(20, "td");
        builder.AddAttribute(21, "class", "avg");
        builder.AddAttribute(22, "data-average");
        builder.AddAttribute(23, "title", average.Text is null ? null : Domain.WeightedAverage.Formula(journal.MarksOf(Learner.PersonId)));
        builder.AddContent(24, average.Text);
        builder.CloseElement();
        builder.CloseElement();
    }

    private static void AddCell(RenderTreeBuilder builder, JournalCell cell)
    {
        if (cell.Mark is null && cell.Absence is null)
        {
            builder.AddMarkupContent(6, "<td role=\"gridcell\"></td>");
            return;
        }
        builder.OpenElement(7, "td");
        builder.AddAttribute(8, "role", "gridcell");
        if (cell.Mark is { } mark)
        {
            builder.AddAttribute(9, "data-v", mark.Version);
            if (mark.Weight > 1) builder.AddAttribute(10, "data-w", mark.Weight);
            builder.AddAttribute(11, "data-work", mark.Work);
            builder.AddAttribute(12, "data-c", mark.Comment);
        }
        if (cell.Absence is { } absence) builder.AddAttribute(13, "data-av", absence.Version);
        if (cell.Mark is not null)
        {
            builder.OpenElement(14, "span");
            builder.AddAttribute(15, "class", "m");
            builder.AddContent(16, cell.Mark.Value);
            builder.CloseElement();
        }
        if (cell.Absence is not null)
        {
            builder.OpenElement(17, "span");
            builder.AddAttribute(18, "class", "a");
            builder.AddContent(19, cell.Absence.Code);
            builder.CloseElement();
        }
        builder.CloseElement();
    }
}
