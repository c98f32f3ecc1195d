using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Sheets;
using MySchool.Kernel.Web;
using MySchool.Registry.Domain;
using MySchool.Registry.Pages;
using MySchool.Registry.Resources;
using MySchool.Ui;
using Npgsql;

namespace MySchool.Registry.Features.Movement;

/// <summary>A class over a period: how many there were, came, left, and are.</summary>
internal sealed record ClassMovement(string Name, int AtStart, int Arrived, int Left, int MovedIn, int MovedOut, int AtEnd);

/// <summary>The book of movement over a period.</summary>
internal sealed record RegisterScreen(
    string SchoolName, DateOnly From, DateOnly To, string? Kind, ImmutableArray<MovementLine> Lines, ImmutableArray<ClassMovement> Classes,
    ImmutableArray<TransferPapers> Incoming, ImmutableArray<TransferPapers> Outgoing, bool HasMore, bool Manages)
{
    /// <summary>Прибыло: orders in force by which a child came.</summary>
    public int Arrived => Lines.Count(line => !line.IsUndone && MovementKinds.Arrivals.Contains(line.Kind));

    /// <summary>Выбыло.</summary>
    public int Left => Lines.Count(line => !line.IsUndone && MovementKinds.Departures.Contains(line.Kind));
}

/// <summary>Shows the book of movement to those who run the school, on a page, on paper and as a sheet.</summary>
internal sealed class ShowRegister(AppDb db, IClock clock)
{
    private const int MostLines = 2000;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/school/movement", async (string? from, string? to, string? kind, HttpContext context, ShowRegister handler, CancellationToken cancel) =>
        {
            var screen = await handler.HandleAsync(context.RequireActor(), from, to, kind, cancel);
            return screen.IsOk ? Page.Of<MovementRegisterPage>(new { Data = screen.Value }) : screen.Problem!.ToPage();
        }).Allow(RegistryActions.ReadMovement);
        routes.MapGet("/school/movement.xlsx", async (string? from, string? to, string? kind, HttpContext context, ShowRegister handler, CancellationToken cancel) =>
        {
            var screen = await handler.HandleAsync(context.RequireActor(), from, to, kind, cancel);
            return screen.IsOk ? Results.File(ToSheet(screen.Value), SheetWriter.MediaType, Texts.MovementFile) : screen.Problem!.ToPage();
        }).Allow(RegistryActions.ReadMovement);
    }

    public async Task<Result<RegisterScreen>> HandleAsync(Actor actor, string? from, string? to, string? kind, CancellationToken cancel)
    {
        var school = actor.Hat.UnitId;
        if (!Decide.Allows(actor, RegistryActions.ReadMovement, new Coordinate(Places.School, school))) return Problem.NotFound;
        var manages = Administration.SchoolOf(actor, RegistryActions.ManageMovement) is not null;
        var known = kind is not null && (MovementKinds.OfLearner.Contains(kind) || MovementKinds.Arrivals.Contains(kind)) ? kind : null;
        return await db.ReadAuditedAsync(actor, async transaction => await transaction.RunAsync(batch =>
        {
            var (start, end) = (Maybe.Date(DateField.Parse(from)), Maybe.Date(DateField.Parse(to)));
            // Without dates: the academic year so far.
            batch.Add("""
                select o.short_name, coalesce($3, (select y.starts_on from registry.academic_years y where y.school_id = $1 and y.starts_on <= $2 order by y.starts_on desc limit 1), $2 - 90),
                       coalesce($4, $2)
                  from registry.organisations o where o.id = $1
                """, school, actor.Today, start, end);
            ShowMovement.AddLines(batch, """
                m.takes_effect_on between coalesce($3, (select y.starts_on from registry.academic_years y where y.school_id = $1 and y.starts_on <= $2 order by y.starts_on desc limit 1), $2 - 90)
                  and coalesce($4, $2) and ($5::text is null or m.kind = $5)
                """, school, actor.Today, Maybe.Date(DateField.Parse(from)), Maybe.Date(DateField.Parse(to)), Maybe.Typed(known));
            AddClasses(batch, school, actor.Today, Maybe.Date(DateField.Parse(from)), Maybe.Date(DateField.Parse(to)));
            batch.Add($"select {AcceptTransfer.Columns} where (t.to_school_id = $1 or t.from_school_id = $1) and (t.state = 'sent' or t.sent_at > now() - interval '60 days') order by t.sent_at desc limit 200", school);
        }, async (reader, token) => await ReadAsync(reader, known, manages, token), cancel),
        (batch, screen) => batch.AddAudit(actor, RegistryActions.ReadMovement, clock.Now, school, null, $"{screen.Lines.Length} orders"), cancel);
    }

    private static void AddClasses(NpgsqlBatch batch, Guid school, DateOnly today, NpgsqlParameter from, NpgsqlParameter to) => batch.Add("""
        with period as (select coalesce($3, (select y.starts_on from registry.academic_years y where y.school_id = $1 and y.starts_on <= $2 order by y.starts_on desc limit 1), $2 - 90) as a,
                               coalesce($4, $2) as b),
        moves as (select m.kind, m.from_class_id, m.to_class_id from registry.movements m, period
                   where m.school_id = $1 and m.undone_at is null and m.takes_effect_on between a and b)
        select c.grade || c.letter,
               (select count(*)::int from registry.enrolments e where e.school_id = $1 and e.class_id = c.id and e.starts_on <= a and (e.ends_on is null or e.ends_on >= a)),
               (select count(*)::int from moves where kind in ('enrolment', 'transfer-in') and to_class_id = c.id),
               (select count(*)::int from moves where kind in ('leaving', 'transfer-out') and from_class_id = c.id),
               (select count(*)::int from moves where kind = 'class-change' and to_class_id = c.id),
               (select count(*)::int from moves where kind = 'class-change' and from_class_id = c.id),
               (select count(*)::int from registry.enrolments e where e.school_id = $1 and e.class_id = c.id and e.starts_on <= b and (e.ends_on is null or e.ends_on >= b))
          from registry.classes c cross join period
          join registry.academic_years y on y.school_id = c.school_id and y.year = c.year and b between y.starts_on and greatest(y.ends_on, make_date(c.year + 1, 8, 31))
         where c.school_id = $1 order by c.grade, c.letter
        """, school, today, from, to);

    private static async Task<RegisterScreen?> ReadAsync(NpgsqlDataReader reader, string? kind, bool manages, CancellationToken cancel)
    {
        var (name, from, to) = await reader.ReadFirstAsync(r => (r.GetString(0), r.GetFieldValue<DateOnly>(1), r.GetFieldValue<DateOnly>(2)), cancel);
        var lines = await reader.ReadAllAsync(ShowMovement.ReadLine, cancel);
        var classes = await reader.ReadAllAsync(r => new ClassMovement(
            r.GetString(0), r.GetInt32(1), r.GetInt32(2), r.GetInt32(3), r.GetInt32(4), r.GetInt32(5), r.GetInt32(6)), cancel);
        var papers = await reader.ReadAllAsync(AcceptTransfer.ReadPapers, cancel);
        return new RegisterScreen(name ?? "", from, to, kind, [.. lines.Take(MostLines)], [.. classes],
            [.. papers.Where(p => p.IsIncoming)], [.. papers.Where(p => !p.IsIncoming)], lines.Count > MostLines, manages);
    }

    private static byte[] ToSheet(RegisterScreen screen)
    {
        using var file = new MemoryStream();
        SheetWriter.Write(file,
            new Sheet(Texts.MovementTitle,
            [
                new(Texts.OrderNo, 14), new(Texts.OrderedOn, 12), new(Texts.TakesEffect, 12), new(Texts.FullNameOf, 36), new(Texts.MovementKind, 30),
                new(Texts.FromClass, 12), new(Texts.ToClass, 12), new(Texts.OtherSchool, 30), new(Texts.Why, 40), new(Texts.State, 14),
            ], screen.Lines.Select(IReadOnlyList<object?> (line) =>
            [
                line.OrderNo, line.OrderedOn, line.On, line.Name, MovementWords.Kind(line.Kind), line.FromClass, line.ToClass, line.OtherSchool,
                MovementWords.Why(line), line.IsUndone ? Texts.Undone : Texts.InForce,
            ])),
            new Sheet(Texts.Classes,
            [
                new(Texts.Class, 12), new(Texts.AtStart, 14), new(Texts.Arrived, 14), new(Texts.LeftCount, 14), new(Texts.MovedIn, 22), new(Texts.MovedOut, 22), new(Texts.AtEnd, 14),
            ], screen.Classes.Select(IReadOnlyList<object?> (line) => [line.Name, line.AtStart, line.Arrived, line.Left, line.MovedIn, line.MovedOut, line.AtEnd])));
        return file.ToArray();
    }
}
