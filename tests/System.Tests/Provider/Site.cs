using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.WebUtilities;
using MySchool.Testing;
using Xunit;

namespace MySchool.System.Tests.Provider;

/// <summary>A site as small as can be: asks for a person, exchanges the code, asks for userinfo.</summary>
internal sealed partial class Site(ProviderPlatform platform, Registered registered) : IDisposable
{
    private readonly HttpClient http = new() { BaseAddress = platform.Host.Address };
    private readonly string verifier = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));

    public string Request(string scope = "openid profile role school class offline_access") => QueryHelpers.AddQueryString("/connect/authorize", new Dictionary<string, string?>
    {
        ["client_id"] = registered.ClientId, ["redirect_uri"] = ProviderPlatform.Redirect, ["response_type"] = "code", ["scope"] = scope, ["state"] = "s",
        ["code_challenge"] = WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))), ["code_challenge_method"] = "S256",
    });

    /// <summary>Walks a person through the consent screen and takes the tokens.</summary>
    public async Task<JsonElement> EnterAsync(TestBrowser browser, string child = "", string? scope = null)
    {
        using var agreed = await browser.SubmitAsync(scope is null ? Request() : Request(scope), "/connect/agree", ("return", scope is null ? Request() : Request(scope)), ("child", child));
        Assert.Equal(HttpStatusCode.Found, agreed.StatusCode);
        using var back = await browser.GetAsync(agreed.Headers.Location!.ToString());
        Assert.StartsWith(ProviderPlatform.Redirect, back.Headers.Location?.ToString(), StringComparison.Ordinal);
        return await ExchangeAsync(("grant_type", "authorization_code"), ("redirect_uri", ProviderPlatform.Redirect), ("code_verifier", verifier),
            ("code", QueryHelpers.ParseQuery(back.Headers.Location!.Query)["code"].ToString()));
    }

    public async Task<JsonElement> ExchangeAsync(params (string Name, string Value)[] fields)
    {
        using var form = new FormUrlEncodedContent([.. fields.Select(f => KeyValuePair.Create(f.Name, f.Value)),
            KeyValuePair.Create("client_id", registered.ClientId), KeyValuePair.Create("client_secret", registered.Secret)]);
        using var answer = await http.PostAsync(new Uri("/connect/token", UriKind.Relative), form);
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
    }

    public Task<JsonElement> RefreshAsync(JsonElement tokens) => ExchangeAsync(("grant_type", "refresh_token"), ("refresh_token", tokens.GetProperty("refresh_token").GetString()!));

    public async Task<HttpResponseMessage> AskAsync(string path, string? token, HttpContent? body = null)
    {
        using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = body };
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await http.SendAsync(request);
    }

    public async Task<(HttpStatusCode Status, JsonElement Person)> WhoAsync(JsonElement tokens)
    {
        using var answer = await AskAsync("/connect/userinfo", tokens.GetProperty("access_token").GetString());
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
    }

    public static string Subject(JsonElement tokens) =>
        JsonDocument.Parse(WebEncoders.Base64UrlDecode(tokens.GetProperty("id_token").GetString()!.Split('.')[1])).RootElement.GetProperty("sub").GetString()!;

    public void Dispose() => http.Dispose();

    [GeneratedRegex("name=\"id\" value=\"([^\"]+)\" ?/?><button[^>]*aria-label=\"Отключить")]
    public static partial Regex DisconnectId();
}
