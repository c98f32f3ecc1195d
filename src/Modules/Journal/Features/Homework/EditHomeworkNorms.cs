using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Access;
using MySchool.Journal.Domain;
using MySchool.Journal.Pages;
using MySchool.Journal.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Journal.Features.Homework;

/// <summary>Minutes of homework a day: of the law, and of the school where it is stricter.</summary>
internal sealed record HomeworkNorms(ImmutableArray<(short Grade, short Law, short Own)> Grades, IReadOnlyDictionary<short, string> Typed, Problem? Refusal, bool IsSaved);

/// <summary>What the head and deputies decide about the load of homework. The law's own figures are data too; a school may only go below them.</summary>
internal sealed class EditHomeworkNorms(AppDb db, IClock clock)
{
    private const string Address = "/journal/settings/homework";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Address, async (string? done, HttpContext http, EditHomeworkNorms feature, CancellationToken cancel) =>
            await feature.ShowAsync(http.RequireActor(), null, null, done is "saved", cancel)).Allow(JournalActions.ChangeSettings);
        routes.MapPost(Address, async (IFormCollection form, HttpContext http, EditHomeworkNorms feature, CancellationToken cancel) =>
        {
            var typed = Enumerable.Range(2, 10).ToDictionary(grade => (short)grade, grade => form[$"grade{grade.ToString(CultureInfo.InvariantCulture)}"].ToString().Trim());
            var refusal = await feature.HandleAsync(http.RequireActor(), typed, cancel);
            return refusal is null ? Results.LocalRedirect($"{Address}?done=saved") : await feature.ShowAsync(http.RequireActor(), typed, refusal, false, cancel);
        }).Allow(JournalActions.ChangeSettings);
    }

    /// <summary>Saves the school's norms; null when done.</summary>
    public async Task<Problem?> HandleAsync(Actor actor, IReadOnlyDictionary<short, string> typed, CancellationToken cancel)
    {
        if (!IsAllowed(actor)) return Problem.NotFound;
        var law = (await ReadAsync(actor, cancel)).ToDictionary(norm => norm.Grade, norm => norm.Law);
        foreach (var (grade, minutes) in typed)
            if (!short.TryParse(minutes, NumberStyles.None, CultureInfo.InvariantCulture, out var own) || own > law.GetValueOrDefault(grade))
                return new Problem("journal.norm", string.Format(Words.Russian, Texts.NormWrong, law.GetValueOrDefault(grade)), $"grade{grade.ToString(CultureInfo.InvariantCulture)}");
        await db.WriteAsync(actor, batch =>
        {
            foreach (var (grade, minutes) in typed)
                batch.Add("insert into journal.homework_norms (school_id, grade, minutes) values ($1, $2, $3) on conflict (school_id, grade) do update set minutes = excluded.minutes",
                    actor.Hat.UnitId, grade, short.Parse(minutes, CultureInfo.InvariantCulture));
            batch.AddAudit(actor, JournalActions.ChangeSettings, clock.Now, actor.Hat.UnitId, null, $"homework={string.Join(',', typed.Values)}");
        }, cancel);
        return null;
    }

    private static bool IsAllowed(Actor actor) => Decide.Allows(actor, JournalActions.ChangeSettings, new Coordinate(Places.School, actor.Hat.UnitId));

    private async Task<IResult> ShowAsync(Actor actor, IReadOnlyDictionary<short, string>? typed, Problem? refusal, bool isSaved, CancellationToken cancel) =>
        refusal?.Status == 404 || !IsAllowed(actor) ? Problem.NotFound.ToPage()
            : Page.Of<HomeworkNormsPage>(new { Data = new HomeworkNorms(await ReadAsync(actor, cancel), typed ?? new Dictionary<short, string>(), refusal, isSaved) }, refusal?.Status ?? 200);

    private Task<ImmutableArray<(short Grade, short Law, short Own)>> ReadAsync(Actor actor, CancellationToken cancel) => db.ReadAsync(actor, batch => batch.Add("""
        select l.grade, l.minutes, coalesce(o.minutes, l.minutes) from journal.homework_norms l
          left join journal.homework_norms o on o.school_id = $1 and o.grade = l.grade
         where l.school_id = '00000000-0000-0000-0000-000000000000' and l.grade > 1 order by l.grade
        """, actor.Hat.UnitId), async (reader, token) => (await reader.ReadAllAsync(r => (r.GetInt16(0), r.GetInt16(1), r.GetInt16(2)), token)).ToImmutableArray(), cancel);
}
