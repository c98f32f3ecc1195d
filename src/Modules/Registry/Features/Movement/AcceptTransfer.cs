using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Registry.Domain;
using MySchool.Registry.Pages;
using MySchool.Registry.Resources;
using MySchool.Ui;
using Npgsql;

namespace MySchool.Registry.Features.Movement;

/// <summary>Papers on the way, as either school sees them.</summary>
internal sealed record TransferPapers(
    Guid Id, Guid PersonId, string FullName, DateOnly? BirthDate, string ClassName, short Grade, DateOnly LastDay, string State, string FromSchool, string? ToSchool, bool IsIncoming,
    Guid FromSchoolId, Guid MovementId, string? DeclinedWhy)
{
    /// <summary>Why nothing can be done with them any more; null while they wait.</summary>
    public Problem? Settled => State == "sent" ? null : new Problem("registry.transfer-settled", State switch
    {
        "accepted" => Texts.TransferAccepted, "declined" => Texts.TransferDeclined, _ => Texts.TransferCancelled,
    }, null, 409);

    /// <summary>The learner as the papers name them: the registry opens the person to the school only with the enrolment.</summary>
    public LearnerStanding Learner => new(PersonId, FullName, "", "", BirthDate, "", null!);
}

/// <summary>The papers that came and the form to accept the learner by.</summary>
internal sealed record TransferScreen(TransferPapers Papers, ImmutableArray<ClassFact> Classes, MovementRequest Typed, Problem? Refusal);

