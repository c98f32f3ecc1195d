using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Journal.Domain;
using MySchool.Journal.Features.Classes;
using MySchool.Journal.Pages;
using MySchool.Journal.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Journal.Features.Archive;

/// <summary>A print that was made.</summary>
internal sealed record PrintLine(Guid Id, short SchoolYear, Guid ClassId, string ClassName, short Period, byte[] Hash, int Pages, DateTimeOffset MadeAt, string MadeBy)
{
    public string HashText => Convert.ToHexStringLower(Hash);
}

/// <summary>The page of prints: what to print, what was printed, and what is known of a hash.</summary>
internal sealed record PrintDesk(ImmutableArray<ClassLink> Classes, ImmutableArray<TermFacts> Terms, ImmutableArray<PrintLine> Prints, Guid? ClassId, string TimeZone, short SchoolYear)
{
    public Problem? Refusal { get; init; }
}

/// <summary>
/// Journals of a class as one PDF for the archive. A hundred pages take a processor for a good part of a second, so one is drawn at a time and off
/// the request's thread; whoever waits holds no connection to the database meanwhile.
/// </summary>
internal sealed class PrintJournals(AppDb db, IRegistry registry, TeacherNames names, ReadingAudit audit, IClock clock)
{
    private const int PrintsShown = 50;
    private static readonly SemaphoreSlim OneAtATime = new(1);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/journal/classes/prints", async (string? @class, HttpContext context, PrintJournals handler, CancellationToken cancel) =>
            await handler.PageAsync(context.RequireActor(), Guid.TryParse(@class, out var id) ? id : null, null, cancel)).Allow(HeadActions.PrintJournals);
        routes.MapPost("/journal/classes/prints", async (
            [FromForm(Name = "of")] Guid? classId, [FromForm] string? period, [FromForm] Guid? key, HttpContext context, PrintJournals handler, CancellationToken cancel) =>
        {
            var number = short.TryParse(period, System.Globalization.CultureInfo.InvariantCulture, out var known) ? known : Period.Year;
            var made = await handler.HandleAsync(context.RequireActor(), classId, number, key ?? Ids.New(), cancel);
            if (!made.IsOk) return await handler.PageAsync(context.RequireActor(), classId, made.Problem, cancel);
            return Results.Stream(made.Value.Pdf, "application/pdf", made.Value.FileName);
        }).Allow(HeadActions.PrintJournals);
    }

    private async Task<IResult> PageAsync(Actor actor, Guid? classId, Problem? refusal, CancellationToken cancel)
    {
        var school = actor.Hat.UnitId;
        if (refusal?.Status == 404 || !Decide.Allows(actor, HeadActions.PrintJournals, new Coordinate(Places.School, school))) return Problem.NotFound.ToPage();
        if (await registry.GetSchoolRostersAsync(actor, school, null, cancel) is not { } rosters) return Problem.NotFound.ToPage();
        var prints = await db.ReadAsync(actor, batch => batch.Add($"select {PrintRows.Columns} from journal.prints where school_id = $1 order by made_at desc limit {PrintsShown}", school),
            (reader, token) => reader.ReadAllAsync(PrintRows.Read, token), cancel);
        var desk = new PrintDesk([.. rosters.Groups.DistinctBy(group => group.ClassId).Select(group => new ClassLink(group.ClassId, group.ClassName.Split(',')[0], group.Grade))],
            rosters.Terms, [.. await PrintRows.NamedAsync(names, actor, prints, cancel)], classId, rosters.TimeZone, rosters.SchoolYear) { Refusal = refusal };
        return Page.Of<PrintsPage>(new { Data = desk }, refusal?.Status ?? 200);
    }

    /// <summary>Draws the book and remembers its hash.</summary>
    public async Task<Result<(Stream Pdf, string FileName)>> HandleAsync(Actor actor, Guid? classId, short period, Guid key, CancellationToken cancel)
    {
        if (!Decide.Allows(actor, HeadActions.PrintJournals, new Coordinate(Places.School, actor.Hat.UnitId))) return Problem.NotFound;
        if (classId is not { } id || id == Guid.Empty) return new Problem("journal.print-class", Texts.PrintChooseClass, "of");
        var read = await ReadAsync(actor, id, period, cancel);
        if (!read.IsOk) return read.Problem!;
        var book = read.Value;
        if (book.Of.From > book.Of.Today) return new Problem("journal.print-ahead", Texts.PrintAhead, "period");
        var (hash, now) = (book.Hash(), clock.Now);
        var (pdf, count) = await DrawAsync(book, Convert.ToHexStringLower(hash), clock.NowIn(book.Of.School.TimeZone), cancel);
        await db.WriteAsync(actor, batch =>
        {
            batch.Add("""
                insert into journal.prints (school_year, school_id, id, class_id, class_name, period, hash, pages, made_at, made_by) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing
                """, book.Of.School.SchoolYear, actor.Hat.UnitId, key, id, book.Of.ClassName, book.Of.Period, hash, count, now, actor.PersonId);
            batch.AddAudit(actor, HeadActions.PrintJournals, now, actor.Hat.UnitId, null, $"class={id} period={book.Of.Period} pages={count}");
        }, cancel);
        return (pdf, string.Format(Words.Russian, Texts.PrintFile, book.Of.ClassName, book.Of.Term?.Name ?? Texts.Year));
    }

    /// <summary>What would be printed now.</summary>
    public async Task<Result<ArchiveBook>> ReadAsync(Actor actor, Guid classId, short period, CancellationToken cancel)
    {
        var school = actor.Hat.UnitId;
        if (await registry.GetSchoolRostersAsync(actor, school, classId, cancel) is not { } rosters) return Problem.NotFound;
        var today = clock.TodayIn(rosters.TimeZone);
        if (period != Period.Year && rosters.Terms.All(term => term.Number != period)) return Problem.NotFound;
        var term = FindClass.TermOf(rosters.Terms, period, today);
        var ends = term?.Ends ?? rosters.Terms.LastOrDefault()?.Ends ?? today;
        // What is still to come is no part of the archive.
        var within = (term?.Starts ?? rosters.Terms.FirstOrDefault()?.Starts ?? today, ends < today ? ends : today);
        var noted = audit.NoteAsync(actor, HeadActions.PrintJournals, school, null, $"class={classId}");
        var book = await db.ReadAsync(actor, batch => ArchiveRows.Add(batch, school, rosters, within, today),
            (reader, token) => ArchiveRows.ReadAsync(reader, rosters, classId, term, today, token), cancel);
        await noted;
        return book;
    }

    private static async Task<(Stream Pdf, int Pages)> DrawAsync(ArchiveBook book, string hash, DateTimeOffset made, CancellationToken cancel)
    {
        await OneAtATime.WaitAsync(cancel);
        try
        {
            return await Task.Run(() =>
            {
                var file = new MemoryStream();
                var count = ArchivePages.Write(file, book, hash, made);
                file.Position = 0;
                return ((Stream)file, count);
            }, cancel);
        }
        finally
        {
            OneAtATime.Release();
        }
    }
}

/// <summary>Prints as rows.</summary>
internal static class PrintRows
{
    public const string Columns = "id, school_year, class_id, class_name, period, hash, pages, made_at, made_by";

    public static (PrintLine Print, Guid By) Read(Npgsql.NpgsqlDataReader r) => (new(
        r.GetGuid(0), r.GetInt16(1), r.GetGuid(2), r.GetString(3), r.GetInt16(4), r.GetFieldValue<byte[]>(5), r.GetInt32(6), r.GetFieldValue<DateTimeOffset>(7), ""), r.GetGuid(8));

    public static async Task<IEnumerable<PrintLine>> NamedAsync(TeacherNames names, Actor actor, IReadOnlyList<(PrintLine Print, Guid By)> prints, CancellationToken cancel)
    {
        var by = await names.OfAsync(actor, [.. prints.Select(print => print.By)], cancel);
        return prints.Select(print => print.Print with { MadeBy = by[print.By] });
    }
}
