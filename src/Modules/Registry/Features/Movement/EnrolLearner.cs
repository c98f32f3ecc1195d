using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Registry.Domain;
using MySchool.Registry.Features.Fields;
using MySchool.Registry.Pages;
using MySchool.Registry.Resources;
using MySchool.Ui;
using Npgsql;

namespace MySchool.Registry.Features.Movement;

/// <summary>A child to enrol: one who learned here before, or a new one by name and birth date.</summary>
internal sealed record EnrolRequest(string? PersonId, string? LastName, string? FirstName, string? MiddleName, string? BirthDate, MovementRequest Order);

/// <summary>Somebody who learned at the school before.</summary>
internal sealed record FormerLearner(Guid PersonId, string Name, DateOnly? BirthDate, string LastClass, DateOnly LastDay);

/// <summary>The form of an enrolment order.</summary>
internal sealed record EnrolScreen(ImmutableArray<ClassFact> Classes, ImmutableArray<FormerLearner> Former, EnrolRequest Typed, string? Query, Problem? Refusal);

/// <summary>Enrols a child into a class by an order (зачисление).</summary>
internal sealed class EnrolLearner(MovementBook book)
{
    private const int MostName = 100;
    private const int OldestAge = 25;
    private const int YoungestAge = 5;
    private const int MostFound = 20;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/school/movement/enrol", (string? q, HttpContext context, EnrolLearner handler, CancellationToken cancel) =>
        {
            var today = DateField.Show(context.RequireActor().Today);
            var order = new MovementRequest(MovementKinds.Enrolment, null, today, today, null, null, null, null, null);
            return handler.PageAsync(context.RequireActor(), new EnrolRequest(null, null, null, null, null, order), q, null, cancel);
        }).Allow(RegistryActions.ManageMovement);
        routes.MapPost("/school/movement/enrol", async (
            [FromForm] string? personId, [FromForm] string? lastName, [FromForm] string? firstName, [FromForm] string? middleName, [FromForm] string? birthDate,
            [FromForm] string? orderNo, [FromForm] string? orderedOn, [FromForm] string? on, [FromForm] string? toClass, [FromForm] string? reason,
            [FromForm] string? note, HttpContext context, EnrolLearner handler, CancellationToken cancel) =>
        {
            var order = new MovementRequest(MovementKinds.Enrolment, orderNo, orderedOn, on, null, toClass, null, reason, note);
            var request = new EnrolRequest(personId, lastName, firstName, middleName, birthDate, order);
            var done = await handler.HandleAsync(context.RequireActor(), request, cancel);
            return done.IsOk ? Results.Redirect($"/people/{done.Value}/movement") : await handler.PageAsync(context.RequireActor(), request, null, done.Problem, cancel);
        }).Allow(RegistryActions.ManageMovement);
    }

    public async Task<IResult> PageAsync(Actor actor, EnrolRequest typed, string? query, Problem? refusal, CancellationToken cancel)
    {
        if (refusal is { Status: 404 }) return refusal.ToPage();
        if (Administration.SchoolOf(actor, RegistryActions.ManageMovement) is not { } school) return Problem.NotFound.ToPage();
        var words = SearchWords.Of(query);
        var (classes, former) = await book.Db.ReadAsync(actor, batch => AddChoices(batch, school, actor.Today, words), async (reader, token) => (
            await reader.ReadAllAsync(r => new ClassFact(r.GetGuid(0), r.GetString(1), r.GetInt16(2), r.GetInt16(3), r.GetFieldValue<DateOnly>(4), r.GetFieldValue<DateOnly>(5)), token),
            await reader.ReadAllAsync(r => new FormerLearner(r.GetGuid(0), r.GetString(1).Trim(), r.Maybe<DateOnly>(2), r.GetString(3), r.GetFieldValue<DateOnly>(4)), token)), cancel);
        return Page.Of<EnrolPage>(new { Data = new EnrolScreen([.. classes], [.. former], typed, query, refusal) }, refusal?.Status ?? 200);
    }

    /// <summary>Enrols the child.</summary>
    /// <returns>The learner.</returns>
    public async Task<Result<Guid>> HandleAsync(Actor actor, EnrolRequest request, CancellationToken cancel)
    {
        if (Administration.SchoolOf(actor, RegistryActions.ManageMovement) is not { } school) return Problem.NotFound;
        var order = request.Order.Read();
        var returning = MovementRequest.Id(request.PersonId);
        var born = DateField.Parse(request.BirthDate);
        if (returning is null && CheckChild(request, born, actor.Today) is { } wrong) return wrong;
        if (!order.IsOk) return order.Problem!;
        return await MovementBook.RefusableAsync<Guid>(async () =>
        {
            await using var transaction = await book.Db.BeginAsync(actor, cancel);
            var person = returning ?? Ids.New();
            if (returning is null && await AddChildAsync(transaction, actor, school, person, request, born!.Value, cancel) is { } twin) return twin;
            var known = new LearnerStanding(person, Clean(request.LastName), Clean(request.FirstName), Clean(request.MiddleName), born, "", null!);
            var learner = await transaction.RunAsync(batch =>
            {
                MovementRows.AddLock(batch, person);
                MovementRows.AddStanding(batch, school, person, order.Value.TakesEffectOn);
            }, async (reader, token) =>
            {
                await reader.NextResultAsync(token);
                return await MovementRows.ReadStandingAsync(reader, person, actor.Today, token, returning is null ? known : null);
            }, cancel);
            if (learner is null || returning is not null && learner.Standing.Enrolments.IsEmpty) return Problem.NotFound;
            var judged = MovementRules.Judge(order.Value, learner.Standing);
            if (!judged.IsOk) return judged.Problem!;
            await book.EnterAsync(transaction, actor, Ids.New(), learner, order.Value, judged.Value, null, cancel);
            await transaction.CommitAsync(cancel);
            return person;
        });
    }

    private static Problem? CheckChild(EnrolRequest request, DateOnly? born, DateOnly today)
    {
        if (Clean(request.LastName).Length is 0 or > MostName) return new("registry.name-missing", Texts.LastNameMissing, "lastName");
        if (Clean(request.FirstName).Length is 0 or > MostName) return new("registry.name-missing", Texts.FirstNameMissing, "firstName");
        if (Clean(request.MiddleName).Length > MostName) return new("registry.name-long", Texts.NameTooLong, "middleName");
        if (born is null || born > today.AddYears(-YoungestAge) || born < today.AddYears(-OldestAge)) return new("registry.birth-date-odd", Texts.BirthDateOdd, "birthDate");
        return null;
    }

    private static string Clean(string? name) => string.Concat((name ?? "").Where(c => !char.IsControl(c))).Trim();

    // A namesake born the same day, learning or having learned here, is most likely the same child: choose them instead.
    private async Task<Problem?> AddChildAsync(
        AppTransaction transaction, Actor actor, Guid school, Guid person, EnrolRequest request, DateOnly born, CancellationToken cancel)
    {
        var (last, first, middle) = (Clean(request.LastName), Clean(request.FirstName), Clean(request.MiddleName));
        var twins = await transaction.RunAsync(batch => batch.Add("""
            select count(*)::int from registry.enrolments e join registry.people p on p.id = e.person_id
             where e.school_id = $1 and p.birth_date = $2 and lower(p.last_name) = lower($3) and lower(p.first_name) = lower($4)
            """, school, born, last, first), (reader, token) => reader.ReadFirstAsync(r => r.GetInt32(0), token), cancel);
        if (twins > 0) return new("registry.twin", Texts.TwinFound, "lastName", 409);
        await transaction.RunAsync(batch =>
        {
            new ChangeSource(FieldTruth.School, book.Now, "write") { By = actor.PersonId, School = school }.AddTo(batch);
            batch.Add("insert into registry.people (id, last_name, first_name, middle_name, birth_date) values ($1, $2, $3, $4, $5)", person, last, first, middle, born);
            MovementRows.AddHistory(batch, actor, book.Now, "people", person, school, null, new { last, first, middle, born }, null);
        }, cancel);
        return null;
    }

    private static void AddChoices(NpgsqlBatch batch, Guid school, DateOnly today, SearchWords words)
    {
        batch.Add("""
            select c.id, c.grade || c.letter, c.grade, c.year, y.starts_on, greatest(y.ends_on, make_date(c.year + 1, 8, 31))
              from registry.classes c join registry.academic_years y on y.school_id = c.school_id and y.year = c.year
             where c.school_id = $1 and greatest(y.ends_on, make_date(c.year + 1, 8, 31)) >= $2 order by c.year, c.grade, c.letter
            """, school, today);
        batch.Add("""
            select p.id, p.last_name || ' ' || p.first_name || ' ' || p.middle_name, p.birth_date, c.grade || c.letter, last.ends_on
              from (select distinct on (person_id) person_id, class_id, ends_on from registry.enrolments where school_id = $1
                     order by person_id, ends_on desc nulls first) last
              join registry.people p on p.id = last.person_id join registry.classes c on c.school_id = $1 and c.id = last.class_id
             where last.ends_on < $2 and cardinality($3::text[]) > 0
               and (select bool_and(translate(lower(p.last_name), 'ё', 'е') like w or translate(lower(p.first_name), 'ё', 'е') like w) from unnest($3) w)
             order by 2 limit $4
            """, school, today, words.Prefixes.ToArray(), MostFound);
    }
}