/// <summary>Shows papers sent to the school and accepts the learner into a class.</summary>
internal sealed class AcceptTransfer(MovementBook book)
{
    public const string Columns = """
        t.id, t.person_id, t.last_name || ' ' || t.first_name || ' ' || t.middle_name, t.birth_date, t.class_name, t.grade, t.last_day, t.state,
        f.short_name, coalesce(d.short_name, t.to_place), t.to_school_id is not distinct from $1, t.from_school_id, t.movement_id, t.declined_why
          from registry.transfers t join registry.organisations f on f.id = t.from_school_id left join registry.organisations d on d.id = t.to_school_id
        """;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/school/transfers/{id:guid}", (Guid id, HttpContext context, AcceptTransfer handler, CancellationToken cancel) =>
            handler.PageAsync(context.RequireActor(), id, null, null, cancel)).Allow(RegistryActions.ManageMovement);
        routes.MapPost("/school/transfers/{id:guid}", async (
            Guid id, [FromForm] string? orderNo, [FromForm] string? orderedOn, [FromForm] string? on, [FromForm] string? toClass, [FromForm] string? note,
            HttpContext context, AcceptTransfer handler, CancellationToken cancel) =>
        {
            var request = new MovementRequest(MovementKinds.TransferIn, orderNo, orderedOn, on, null, toClass, null, null, note);
            var done = await handler.HandleAsync(context.RequireActor(), id, request, cancel);
            return done.IsOk ? Results.Redirect($"/people/{done.Value}") : await handler.PageAsync(context.RequireActor(), id, request, done.Problem, cancel);
        }).Allow(RegistryActions.ManageMovement);
    }

    public static TransferPapers ReadPapers(NpgsqlDataReader r) => new(
        r.GetGuid(0), r.GetGuid(1), r.GetString(2).Trim(), r.Maybe<DateOnly>(3), r.GetString(4), r.GetInt16(5), r.GetFieldValue<DateOnly>(6), r.GetString(7),
        r.GetString(8), r.Text(9), r.GetBoolean(10), r.GetGuid(11), r.GetGuid(12), r.Text(13));

    public async Task<IResult> PageAsync(Actor actor, Guid id, MovementRequest? typed, Problem? refusal, CancellationToken cancel)
    {
        if (refusal is { Status: 404 }) return refusal.ToPage();
        if (Administration.SchoolOf(actor, RegistryActions.ManageMovement) is not { } school) return Problem.NotFound.ToPage();
        var (papers, classes) = await book.Db.ReadAsync(actor, batch => AddPapers(batch, school, id), async (reader, token) =>
            (await reader.ReadFirstAsync(ReadPapers, token), await reader.ReadAllAsync(ReadClass, token)), cancel);
        if (papers is not { IsIncoming: true }) return Problem.NotFound.ToPage();
        var next = papers.LastDay.AddDays(1);
        typed ??= new MovementRequest(MovementKinds.TransferIn, null, DateField.Show(actor.Today), DateField.Show(next > actor.Today ? next : actor.Today), null, null, null, null, null);
        var screen = new TransferScreen(papers, [.. classes.Where(c => c.Closes >= actor.Today)], typed, refusal);
        return Page.Of<TransferPage>(new { Data = screen }, refusal?.Status ?? 200);
    }

    /// <summary>Accepts the learner.</summary>
    /// <returns>The learner.</returns>
    public async Task<Result<Guid>> HandleAsync(Actor actor, Guid id, MovementRequest request, CancellationToken cancel)
    {
        if (Administration.SchoolOf(actor, RegistryActions.ManageMovement) is not { } school) return Problem.NotFound;
        var order = request.Read();
        return await MovementBook.RefusableAsync<Guid>(async () =>
        {
            await using var transaction = await book.Db.BeginAsync(actor, cancel);
            var papers = await transaction.RunAsync(batch => batch.Add($"select {Columns} where t.id = $2 for update of t", school, id),
                (reader, token) => reader.ReadFirstAsync(ReadPapers, token), cancel);
            if (papers is not { IsIncoming: true }) return Problem.NotFound;
            if (papers.Settled is { } settled) return settled;
            if (!order.IsOk) return order.Problem!;
            if (order.Value.TakesEffectOn <= papers.LastDay) return new Problem("registry.before-left", string.Format(Words.Russian, Texts.BeforeLeft, Words.Date(papers.LastDay)), "on");
            var learner = await transaction.RunAsync(batch =>
            {
                MovementRows.AddLock(batch, papers.PersonId);
                MovementRows.AddStanding(batch, school, papers.PersonId, order.Value.TakesEffectOn);
            }, async (reader, token) =>
            {
                await reader.NextResultAsync(token);
                return await MovementRows.ReadStandingAsync(reader, papers.PersonId, actor.Today, token, papers.Learner);
            }, cancel);
            if (learner is null) return Problem.NotFound;
            var judged = MovementRules.Judge(order.Value, learner.Standing);
            if (!judged.IsOk) return judged.Problem!;
            await book.EnterAsync(transaction, actor, Ids.New(), learner, order.Value, judged.Value, id, cancel);
            await transaction.RunAsync(batch =>
            {
                batch.Add("update registry.transfers set state = 'accepted', settled_at = $2 where id = $1", id, book.Now);
                batch.AddEvent(new TransferSettled(Ids.New(), papers.FromSchoolId, papers.MovementId, school, book.Now));
            }, cancel);
            await transaction.CommitAsync(cancel);
            return papers.PersonId;
        });
    }

    private static void AddPapers(NpgsqlBatch batch, Guid school, Guid id)
    {
        batch.Add($"select {Columns} where t.id = $2", school, id);
        batch.Add("""
            select c.id, c.grade || c.letter, c.grade, c.year, y.starts_on, greatest(y.ends_on, make_date(c.year + 1, 8, 31))
              from registry.classes c join registry.academic_years y on y.school_id = c.school_id and y.year = c.year
             where c.school_id = $1 order by c.year desc, c.grade, c.letter
            """, school);
    }

    private static ClassFact ReadClass(NpgsqlDataReader r) =>
        new(r.GetGuid(0), r.GetString(1), r.GetInt16(2), r.GetInt16(3), r.GetFieldValue<DateOnly>(4), r.GetFieldValue<DateOnly>(5));
}
