using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Journal.Data;
using MySchool.Journal.Domain;
using MySchool.Journal.Pages;
using MySchool.Journal.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Journal.Features.Plans;

/// <summary>A programme to begin from.</summary>
internal sealed record Programme(string Subject, short Grade, int Hours)
{
    public string Key => $"{Grade}|{Subject}";
}

/// <summary>Where the lines of a plan may come from.</summary>
internal sealed record FillChoices(OpenPlan Plan, ImmutableArray<PlanLine> Plans, ImmutableArray<Programme> Programmes, int Lessons, Problem? Refusal);

/// <summary>Takes lines from a file, a plan of the school or a programme, as a draft to be looked at first.</summary>
internal sealed class FillPlan(AppDb db, TeacherNames names, IClock clock)
{
    private const int MostDrafts = 10;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/plans/{id:guid}/fill", async (Guid id, HttpContext context, FillPlan handler, CancellationToken cancel) =>
            await handler.ShowAsync(context.RequireActor(), id, null, cancel)).Allow(JournalActions.EditPlan);
        routes.MapPost("/plans/{id:guid}/fill/file", async (Guid id, HttpContext context, FillPlan handler, CancellationToken cancel) =>
        {
            var read = await ReadPlanFile.HandleAsync(context.Request, cancel);
            return await handler.AnswerAsync(context, id, read.IsOk ? await handler.DraftAsync(context.RequireActor(), id, "file", read.Value.Name, read.Value.Sheet, null, cancel) : read.Problem!, cancel);
        }).WithFormOptions(multipartBodyLengthLimit: ReadPlanFile.MostBytes + (1 << 20), valueCountLimit: 8).WithMetadata(new RequestSizeLimitAttribute(ReadPlanFile.MostBytes + (1 << 20))).Allow(JournalActions.EditPlan);
        routes.MapPost("/plans/{id:guid}/fill/copy", async (Guid id, [FromForm] string? from, HttpContext context, FillPlan handler, CancellationToken cancel) =>
            await handler.AnswerAsync(context, id, await handler.CopyAsync(context.RequireActor(), id, FormIds.Read(from), cancel), cancel)).Allow(JournalActions.EditPlan);
        routes.MapPost("/plans/{id:guid}/fill/programme", async (Guid id, [FromForm] string? programme, HttpContext context, FillPlan handler, CancellationToken cancel) =>
            await handler.AnswerAsync(context, id, await handler.BuildAsync(context.RequireActor(), id, programme, cancel), cancel)).Allow(JournalActions.EditPlan);
    }

    private async Task<IResult> AnswerAsync(HttpContext context, Guid id, Result<Guid> draft, CancellationToken cancel) =>
        draft.IsOk ? Results.LocalRedirect($"/plans/{id}/drafts/{draft.Value}") : await ShowAsync(context.RequireActor(), id, draft.Problem, cancel);

    private async Task<IResult> ShowAsync(Actor actor, Guid id, Problem? refusal, CancellationToken cancel)
    {
        if (refusal?.Status == 404 || await PlanAccess.FindAsync(db, actor, id, JournalActions.EditPlan, cancel) is not { } plan) return Problem.NotFound.ToPage();
        var (plans, programmes, lessons) = await db.ReadAsync(actor, batch =>
        {
            batch.Add($"""
                select {PlanHead.Columns}, sum(r.hours)::int, (count(*) filter (where not r.is_section))::int
                  from journal.plans p join journal.plan_rows r on r.school_id = p.school_id and r.plan_id = p.id
                 where p.school_id = $1 and p.id <> $2
                 group by p.school_id, p.id order by p.subject_name <> $3, p.grade <> $4, p.school_year desc, p.title limit 200
                """, plan.Head.SchoolId, id, plan.Head.SubjectName, plan.Head.Grade);
            batch.Add("select subject_name, grade, sum(hours)::int from journal.programmes group by 1, 2 order by subject_name <> $1, 1, grade <> $2, 2", plan.Head.SubjectName, plan.Head.Grade);
            AddLessons(batch, plan.Head);
        }, async (reader, token) => (
            await reader.ReadAllAsync(r => new PlanLine(PlanHead.Read(r), r.GetInt32(8), r.GetInt32(9), ""), token),
            await reader.ReadAllAsync(r => new Programme(r.GetString(0), r.GetInt16(1), r.GetInt32(2)), token), await reader.ReadFirstAsync(r => r.GetInt32(0), token)), cancel);
        var owners = await names.OfAsync(actor, [.. plans.Select(line => line.Head.OwnerId).Distinct()], cancel);
        return Page.Of<FillPlanPage>(new { Data = new FillChoices(plan, [.. plans.Select(line => line with { Owner = owners.GetValueOrDefault(line.Head.OwnerId, "") })], [.. programmes], lessons, refusal) }, refusal?.Status ?? 200);
    }

    // Lessons of the year of the group that has fewest of them.
    private static void AddLessons(Npgsql.NpgsqlBatch batch, PlanHead plan) => batch.AddOfYear("""
        select coalesce(min(n), 0)::int from (select count(*) as n from journal.lessons l
          where l.school_year = $1 and l.school_id = $2 and l.group_id = any(array(select group_id from journal.plan_groups where school_id = $2 and plan_id = $3)) and not l.is_cancelled group by l.group_id) t
        """, plan.SchoolYear, plan.SchoolId, plan.Id);

    /// <summary>Lines of another plan of the school.</summary>
    public async Task<Result<Guid>> CopyAsync(Actor actor, Guid id, Guid? from, CancellationToken cancel)
    {
        if (from is not { } other || await PlanAccess.FindAsync(db, actor, other, JournalActions.ReadPlans, cancel) is not { } source)
            return new Problem("journal.plan-copy-choose", Texts.PlanCopyChoose, "from");
        return await DraftAsync(actor, id, "copy", source.Head.Title, null, [.. source.Rows.Select(row => row with { Id = Ids.New() })], cancel);
    }

    /// <summary>Sections of a programme with their hours, fitted to the lessons of the year.</summary>
    public async Task<Result<Guid>> BuildAsync(Actor actor, Guid id, string? key, CancellationToken cancel)
    {
        if (await PlanAccess.FindAsync(db, actor, id, JournalActions.EditPlan, cancel) is not { } plan) return Problem.NotFound;
        var choose = new Problem("journal.plan-programme-choose", Texts.PlanProgrammeChoose, "programme");
        if (key?.Split('|', 2) is not [var number, var subject] || !short.TryParse(number, out var grade)) return choose;
        var (sections, lessons) = await db.ReadAsync(actor, batch =>
        {
            batch.Add("select title, hours, kind from journal.programmes where subject_name = $1 and grade = $2 order by number", subject, grade);
            AddLessons(batch, plan.Head);
        }, async (reader, token) => (await reader.ReadAllAsync(r => (Title: r.GetString(0), Hours: (int)r.GetInt16(1), Kind: r.Maybe<short>(2)), token), await reader.ReadFirstAsync(r => r.GetInt32(0), token)), cancel);
        if (sections.Count == 0) return choose;
        var hours = ProgrammeHours.Fit([.. sections.Select(section => section.Hours)], lessons);
        var rows = ImmutableArray.CreateBuilder<PlanRow>();
        foreach (var (section, at) in sections.Select((section, at) => (section, at)))
        {
            if (hours[at] == 0) continue;
            rows.Add(PlanRow.Section(Ids.New(), section.Title));
            for (var left = hours[at]; left > 0; left -= PlanRow.MostHours)
                rows.Add(new(Ids.New(), false, section.Title, Math.Min(left, PlanRow.MostHours), section.Kind is { } kind && plan.Kinds.Any(known => known.Number == kind) ? kind : null, "", ""));
        }
        return await DraftAsync(actor, id, "programme", string.Format(Words.Russian, Texts.PlanTitleOf, subject, grade), null, rows.ToImmutable(), cancel);
    }

    /// <summary>Keeps what was taken until it is applied or dropped; drafts of a week ago go.</summary>
    private async Task<Result<Guid>> DraftAsync(Actor actor, Guid id, string source, string name, PlanSheet? sheet, ImmutableArray<PlanRow>? rows, CancellationToken cancel)
    {
        if (await PlanAccess.FindAsync(db, actor, id, JournalActions.EditPlan, cancel) is not { } plan) return Problem.NotFound;
        var draft = Ids.New();
        await db.WriteAsync(actor, batch =>
        {
            batch.Add("""
                delete from journal.plan_drafts where school_id = $1 and plan_id = $2
                   and (made_at < $3 or id in (select id from journal.plan_drafts where school_id = $1 and plan_id = $2 order by made_at desc offset $4))
                """, plan.Head.SchoolId, id, clock.Now.AddDays(-7), MostDrafts - 1);
            batch.Add("insert into journal.plan_drafts (school_id, id, plan_id, source, source_name, made_at, sheet, rows) values ($1, $2, $3, $4, $5, $6, $7, $8)",
                plan.Head.SchoolId, draft, id, source, name, clock.Now,
                Maybe.Of(sheet is null ? null : JsonSerializer.Serialize(sheet, Json.Options), NpgsqlTypes.NpgsqlDbType.Jsonb),
                Maybe.Of(rows is null ? null : JsonSerializer.Serialize(rows, Json.Options), NpgsqlTypes.NpgsqlDbType.Jsonb));
            batch.AddAudit(actor, JournalActions.EditPlan, clock.Now, plan.Head.SchoolId, null, $"plan={id} draft={draft} {source}");
        }, cancel);
        return draft;
    }
}
