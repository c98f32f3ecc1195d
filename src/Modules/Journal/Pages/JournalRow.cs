using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using MySchool.Contracts.Registry;
using MySchool.Journal.Domain;
using MySchool.Journal.Features;
using MySchool.Ui;

namespace MySchool.Journal.Pages;

/// <summary>
/// A learner's row of the grid as one piece of text: 1,200 cells a page, most of them empty, make this the hottest
/// markup of the platform, and a frame of the render tree a cell would cost more than the reading of the marks.
/// </summary>
public sealed class JournalRow : Screen
{
    [Inject] private HtmlEncoder Encoder { get; set; } = null!;

    [Parameter, EditorRequired] public RosterLearner Learner { get; set; } = null!;

    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        var journal = (ClassJournal)Data;
        var cells = journal.CellsOf(Learner.PersonId);
        var html = new StringBuilder(64 * cells.Length);
        html.Append("<tr data-learner=\"").Append(Learner.PersonId).Append("\"><th scope=\"row\" class=\"name\">").Append(Encoder.Encode(Learner.Name.Short)).Append("</th>");
        foreach (var cell in cells) AddCell(html, cell);
        AddAverage(html, [.. cells.SelectMany(cell => cell.Marks)]);
        builder.AddMarkupContent(0, html.Append("</tr>").ToString());
    }

    private void AddCell(StringBuilder html, JournalCell cell)
    {
        html.Append("<td role=\"gridcell\"");
        if (cell.Mark is { } mark)
        {
            html.Append(" data-v=\"").Append(mark.Version).Append("\" data-work=\"").Append(mark.Work).Append('"');
            if (mark.Weight != 1) html.Append(" data-w=\"").Append(mark.Weight).Append('"');
            if (mark.More is { } more)
                html.Append(" data-mw=\"").AppendJoin(' ', more.Select(each => each.Weight)).Append("\" data-mwork=\"").AppendJoin(' ', more.Select(each => each.Work)).Append('"');
            if (mark.Due is { } due) html.Append(" data-due=\"").Append(due.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)).Append('"');
            if (cell.IsHeld) html.Append(" data-held");
            if (mark.Comment is not null) html.Append(" data-c=\"").Append(Encoder.Encode(mark.Comment)).Append('"');
        }
        if (cell.Absence is not null) html.Append(" data-av=\"").Append(cell.Absence.Version).Append('"');
        html.Append('>');
        if (cell.Mark is not null)
            foreach (var value in cell.Mark.Value.Split(' ')) html.Append("<span class=\"m\">").Append(Encoder.Encode(value)).Append("</span>");
        if (cell.Absence is not null) html.Append("<span class=\"a\">").Append(Encoder.Encode(cell.Absence.Code)).Append("</span>");
        html.Append("</td>");
    }

    private static void AddAverage(StringBuilder html, List<(string Value, short Weight)> marks)
    {
        html.Append("<td class=\"avg\" data-average");
        if (WeightedAverage.Of(marks).Text is { } average)
            html.Append(" title=\"").Append(WeightedAverage.Formula(marks)).Append("\">").Append(average).Append("</td>");
        else html.Append("></td>");
    }
}
