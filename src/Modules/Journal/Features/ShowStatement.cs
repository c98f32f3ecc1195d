using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Journal.Pages;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Journal.Features;

/// <summary>The statement a learner brought from another school (ведомость при переводе).</summary>
internal sealed record Statement(
    Guid LearnerId, Guid SchoolId, Guid? ToSchoolId, string LearnerName, string SchoolName, string ClassName, DateOnly LastDay,
    ImmutableArray<TermFacts> Terms, ImmutableArray<StatementSubject> Subjects, DateTimeOffset MadeAt);

/// <summary>Shows the statements of a learner to the family, the class teacher and the heads of both schools.</summary>
internal sealed class ShowStatement(AppDb db, IConsents consents, IClock clock)
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/diary/{learner:guid}/statement", async (Guid learner, HttpContext context, ShowStatement handler, CancellationToken cancel) =>
        {
            var found = await handler.HandleAsync(context.RequireActor(), learner, cancel);
            return found.IsOk ? Page.Of<StatementPage>(new { Data = found.Value })
                : found.Problem!.Code == ShowDiary.ConsentNeeded ? Results.Redirect("/consents/needed?return=/diary") : found.Problem.ToPage();
        }).Allow(JournalActions.ReadStatement);

    public async Task<Result<ImmutableArray<Statement>>> HandleAsync(Actor actor, Guid learnerId, CancellationToken cancel)
    {
        if (actor.Hat.Role == Roles.Guardian && actor.Is(Relations.Guardian, new Coordinate(Places.Person, learnerId)) && !consents.Stands(actor, JournalFlows.Statement, learnerId))
            return new Problem(ShowDiary.ConsentNeeded, Resources.Texts.ConsentNeeded, null, 403);
        await using var transaction = await db.BeginAsync(actor, cancel);
        var found = await transaction.RunAsync(batch => batch.Add("""
            select school_id, to_school_id, learner_name, school_name, class_name, last_day, terms::text, subjects::text, made_at
              from journal.statements where learner_id = $1 order by last_day desc
            """, learnerId), (reader, token) => reader.ReadAllAsync(r => new Statement(
                learnerId, r.GetGuid(0), r.Maybe<Guid>(1), r.GetString(2), r.GetString(3), r.GetString(4), r.GetFieldValue<DateOnly>(5),
                JsonSerializer.Deserialize<ImmutableArray<TermFacts>>(r.GetString(6), Json.Options),
                JsonSerializer.Deserialize<ImmutableArray<StatementSubject>>(r.GetString(7), Json.Options), r.GetFieldValue<DateTimeOffset>(8)), token), cancel);
        var open = found.Where(statement => Allows(actor, statement)).ToImmutableArray();
        if (open.IsEmpty) return Problem.NotFound;
        await transaction.RunAsync(batch => batch.AddAudit(actor, JournalActions.ReadStatement, clock.Now, open[0].SchoolId, learnerId), cancel);
        await transaction.CommitAsync(cancel);
        return open;
    }

    private static bool Allows(Actor actor, Statement statement) => Decide.Allows(actor, JournalActions.ReadStatement,
        new Coordinate(Places.Person, statement.LearnerId), new Coordinate(Places.School, statement.SchoolId),
        new Coordinate(Places.School, statement.ToSchoolId ?? statement.SchoolId));
}
