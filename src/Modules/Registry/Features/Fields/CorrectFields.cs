using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Registry.Domain;
using MySchool.Registry.Resources;
using Npgsql;

namespace MySchool.Registry.Features.Fields;

/// <summary>The form of a card, and the last change its writer saw.</summary>
internal sealed record CorrectForm(
    [property: FromForm(Name = "last_name")] string? LastName, [property: FromForm(Name = "first_name")] string? FirstName,
    [property: FromForm(Name = "middle_name")] string? MiddleName, [property: FromForm(Name = "birth_date")] string? BirthDate,
    [property: FromForm(Name = "gender")] string? Gender, [property: FromForm(Name = "seen")] string? Seen)
{
    public TypedFields Typed => new(LastName, FirstName, MiddleName, BirthDate, Gender);
}

/// <summary>
/// Writes the school's word about a card: a correction of what is written, or a value it had before. Where a stronger source
/// holds the field, the word waits beside the card.
/// </summary>
internal sealed class CorrectFields(AppDb db, ShowFields show, IClock clock)
{
    private const int MostName = 100;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/people/{id:guid}/fields", async (
            Guid id, [AsParameters] CorrectForm form, HttpContext context, CorrectFields handler, CancellationToken cancel) =>
        {
            var done = await handler.HandleAsync(context.RequireActor(), id, form.Typed, Guid.TryParse(form.Seen, out var seen) ? seen : null, cancel);
            return done.IsOk ? Results.Redirect($"/people/{id}/fields?done={done.Value}") : await handler.show.PageAsync(context, id, null, form.Typed, done.Problem, cancel);
        }).Allow(RegistryActions.CorrectFields);

    private readonly ShowFields show = show;

    /// <summary>Corrects a card.</summary>
    /// <returns><c>applied</c>, <c>proposed</c> when a stronger source holds something of it, <c>same</c> when nothing differs.</returns>
    public async Task<Result<string>> HandleAsync(Actor actor, Guid personId, TypedFields typed, Guid? seen, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(actor, cancel);
        if (await FieldCard.OpenAsync(transaction, actor, RegistryActions.CorrectFields, personId, true, cancel) is not { } card) return Problem.NotFound;
        if (Check(typed, actor.Today) is { } wrong) return wrong;
        if (card.LastChange != seen) return new Problem("registry.changed-meanwhile", Texts.ChangedMeanwhile, null, 409);
        // What is written as it was is no word of the school's.
        var told = Told(typed).Where(one => card.Fields.Single(field => field.Name == one.Key).Value != one.Value).ToDictionary();
        return await WriteAsync(transaction, actor, card, told, new ChangeSource(FieldTruth.School, clock.Now, "correct"), clock, cancel);
    }

    /// <summary>Writes the school's word within a transaction that holds the card, and commits.</summary>
    public static async Task<Result<string>> WriteAsync(
        AppTransaction transaction, Actor actor, FieldCard card, Dictionary<string, string> told, ChangeSource change, IClock clock, CancellationToken cancel)
    {
        change = change with { By = actor.PersonId, School = card.SchoolId };
        var done = "same";
        try
        {
            await transaction.RunAsync(batch =>
            {
                var verdicts = PersonFields.AddTold(batch, card.PersonId, card.Fields, told, change).Values;
                done = verdicts.Contains(FieldVerdict.Propose) ? "proposed" : verdicts.Contains(FieldVerdict.Apply) ? "applied" : "same";
                batch.AddAudit(actor, RegistryActions.CorrectFields, clock.Now, card.SchoolId, card.PersonId, $"{change.Why} {string.Join(' ', told.Keys)}: {done}");
            }, cancel);
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            return Problem.NotFound;
        }
        await transaction.CommitAsync(cancel);
        return done;
    }

    private static Dictionary<string, string> Told(TypedFields typed) => new()
    {
        ["last_name"] = Clean(typed.LastName), ["first_name"] = Clean(typed.FirstName), ["middle_name"] = Clean(typed.MiddleName),
        ["birth_date"] = Clean(typed.BirthDate), ["gender"] = Clean(typed.Gender),
    };

    private static Problem? Check(TypedFields typed, DateOnly today)
    {
        if (Clean(typed.LastName).Length is 0 or > MostName) return new("registry.name-missing", Texts.LastNameMissing, "last_name");
        if (Clean(typed.FirstName).Length is 0 or > MostName) return new("registry.name-missing", Texts.FirstNameMissing, "first_name");
        if (Clean(typed.MiddleName).Length > MostName) return new("registry.name-long", Texts.NameTooLong, "middle_name");
        if (Clean(typed.Gender) is not ("" or "male" or "female")) return new("registry.gender-odd", Texts.GenderOdd, "gender");
        var born = Clean(typed.BirthDate);
        return born.Length > 0 && (DateField.Parse(born) is not { } date || date.Year < 1900 || date > today)
            ? new("registry.birth-date-odd", Texts.BornOdd, "birth_date") : null;
    }

    private static string Clean(string? text) => string.Concat((text ?? "").Where(c => !char.IsControl(c))).Trim();
}
