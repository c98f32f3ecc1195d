using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using static System.Buffers.Text.Base64Url;

namespace MySchool.Modules.Tests.Notices;

/// <summary>A push service and a browser in one: takes messages, checks who sends, reads with the browser's own key. Nothing of the platform's code.</summary>
internal sealed class PushStandIn : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ECDiffieHellman browser = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
    private readonly byte[] secret = RandomNumberGenerator.GetBytes(16);

    private PushStandIn()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://{IPAddress.Loopback}:0");
        app = builder.Build();
        app.MapPost("/push/{id}", async (HttpContext http) =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body);
            if (Answer == 201) Heard.Enqueue((Read(body.ToArray()), http.Request.Headers.Authorization.ToString(), http.Request.Headers["TTL"].ToString()));
            return Results.StatusCode(Answer);
        });
    }

    public static async Task<PushStandIn> StartAsync()
    {
        var made = new PushStandIn();
        await made.app.StartAsync();
        return made;
    }

    public int Answer { get; set; } = 201;

    public ConcurrentQueue<(JsonElement Message, string Authorization, string Ttl)> Heard { get; } = new();

    public string Origin => app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    /// <summary>What a browser would give of itself.</summary>
    public object Subscription(string id) => new { endpoint = $"{Origin}/push/{id}", keys = new { p256dh = EncodeToString(Point(browser)), auth = EncodeToString(secret) } };

    /// <summary>Whether the header is signed by the key it names, for this service, and not for longer than a day.</summary>
    public bool IsSigned(string authorization, DateTimeOffset now)
    {
        var parts = authorization["vapid t=".Length..].Split(", k=");
        var (token, key) = (parts[0].Split('.'), DecodeFromChars(parts[1]));
        using var signer = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new() { X = key[1..33], Y = key[33..] } });
        var claims = JsonDocument.Parse(DecodeFromChars(token[1])).RootElement;
        return signer.VerifyData(Encoding.ASCII.GetBytes($"{token[0]}.{token[1]}"), DecodeFromChars(token[2]), HashAlgorithmName.SHA256)
            && claims.GetProperty("aud").GetString() == Origin && claims.GetProperty("exp").GetInt64() is var ends && ends > now.ToUnixTimeSeconds() && ends <= now.AddDays(1).ToUnixTimeSeconds();
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        browser.Dispose();
    }

    private JsonElement Read(byte[] body)
    {
        var salt = body[..16];
        var keyLength = body[20];
        var senderKey = body[21..(21 + keyLength)];
        var cipherText = body[(21 + keyLength)..];
        if (BinaryPrimitives.ReadUInt32BigEndian(body.AsSpan(16)) < cipherText.Length) throw new InvalidDataException("more than one record");
        using var sender = ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new() { X = senderKey[1..33], Y = senderKey[33..] } });
        var input = HKDF.DeriveKey(HashAlgorithmName.SHA256, browser.DeriveRawSecretAgreement(sender.PublicKey), 32, secret, [.. Encoding.ASCII.GetBytes("WebPush: info\0"), .. Point(browser), .. senderKey]);
        var plain = new byte[cipherText.Length - 16];
        using var cipher = new AesGcm(HKDF.DeriveKey(HashAlgorithmName.SHA256, input, 16, salt, Encoding.ASCII.GetBytes("Content-Encoding: aes128gcm\0")), 16);
        cipher.Decrypt(HKDF.DeriveKey(HashAlgorithmName.SHA256, input, 12, salt, Encoding.ASCII.GetBytes("Content-Encoding: nonce\0")), cipherText.AsSpan(0, plain.Length), cipherText.AsSpan(plain.Length), plain);
        return JsonDocument.Parse(plain.AsMemory(0, Array.LastIndexOf(plain, (byte)2))).RootElement;
    }

    private static byte[] Point(ECDiffieHellman key) => [4, .. key.ExportParameters(false).Q.X!, .. key.ExportParameters(false).Q.Y!];
}
