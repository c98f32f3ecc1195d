using System.Net;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using MySchool.Access.Esia;
using MySchool.Access.Provider;
using MySchool.Kernel;
using Npgsql;

namespace MySchool.Access.Features;

/// <summary>A sign-in at a site is over on our side.</summary>
internal sealed record SiteSignInEnded(Guid EventId, Guid? SchoolId, DateTimeOffset OccurredAt, Guid SignInId) : IOutwardEvent;

/// <summary>Writes, beside the end of sign-ins, that their sites are to be told.</summary>
internal static class SitesToTell
{
    public static void AddSitesToTell(this NpgsqlBatch batch, IEnumerable<Guid> signIns, DateTimeOffset at)
    {
        // An event each: a site that does not answer keeps no other waiting.
        foreach (var id in signIns) batch.AddEvent(new SiteSignInEnded(Ids.New(), null, at, id));
    }
}

/// <summary>OpenID Connect Back-Channel Logout 1.0: a signed word to the site that this session is over.</summary>
internal sealed class TellSites(IHttpClientFactory http, KeyBook keys, PairwiseIds ids, EsiaOptions options, IClock clock) : IEventHandler<SiteSignInEnded>
{
    public const string HttpName = "sites";
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(2);

    /// <inheritdoc/>
    public async Task HandleAsync(IReadOnlyList<SiteSignInEnded> happened, NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var find = new NpgsqlCommand("""
            select distinct s.session_id, s.subject, c.client_id, c.back_channel from access.client_sign_ins s join access.clients c on c.id = s.application_id
            where s.id = any($1) and s.session_id is not null and c.back_channel <> '' and c.disabled_at is null
            """, connection);
        find.Parameters.AddWithValue(happened.Select(ended => ended.SignInId).ToArray());
        var told = new List<(Guid Session, string Subject, string Client, string Address)>();
        await using (var reader = await find.ExecuteReaderAsync(cancel))
            while (await reader.ReadAsync(cancel)) told.Add((reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetString(3)));
        foreach (var (session, subject, client, address) in told) await TellAsync(new(address), Token(session, subject, client), cancel);
    }

    private async Task TellAsync(Uri address, string token, CancellationToken cancel)
    {
        using var client = http.CreateClient(HttpName);
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("logout_token", token)]);
        using var answer = await client.PostAsync(address, form, cancel);
        // 400 is the site's own word that it knows no such session; anything else is tried again later.
        if (!answer.IsSuccessStatusCode && answer.StatusCode != HttpStatusCode.BadRequest)
            throw new HttpRequestException($"The site answered {(int)answer.StatusCode}", null, answer.StatusCode);
    }

    private string Token(Guid session, string subject, string client) => new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
    {
        TokenType = "logout+jwt",
        Issuer = new Uri(options.OwnOrigin).AbsoluteUri,
        Audience = client,
        IssuedAt = clock.Now.UtcDateTime,
        Expires = (clock.Now + Life).UtcDateTime,
        Claims = new Dictionary<string, object>
        {
            ["sub"] = subject, ["sid"] = ids.OfSession(client, session), ["jti"] = Ids.New().ToString(),
            ["events"] = new Dictionary<string, object> { ["http://schemas.openid.net/event/backchannel-logout"] = new Dictionary<string, object>() },
        },
        SigningCredentials = new SigningCredentials(keys.Current.Signing[0], SecurityAlgorithms.RsaSha256),
    });
}
