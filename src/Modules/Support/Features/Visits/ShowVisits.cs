using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Support.Pages;
using MySchool.Ui;

namespace MySchool.Support.Features.Visits;

/// <summary>What was typed when it was refused.</summary>
internal sealed record VisitForm(string Ticket, string Reason, Problem? Problem);

/// <summary>«Доступ поддержки»: visits of what the role worn answers for, and the form of whoever may ask.</summary>
internal sealed record VisitsScreen(IReadOnlyList<Visit> Visits, Actor Actor, DateTimeOffset Now, string Zone, VisitForm? Form, bool MayAsk, string? Done);

/// <summary>Something that was looked at.</summary>
internal sealed record Looked(DateTimeOffset At, string What, string? Whose);

/// <summary>One visit with everything that was looked at in it.</summary>
internal sealed record VisitScreen(Visit Visit, IReadOnlyList<Looked> Looked, Actor Actor, DateTimeOffset Now, string Zone);

/// <summary>Shows who of support asked for what, who let them in, from when to when, and what was looked at: to the school, and to those who approve.</summary>
internal sealed class ShowVisits(VisitBook book, WorkerDb db, IRegistry registry, IDeedWords words, IClock clock)
{
    private const int MostLooked = 500;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/support/access", (string? done, HttpContext http, ShowVisits handler, CancellationToken cancel) =>
            handler.PageAsync(http.RequireActor(), http.Features.Get<PersonFacts>(), done, null, cancel)).Allow(SupportActions.ReadVisits);
        routes.MapGet("/support/access/{id:guid}", async (Guid id, HttpContext http, ShowVisits handler, CancellationToken cancel) =>
        {
            var shown = await handler.HandleAsync(http.RequireActor(), http.Features.Get<PersonFacts>(), id, cancel);
            return shown.IsOk ? Page.Of<VisitPage>(new { Data = shown.Value }) : shown.Problem!.ToPage();
        }).Allow(SupportActions.ReadVisits);
    }

    public async Task<IResult> PageAsync(Actor actor, PersonFacts? facts, string? done, VisitForm? form, CancellationToken cancel)
    {
        var visits = (await book.ListAsync(actor, cancel)).Where(visit => Decide.Allows(actor, SupportActions.ReadVisits, visit.Places)).ToList();
        var screen = new VisitsScreen(visits, actor, clock.Now, TimeZones.OrCapital(facts?.TimeZone), form, Decide.CouldAllow(actor, SupportActions.AskVisit), done);
        return Page.Of<VisitsPage>(new { Data = screen }, form?.Problem?.Status ?? 200);
    }

    public async Task<Result<VisitScreen>> HandleAsync(Actor actor, PersonFacts? facts, Guid id, CancellationToken cancel)
    {
        if (await book.FindAsync(actor, id, cancel) is not { } visit || !Decide.Allows(actor, SupportActions.ReadVisits, visit.Places)) return Problem.NotFound;
        return new VisitScreen(visit, visit.OpenedAt is null ? [] : await LookedAsync(actor, visit, cancel), actor, clock.Now, TimeZones.OrCapital(facts?.TimeZone));
    }

    // By audit_actor. Names as far as the reader may know them: the school knows its people, the operator and the region do not.
    private async Task<IReadOnlyList<Looked>> LookedAsync(Actor actor, Visit visit, CancellationToken cancel)
    {
        await using var find = db.Source.CreateCommand($"""
            select at, action, subject_id, detail from kernel.audit
             where actor_id = $1 and at >= $2 and at <= $3 and role = '{Roles.SupportVisitor}' and (school_id = $4 or school_id is null) order by at limit {MostLooked}
            """);
        foreach (var value in (object[])[visit.AskerId, visit.OpenedAt!.Value.UtcDateTime, (visit.ClosedAt ?? visit.EndsAt!.Value).UtcDateTime, visit.SchoolId]) find.Parameters.Add(new() { Value = value });
        List<(DateTimeOffset At, string Action, Guid? Subject, string? Detail)> rows;
        await using (var reader = await find.ExecuteReaderAsync(cancel))
            rows = await reader.ReadAllAsync(row => (row.GetFieldValue<DateTimeOffset>(0), row.GetString(1), row.Maybe<Guid>(2), row.Text(3)), cancel);
        ImmutableArray<Guid> people = [.. rows.Select(row => row.Subject).OfType<Guid>().Distinct()];
        var names = people.IsEmpty ? new Dictionary<Guid, PersonName>() : await registry.GetNamesAsync(actor, people, cancel);
        return [.. rows.Select(row => new Looked(row.At, row.Subject is null && row.Detail is { Length: > 0 } detail && detail[0] == '/' ? $"{words.Say(row.Action)}: {detail}" : words.Say(row.Action),
            row.Subject is { } subject ? names.TryGetValue(subject, out var name) ? name.Full : "" : null))];
    }
}
