using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Journal.Features.Remarks;
using MySchool.Journal.Pages;
using MySchool.Kernel;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Journal.Features;

/// <summary>The cabinet of the day: each role sees its own, built from the facts the request already holds.</summary>
internal static class ShowToday
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/today", async (
            HttpContext context, TeacherToday teacher, FamilyToday family, SchoolToday school, TerritoryToday territory, AnswerAbsences absences, ShowRemarks remarks,
            CancellationToken cancel) =>
        {
            var actor = context.RequireActor();
            var facts = context.Features.Get<PersonFacts>();
            if (actor.Hat.Role == Roles.Teacher) context.Features.Set(new OfflineOffer(null));
            return (facts, actor.Hat.Role) switch
            {
                (null, _) or (_, "") => Results.Redirect("/welcome"),
                (_, Roles.Teacher) => Page.Of<TeacherTodayPage>(new { Data = await teacher.HandleAsync(actor, facts, cancel) with 
                {
                    Notes = await absences.ReadAsync(actor, facts, cancel), Remarks = await remarks.WaitingAsync(actor, facts, cancel),
                } }),
                (_, Roles.Guardian or Roles.Learner) => await FamilyPageAsync(context, family, actor, facts, cancel),
                (_, Roles.Head or Roles.Deputy) => Page.Of<SchoolTodayPage>(new { Data = await school.HandleAsync(actor, facts, cancel) }),
                (_, Roles.MunicipalCoordinator or Roles.RegionalCoordinator or Roles.Operator) =>
                    Page.Of<TerritoryTodayPage>(new { Data = await territory.HandleAsync(actor, facts, cancel) }),
                _ => Results.Redirect("/school"),
            };
        }).Allow(JournalActions.OpenToday);

    private static async Task<IResult> FamilyPageAsync(HttpContext context, FamilyToday family, Actor actor, PersonFacts facts, CancellationToken cancel)
    {
        var today = await family.HandleAsync(actor, facts, cancel);
        // The page itself changes by the minute and is not kept; the weeks it names are.
        if (today.IsOk) context.Features.Set(new OfflineOffer(null));
        return today.IsOk ? Page.Of<FamilyTodayPage>(new { Data = today.Value }) : Results.Redirect("/consents/needed?return=/today");
    }
}
