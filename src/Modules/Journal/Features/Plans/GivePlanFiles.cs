using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Journal.Domain;
using MySchool.Journal.Resources;
using MySchool.Kernel.Sheets;
using MySchool.Kernel.Web;
using Sheet = MySchool.Kernel.Sheets.Sheet;

namespace MySchool.Journal.Features.Plans;

/// <summary>Gives a plan, or an empty template of one, as a workbook that the import understands without a question.</summary>
internal static class GivePlanFiles
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/plans/template", () =>
        {
            var rows = Texts.PlanTemplateRows.Split('|').Select(line => (IReadOnlyList<object?>)[.. line.Split(';').Select(Cell)]).ToList();
            return File(Texts.PlanTemplateFile, new Sheet(Texts.PlanSheetName, Columns([]), rows), new Sheet(Texts.PlanHelpSheet, [new(Texts.PlanHelpSheet, 110)], Texts.PlanTemplateHelp.Split('|').Select(line => (IReadOnlyList<object?>)[line])));
        }).Allow(JournalActions.ReadPlans);
        routes.MapGet("/plans/{id:guid}/xlsx", async (Guid id, string? group, HttpContext context, ShowPlan show, CancellationToken cancel) =>
        {
            var view = await show.HandleAsync(context.RequireActor(), context.Features.Get<Contracts.Registry.PersonFacts>()!, id, FormIds.Read(group), null, cancel);
            return view.IsOk ? File($"{view.Value.Plan.Head.Title}.xlsx", new Sheet(Texts.PlanSheetName, Columns(view.Value.Plan.Kinds.Select(kind => kind.Name)), Rows(view.Value))) : view.Problem!.ToPage();
        }).Allow(JournalActions.ReadPlans);
    }

    private static IEnumerable<IReadOnlyList<object?>> Rows(PlanView view)
    {
        var number = 0;
        foreach (var row in view.Plan.Rows)
            yield return row.IsSection ? [null, row.Title, null, null, null, null, null, null]
                : [++number, null, row.Title, row.Hours, view.Plan.KindName(row.Kind), row.Homework, row.Note,
                    view.Chosen is null ? null : string.Join(", ", view.Chosen.Layout.DatesOf(row.Id).Select(day => day.ToString("dd.MM", Words.Russian)))];
    }

    private static SheetColumn[] Columns(IEnumerable<string> kinds)
    {
        var titles = Texts.PlanSheetTitles.Split('|');
        // A spreadsheet takes a list of choices of at most 255 letters.
        var choices = string.Join(',', kinds) is { Length: > 0 and <= 250 } all && !all.Contains('"', StringComparison.Ordinal) ? kinds.ToList() : null;
        return [new(titles[0], 6), new(titles[1], 28), new(titles[2], 60), new(titles[3], 8), new(titles[4], 24, choices), new(titles[5], 36), new(titles[6], 24), new(titles[7], 20)];
    }

    private static object? Cell(string text) => text.Length == 0 ? null : int.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : text;

    private static IResult File(string name, params Sheet[] sheets)
    {
        var file = new MemoryStream();
        SheetWriter.Write(file, sheets);
        file.Position = 0;
        return Results.File(file, SheetWriter.MediaType, name);
    }
}
