using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Kernel;
using MySchool.Kernel.Sheets;
using MySchool.Kernel.Web;
using MySchool.Registry.Resources;
using Sheet = MySchool.Kernel.Sheets.Sheet;

namespace MySchool.Registry.Features.ImportLists;

/// <summary>Gives the platform's own template: four sheets with lists to choose from, an example row each, and a sheet that explains.</summary>
internal static class GiveTemplate
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/school/import/template", (HttpContext context) =>
        {
            var actor = context.RequireActor();
            if (Administration.SchoolOf(actor, RegistryActions.Import) is null) return Problem.NotFound.ToPage();
            var file = new MemoryStream();
            Write(file, actor.Today);
            file.Position = 0;
            return Results.File(file, SheetWriter.MediaType, Texts.TemplateFile);
        }).Allow(RegistryActions.Import);

    public static void Write(Stream to, DateOnly today)
    {
        var titles = Texts.TemplateTitles.Split('|');
        string Title(int at) => titles[at];
        SheetColumn[] person = [new(Title(0), 22), new(Title(1), 18), new(Title(2), 20), new(Title(3), 14), new(Title(4), 8, ListWords.OfferedSexes), new(Title(5), 18)];
        var example = ListWords.Example;
        var born = new DateOnly(today.Year - 13, 5, 14);
        SheetWriter.Write(to,
            new Sheet(ListWords.StaffSheet, [.. person, new(Title(6), 24, ListWords.OfferedPositions)],
                [[$"{example} ({Texts.TemplateErase})", Texts.TemplateFirst, Texts.TemplateMiddle, new DateOnly(1985, 3, 2), ListWords.OfferedSexes[1], "", ListWords.OfferedPositions[0]]]),
            new Sheet(ListWords.ClassSheet, [new(Title(7)), new(Title(8), 10, ["1", "2"]), new(Title(9), 36)], [[$"{example} {ListWords.ExampleClass}", "1", Texts.TemplateLeader]]),
            new Sheet(ListWords.LearnerSheet, [.. person, new(Title(7), 10)],
                [[$"{example} ({Texts.TemplateErase})", Texts.TemplateFirst, Texts.TemplateMiddle, born, ListWords.OfferedSexes[1], "", ListWords.ExampleClass]]),
            new Sheet(ListWords.ParentSheet, [new(Title(0), 22), new(Title(1), 18), new(Title(2), 20), new(Title(10), 18, ListWords.OfferedKinships), new(Title(11), 36), new(Title(7), 10), new(Title(3), 14), new(Title(5), 18)],
                [[$"{example} ({Texts.TemplateErase})", Texts.TemplateFirst, Texts.TemplateMiddle, ListWords.OfferedKinships[0], Texts.TemplateChild, ListWords.ExampleClass, null, ""]]),
            new Sheet(ListWords.HelpSheet, [new(ListWords.HelpSheet, 110)], Texts.TemplateHelp.Split('|').Select(line => (IReadOnlyList<object?>)[line])));
    }
}
