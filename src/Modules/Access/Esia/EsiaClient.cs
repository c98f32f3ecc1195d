using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;
using MySchool.Kernel;

namespace MySchool.Access.Esia;

/// <summary>A signed-in person and the token that opens their data for an hour.</summary>
internal sealed record EsiaLogin(EsiaSubject Subject, string AccessToken);

/// <summary>What ЕСИА tells of a person; only what we use is read.</summary>
internal sealed record EsiaPerson(string? FirstName, string? LastName, string? MiddleName, string? BirthDate, string? Snils, bool Trusted, string? Gender = null);

/// <summary>Asks ЕСИА, each question with a deadline.</summary>
internal sealed partial class EsiaClient(
    IHttpClientFactory http, EsiaRequests requests, EsiaTokens tokens, EsiaOptions options, EsiaHealth health, ILogger<EsiaClient> log)
{
    /// <summary>Name of the one client that may speak to ЕСИА.</summary>
    public const string HttpName = "esia";
    private const int AnswerLimit = 256 * 1024;

    /// <summary>Exchanges a code for tokens and checks them.</summary>
    public async Task<Result<EsiaLogin>> ExchangeAsync(string code, CancellationToken cancel)
    {
        var state = Ids.New().ToString();
        using var request = new HttpRequestMessage(HttpMethod.Post, requests.TokenUrl) { Content = new FormUrlEncodedContent(requests.TokenForm(code, state)) };
        var answer = await AskAsync<TokenAnswer>(request, cancel);
        if (!answer.IsOk) return answer.Problem!;
        var (idToken, accessToken) = (answer.Value.IdToken, answer.Value.AccessToken);
        if (answer.Value.State != state || idToken is null || accessToken is null) return Untrusted("state");
        return await tokens.ReadAsync(idToken, accessToken) is { } subject ? new EsiaLogin(subject, accessToken) : Untrusted("token");
    }

    /// <summary>The person's card.</summary>
    public Task<Result<EsiaPerson>> GetPersonAsync(EsiaLogin login, CancellationToken cancel) => GetAsync<EsiaPerson>(login, "", cancel);

    /// <summary>The person's children as ЕСИА knows them.</summary>
    public async Task<Result<IReadOnlyList<EsiaPerson>>> GetKidsAsync(EsiaLogin login, CancellationToken cancel)
    {
        var kids = await GetAsync<Collection<EsiaPerson>>(login, "/kids?embed=(elements)", cancel);
        return kids.Then<IReadOnlyList<EsiaPerson>>(list => list.Elements.ToList());
    }

    /// <summary>Verified contacts; empty when the person has allowed none.</summary>
    public async Task<Result<IReadOnlyList<EsiaContact>>> GetContactsAsync(EsiaLogin login, CancellationToken cancel)
    {
        var contacts = await GetAsync<Collection<EsiaContact>>(login, "/ctts?embed=(elements)", cancel);
        return contacts.Then<IReadOnlyList<EsiaContact>>(list => list.Elements.Where(contact => contact.VrfStu == "VERIFIED").ToList());
    }

    /// <summary>Organisations the person works in, by ЕСИА.</summary>
    public async Task<Result<IReadOnlyList<EsiaRole>>> GetRolesAsync(EsiaLogin login, CancellationToken cancel)
    {
        var roles = await GetAsync<Collection<EsiaRole>>(login, "/roles?embed=(elements)", cancel);
        return roles.Then<IReadOnlyList<EsiaRole>>(list => list.Elements.ToList());
    }

    private async Task<Result<T>> GetAsync<T>(EsiaLogin login, string path, CancellationToken cancel) where T : class
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{options.Origin}/rs/prns/{login.Subject.Oid}{path}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", login.AccessToken);
        return await AskAsync<T>(request, cancel);
    }

    private async Task<Result<T>> AskAsync<T>(HttpRequestMessage request, CancellationToken cancel) where T : class
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(TimeSpan.FromSeconds(options.TimeoutSeconds));
        try
        {
            using var client = http.CreateClient(HttpName);
            client.MaxResponseContentBufferSize = AnswerLimit;
            // Buffered whole under the deadline: an answer that drips a byte a second is no answer.
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseContentRead, deadline.Token);
            if (response.StatusCode >= HttpStatusCode.InternalServerError) return Away(response.StatusCode.ToString());
            health.Answered();
            if (response.IsSuccessStatusCode)
                return await response.Content.ReadFromJsonAsync<T>(EsiaJson.Options, deadline.Token) is { } answer ? answer : Untrusted("empty");
            var error = response.Content.Headers.ContentType?.MediaType == "application/json"
                ? await response.Content.ReadFromJsonAsync<TokenAnswer>(EsiaJson.Options, deadline.Token) : null;
            return EsiaErrors.From(error?.Error, error?.ErrorDescription);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException
                                        || (failure is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return Away(failure.GetType().Name);
        }
        catch (System.Text.Json.JsonException)
        {
            return Untrusted("json");
        }
    }

    private Problem Away(string reason)
    {
        health.Failed();
        LogAway(log, reason);
        return EsiaErrors.Away;
    }

    private Problem Untrusted(string reason)
    {
        LogUntrusted(log, reason);
        return EsiaErrors.BadToken;
    }

    private sealed record TokenAnswer(
        [property: JsonPropertyName("access_token")] string? AccessToken, [property: JsonPropertyName("id_token")] string? IdToken,
        string? State, string? Error, [property: JsonPropertyName("error_description")] string? ErrorDescription);

    [LoggerMessage(Level = LogLevel.Warning, Message = "ЕСИА is away: {Reason}")]
    private static partial void LogAway(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "An answer in ЕСИА's name was not believed: {Reason}")]
    private static partial void LogUntrusted(ILogger logger, string reason);
}

/// <summary>A contact: <c>EML</c>, <c>MBT</c> or <c>PHN</c>.</summary>
internal sealed record EsiaContact(string Type, string VrfStu, string Value);

/// <summary>A place of work.</summary>
internal sealed record EsiaRole(string? FullName, string? ShortName, string? Ogrn);

/// <summary>How ЕСИА sends lists.</summary>
internal sealed record Collection<T>(int Size, IReadOnlyList<T> Elements);

/// <summary>ЕСИА's JSON: its own names, numbers where we keep text.</summary>
internal static class EsiaJson
{
    public static readonly System.Text.Json.JsonSerializerOptions Options = new(System.Text.Json.JsonSerializerDefaults.Web);
}
