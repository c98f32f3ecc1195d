using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using MySchool.Access.Esia;
using Org.BouncyCastle.Cms;
using Org.BouncyCastle.X509;
using Xunit;

namespace MySchool.Modules.Tests.Access;

public sealed class EsiaRoundTripTests(EsiaContour contour) : IClassFixture<EsiaContour>
{
    private const string State = "0199c2de-0000-7000-8000-000000000001";

    [Theory]
    [InlineData(EsiaDialect.Current)]
    [InlineData(EsiaDialect.Legacy)]
    internal async Task A_confirmed_person_signs_in_by_either_dialect(EsiaDialect dialect)
    {
        var options = contour.Options(dialect);
        var client = contour.Client(options);
        var answer = Query(await contour.WalkAsync(contour.Requests(options).AuthorizeUrl(State), "oid", EsiaContour.Parent));
        Assert.Equal(State, answer["state"]);
        var login = await client.ExchangeAsync(answer["code"]!, default);
        Assert.True(login.IsOk, login.Problem?.Code);
        Assert.Equal(EsiaContour.Parent, login.Value.Subject.Oid);
        Assert.True(login.Value.Subject.IsConfirmed);
        Assert.False(login.Value.Subject.IsChild);
        var person = await client.GetPersonAsync(login.Value, default);
        Assert.Equal("112-233-446 96", person.Value.Snils);
        Assert.Equal("Пётр", Assert.Single((await client.GetKidsAsync(login.Value, default)).Value).FirstName);
    }

    [Fact]
    public async Task A_code_is_good_once()
    {
        var options = contour.Options();
        var answer = Query(await contour.WalkAsync(contour.Requests(options).AuthorizeUrl(State), "oid", EsiaContour.Teacher));
        Assert.True((await contour.Client(options).ExchangeAsync(answer["code"]!, default)).IsOk);
        Assert.Equal("access.esia-code-spent", (await contour.Client(options).ExchangeAsync(answer["code"]!, default)).Problem?.Code);
    }

    [Fact]
    public async Task Contacts_and_roles_come_in_collections()
    {
        var options = contour.Options();
        var client = contour.Client(options);
        var answer = Query(await contour.WalkAsync(contour.Requests(options).AuthorizeUrl(State), "oid", EsiaContour.Teacher));
        var login = (await client.ExchangeAsync(answer["code"]!, default)).Value;
        Assert.Equal("m@example.org", Assert.Single((await client.GetContactsAsync(login, default)).Value).Value);
        Assert.Equal("Школа № 7", Assert.Single((await client.GetRolesAsync(login, default)).Value).ShortName);
    }

    [Fact]
    public async Task An_unconfirmed_account_says_so()
    {
        var options = contour.Options();
        var answer = Query(await contour.WalkAsync(contour.Requests(options).AuthorizeUrl(State), "oid", EsiaContour.Stranger));
        var login = await contour.Client(options).ExchangeAsync(answer["code"]!, default);
        Assert.True(login.IsOk, login.Problem?.Code);
        Assert.False(login.Value.Subject.IsConfirmed);
    }

    [Theory]
    [InlineData("refuse", "access.esia-refused")]
    [InlineData("unconfirmed", "access.esia-unconfirmed")]
    public async Task A_refusal_comes_back_with_its_code_and_the_state(string answer, string problem)
    {
        var back = Query(await contour.WalkAsync(contour.Requests(contour.Options()).AuthorizeUrl(State), "answer", answer));
        Assert.Equal(State, back["state"]);
        Assert.Equal(problem, EsiaErrors.From(back["error"], back["error_description"]).Code);
    }

    [Theory]
    [InlineData("client_secret", "ESIA-007053")]
    [InlineData("scope", "ESIA-007053")]
    [InlineData("client_certificate_hash", "ESIA-007053")]
    [InlineData("timestamp", "ESIA-007015")]
    public async Task A_forged_request_is_refused(string field, string code)
    {
        var url = contour.Requests(contour.Options()).AuthorizeUrl(State);
        var fields = QueryHelpers.ParseQuery(new Uri(url).Query).ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
        fields[field] = field switch
        {
            "client_secret" => Convert.ToBase64String(new byte[64]),
            "scope" => "openid",
            "timestamp" => "2020.01.01 00:00:00 +0300",
            _ => new string('0', 64),
        };
        var back = Query(await contour.WalkAsync(QueryHelpers.AddQueryString(url.Split('?')[0], fields!), "oid", EsiaContour.Teacher));
        Assert.StartsWith(code, back["error_description"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_foreign_return_address_is_never_followed()
    {
        var options = contour.Options();
        options.RedirectUri = "http://evil.example/esia/callback";
        using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        var answer = await browser.GetAsync(contour.Requests(options).AuthorizeUrl(State));
        Assert.Null(answer.Headers.Location);
        Assert.Contains("ESIA-007023", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silence_is_told_as_away()
    {
        var options = contour.Options();
        options.BaseUrl = "http://localhost:1";
        Assert.Equal("access.esia-away", (await contour.Client(options).ExchangeAsync("x", default)).Problem?.Code);
    }

    [Theory]
    [InlineData("елкин", 2)]
    [InlineData("Ёлкин школа № 7", 1)]
    [InlineData("учитель школа", 1)]
    [InlineData("нет такого", 0)]
    public async Task People_are_found_by_name_role_and_school(string query, int count)
    {
        using var browser = new HttpClient();
        var page = await browser.GetStringAsync($"{contour.BaseUrl}/login?q={Uri.EscapeDataString(query)}");
        Assert.Equal(count, page.Split("name=\"oid\"").Length - 1);
    }

    [Fact]
    public void A_legacy_signature_is_a_detached_cms_with_the_key_of_2012()
    {
        var options = contour.Options(EsiaDialect.Legacy);
        var data = Encoding.UTF8.GetBytes("подпись");
        var cms = new CmsSignedData(new CmsProcessableByteArray(data), new GostSigner(options).SignCms(data));
        var signer = Assert.Single(cms.GetSignerInfos().GetSigners());
        Assert.True(signer.Verify(new X509CertificateParser().ReadCertificate(File.ReadAllBytes(options.CertificateFile))));
        Assert.StartsWith("1.2.643.7.1.1.", signer.SignatureAlgorithm.Algorithm.Id, StringComparison.Ordinal);
        Assert.Equal(64, new GostSigner(options).SignRaw(data).Length);
    }

    [Fact]
    public void Signed_strings_are_those_of_the_dialects()
    {
        Assert.Equal("IDscope sTIMESTATEhttp://a/", EsiaRequests.CurrentString("ID", "scope s", "TIME", "STATE", "http://a/"));
        Assert.Equal("scope sTIMEIDSTATE", EsiaRequests.LegacyString("ID", "scope s", "TIME", "STATE"));
    }

    private static Dictionary<string, string?> Query(Uri address) =>
        QueryHelpers.ParseQuery(address.Query).ToDictionary(pair => pair.Key, pair => (string?)pair.Value.ToString());
}
