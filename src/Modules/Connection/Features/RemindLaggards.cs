using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Connection.Domain;
using MySchool.Connection.Resources;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Mail;
using MySchool.Kernel.Web;

namespace MySchool.Connection.Features;

/// <summary>How many were reminded, and how many letters went.</summary>
internal sealed record Reminded(int Schools, int Letters);

/// <summary>Reminds every school that lags in one press: a letter to its administrators and a notice on their page.</summary>
internal sealed class RemindLaggards(AppDb app, WorkerDb worker, MailOptions mail, IClock clock)
{
    /// <summary>Nobody hears of the same thing more often.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromDays(3);
    private const int Most = 2000;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/connection/remind", async ([FromForm] Guid? unit, HttpContext http, RemindLaggards handler, CancellationToken cancel) =>
        {
            var done = await handler.HandleAsync(http.RequireActor(), unit ?? http.RequireActor().Hat.UnitId, cancel);
            return done.IsOk ? Results.Redirect($"/connection?done=reminded-{done.Value.Schools}-{done.Value.Letters}") : done.Problem!.ToPage();
        }).Allow(ConnectionActions.Remind);

    /// <summary>Reminds those under the unit that lag, have an administrator and have not been reminded within the pause.</summary>
    public async Task<Result<Reminded>> HandleAsync(Actor actor, Guid unit, CancellationToken cancel)
    {
        if (await app.FindPlaceAsync(actor, unit, cancel) is not { Place: var place } || place.Kind == "school"
            || !Decide.Allows(actor, ConnectionActions.Remind, [.. place.Above.Prepend(place.Id).Select(id => new Coordinate(Places.Territory, id))])) return Problem.NotFound;
        // Who lags is read under the actor's own scopes; what is then written to them needs the worker's.
        var schools = await app.ReadAsync(actor, batch =>
        {
            batch.Add($"""
                select {FigureRows.School} from connection.schools
                 where territory_ids @> array[$1::uuid] and not is_closed and not is_demo and not is_connected and administrators > 0
                   and (reminded_at is null or reminded_at <= $2) order by lag desc, school_id limit {Most}
                """, unit, clock.Now - Pause);
            batch.Add("select least_staff, use_days from connection.definitions");
            batch.AddAudit(actor, ConnectionActions.Remind, clock.Now, null, null, $"under {unit}");
        }, async (reader, token) => (Rows: await reader.ReadAllAsync(FigureRows.ReadSchool, token), Meaning: await reader.ReadFirstAsync(FigureRows.ReadDefinitions, token)), cancel);
        var letters = 0;
        foreach (var school in schools.Rows) letters += await RemindAsync(school, schools.Meaning!, actor.PersonId, cancel);
        return new Reminded(schools.Rows.Count, letters);
    }

    private async Task<int> RemindAsync(SchoolFigures school, Definitions meaning, Guid by, CancellationToken cancel)
    {
        var step = Steps.Next(Steps.Of(school, meaning))!;
        await using var connection = await worker.Source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // Two coordinators press at once: the second finds the school reminded.
        await using var take = new Npgsql.NpgsqlCommand("update connection.schools set reminded_at = $2 where school_id = $1 and (reminded_at is null or reminded_at <= $3)", connection)
        { Parameters = { new() { Value = school.Id }, new() { Value = clock.Now }, new() { Value = clock.Now - Pause } } };
        if (await take.ExecuteNonQueryAsync(cancel) == 0) return 0;
        await using var find = new Npgsql.NpgsqlCommand(
            "select distinct c.email from connection.officials o join connection.contacts c on c.person_id = o.person_id where o.unit_id = $1", connection) { Parameters = { new() { Value = school.Id } } };
        List<string> addresses;
        await using (var reader = await find.ExecuteReaderAsync(cancel)) addresses = await reader.ReadAllAsync(row => row.GetString(0), cancel);
        await using var batch = new Npgsql.NpgsqlBatch(connection);
        batch.Add("insert into connection.reminders (school_id, at, sent_by, territory_ids, step, letters) values ($1, $2, $3, $4, $5, $6)",
            school.Id, clock.Now, by, school.Above.ToArray(), step.Code, (short)addresses.Count);
        foreach (var address in addresses)
            batch.AddLetter(address, Words.Say(Texts.ReminderSubject, school.ShortName),
                Words.Say(Texts.ReminderLetter, school.ShortName, step.Title, step.Detail, $"{mail.SiteAddress}/connection"), clock.Now, school.Id);
        await batch.ExecuteNonQueryAsync(cancel);
        await transaction.CommitAsync(cancel);
        return addresses.Count;
    }
}
