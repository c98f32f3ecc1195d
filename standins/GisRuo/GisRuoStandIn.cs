using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MySchool.StandIns.GisRuo;

/// <summary>ГИС РУО's wire on loopback, for demonstration and tests: who is in which region. Never a part of production.</summary>
public static class GisRuoStandIn
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.Create(System.Text.Unicode.UnicodeRanges.All) };

    /// <summary>Builds the server; the caller runs or starts it.</summary>
    /// <param name="args">Command line: <c>--urls http://127.0.0.1:5200 --Ruo:PeopleFile places.json --Ruo:ClientId … --Ruo:Secret …</c>.</param>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        var settings = builder.Configuration.GetSection("Ruo").Get<Settings>() ?? new();
        var tokens = new ConcurrentDictionary<string, DateTimeOffset>();
        var app = builder.Build();
        app.MapGet("/health/ready", () => "ready");
        app.MapPost("/connect/token", async (HttpRequest request) =>
        {
            var form = await request.ReadFormAsync();
            if (form["grant_type"] != "client_credentials" || form["client_id"] != settings.ClientId || form["client_secret"] != settings.Secret)
                return Results.Json(new { error = "invalid_client" }, Json, statusCode: 401);
            var token = RandomNumberGenerator.GetHexString(48, lowercase: true);
            tokens[token] = TimeProvider.System.GetUtcNow().AddMinutes(10);
            return Results.Json(new TokenAnswer(token, "Bearer", 600, "ruo.read"), Json);
        });
        app.MapGet("/api/ruo/v1/persons/{esiaOid}", (string esiaOid, HttpRequest request) =>
        {
            var header = request.Headers.Authorization.ToString();
            if (!header.StartsWith("Bearer ", StringComparison.Ordinal) || !tokens.TryGetValue(header[7..], out var until) || until < TimeProvider.System.GetUtcNow())
                return Results.StatusCode(401);
            return Results.Json(settings.Read().GetValueOrDefault(esiaOid) ?? [], Json);
        });
        return app;
    }

    private sealed record TokenAnswer(
        [property: JsonPropertyName("access_token")] string AccessToken, [property: JsonPropertyName("token_type")] string TokenType,
        [property: JsonPropertyName("expires_in")] int ExpiresIn, [property: JsonPropertyName("scope")] string Scope);

    private sealed class Settings
    {
        /// <summary>A JSON object: ЕСИА id to places, as the wire tells them.</summary>
        public string PeopleFile { get; set; } = "";

        public string ClientId { get; set; } = "";

        public string Secret { get; set; } = "";

        public Dictionary<string, List<JsonElement>> Read() =>
            File.Exists(PeopleFile) ? JsonSerializer.Deserialize<Dictionary<string, List<JsonElement>>>(File.ReadAllText(PeopleFile), Json) ?? [] : [];
    }
}
