using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Web;
using MySchool.Registry.Resources;
using static MySchool.Registry.Features.Exchange.OneRoster.RosterCollections;

namespace MySchool.Registry.Features.Exchange.OneRoster;

/// <summary>
/// The rostering service of OneRoster 1.2, for reading: schools within a system's registration, and nothing else of the country.
/// Every answer is audited with the collection and the page of it.
/// </summary>
internal sealed class ServeRoster(SystemSchools schools, RosterReader reader)
{
    private const string Base = "/ims/oneroster/rostering/v1p2";

    private static readonly string Enrolled = $"select e.person_id from {Enrollments.From} e where e.class::text = {{0}}";

    public static void Map(IEndpointRouteBuilder routes)
    {
        Serve(routes, Orgs, Of("/orgs"), Of("/schools", "x.type = 'school'"));
        Serve(routes, Sessions, Of("/academicSessions"), Of("/terms", "x.type = 'term'"), Of("/gradingPeriods", "x.type = 'gradingPeriod'"));
        Serve(routes, Courses, Of("/courses"));
        Serve(routes, Classes, Of("/classes"));
        Serve(routes, Users, Of("/users"), Of("/students", "'student' = any(x.roles)"), Of("/teachers", "'teacher' = any(x.roles)"));
        Serve(routes, Enrollments, Of("/enrollments"));
        Serve(routes, Demographics, Of("/demographics"));
        MapParts(routes);
    }

    // What the standard lets be asked of one school, class, course, term or person.
    private static void MapParts(IEndpointRouteBuilder routes)
    {
        foreach (var (path, collection, kind) in ((string, RosterCollection, string?)[])[
            ("classes", Classes, null), ("courses", Courses, null), ("enrollments", Enrollments, null), ("terms", Sessions, "x.type = 'term'")])
            List(routes, $"/schools/{{one}}/{path}", collection, $"x.school_id::text = {{0}}{(kind is null ? "" : $" and {kind}")}");
        foreach (var (path, role) in ((string, string)[])[("students", "student"), ("teachers", "teacher")])
        {
            List(routes, $"/schools/{{one}}/{path}", Users, $"x.id in (select e.person_id from {Enrollments.From} e where e.school_id::text = {{0}} and e.role = '{role}')");
            List(routes, $"/classes/{{one}}/{path}", Users, $"x.id in ({Enrolled} and e.role = '{role}')");
            List(routes, $"/schools/{{one}}/classes/{{two}}/{path}", Users, $"x.id in (select e.person_id from {Enrollments.From} e where e.school_id::text = {{0}} and e.class::text = {{1}} and e.role = '{role}')");
        }
        List(routes, "/schools/{one}/classes/{two}/enrollments", Enrollments, "x.school_id::text = {0} and x.class::text = {1}");
        List(routes, "/courses/{one}/classes", Classes, "x.course = {0}");
        List(routes, "/terms/{one}/classes", Classes, "exists (select from registry.terms t where t.id::text = {0} and t.school_id = x.school_id and t.year = x.year)");
        foreach (var people in (string[])["users", "students", "teachers"])
            List(routes, $"/{people}/{{one}}/classes", Classes, $"x.id in (select e.class::text from {Enrollments.From} e where e.person_id::text = {{0}})");
    }

    private static (string Path, string? Kind) Of(string path, string? kind = null) => (path, kind);

    private static void Serve(IEndpointRouteBuilder routes, RosterCollection collection, params ReadOnlySpan<(string Path, string? Kind)> paths)
    {
        foreach (var (path, kind) in paths)
        {
            List(routes, path, collection, kind);
            var id = $"{collection.Fields[0].Sql} = {{0}}{(kind is null ? "" : $" and {kind}")}";
            Open(routes.MapGet($"{Base}{path}/{{one}}", (string one, HttpContext http, ServeRoster feature, CancellationToken cancel) =>
                feature.GiveOneAsync(http, collection, new RosterPart(id, one), cancel)), collection);
        }
    }

    private static void List(IEndpointRouteBuilder routes, string path, RosterCollection collection, string? kind) =>
        Open(routes.MapGet(Base + path, (HttpContext http, ServeRoster feature, CancellationToken cancel) =>
            feature.GiveListAsync(http, collection, kind is null ? null : new RosterPart(kind, [.. Ids(http)]), cancel)), collection);

