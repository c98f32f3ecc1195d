using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using MySchool.Federation.Wire;
using MySchool.System.Tests.Provider;

namespace MySchool.System.Tests.Federation;

internal enum Breakage
{
    /// <summary>Answers as a region should.</summary>
    None,

    /// <summary>Takes the question and never answers.</summary>
    Silent,

    /// <summary>Answers with something else.</summary>
    Garbage,

    /// <summary>A well-formed answer signed by somebody else's key.</summary>
    Forged,

    /// <summary>The region's own answer to another question.</summary>
    Replayed,

    /// <summary>A signed answer, changed on the way.</summary>
    Tampered,

    /// <summary>Does not let anybody in.</summary>
    Refusing,
}

/// <summary>A region that does what it is told, well or ill.</summary>
internal sealed class BrokenRegion : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly EcKey own;
    private readonly EcKey stranger;
    private (string Input, string Signature, byte[] Body)? first;

    private BrokenRegion(WebApplication app, string address, EcKey own, EcKey stranger) => (this.app, Address, this.own, this.stranger) = (app, address, own, stranger);

    public string Address { get; }

    public Breakage Breakage { get; set; }

    /// <summary>How many questions have come.</summary>
    public int Asked { get; private set; }

    public static async Task<BrokenRegion> StartAsync(string keyFile, string strangersKeyFile)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var address = $"http://127.0.0.1:{ProviderPlatform.FreePort()}";
        var app = builder.Build();
        app.Urls.Add(address);
        var region = new BrokenRegion(app, address, EcKey.OfFile(keyFile), EcKey.OfFile(strangersKeyFile));
        app.MapPost("/connect/token", () => Results.Json(new { access_token = "token", expires_in = 600 }));
        app.MapGet("/api/diary/v1/{**rest}", region.AnswerAsync);
        await app.StartAsync();
        return region;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        Asked++;
        switch (Breakage)
        {
            case Breakage.Silent:
                await Task.Delay(Timeout.Infinite, http.RequestAborted);
                return;
            case Breakage.Garbage:
                await http.Response.WriteAsync("<html>Ведутся работы</html>");
                return;
            case Breakage.Refusing:
                http.Response.StatusCode = 403;
                return;
        }
        var told = new DiaryTold(1, TestClockNow, false, [new("k1", "Ломаев Иван", "3А", "Школа № 1")], http.Request.Path.Value!.EndsWith("/learners", StringComparison.Ordinal) ? null : Week());
        var answer = Sign(http, told.Write(), Breakage == Breakage.Forged ? stranger : own);
        first ??= answer;
        if (Breakage == Breakage.Replayed) answer = first.Value;
        if (Breakage == Breakage.Tampered) answer.Body = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(answer.Body).Replace("Ломаев", "Подменов", StringComparison.Ordinal));
        http.Response.Headers["Signature-Input"] = answer.Input;
        http.Response.Headers["Signature"] = answer.Signature;
        await http.Response.Body.WriteAsync(answer.Body);
    }

    private static DateTimeOffset TestClockNow => MySchool.Testing.SampleSchool.Now;

    private static ToldWeek Week() => new("k1", new(2026, 11, 23), new(2026, 11, 23), null,
        [new(new(2026, 11, 23), 1, new(8, 30), new(9, 15), "Ломаная алгебра", "", "", "", false, null, [new("5", 1, "Ответ", null)], null, [])], []);

    private static (string Input, string Signature, byte[] Body) Sign(HttpContext http, byte[] body, EcKey key)
    {
        var question = http.Request.Headers["Signature"].ToString()["diary=".Length..];
        var signed = MessageSignature.Sign(key, "broken-1", MessageSignature.OfAnswer, name => name switch
        {
            "\"@status\"" => "200", "\"content-digest\"" => MessageSignature.Digest(body), _ => question,
        }, TestClockNow);
        return (signed.InputHeader, signed.SignatureHeader, body);
    }
}
