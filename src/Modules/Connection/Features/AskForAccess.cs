using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Connection.Domain;
using MySchool.Connection.Pages;
using MySchool.Connection.Resources;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Connection.Features;

/// <summary>What the form sends.</summary>
internal sealed record AccessRequest(
    Guid School, string Role, string? Word, string? Kid, string? ChildLast, string? ChildFirst, string? ChildMiddle, string? ChildBirth, string? Kinship);

/// <summary>A school to choose, by its public card.</summary>
internal sealed record FoundSchool(Guid Id, string ShortName, string Name, string? Address);

/// <summary>A request of one's own.</summary>
internal sealed record OwnRequest(Guid Id, string SchoolName, string Role, string? ChildName, string State, string? Reason, DateTimeOffset CreatedAt);

/// <summary>The page: own requests, search of a school, the form.</summary>
internal sealed record AccessScreen(
    Asker? Asker, string Query, ImmutableArray<FoundSchool> Found, FoundSchool? School, AccessRequest? Typed, ImmutableArray<OwnRequest> Own, Problem? Refusal);

/// <summary>Asks a school for access: whoever ЕСИА has proven, with no role yet or with another one.</summary>
internal sealed class AskForAccess(WorkerDb db, Seals seals, IProvenIdentities proven, IClock clock)
{
    public static readonly ImmutableArray<string> AskedRoles = [Roles.Teacher, Roles.Guardian, Roles.Deputy, Roles.Head, Roles.Psychologist, Roles.Technician];
    private const int MostWaiting = 3;
    private const int MostADay = 6;
    private const int MostASchool = 1000;
    private const int MostFound = 20;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/connect", async (string? q, string? school, HttpContext http, AskForAccess handler, CancellationToken cancel) =>
            await handler.ShowAsync(http, q, Guid.TryParse(school, out var id) ? id : null, null, null, cancel)).Allow(ConnectionActions.AskForAccess);
        routes.MapPost("/connect", async (
            [FromForm] string? school, [FromForm] string? role, [FromForm] string? word, [FromForm] string? kid, [FromForm] string? childLast, [FromForm] string? childFirst,
            [FromForm] string? childMiddle, [FromForm] string? childBirth, [FromForm] string? kinship, HttpContext http, AskForAccess handler, CancellationToken cancel) =>
        {
            var typed = new AccessRequest(Guid.TryParse(school, out var id) ? id : Guid.Empty, role ?? "", word?.Trim(), kid, childLast?.Trim(), childFirst?.Trim(), childMiddle?.Trim(), childBirth, kinship);
            var done = handler.AskerOf(http) is { } asker ? await handler.HandleAsync(typed, asker, cancel) : new Problem("connection.sign-in-first", Texts.SignInFirst);
            return done.IsOk ? Results.Redirect("/connect") : await handler.ShowAsync(http, null, typed.School, typed, done.Problem, cancel);
        }).Allow(ConnectionActions.AskForAccess);
        routes.MapPost("/connect/withdraw", async ([FromForm] string? request, HttpContext http, AskForAccess handler, CancellationToken cancel) =>
        {
            if (handler.AskerOf(http) is { } asker && Guid.TryParse(request, out var id)) await handler.WithdrawAsync(id, asker, cancel);
            return Results.Redirect("/connect");
        }).Allow(ConnectionActions.AskForAccess);
    }

    private Asker? AskerOf(HttpContext http) => proven.IsChildAccount ? null : seals.Of(http.GetActor(), http.Features.Get<PersonFacts>(), proven);

    private async Task<IResult> ShowAsync(HttpContext http, string? query, Guid? school, AccessRequest? typed, Problem? refusal, CancellationToken cancel)
    {
        http.Response.Headers.CacheControl = "no-store";
        var asker = AskerOf(http);
        query = (query ?? "").Trim();
        var found = asker is null || query.Length < 2 ? [] : await FindSchoolsAsync(query, cancel);
        var chosen = asker is null || school is null ? null : (await ReadSchoolsAsync("school_id = $1", cancel, school.Value)).FirstOrDefault();
        var own = asker is null ? [] : await ReadOwnAsync(asker, cancel);
        return Page.Of<AccessPage>(new { Data = new AccessScreen(asker, query, [.. found], chosen, typed, [.. own], refusal) }, refusal?.Status ?? 200);
    }

    /// <summary>Writes the request.</summary>
    public async Task<Result<Guid>> HandleAsync(AccessRequest typed, Asker asker, CancellationToken cancel)
    {
        if (!AskedRoles.Contains(typed.Role)) return new Problem("connection.role-missing", Texts.ChooseRole, "role");
        if (typed.Word?.Length > 500) return new Problem("connection.word-long", Texts.WordTooLong, "word");
        NamedChild? child = null;
        if (typed.Role == Roles.Guardian)
        {
            var named = ReadChild(typed, asker);
            if (!named.IsOk) return named.Problem!;
            child = named.Value;
        }
        if ((await ReadSchoolsAsync("school_id = $1", cancel, typed.School)).Count == 0) return new Problem("connection.school-missing", Texts.ChooseSchool, "school");
        if (await CheckFloodAsync(typed, asker, cancel) is { } flood) return flood;
        return await SaveAsync(typed, asker, child, cancel);
    }

    private Result<NamedChild> ReadChild(AccessRequest typed, Asker asker)
    {
        if (int.TryParse(typed.Kid, CultureInfo.InvariantCulture, out var index) && index >= 0 && index < asker.Children.Count) return asker.Children[index];
        var name = $"{typed.ChildLast} {typed.ChildFirst}";
        if (string.IsNullOrEmpty(typed.ChildLast) || string.IsNullOrEmpty(typed.ChildFirst) || !Names.IsName(name)) return new Problem("connection.child-missing", Texts.NameChild, "childLast");
        if (!DateOnly.TryParseExact(typed.ChildBirth, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var born)
            || born > clock.TodayIn(TimeZones.Capital) || born.Year < 1990) return new Problem("connection.child-birth", Texts.ChildBirthOdd, "childBirth");
        return new NamedChild(new PersonName(typed.ChildLast, typed.ChildFirst, typed.ChildMiddle ?? ""), born, null);
    }

    private async Task<Problem?> CheckFloodAsync(AccessRequest typed, Asker asker, CancellationToken cancel)
    {
        await using var count = db.Source.CreateCommand("""
            select count(*) filter (where asker = $1 and state = 'waiting'), count(*) filter (where asker = $1 and created_at > $3),
                   count(*) filter (where asker = $1 and school_id = $2 and role = $4 and state = 'waiting' and role <> 'guardian'), count(*) filter (where school_id = $2 and state = 'waiting')
              from connection.requests where asker = $1 or school_id = $2 and state = 'waiting'
            """);
        foreach (var value in (object[])[asker.Key, typed.School, clock.Now.AddDays(-1), typed.Role]) count.Parameters.Add(new() { Value = value });
        await using var reader = await count.ExecuteReaderAsync(cancel);
        var (waiting, day, same, school) = await reader.ReadFirstAsync(row => (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3)), cancel);
        return same > 0 ? new Problem("connection.asked-already", Texts.AskedAlready, null, 409)
            : waiting >= MostWaiting || day >= MostADay ? new Problem("connection.asked-often", Texts.AskedOften, null, 429)
            : school >= MostASchool ? new Problem("connection.school-flooded", Texts.SchoolFlooded, null, 429) : null;
    }

    private async Task<Guid> SaveAsync(AccessRequest typed, Asker asker, NamedChild? child, CancellationToken cancel)
    {
        var id = Ids.New();
        var stranger = asker.Who.Stranger;
        await using var batch = db.Source.CreateBatch();
        batch.Add("""
            insert into connection.requests (id, school_id, territory_ids, unit_name, role, person_id, asker, name, birth_date, snils_tail, word, child_name, child_birth, has_child_snils, kinship, sealed, created_at)
            values ($1, $2, '{}', '', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
            """, id, typed.School, typed.Role, Maybe.Uuid(asker.Who.PersonId), asker.Key, asker.Name.Full, Maybe.Date(stranger?.BirthDate),
            stranger?.Snils is { Length: >= 6 } snils ? snils[^6..] : "", typed.Word ?? "", Maybe.Text(child?.Name.Full), Maybe.Date(child?.BirthDate),
            child?.Snils is not null, Maybe.Text(child is null ? null : KinshipOf(typed.Kinship)), seals.Seal(new SealedRequest(asker.Who, child)), clock.Now);
        await batch.ExecuteNonQueryAsync(cancel);
        return id;
    }

    private static string KinshipOf(string? typed) => typed is "mother" or "father" or "guardian" ? typed : "other";

    private async Task WithdrawAsync(Guid id, Asker asker, CancellationToken cancel)
    {
        await using var command = db.Source.CreateCommand("update connection.requests set state = 'withdrawn', sealed = null, decided_at = $3 where id = $1 and asker = $2 and state = 'waiting'");
        foreach (var value in (object[])[id, asker.Key, clock.Now]) command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(cancel);
    }

    // By words of the name, the town of the address, or the whole ОГРН.
    private Task<List<FoundSchool>> FindSchoolsAsync(string query, CancellationToken cancel)
    {
        var words = query.ToLowerInvariant().Replace('ё', 'е').Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(6)
            .Select(word => $"%{word.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal)}%").ToArray();
        return ReadSchoolsAsync("""
            ogrn = $1 or translate(lower(short_name || ' ' || name || ' ' || coalesce(address, '')), 'ё', 'е') like all ($2)
            """, cancel, query, words);
    }

    private async Task<List<FoundSchool>> ReadSchoolsAsync(string where, CancellationToken cancel, params object[] values)
    {
        await using var command = db.Source.CreateCommand(
            $"select school_id, short_name, name, address from connection.schools where not is_closed and not is_demo and ({where}) order by name limit {MostFound}");
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAllAsync(row => new FoundSchool(row.GetGuid(0), row.GetString(1), row.GetString(2), row.Text(3)), cancel);
    }

    private async Task<List<OwnRequest>> ReadOwnAsync(Asker asker, CancellationToken cancel)
    {
        await using var command = db.Source.CreateCommand("""
            select id, unit_name, role, child_name, state, reason, created_at from connection.requests where asker = $1 order by created_at desc limit 20
            """);
        command.Parameters.Add(new() { Value = asker.Key });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAllAsync(row => new OwnRequest(
            row.GetGuid(0), row.GetString(1), row.GetString(2), row.Text(3), row.GetString(4), row.Text(5), row.GetFieldValue<DateTimeOffset>(6)), cancel);
    }
}

/// <summary>What a request keeps sealed until it is decided.</summary>
internal sealed record SealedRequest(Candidate Who, NamedChild? Child);
