using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Journal.Pages;
using MySchool.Journal.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Journal.Features.Archive;

/// <summary>What is known of a printed hash.</summary>
/// <param name="Typed">As it was typed.</param>
/// <param name="Prints">Prints with this hash, newest first; null while nothing was asked.</param>
/// <param name="IsUnchanged">Whether the journals would print the same today; null when that cannot be told any more.</param>
/// <param name="TimeZone">The school's zone.</param>
/// <param name="Refusal">What is wrong with what was typed.</param>
internal sealed record PrintCheck(string? Typed, ImmutableArray<PrintLine>? Prints, bool? IsUnchanged, string TimeZone, Problem? Refusal);

/// <summary>Tells whether a sheet of paper is of a print this school made, and whether the journals have changed since.</summary>
internal sealed class VerifyPrint(AppDb db, TeacherNames names, PrintJournals prints)
{
    // The foot of each page has the first sixteen figures; the last page has all sixty-four.
    private const int Shortest = 16;
    private const int Longest = 64;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/journal/classes/prints/verify", async (string? hash, HttpContext context, VerifyPrint handler, CancellationToken cancel) =>
        {
            var check = await handler.HandleAsync(context.RequireActor(), context.Features.Get<PersonFacts>()!, hash, cancel);
            return check.IsOk ? Page.Of<PrintCheckPage>(new { Data = check.Value }, check.Value.Refusal?.Status ?? 200) : check.Problem!.ToPage();
        }).Allow(HeadActions.PrintJournals);

    public async Task<Result<PrintCheck>> HandleAsync(Actor actor, PersonFacts facts, string? typed, CancellationToken cancel)
    {
        if (!Decide.Allows(actor, HeadActions.PrintJournals, new Coordinate(Places.School, actor.Hat.UnitId))) return Problem.NotFound;
        if (string.IsNullOrWhiteSpace(typed)) return new PrintCheck(null, null, null, facts.TimeZone, null);
        var digits = string.Concat(typed.Where(character => !char.IsWhiteSpace(character))).TrimEnd('…').ToLowerInvariant();
        if (digits.Length is not (Shortest or Longest) || !digits.All(char.IsAsciiHexDigit))
            return new PrintCheck(typed, null, null, facts.TimeZone, new Problem("journal.print-hash", Texts.HashWrong, "hash"));
        // Plan: prints_hash, a range of one prefix.
        var (from, to) = (Convert.FromHexString(digits.PadRight(Longest, '0')), Convert.FromHexString(digits.PadRight(Longest, 'f')));
        var found = await db.ReadAsync(actor, batch => batch.Add($"select {PrintRows.Columns} from journal.prints where school_id = $1 and hash between $2 and $3 order by made_at desc limit 20",
            actor.Hat.UnitId, from, to), (reader, token) => reader.ReadAllAsync(PrintRows.Read, token), cancel);
        ImmutableArray<PrintLine> lines = [.. await PrintRows.NamedAsync(names, actor, found, cancel)];
        return new PrintCheck(typed, lines, lines.Length > 0 ? await IsUnchangedAsync(actor, lines[0], cancel) : null, facts.TimeZone, null);
    }

    // Of an earlier year the rosters are no longer what they were: only the print itself is known then.
    private async Task<bool?> IsUnchangedAsync(Actor actor, PrintLine print, CancellationToken cancel)
    {
        var now = await prints.ReadAsync(actor, print.ClassId, print.Period, cancel);
        return now.IsOk && now.Value.Of.School.SchoolYear == print.SchoolYear ? now.Value.Hash().AsSpan().SequenceEqual(print.Hash) : null;
    }
}
