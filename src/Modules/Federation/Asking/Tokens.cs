using System.Collections.Concurrent;
using System.Text.Json;
using MySchool.Kernel;
using MySchool.Kernel.Web;

namespace MySchool.Federation.Asking;

/// <summary>Tokens of this node at others (client credentials), kept until shortly before they end.</summary>
internal sealed class Tokens(OutgoingHttp http, IClock clock)
{
    private const int MostBytes = 16 * 1024;
    private static readonly TimeSpan Spare = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<(string Address, string Account, string Scope), (string Token, DateTimeOffset Until)> kept = new();

    /// <summary>A token that is good now.</summary>
    /// <exception cref="RegionFault">The other side gives none.</exception>
    public async Task<string> GetAsync(Uri address, string account, string secret, string scope, CancellationToken cancel)
    {
        var key = (address.ToString(), account, scope);
        if (kept.TryGetValue(key, out var known) && known.Until > clock.Now) return known.Token;
        using var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = new FormUrlEncodedContent([KeyValuePair.Create("grant_type", "client_credentials"), KeyValuePair.Create("scope", scope),
                KeyValuePair.Create("client_id", account), KeyValuePair.Create("client_secret", secret)]),
        };
        var answer = await http.SendAsync(request, MostBytes, cancel);
        if (answer.Status is 400 or 401 or 403) throw new RegionFault(FaultKind.Refused);
        if (answer.Status != 200) throw new RegionFault(FaultKind.Away);
        var (token, seconds) = Read(answer.Body);
        // Ours to send as it is: a header of several lines would be somebody else's request.
        if (token.Length is 0 or > 4000 || token.Any(letter => letter is <= ' ' or > '~')) throw new RegionFault(FaultKind.Garbled);
        kept[key] = (token, clock.Now.AddSeconds(Math.Clamp(seconds, 0, 3600)) - Spare);
        return token;
    }

    /// <summary>Forgets a token that was refused.</summary>
    public void Forget(Uri address, string account, string scope) => kept.TryRemove((address.ToString(), account, scope), out _);

    private static (string Token, int Seconds) Read(byte[] body)
    {
        try
        {
            using var read = JsonDocument.Parse(body);
            return (read.RootElement.GetProperty("access_token").GetString() ?? "", read.RootElement.TryGetProperty("expires_in", out var term) ? term.GetInt32() : 60);
        }
        catch (Exception other) when (other is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new RegionFault(FaultKind.Garbled, other);
        }
    }
}
