using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Notices.Resources;

namespace MySchool.Notices.Features;

/// <summary>What a browser gives of itself (<c>PushSubscription.toJSON</c>).</summary>
internal sealed record NewDevice(string? Endpoint, DeviceKeys? Keys);

/// <summary>Keys of a browser, base64url.</summary>
internal sealed record DeviceKeys(string? P256dh, string? Auth);

/// <summary>Devices that messages go to. A browser belongs to whoever turned messages on last.</summary>
internal sealed class ManageDevices(AppDb db, WorkerDb worker, NoticesOptions options, IClock clock)
{
    private const int MostDevices = 10;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/account/notices/devices", async (NewDevice device, HttpContext http, ManageDevices feature, CancellationToken cancel) =>
            (await feature.AddAsync(http.RequireActor(), device, Device.Name(http.Request.Headers.UserAgent.ToString()), cancel)).ToJson()).Allow(NoticesActions.Manage);
        routes.MapPost("/account/notices/devices/drop", async ([FromForm] Guid id, HttpContext http, ManageDevices feature, CancellationToken cancel) =>
            await feature.DropAsync(http.RequireActor(), id, cancel) ? Results.LocalRedirect("/account/notices?done=dropped") : Problem.NotFound.ToPage()).Allow(NoticesActions.Manage);
    }

    public async Task<Result<bool>> AddAsync(Actor actor, NewDevice device, string? name, CancellationToken cancel)
    {
        if (!IsEndpoint(device.Endpoint) || Decode(device.Keys?.P256dh, 65) is not { } key || !IsPoint(key) || Decode(device.Keys?.Auth, 16) is not { } secret)
            return new Problem("notices.device", Texts.DeviceWrong, null, 400);
        // Another person's row under the same address: the browser is theirs no more. Requests see their own rows only.
        await using (var leave = worker.Source.CreateCommand("delete from notices.devices where endpoint = $1"))
        {
            leave.Parameters.Add(new() { Value = device.Endpoint! });
            await leave.ExecuteNonQueryAsync(cancel);
        }
        await db.WriteAsync(actor, batch =>
        {
            batch.Add("insert into notices.devices (id, person_id, endpoint, public_key, secret, name, created_at) values ($1, $2, $3, $4, $5, $6, $7) on conflict (endpoint) do nothing",
                Ids.New(), actor.PersonId, device.Endpoint!, key, secret, name ?? Texts.DeviceUnknown, clock.Now);
            batch.Add($"delete from notices.devices where person_id = $1 and id not in (select id from notices.devices where person_id = $1 order by created_at desc limit {MostDevices})", actor.PersonId);
            batch.AddAudit(actor, NoticesActions.Manage, clock.Now, null, actor.PersonId, "device added");
        }, cancel);
        return true;
    }

    private async Task<bool> DropAsync(Actor actor, Guid id, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(actor, cancel);
        var gone = await transaction.RunAsync(batch => batch.Add("delete from notices.devices where id = $1 and person_id = $2 returning id", id, actor.PersonId),
            (reader, token) => reader.ReadAllAsync(row => row.GetGuid(0), token), cancel);
        if (gone.Count == 0) return false;
        await transaction.RunAsync(batch => batch.AddAudit(actor, NoticesActions.Manage, clock.Now, null, actor.PersonId, "device dropped"), cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }

    private bool IsEndpoint(string? text) => text is { Length: > 10 and <= 1000 } && Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || options.PushMayBeInside && uri.Scheme == Uri.UriSchemeHttp) && uri.UserInfo.Length == 0;

    private static byte[]? Decode(string? text, int length)
    {
        if (text is null || text.Length > 200 || !Base64Url.IsValid(text)) return null;
        var bytes = Base64Url.DecodeFromChars(text);
        return bytes.Length == length ? bytes : null;
    }

    private static bool IsPoint(byte[] key)
    {
        if (key[0] != 4) return false;
        try
        {
            using var point = ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new() { X = key[1..33], Y = key[33..] } });
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
