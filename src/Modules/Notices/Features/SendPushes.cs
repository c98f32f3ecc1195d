using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Mail;
using MySchool.Notices.Domain;
using Npgsql;

namespace MySchool.Notices.Features;

/// <summary>Hands messages to browsers' push services (RFC 8030). A device that its service no longer knows is dropped.</summary>
internal sealed class SendPushes(IHttpClientFactory http, PushKeys keys, MailOptions mail, IClock clock) : IEventHandler<PushDue>
{
    public const string HttpName = "push";

    // A day in a pocket without a network; then the diary has it anyway.
    private const int LifeSeconds = 86_400;
    private static readonly TimeSpan TokenLife = TimeSpan.FromHours(12);

    public async Task HandleAsync(IReadOnlyList<PushDue> happened, NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var find = new NpgsqlCommand("select id, endpoint, public_key, secret from notices.devices where id = any($1)", connection)
        { Parameters = { new() { Value = happened.Select(push => push.DeviceId).Distinct().ToArray() } } };
        Dictionary<Guid, (string Endpoint, byte[] Key, byte[] Secret)> devices;
        await using (var reader = await find.ExecuteReaderAsync(cancel))
            devices = (await reader.ReadAllAsync(row => (row.GetGuid(0), (row.GetString(1), row.GetFieldValue<byte[]>(2), row.GetFieldValue<byte[]>(3))), cancel)).ToDictionary(one => one.Item1, one => one.Item2);
        foreach (var push in happened)
            if (devices.TryGetValue(push.DeviceId, out var device) && !await SendAsync(push, device, cancel))
            {
                devices.Remove(push.DeviceId);
                await using var drop = new NpgsqlCommand("delete from notices.devices where id = $1", connection) { Parameters = { new() { Value = push.DeviceId } } };
                await drop.ExecuteNonQueryAsync(cancel);
            }
    }

    // False: the service knows no such device any more (404, 410). Anything else that is not success is tried again later.
    private async Task<bool> SendAsync(PushDue push, (string Endpoint, byte[] Key, byte[] Secret) device, CancellationToken cancel)
    {
        var endpoint = new Uri(device.Endpoint);
        var body = PushCipher.Encrypt(JsonSerializer.SerializeToUtf8Bytes(new { title = push.Title, body = push.Body, url = "/today" }, Json.Options), device.Key, device.Secret);
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        request.Content.Headers.ContentEncoding.Add("aes128gcm");
        request.Headers.TryAddWithoutValidation("TTL", $"{LifeSeconds}");
        request.Headers.TryAddWithoutValidation("Urgency", "normal");
        request.Headers.TryAddWithoutValidation("Authorization", PushCipher.Vapid(await keys.GetAsync(cancel), endpoint, $"mailto:{mail.From}", clock.Now + TokenLife));
        using var client = http.CreateClient(HttpName);
        using var answer = await client.SendAsync(request, cancel);
        if (answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone) return false;
        if (!answer.IsSuccessStatusCode) throw new HttpRequestException($"The push service answered {(int)answer.StatusCode}", null, answer.StatusCode);
        return true;
    }
}
