using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using Npgsql;

namespace MySchool.Support.Features;

/// <summary>Gives the bytes of a picture to those whom the policies let see it.</summary>
internal sealed class ShowPicture(AppDb app, WorkerDb worker, LetterLinks links)
{
    private const string Columns = "select media_type, bytes from support.pictures where id = $1";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/support/pictures/{id:guid}", async (Guid id, HttpContext http, ShowPicture handler, CancellationToken cancel) =>
            Answer(await handler.OfPersonAsync(http.RequireActor(), id, cancel), http)).Allow(SupportActions.ReadOwn);
        routes.MapGet("/support/letter/pictures/{id:guid}", async (Guid id, string? key, HttpContext http, ShowPicture handler, CancellationToken cancel) =>
            Answer(await handler.OfLetterAsync(key, id, cancel), http)).Allow(SupportActions.ReadByLetter);
    }

    private static IResult Answer((string MediaType, byte[] Bytes)? picture, HttpContext http)
    {
        http.Response.Headers.CacheControl = "no-store";
        return picture is { } found ? Results.Bytes(found.Bytes, found.MediaType) : Problem.NotFound.ToPage();
    }

    private Task<(string, byte[])?> OfPersonAsync(Actor actor, Guid id, CancellationToken cancel) =>
        app.ReadAsync(actor, batch => batch.Add(Columns, id), (reader, token) => reader.ReadFirstAsync(Read, token), cancel);

    private async Task<(string, byte[])?> OfLetterAsync(string? key, Guid id, CancellationToken cancel)
    {
        if (links.Open(key) is not { } ticket) return null;
        await using var command = worker.Source.CreateCommand($"{Columns} and ticket_id = $2 and exists (select from support.tickets t where t.id = ticket_id and t.author_id is null)");
        foreach (var value in (object[])[id, ticket]) command.Parameters.Add(new() { Value = value });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadFirstAsync(Read, cancel);
    }

    private static (string, byte[])? Read(NpgsqlDataReader row) => (row.GetString(0), row.GetFieldValue<byte[]>(1));
}
