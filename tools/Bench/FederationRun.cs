using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using MySchool.CommandLine.Launch;
using MySchool.Federation.Wire;
using MySchool.Generator;

namespace MySchool.Bench;

/// <summary>The federal node alone is measured: ГИС РУО and two regions answer from this very process, signed, with a usual week.</summary>
internal sealed class FederationRun : IAsyncDisposable
{
    public const string Name = "federated diary page";
    public const int DeadlineMs = 1500;
    private readonly WebApplication partners;
    private readonly Platform platform;
    private readonly Load load;
    private readonly IReadOnlyList<(string Token, string Path)> families;
    private readonly Region region;

    private FederationRun(WebApplication partners, Platform platform, Load load, IReadOnlyList<(string Token, string Path)> families, Region region) =>
        (this.partners, this.platform, this.load, this.families, this.region) = (partners, platform, load, families, region);

    /// <summary>Whether the second region takes questions and never answers.</summary>
    public bool IsSecondSilent { set => region.IsSecondSilent = value; }

    public static async Task<FederationRun> StartAsync(RunRequest request, CancellationToken cancel)
    {
        Directory.CreateDirectory(request.Data);
        var (own, theirs) = (Path.Combine(request.Data, "portal.pem"), Path.Combine(request.Data, "region.pem"));
        PartnerSetup.EnsureKey(own);
        var key = PartnerSetup.EnsureKey(theirs);
        var address = $"http://127.0.0.1:{Platform.FreePort()}";
        var region = new Region(EcKey.OfFile(theirs));
        var partners = await region.StartAsync(address, cancel);
        var settings = new Dictionary<string, string>
        {
            ["Federation__KeyId"] = "portal", ["Federation__KeyFile"] = own, ["Federation__Ruo__Address"] = $"{address}/ruo", ["Federation__Ruo__ClientId"] = "portal",
            ["Federation__Ruo__Secret"] = "none", ["Outgoing__MayStayInside"] = "true", ["Outgoing__AllowedHosts__0"] = new Uri(address).Authority,
        };
        foreach (var (code, i) in ((string[])["10", "20"]).Select((code, i) => (code, i)))
            foreach (var (name, value) in ((string, string)[])[("Code", code), ("Name", $"Регион {code}"), ("Address", $"{address}/{code}"), ("Account", "portal"), ("Secret", "none"), ("PublicKeys", $"region {key}")])
                settings[$"Federation__Regions__{i}__{name}"] = value;
        // The database outlives a run, the addresses do not.
        var platform = await Platform.StartAsync(request.Data, RegionSize.Small, cancel, "federal", settings);
        await using (var owner = Npgsql.NpgsqlDataSource.Create(platform.Database.Owner))
        await using (var move = owner.CreateCommand("update federation.regions set address = $1 || '/' || code, public_keys = $2, version = version + 1"))
        {
            foreach (var value in (string[])[address, $"region {key}"]) move.Parameters.Add(new() { Value = value });
            await move.ExecuteNonQueryAsync(cancel);
        }
        var people = new People(platform.Database.Owner);
        return new(partners, platform, new Load(platform, people), await people.FamiliesAsync(200, cancel), region);
    }

    public Task<Measured> PagesAsync(double seconds, CancellationToken cancel) => load.PagesAsync(families, seconds, cancel);

    public async ValueTask DisposeAsync()
    {
        load.Dispose();
        await platform.DisposeAsync();
        await partners.DisposeAsync();
    }

    /// <summary>Both regions and ГИС РУО.</summary>
    private sealed class Region(EcKey key)
    {
        private readonly byte[] week = Told(true).Write();
        private readonly byte[] list = Told(false).Write();

        public bool IsSecondSilent { get; set; }

        public async Task<WebApplication> StartAsync(string address, CancellationToken cancel)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            var app = builder.Build();
            app.Urls.Add(address);
            app.MapPost("/{who}/connect/token", (string who) => Results.Json(new { access_token = who, expires_in = 600 }));
            app.MapGet("/ruo/api/ruo/v1/persons/{oid}", (string oid) => Results.Json((object[])[new { regionCode = "10", role = "guardian" }, new { regionCode = "20", role = "guardian" }]));
            app.MapGet("/{code}/api/diary/v1/{**rest}", AnswerAsync);
            await app.StartAsync(cancel);
            return app;
        }

        private async Task AnswerAsync(HttpContext http)
        {
            if (IsSecondSilent && http.Request.Path.StartsWithSegments("/20", StringComparison.Ordinal)) await Task.Delay(Timeout.Infinite, http.RequestAborted);
            var body = http.Request.Path.Value!.EndsWith("/learners", StringComparison.Ordinal) ? list : week;
            var question = http.Request.Headers["Signature"].ToString()["diary=".Length..];
            var signed = MessageSignature.Sign(key, "region", MessageSignature.OfAnswer, name => name switch
            {
                "\"@status\"" => "200", "\"content-digest\"" => MessageSignature.Digest(body), _ => question,
            }, TimeProvider.System.GetUtcNow());
            http.Response.Headers["Signature-Input"] = signed.InputHeader;
            http.Response.Headers["Signature"] = signed.SignatureHeader;
            http.Response.ContentLength = body.Length;
            await http.Response.Body.WriteAsync(body, http.RequestAborted);
        }

        private static DiaryTold Told(bool hasWeek)
        {
            var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
            var monday = today.AddDays(-(((int)today.DayOfWeek + 6) % 7));
            var lessons = Enumerable.Range(0, 35).Select(i => new ToldLesson(
                monday.AddDays(i / 7), (short)(i % 7 + 1), new TimeOnly(8, 30).AddMinutes(55 * (i % 7)), new TimeOnly(9, 15).AddMinutes(55 * (i % 7)), "Русский язык", "Мария Петровна",
                "Правописание суффиксов", "214", false, null, i % 3 == 0 ? [new("4", 2, "Контрольная работа", null)] : [], i % 11 == 0 ? new("Н", "отсутствовал", true, null) : null,
                i % 2 == 0 ? [new("§ 29, упражнение 135; повторить правило", false)] : [])).ToImmutableArray();
            var subjects = Enumerable.Range(0, 15).Select(i => new ToldSubject($"Предмет {i}", "Мария Петровна", 6, "4,33", 1)).ToImmutableArray();
            return new(DiaryTold.Current, TimeProvider.System.GetUtcNow(), false,
                [new("a", "Иванова Мария", "7Б", "Школа № 7"), new("b", "Иванов Пётр", "3А", "Школа № 7")], hasWeek ? new("a", monday, today, "2-я четверть", lessons, subjects) : null);
        }
    }
}
