using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Journal.Pages;
using MySchool.Kernel;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Journal.Features;

/// <summary>A journal in the list: own to write, others to read.</summary>
internal sealed record JournalLink(Guid GroupId, string ClassName, string SubjectName, string TeacherName);

/// <summary>Journals by class.</summary>
internal sealed record JournalList(bool IsWholeSchool, IReadOnlyList<IGrouping<string, JournalLink>> Classes);

/// <summary>A teacher's own journals and those of the class led; the whole school's for its head and deputies.</summary>
internal sealed class ListJournals(IRegistry registry)
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/journal", async (HttpContext context, ListJournals handler, CancellationToken cancel) =>
        {
            var list = await handler.HandleAsync(context.RequireActor(), context.Features.Get<PersonFacts>()!, cancel);
            if (!list.IsWholeSchool) context.Features.Set(new OfflineOffer(OfflineJournals.List));
            return Page.Of<JournalListPage>(new { Data = list });
        }).Allow(JournalActions.ListJournals);

    public async Task<JournalList> HandleAsync(Actor actor, PersonFacts facts, CancellationToken cancel)
    {
        var isWholeSchool = actor.Hat.Role is Roles.Head or Roles.Deputy or Roles.SupportVisitor;
        var own = facts.Taught.Select(g => new JournalLink(g.GroupId, g.ClassName, g.SubjectName, "")).ToList();
        var led = actor.Targets(Relations.Leads, Places.Group).ToHashSet();
        var others = !isWholeSchool && led.Count == 0 ? [] : (await registry.GetSchoolGroupsAsync(actor, actor.Hat.UnitId, cancel))
            .Where(g => (isWholeSchool || led.Contains(g.GroupId)) && own.All(o => o.GroupId != g.GroupId))
            .Select(g => new JournalLink(g.GroupId, g.ClassName, g.SubjectName, g.TeacherName));
        return new(isWholeSchool, [.. own.Concat(others).GroupBy(j => j.ClassName.Split(',')[0])]);
    }
}
