using System.Net;
using System.Net.Http.Json;
using System.Runtime.Versioning;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Secrets;
using MySchool.Testing;
using Npgsql;
using Xunit;

namespace MySchool.System.Tests.Provider;

/// <summary>ГИС РУО: by an ЕСИА id, to an authorised system, with consent; each question is seen by whom it concerns.</summary>
[SupportedOSPlatform("linux")]
public sealed class RuoTests(ProviderPlatform platform) : IClassFixture<ProviderPlatform>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Place_is_told_with_consent_and_without_it_nobody_is_known()
    {
        using var system = new Site(platform, await platform.AddSystemAsync(SampleSchool.School.Plan.Place.Ogrn!));
        var token = await TokenAsync(system);
        var oid = await BindAsync(SampleSchool.Pupil.Id);
        var unknown = await LookAsync(system, token, "999000999");
        Assert.Equal(unknown, await LookAsync(system, token, oid));

        await ConsentAsync();
        var place = JsonDocument.Parse((await LookAsync(system, token, oid)).Body).RootElement;
        Assert.Equal(1, place.GetArrayLength());
        Assert.Equal(("learner", $"{SampleSchool.Class.Grade}{SampleSchool.Class.Letter}"), (place[0].GetProperty("role").GetString(), place[0].GetProperty("class").GetString()));
        Assert.Equal(SampleSchool.School.Plan.Place.Ogrn!, place[0].GetProperty("school").GetProperty("ogrn").GetString());
        Assert.False(string.IsNullOrEmpty(place[0].GetProperty("region").GetString()));
        Assert.DoesNotContain(SampleSchool.Pupil.Last, place.ToString(), StringComparison.Ordinal);

        // What a representative allowed ends with the right to speak for the child.
        await RestrictAsync("решение суда");
        Assert.Equal(unknown, await LookAsync(system, token, oid));
        await RestrictAsync(DBNull.Value);
        Assert.NotEqual(unknown, await LookAsync(system, token, oid));

        var hash = Convert.ToBase64String(platform.Host.Services.GetRequiredService<IdentifierVault>().Hash(SampleSchool.Pupil.Snils));
        using var bySnils = await system.AskAsync("/api/ruo/v1/persons/find", token, JsonContent.Create(new { snilsHash = hash }));
        Assert.Equal(place.ToString(), await bySnils.Content.ReadAsStringAsync(Stop));
        using var bad = await system.AskAsync("/api/ruo/v1/persons/find", token, JsonContent.Create(new { snilsHash = "112-233-445 95" }));
        Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);

        using var mother = await platform.Host.SignInAsync(SampleSchool.Mother.Id, new Hat(Roles.Guardian, Guid.Empty));
        Assert.Contains("Запрошены школа, класс и роль", WebUtility.HtmlDecode(await mother.ReadAsync($"/people/{SampleSchool.Pupil.Id}/views")), StringComparison.Ordinal);

        using var other = new Site(platform, await platform.AddSystemAsync(SampleSchool.OtherSchool.Plan.Place.Ogrn!));
        Assert.Equal(unknown, await LookAsync(other, await TokenAsync(other), oid));
    }

    [Fact]
    public async Task Without_a_living_token_for_the_scope_nothing_is_asked()
    {
        var registered = await platform.AddSystemAsync(SampleSchool.School.Plan.Place.Ogrn!);
        using var system = new Site(platform, registered);
        var token = await TokenAsync(system);
        Assert.Equal(HttpStatusCode.OK, (await LookAsync(system, token, "1")).Status);
        foreach (var wrong in (string?[])[null, "", "x", token + "x", new string('a', 5_000)]) Assert.Equal(HttpStatusCode.Unauthorized, (await LookAsync(system, wrong, "1")).Status);

        using var site = new Site(platform, await platform.AddSiteAsync());
        using var teacher = await platform.Host.SignInAsync(SampleSchool.Teacher.Id);
        var ofSite = (await site.EnterAsync(teacher)).GetProperty("access_token").GetString();
        Assert.Equal(HttpStatusCode.Unauthorized, (await LookAsync(system, ofSite, "1")).Status);
        // A person's session is no token, whoever the person is.
        using (var page = await teacher.GetAsync("/api/ruo/v1/persons/1", "application/json")) Assert.Equal(HttpStatusCode.Unauthorized, page.StatusCode);

        await RunAsync("update access.client_sign_ins set scopes = '[\"other\"]' where application_id = $1", registered.Id);
        Assert.Equal(HttpStatusCode.Forbidden, (await LookAsync(system, token, "1")).Status);
        await RunAsync("update access.client_sign_ins set scopes = '[\"ruo.read\"]' where application_id = $1", registered.Id);

        platform.Host.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(HttpStatusCode.Unauthorized, (await LookAsync(system, token, "1")).Status);
        var second = await TokenAsync(system);
        using (var form = new FormUrlEncodedContent([KeyValuePair.Create("token", second), KeyValuePair.Create("client_id", registered.ClientId), KeyValuePair.Create("client_secret", registered.Secret)]))
            (await system.AskAsync("/connect/revoke", null, form)).Dispose();
        Assert.Equal(HttpStatusCode.Unauthorized, (await LookAsync(system, second, "1")).Status);

        var third = await TokenAsync(system);
        using var owner = await platform.OperatorAsync();
        (await owner.SubmitAsync($"/clients/{registered.Id}", $"/clients/{registered.Id}/off")).Dispose();
        Assert.Equal(HttpStatusCode.Unauthorized, (await LookAsync(system, third, "1")).Status);
        Assert.Equal("invalid_client", (await system.ExchangeAsync(("grant_type", "client_credentials"), ("scope", ApiScopes.Ruo))).GetProperty("error").GetString());
    }

    private static async Task<(HttpStatusCode Status, string Body)> LookAsync(Site system, string? token, string oid)
    {
        using var answer = await system.AskAsync($"/api/ruo/v1/persons/{oid}", token);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Stop));
    }

    private static async Task<string> TokenAsync(Site system) =>
        (await system.ExchangeAsync(("grant_type", "client_credentials"), ("scope", ApiScopes.Ruo))).GetProperty("access_token").GetString()!;

    private async Task<string> BindAsync(Guid person)
    {
        await RunAsync("update registry.identities set esia_oid = '1000321' where person_id = $1", person);
        return "1000321";
    }

    private Task ConsentAsync() => RunAsync("""
        insert into access.consents (id, event, subject_id, giver_id, purpose, text_version, text_hash, at, expires_at)
        select gen_random_uuid(), 'given', $2, $1, purpose, version, hash, $4, $4 + interval '1 year' from access.consent_texts where purpose = $3
        """, SampleSchool.Mother.Id, SampleSchool.Pupil.Id, ConsentPurposes.RegionalDiary, platform.Host.Clock.Now);

    private Task RestrictAsync(object reason) => RunAsync(
        "update registry.guardianships set restriction = $3 where guardian_id = $1 and learner_id = $2", SampleSchool.Mother.Id, SampleSchool.Pupil.Id, reason);

    private async Task RunAsync(string sql, params object[] values)
    {
        await using var command = platform.Host.Database.Owner.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync(Stop);
    }
}
