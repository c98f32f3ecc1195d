using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using MySchool.Federation.Resources;
using MySchool.Federation.Wire;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Federation.Telling;

/// <summary>
/// Believes a signed request once: signed by a key of the very system whose token it carries, within the skew of clocks, and never
/// seen before. So a token stolen alone opens nothing, and a request copied whole opens nothing twice.
/// </summary>
internal sealed class CheckRequest(FederationOptions options, WorkerDb db, IClock clock)
{
    private readonly Dictionary<string, (Guid System, EcKey Key)> callers = Read(options);

    /// <summary>Checks the request of a system that the token has named.</summary>
    public async Task<Result<ClaimedSignature>> HandleAsync(HttpContext http, Actor system, CancellationToken cancel)
    {
        var request = http.Request;
        if (MessageSignature.Read(request.Headers["Signature-Input"], request.Headers["Signature"], MessageSignature.OfRequest) is not { } claimed)
            return Refuse("federation.signature-missing", Texts.SignatureMissing);
        if ((clock.Now - claimed.Created).Duration() > TimeSpan.FromSeconds(options.SkewSeconds)) return Refuse("federation.signature-old", Texts.SignatureOld);
        if (!callers.TryGetValue(claimed.KeyId, out var caller) || caller.System != system.PersonId
            || !MessageSignature.Holds(claimed, caller.Key, name => ComponentOf(http, name)))
            return Refuse("federation.signature-wrong", Texts.SignatureWrong);
        return await IsNewAsync(claimed, cancel) ? claimed : Refuse("federation.replayed", Texts.SignatureReplayed);
    }

    private static string? ComponentOf(HttpContext http, string name)
    {
        var target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var query = target.IndexOf('?', StringComparison.Ordinal);
        return name switch
        {
            "\"@method\"" => http.Request.Method,
            "\"@authority\"" => http.Request.Host.Value?.ToLowerInvariant(),
            "\"@path\"" => query < 0 ? target : target[..query],
            "\"@query\"" => query < 0 ? "?" : target[query..],
            "\"authorization\"" => http.Request.Headers.Authorization.ToString(),
            // A question has no body.
            "\"content-digest\"" => http.Request.ContentLength is null or 0 && Same(http.Request.Headers["Content-Digest"].ToString(), MessageSignature.Digest([])) ? MessageSignature.Digest([]) : null,
            _ => null,
        };
    }

    private static bool Same(string one, string other) => CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(one), Encoding.ASCII.GetBytes(other));

    private async Task<bool> IsNewAsync(ClaimedSignature claimed, CancellationToken cancel)
    {
        await using var keep = db.Source.CreateCommand("insert into federation.nonces (key_id, nonce, ends_at) values ($1, $2, $3) on conflict do nothing");
        foreach (var value in (object[])[claimed.KeyId, claimed.Nonce, claimed.Created.AddSeconds(2 * options.SkewSeconds)]) keep.Parameters.Add(new NpgsqlParameter { Value = value });
        return await keep.ExecuteNonQueryAsync(cancel) == 1;
    }

    private static Dictionary<string, (Guid System, EcKey Key)> Read(FederationOptions options) => options.Callers.ToDictionary(
        caller => caller.KeyId,
        caller => (caller.System, EcKey.OfPublic(caller.PublicKey) ?? throw new InvalidOperationException($"Federation:Callers: the key {caller.KeyId} is none of P-256")),
        StringComparer.Ordinal);

    private static Problem Refuse(string code, string message) => new(code, message, null, 401);
}
