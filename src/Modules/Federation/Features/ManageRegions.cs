using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Access;
using MySchool.Federation.Asking;
using MySchool.Federation.Pages;
using MySchool.Federation.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Ui;
using Npgsql;

namespace MySchool.Federation.Features;

/// <summary>The operator's list of regions, and one of them.</summary>
internal sealed record RegionView(Region? Region, RegionForm Form, Problem? Problem = null)
{
    /// <summary>What has just been done, in words.</summary>
    public string? Done { get; init; }

    /// <summary>Whether it is good news.</summary>
    public bool IsGood { get; init; } = true;
}

/// <summary>The operator decides which regions are asked and how, and tries it: a real question by the very code that families use.</summary>
internal sealed class ManageRegions(AppDb db, RegionBook book, OutgoingHttp http, IEnumerable<IRegionalDiary> dialects, IClock clock)
{
    private static readonly CompositeFormat CheckOk = CompositeFormat.Parse(Texts.CheckOk);
    private static readonly CompositeFormat CheckSigned = CompositeFormat.Parse(Texts.CheckSigned);
    private static readonly CompositeFormat CheckFailed = CompositeFormat.Parse(Texts.CheckFailed);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/regions", async (HttpContext context, ManageRegions feature, CancellationToken cancel) =>
            await feature.ListAsync(context.RequireActor(), cancel) is { } list ? Page.Of<RegionsPage>(new { Data = list }) : Problem.NotFound.ToPage()).Allow(FederationActions.ManageRegions);
        routes.MapGet("/regions/new", () => Page.Of<RegionPage>(new { Data = new RegionView(null, new RegionForm()) })).Allow(FederationActions.ManageRegions);
        routes.MapPost("/regions/new", (HttpContext context, ManageRegions feature, [AsParameters] RegionInput input, CancellationToken cancel) =>
            feature.SaveAsync(context, null, input, cancel)).Allow(FederationActions.ManageRegions);
        routes.MapGet("/regions/{id:guid}", async (Guid id, string? done, HttpContext context, ManageRegions feature, CancellationToken cancel) =>
            await feature.FindAsync(context.RequireActor(), id, cancel) is { } region
                ? Page.Of<RegionPage>(new { Data = new RegionView(region, RegionForm.Of(region)) { Done = done == "saved" ? Texts.Saved : null } })
                : Problem.NotFound.ToPage()).Allow(FederationActions.ManageRegions);
        routes.MapPost("/regions/{id:guid}", (Guid id, HttpContext context, ManageRegions feature, [AsParameters] RegionInput input, CancellationToken cancel) =>
            feature.SaveAsync(context, id, input, cancel)).Allow(FederationActions.ManageRegions);
        routes.MapPost("/regions/{id:guid}/check", async (Guid id, HttpContext context, ManageRegions feature, CancellationToken cancel) =>
            await feature.CheckAsync(context.RequireActor(), id, cancel) is { } view ? Page.Of<RegionPage>(new { Data = view }) : Problem.NotFound.ToPage()).Allow(FederationActions.ManageRegions);
    }

    /// <summary>All regions for the operator; null for anybody else.</summary>
    public async Task<IReadOnlyList<Region>?> ListAsync(Actor actor, CancellationToken cancel)
    {
        if (!IsOpenTo(actor)) return null;
        book.Refresh();
        return await book.ListAsync(cancel);
    }

    /// <summary>Writes a region; <paramref name="id"/> null adds one.</summary>
    public async Task<Result<Guid>> HandleAsync(Actor actor, Guid? id, RegionForm form, CancellationToken cancel)
    {
        if (!IsOpenTo(actor)) return Problem.NotFound;
        if (form.Check(http) is { } wrong) return wrong;
        var region = id ?? Ids.New();
        try
        {
            var written = await db.ReadAsync(actor, batch =>
            {
                if (id is null) Insert(batch, actor, region, form);
                else Update(batch, actor, region, form);
                batch.AddAudit(actor, FederationActions.ManageRegions, clock.Now, null, null, $"{(id is null ? "added" : "changed")} {region}");
            }, (reader, token) => reader.ReadAllAsync(row => row.GetGuid(0), token), cancel);
            book.Refresh();
            return written.Count == 1 ? region : new Problem("federation.region-changed", Texts.RegionChanged, null, 409);
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return new Problem("federation.region-taken", Texts.RegionTaken, "name", 409);
        }
    }

    /// <summary>Asks the region about somebody it cannot know.</summary>
    public async Task<RegionView?> CheckAsync(Actor actor, Guid id, CancellationToken cancel)
    {
        if (await FindAsync(actor, id, cancel) is not { } region) return null;
        var started = Stopwatch.GetTimestamp();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(region.DeadlineMs);
        var view = new RegionView(region, RegionForm.Of(region));
        try
        {
            var answer = await dialects.First(dialect => dialect.Dialect == region.Dialect)
                .AskAsync(region, new DiaryQuestion("0", DateOnly.FromDateTime(clock.Now.UtcDateTime), null, IsListOnly: true), deadline.Token).WaitAsync(deadline.Token);
            return view with { Done = string.Format(Says.Russian, answer.Proof is null ? CheckOk : CheckSigned, (int)Stopwatch.GetElapsedTime(started).TotalMilliseconds) };
        }
        catch (Exception failure) when (failure is RegionFault or HttpRequestException or IOException || failure is OperationCanceledException && !cancel.IsCancellationRequested)
        {
            var kind = failure is RegionFault fault ? fault.Kind : failure is OperationCanceledException ? FaultKind.Slow : FaultKind.Away;
            return view with { Done = string.Format(Says.Russian, CheckFailed, Says.Why(kind)), IsGood = false };
        }
    }

    private async Task<Region?> FindAsync(Actor actor, Guid id, CancellationToken cancel) =>
        (await ListAsync(actor, cancel))?.FirstOrDefault(region => region.Id == id);

    private async Task<IResult> SaveAsync(HttpContext context, Guid? id, RegionInput input, CancellationToken cancel)
    {
        var (actor, form) = (context.RequireActor(), input.ToForm());
        var existing = id is { } known ? await FindAsync(actor, known, cancel) : null;
        if (id is not null && existing is null) return Problem.NotFound.ToPage();
        var saved = await HandleAsync(actor, id, form, cancel);
        return saved.IsOk ? Results.LocalRedirect($"/regions/{saved.Value}?done=saved")
            : Page.Of<RegionPage>(new { Data = new RegionView(existing, form, saved.Problem) }, saved.Problem!.Status);
    }

    private void Insert(NpgsqlBatch batch, Actor actor, Guid id, RegionForm form) => batch.Add("""
        insert into federation.regions (id, code, name, dialect, address, account, secret, public_keys, consent_page, deadline_ms, is_on, changed_at, changed_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) returning id
        """, [id, .. Values(form), clock.Now, actor.PersonId]);

    private void Update(NpgsqlBatch batch, Actor actor, Guid id, RegionForm form) => batch.Add("""
        update federation.regions set code = $2, name = $3, dialect = $4, address = $5, account = $6, secret = coalesce($7, secret), public_keys = $8, consent_page = $9,
          deadline_ms = $10, is_on = $11, changed_at = $12, changed_by = $13, version = version + 1 where id = $1 and version = $14 returning id
        """, [id, .. Values(form), clock.Now, actor.PersonId, form.Version]);

    private object[] Values(RegionForm form) =>
    [
        form.Code, form.Name, form.Dialect, form.Address, form.Account, Maybe.Of(book.Seal(form.Secret), NpgsqlTypes.NpgsqlDbType.Bytea), form.PublicKeys, form.ConsentPage,
        int.Parse(form.DeadlineMs, CultureInfo.InvariantCulture), form.IsOn,
    ];

    private static bool IsOpenTo(Actor actor) => Decide.Allows(actor, FederationActions.ManageRegions, new Coordinate(Places.Territory, actor.Hat.UnitId));
}

/// <summary>The form's fields as the browser sends them.</summary>
internal sealed record RegionInput(
    [FromForm] string? name, [FromForm] string? code, [FromForm] string? dialect, [FromForm] string? address, [FromForm] string? account, [FromForm] string? secret,
    [FromForm] string? publicKeys, [FromForm] string? consentPage, [FromForm] string? deadlineMs, [FromForm] string? isOn, [FromForm] string? version)
{
    public RegionForm ToForm() => new()
    {
        Name = name?.Trim() ?? "", Code = code?.Trim() ?? "", Dialect = dialect ?? "", Address = address?.Trim().TrimEnd('/') ?? "", Account = account?.Trim() ?? "", Secret = secret ?? "",
        PublicKeys = publicKeys?.ReplaceLineEndings("\n").Trim() ?? "", ConsentPage = consentPage?.Trim() ?? "", DeadlineMs = deadlineMs?.Trim() ?? "", IsOn = isOn == "true",
        Version = int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0,
    };
}
