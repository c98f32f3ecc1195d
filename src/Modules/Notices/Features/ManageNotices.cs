using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Notices.Domain;
using MySchool.Notices.Pages;
using MySchool.Notices.Resources;
using MySchool.Ui;

namespace MySchool.Notices.Features;

/// <summary>A device that gets messages.</summary>
internal sealed record OwnDevice(Guid Id, string Name, DateTimeOffset Since);

/// <summary>The page «Уведомления».</summary>
internal sealed record NoticesView(NoticeSettings Settings, ImmutableArray<OwnDevice> Devices, bool HasAddress, string PushKey, string? Done, Problem? Problem);

/// <summary>What is typed; hours as «18:00».</summary>
internal sealed record TypedSettings(string? Marks, string? Absences, string? Homework, string? DigestAt, string? QuietFrom, string? QuietTo);

/// <summary>A person's choice: of what, at once or in the day's letter, at which hour, and when nothing may ring.</summary>
internal sealed class ManageNotices(AppDb db, INoticeConsents consents, PushKeys keys, IClock clock)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/account/notices", async (string? done, HttpContext http, ManageNotices feature, CancellationToken cancel) =>
            await feature.PageAsync(http, done, null, null, cancel)).Allow(NoticesActions.Manage);
        routes.MapPost("/account/notices", async (
            [FromForm] string? marks, [FromForm] string? absences, [FromForm] string? homework, [FromForm] string? digestAt, [FromForm] string? quietFrom, [FromForm] string? quietTo,
            HttpContext http, ManageNotices feature, CancellationToken cancel) =>
        {
            var saved = await feature.HandleAsync(http.RequireActor(), new(marks, absences, homework, digestAt, quietFrom, quietTo), cancel);
            return saved.IsOk ? Results.LocalRedirect("/account/notices?done=saved") : await feature.PageAsync(http, null, null, saved.Problem, cancel);
        }).Allow(NoticesActions.Manage);
    }

    public async Task<Result<NoticeSettings>> HandleAsync(Actor actor, TypedSettings typed, CancellationToken cancel)
    {
        if (!(Modes.All.Contains(typed.Marks) && Modes.All.Contains(typed.Absences) && Modes.All.Contains(typed.Homework))) return new Problem("notices.choice", Texts.ChoiceWanted);
        if (Minutes(typed.DigestAt) is not { } digest) return new Problem("notices.hour", Texts.HourWanted, "digestAt");
        if (Minutes(typed.QuietFrom) is not { } from) return new Problem("notices.hour", Texts.HourWanted, "quietFrom");
        if (Minutes(typed.QuietTo) is not { } to) return new Problem("notices.hour", Texts.HourWanted, "quietTo");
        var settings = new NoticeSettings(typed.Marks!, typed.Absences!, typed.Homework!, digest, from, to);
        await db.WriteAsync(actor, batch =>
        {
            batch.Add("""
                insert into notices.settings (person_id, marks, absences, homework, digest_at, quiet_from, quiet_to, changed_at) values ($1, $2, $3, $4, $5, $6, $7, $8)
                on conflict (person_id) do update set marks = $2, absences = $3, homework = $4, digest_at = $5, quiet_from = $6, quiet_to = $7, changed_at = $8
                """, actor.PersonId, settings.Marks, settings.Absences, settings.Homework, (short)digest, (short)from, (short)to, clock.Now);
            batch.AddAudit(actor, NoticesActions.Manage, clock.Now, null, actor.PersonId, "settings");
        }, cancel);
        return settings;
    }

    private async Task<IResult> PageAsync(HttpContext http, string? done, NoticeSettings? typed, Problem? problem, CancellationToken cancel)
    {
        var actor = http.RequireActor();
        var (settings, devices) = await db.ReadAsync(actor, batch =>
        {
            batch.Add("select marks, absences, homework, digest_at, quiet_from, quiet_to from notices.settings where person_id = $1", actor.PersonId);
            batch.Add("select id, name, created_at from notices.devices where person_id = $1 order by created_at", actor.PersonId);
        }, async (reader, token) => (
            await reader.ReadFirstAsync(row => new NoticeSettings(row.GetString(0), row.GetString(1), row.GetString(2), row.GetInt16(3), row.GetInt16(4), row.GetInt16(5)), token),
            await reader.ReadAllAsync(row => new OwnDevice(row.GetGuid(0), row.GetString(1), row.GetFieldValue<DateTimeOffset>(2)), token)), cancel);
        // The worker that shows messages is the one that keeps the diary.
        http.Features.Set(new OfflineOffer(null));
        var hasAddress = (await consents.FindAddressesAsync([actor.PersonId], cancel)).Count > 0;
        return Page.Of<NoticesPage>(new { Data = new NoticesView(typed ?? settings ?? NoticeSettings.Default, [.. devices], hasAddress, await keys.GetPublicAsync(cancel), done, problem) }, problem?.Status ?? 200);
    }

    private static int? Minutes(string? text) =>
        TimeOnly.TryParseExact(text, ["HH:mm", "H:mm", "HH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time.Hour * 60 + time.Minute : null;
}
