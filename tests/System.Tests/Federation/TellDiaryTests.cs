using System.Net;
using System.Runtime.Versioning;
using System.Text.Json;
using MySchool.Contracts.Access;
using MySchool.Federation.Wire;
using MySchool.Kernel;
using MySchool.Testing;
using Xunit;

namespace MySchool.System.Tests.Federation;

/// <summary>The region's side: who is told what, by which signature, and who learns of it.</summary>
[SupportedOSPlatform("linux")]
public sealed class TellDiaryTests(FederationPlatform platform) : IClassFixture<FederationPlatform>, IAsyncLifetime
{
    private static readonly string Person = $"/api/diary/v1/persons/{FederationPlatform.MotherOid}";
    private static CancellationToken Stop => TestContext.Current.CancellationToken;
    private HttpClient http = null!;
    private string token = "";

    public async ValueTask InitializeAsync()
    {
        http = new HttpClient { BaseAddress = platform.One.Address };
        await FederationPlatform.ForgetConsentsAsync(platform.One);
        await FederationPlatform.ConsentAsync(platform.One);
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("grant_type", "client_credentials"), KeyValuePair.Create("scope", ApiScopes.Diary),
            KeyValuePair.Create("client_id", "system-portal"), KeyValuePair.Create("client_secret", FederationPlatform.Secret)]);
        using var answer = await http.PostAsync(new Uri("/connect/token", UriKind.Relative), form, Stop);
        token = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Stop)).RootElement.GetProperty("access_token").GetString()!;
    }

    public ValueTask DisposeAsync()
    {
        http.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Signed_question_gets_a_signed_answer_that_belongs_to_it()
    {
        var question = Sign($"{Person}?week=2026-11-16&child={SampleSchool.Pupil.Id}");
        var (status, told, answer) = await SendAsync(question);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains(told!.Learners, learner => learner.Name == $"{SampleSchool.Pupil.Last} {SampleSchool.Pupil.First}");
        Assert.Equal(SampleSchool.Pupil.Id.ToString(), told.Diary!.Learner);
        Assert.Equal(new DateOnly(2026, 11, 16), told.Diary.Monday);
        Assert.NotEmpty(told.Diary.Lessons);
        Assert.Contains(told.Diary.Subjects, subject => subject.Average is not null);

        var key = EcKey.OfFile(platform.KeyOf("one"));
        var body = await answer.Content.ReadAsByteArrayAsync(Stop);
        var claimed = MessageSignature.Read(Header(answer, "Signature-Input"), Header(answer, "Signature"), MessageSignature.OfAnswer)!;
        Assert.True(MessageSignature.Holds(claimed, key, Of(body, question.Signed.Signature)));
        Assert.False(MessageSignature.Holds(claimed, key, Of(body, Sign(Person).Signed.Signature)));
        Assert.False(MessageSignature.Holds(claimed, key, Of([.. body, 32], question.Signed.Signature)));
    }

    [Fact]
    public async Task Token_alone_opens_nothing()
    {
        using var bare = new HttpRequestMessage(HttpMethod.Get, new Uri(Person, UriKind.Relative));
        bare.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        Assert.Equal("federation.signature-missing", await CodeAsync(await http.SendAsync(bare, Stop)));
        // Nor with a signature by a key that is not the system's.
        Assert.Equal("federation.signature-wrong", await CodeAsync(await RawAsync(Sign(Person, keyFile: platform.KeyOf("stranger")))));
        // Nor a signature without a token.
        var noToken = Sign(Person);
        noToken.Request.Headers.Remove("Authorization");
        Assert.Equal(HttpStatusCode.Unauthorized, (await RawAsync(noToken)).StatusCode);
    }

    [Fact]
    public async Task Replayed_old_and_changed_questions_are_refused()
    {
        var question = Sign(Person);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(question)).Status);
        Assert.Equal("federation.replayed", await CodeAsync(await RawAsync(Copy(question))));

        var other = Copy(Sign(Person));
        other.Request.RequestUri = new Uri($"/api/diary/v1/persons/{FederationPlatform.StrangerOid}", UriKind.Relative);
        Assert.Equal("federation.signature-wrong", await CodeAsync(await RawAsync(other)));
        var moreQuery = Copy(Sign(Person));
        moreQuery.Request.RequestUri = new Uri($"{Person}?week=2026-11-16", UriKind.Relative);
        Assert.Equal("federation.signature-wrong", await CodeAsync(await RawAsync(moreQuery)));
        foreach (var minutes in (int[])[-2, 2])
            Assert.Equal("federation.signature-old", await CodeAsync(await RawAsync(Sign(Person, platform.One.Clock.Now.AddMinutes(minutes)))));
    }

    [Fact]
    public async Task Without_consent_the_answer_is_that_of_an_unknown_person_and_consent_of_one_child_opens_one()
    {
        await FederationPlatform.ForgetConsentsAsync(platform.One);
        var refused = (await SendAsync(Sign(Person))).Told!;
        var unknown = (await SendAsync(Sign("/api/diary/v1/persons/999000999"))).Told!;
        Assert.Equal(unknown.Write(), refused.Write());
        Assert.Empty(refused.Learners);
        Assert.True(refused.NeedsConsent);

        await FederationPlatform.ConsentAsync(platform.One, SampleSchool.Pupil.Id);
        var one = (await SendAsync(Sign($"{Person}/learners"))).Told!;
        Assert.Equal([SampleSchool.Pupil.Id.ToString()], one.Learners.Select(learner => learner.Id));
        Assert.True(one.NeedsConsent);
        Assert.Null(one.Diary);
        // Another child of the same mother, by id: not without its own consent.
        var sister = await platform.One.Database.ScalarAsync<Guid>("select learner_id from registry.guardianships where guardian_id = $1 and learner_id <> $2 limit 1", SampleSchool.Mother.Id, SampleSchool.Pupil.Id);
        Assert.Null((await SendAsync(Sign($"{Person}?child={sister}"))).Told!.Diary);
    }

    [Fact]
    public async Task Whose_child_it_is_the_region_decides()
    {
        var stranger = await platform.One.Database.ScalarAsync<Guid>("select person_id from registry.enrolments where person_id not in (select learner_id from registry.guardianships where guardian_id = $1) limit 1", SampleSchool.Mother.Id);
        Assert.Null((await SendAsync(Sign($"{Person}?child={stranger}"))).Told!.Diary);
        await FederationPlatform.RunAsync(platform.One, "update registry.guardianships set restriction = 'решение суда' where guardian_id = $1", SampleSchool.Mother.Id);
        Assert.Empty((await SendAsync(Sign(Person))).Told!.Learners);
        await FederationPlatform.RunAsync(platform.One, "update registry.guardianships set restriction = null where guardian_id = $1", SampleSchool.Mother.Id);
        Assert.NotEmpty((await SendAsync(Sign(Person))).Told!.Learners);
    }

    [Fact]
    public async Task Bad_input_is_told_and_the_reading_stands_in_who_looked()
    {
        Assert.Equal("federation.week", await CodeAsync(await RawAsync(Sign($"{Person}?week=yesterday"))));
        Assert.Equal("federation.child", await CodeAsync(await RawAsync(Sign($"{Person}?child=x"))));
        await SendAsync(Sign($"{Person}?child={SampleSchool.Pupil.Id}"));
        using var mother = await platform.One.SignInAsync(SampleSchool.Mother.Id, new Hat(Roles.Guardian, Guid.Empty));
        Assert.Contains("Дневник передан на федеральный портал", WebUtility.HtmlDecode(await mother.ReadAsync($"/people/{SampleSchool.Pupil.Id}/views")), StringComparison.Ordinal);
    }

    private sealed record Question(HttpRequestMessage Request, SignedHeaders Signed, string Path);

    private Question Sign(string path, DateTimeOffset? at = null, string? keyFile = null)
    {
        var address = new Uri(platform.One.Address, path);
        var signed = MessageSignature.Sign(EcKey.OfFile(keyFile ?? platform.KeyOf("portal")), "portal-1", MessageSignature.OfRequest, name => name switch
        {
            "\"@method\"" => "GET", "\"@authority\"" => address.Authority, "\"@path\"" => address.AbsolutePath, "\"@query\"" => address.Query.Length == 0 ? "?" : address.Query,
            "\"authorization\"" => $"Bearer {token}", _ => MessageSignature.Digest([]),
        }, at ?? platform.One.Clock.Now);
        return new(Request(path, signed), signed, path);
    }

    private Question Copy(Question question) => question with { Request = Request(question.Path, question.Signed) };

    private HttpRequestMessage Request(string path, SignedHeaders signed)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        foreach (var (name, value) in ((string, string)[])[("Authorization", $"Bearer {token}"), ("Content-Digest", MessageSignature.Digest([])), ("Signature-Input", signed.InputHeader), ("Signature", signed.SignatureHeader)])
            request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    private Task<HttpResponseMessage> RawAsync(Question question) => http.SendAsync(question.Request, Stop);

    private async Task<(HttpStatusCode Status, DiaryTold? Told, HttpResponseMessage Answer)> SendAsync(Question question)
    {
        var answer = await RawAsync(question);
        return (answer.StatusCode, DiaryTold.Read(await answer.Content.ReadAsByteArrayAsync(Stop)), answer);
    }

    private static async Task<string?> CodeAsync(HttpResponseMessage answer) =>
        JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Stop)).RootElement.GetProperty("code").GetString();

    private static Func<string, string?> Of(byte[] body, string question) => name => name switch
    {
        "\"@status\"" => "200", "\"content-digest\"" => MessageSignature.Digest(body), _ => $":{question}:",
    };

    private static string Header(HttpResponseMessage answer, string name) => string.Join(", ", answer.Headers.GetValues(name));
}
