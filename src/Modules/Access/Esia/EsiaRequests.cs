using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using MySchool.Kernel;

namespace MySchool.Access.Esia;

/// <summary>Builds the signed parameters of both dialects.</summary>
internal sealed class EsiaRequests(EsiaOptions options, IEsiaSigner signer, IClock clock)
{
    /// <summary>The address a browser is sent to.</summary>
    public string AuthorizeUrl(string state)
    {
        var fields = Signed(state, options.RedirectUri);
        fields["response_type"] = "code";
        fields["access_type"] = "offline";
        var path = options.Dialect == EsiaDialect.Current ? "/aas/oauth2/v2/ac" : "/aas/oauth2/ac";
        return QueryHelpers.AddQueryString(options.Origin + path, fields!);
    }

    /// <summary>Where the code is exchanged.</summary>
    public string TokenUrl => options.Origin + (options.Dialect == EsiaDialect.Current ? "/aas/oauth2/v3/te" : "/aas/oauth2/te");

    /// <summary>The form that exchanges a code; its state is a fresh one.</summary>
    public Dictionary<string, string> TokenForm(string code, string state)
    {
        var fields = Signed(state, options.RedirectUri + code);
        fields["grant_type"] = "authorization_code";
        fields["token_type"] = "Bearer";
        fields["code"] = code;
        return fields;
    }

    /// <summary>Ends the session at ЕСИА too. Its parameter is <c>redirect_url</c>, unlike everywhere else.</summary>
    public string LogoutUrl(string returnUrl) => QueryHelpers.AddQueryString(options.Origin + "/idp/ext/Logout",
        new Dictionary<string, string?> { ["client_id"] = options.ClientId, ["redirect_url"] = returnUrl });

    private Dictionary<string, string> Signed(string state, string tail)
    {
        var timestamp = clock.Now.ToOffset(TimeSpan.FromHours(3)).ToString("yyyy.MM.dd HH:mm:ss '+0300'", CultureInfo.InvariantCulture);
        var fields = new Dictionary<string, string>
        {
            ["client_id"] = options.ClientId,
            ["redirect_uri"] = options.RedirectUri,
            ["scope"] = options.Scope,
            ["state"] = state,
            ["timestamp"] = timestamp,
        };
        if (options.Dialect == EsiaDialect.Current)
        {
            fields["client_certificate_hash"] = signer.CertificateHash;
            fields["client_secret"] = Convert.ToBase64String(signer.SignRaw(Encoding.UTF8.GetBytes(
                CurrentString(options.ClientId, options.Scope, timestamp, state, tail))));
        }
        else
        {
            fields["client_secret"] = WebEncoders.Base64UrlEncode(signer.SignCms(Encoding.UTF8.GetBytes(
                LegacyString(options.ClientId, options.Scope, timestamp, state))));
        }
        return fields;
    }

    /// <summary>What is signed today, without separators.</summary>
    internal static string CurrentString(string clientId, string scope, string timestamp, string state, string tail) =>
        clientId + scope + timestamp + state + tail;

    /// <summary>What was signed before: another order and no address.</summary>
    internal static string LegacyString(string clientId, string scope, string timestamp, string state) =>
        scope + timestamp + clientId + state;
}