    private static IEnumerable<string> Ids(HttpContext http) => ((string[])["one", "two"]).Select(name => http.GetRouteValue(name) as string).OfType<string>();

    private static void Open(RouteHandlerBuilder route, RosterCollection collection) => route.Allow(RegistryActions.ReadRoster)
        .ForPrograms(collection == Demographics ? [ApiScopes.RosterDemographics, ApiScopes.Roster] : [ApiScopes.RosterCore, ApiScopes.Roster]);

    private async Task<IResult> GiveListAsync(HttpContext http, RosterCollection collection, RosterPart? part, CancellationToken cancel)
    {
        var query = RosterQuery.Read(collection, http.Request.Query);
        if (!query.IsOk) return Refuse(query.Problem!);
        var page = await ReadAsync(http, collection, part, query.Value, cancel);
        http.Response.Headers["X-Total-Count"] = page.Total.ToString(CultureInfo.InvariantCulture);
        http.Response.Headers.Link = Links(http, query.Value, page.Total);
        return Wrap(collection.Plural, page.Objects);
    }

    private async Task<IResult> GiveOneAsync(HttpContext http, RosterCollection collection, RosterPart one, CancellationToken cancel)
    {
        var query = RosterQuery.Read(collection, http.Request.Query);
        if (!query.IsOk) return Refuse(query.Problem!);
        var page = await ReadAsync(http, collection, one, query.Value with { Limit = 1, Offset = 0, Where = "", Values = [] }, cancel);
        return page.Count == 0 ? Refuse(new("unknownobject", Texts.RosterUnknownObject, null, 404)) : Wrap(collection.Singular, page.Objects.AsSpan()[1..^1]);
    }

    private async Task<RosterPage> ReadAsync(HttpContext http, RosterCollection collection, RosterPart? part, RosterQuery query, CancellationToken cancel)
    {
        var actor = await schools.OpenAsync(http.RequireActor(), cancel);
        var service = $"{http.Request.Scheme}://{http.Request.Host}{Base}";
        return await reader.ReadAsync(actor, RegistryActions.ReadRoster, [.. actor.Ties.Select(tie => tie.Target.Id)], service, collection, part, query, cancel);
    }

    private static IResult Wrap(string name, ReadOnlySpan<byte> objects) =>
        Results.Bytes([.. "{\""u8, .. Encoding.UTF8.GetBytes(name), .. "\":"u8, .. objects, .. "}"u8], "application/json");

    // RFC 8288; the standard names these four relations.
    private static string Links(HttpContext http, RosterQuery query, long total)
    {
        var last = total == 0 ? 0 : (total - 1) / query.Limit * query.Limit;
        var pages = new List<(string Name, long Offset)> { ("first", 0), ("last", last) };
        if (query.Offset + query.Limit < total) pages.Add(("next", query.Offset + query.Limit));
        if (query.Offset > 0) pages.Add(("prev", Math.Max(0, query.Offset - query.Limit)));
        var others = http.Request.Query.Where(one => one.Key is not ("limit" or "offset")).SelectMany(one => one.Value, (one, value) => KeyValuePair.Create(one.Key, value));
        return string.Join(", ", pages.Select(page => $"<{http.Request.Scheme}://{http.Request.Host}{http.Request.Path}{QueryString.Create([.. others,
            KeyValuePair.Create<string, string?>("limit", $"{query.Limit}"), KeyValuePair.Create<string, string?>("offset", $"{page.Offset}")])}>; rel=\"{page.Name}\""));
    }

    // imsx_StatusInfo of the standard.
    private static IResult Refuse(Problem problem) => Results.Json(new
    {
        imsx_codeMajor = "failure",
        imsx_severity = "error",
        imsx_description = problem.Message,
        imsx_CodeMinor = new { imsx_codeMinorField = ImmutableArray.Create(new { imsx_codeMinorFieldName = "TargetEndSystem", imsx_codeMinorFieldValue = problem.Code }) },
    }, statusCode: problem.Status);
}
