using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Access.Erasures;
using MySchool.Access.Pages;
using MySchool.Access.Resources;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Access.Features;

/// <summary>The operator sets for how long laws and archives want rows kept, and by which act. What is kept already keeps its day.</summary>
internal sealed class EditRetention(AppDb db, IClock clock)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/erasures/terms", async (string? code, string? done, HttpContext http, EditRetention feature, CancellationToken cancel) =>
            await feature.PageAsync(http.RequireActor(), code, done is not null, null, cancel)).Allow(AccessActions.SetRetention);
        routes.MapPost("/erasures/terms", async ([Microsoft.AspNetCore.Mvc.FromForm] string? code, [Microsoft.AspNetCore.Mvc.FromForm] string? years, [Microsoft.AspNetCore.Mvc.FromForm] string? law,
            HttpContext http, EditRetention feature, CancellationToken cancel) =>
        {
            var typed = new RetentionTerm(code ?? "", int.TryParse(years, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0, law?.Trim() ?? "");
            var problem = await feature.HandleAsync(http.RequireActor(), typed, cancel);
            return problem is null ? Results.LocalRedirect("/erasures/terms?done=saved") : problem.Status == 404 ? problem.ToPage()
                : await feature.PageAsync(http.RequireActor(), code, false, (typed, problem), cancel);
        }).Allow(AccessActions.SetRetention);
    }

    public async Task<Problem?> HandleAsync(Actor actor, RetentionTerm term, CancellationToken cancel)
    {
        if (!May(actor) || (await ListAsync(actor, cancel)).All(known => known.Code != term.Code)) return Problem.NotFound;
        if (term.Years is < 1 or > 100) return new("access.retention-years", Texts.RetentionYearsWrong, "years");
        if (term.Law.Length is < 10 or > 500) return new("access.retention-law", Texts.RetentionLawWrong, "law");
        await db.WriteAsync(actor, batch =>
        {
            batch.Add("update access.retention_terms set years = $2, law = $3, changed_at = $4, changed_by = $5 where code = $1", term.Code, (short)term.Years, term.Law, clock.Now, actor.PersonId);
            batch.AddAudit(actor, AccessActions.SetRetention, clock.Now, null, null, $"{term.Code} {term.Years}");
        }, cancel);
        return null;
    }

    private async Task<IResult> PageAsync(Actor actor, string? code, bool isSaved, (RetentionTerm Typed, Problem Problem)? refused, CancellationToken cancel)
    {
        if (!May(actor)) return Problem.NotFound.ToPage();
        var terms = await ListAsync(actor, cancel);
        return Page.Of<RetentionPage>(new { Data = new RetentionView(terms, refused?.Typed ?? terms.Find(term => term.Code == code), refused?.Problem, isSaved) }, refused?.Problem.Status ?? 200);
    }

    private Task<List<RetentionTerm>> ListAsync(Actor actor, CancellationToken cancel) => db.ReadAsync(actor,
        batch => batch.Add("select code, years, law from access.retention_terms order by code"),
        (reader, stop) => reader.ReadAllAsync(row => new RetentionTerm(row.GetString(0), row.GetInt16(1), row.GetString(2)), stop), cancel);

    private static bool May(Actor actor) => Decide.Allows(actor, AccessActions.SetRetention, new Coordinate(Places.Territory, actor.Hat.UnitId));
}
