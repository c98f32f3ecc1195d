using System.Net;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.System.Tests.Provider;
using MySchool.Testing;
using Npgsql;
using Xunit;

namespace MySchool.System.Tests.Consents;

/// <summary>What people do on the pages of consents, in a few words.</summary>
internal sealed class ConsentPages(ProviderPlatform platform)
{
    public static readonly Guid Father = SampleSchool.Named("Кузнецов Дмитрий Алексеевич").Id;

    public Task<TestBrowser> GuardianAsync(Guid person) => platform.Host.SignInAsync(person, new Hat(Roles.Guardian, Guid.Empty));

    public Task<TestBrowser> LearnerAsync(Guid person) => platform.Host.SignInAsync(person, new Hat(Roles.Learner, SampleSchool.School.Id));

    public async Task<string> ReadAsync(TestBrowser who) => WebUtility.HtmlDecode(await who.ReadAsync("/account/consents"));

    public async Task<HttpStatusCode> GiveAsync(TestBrowser who, string purpose, Guid subject)
    {
        var hash = await platform.Host.Database.ScalarAsync<string>(
            "select hash from access.consent_texts where purpose = $1 and published_at <= $2 order by version desc limit 1", purpose, platform.Host.Clock.Now);
        using var answer = await who.SubmitAsync("/account/consents", "/account/consents/give", ("purpose", purpose), ("hash", hash!), ("subject", subject.ToString()));
        return answer.StatusCode;
    }

    /// <summary>Withdraws the newest line of the purpose about the subject, as the button does.</summary>
    public async Task<HttpStatusCode> WithdrawAsync(TestBrowser who, string purpose, Guid subject)
    {
        var line = await platform.Host.Database.ScalarAsync<Guid>(
            "select id from access.consents where purpose = $1 and subject_id = $2 and event = 'given' order by at desc, id desc limit 1", purpose, subject);
        using var answer = await who.SubmitAsync("/account/consents", "/account/consents/withdraw", ("id", line.ToString()));
        return answer.StatusCode;
    }

    public Task<long> StandingAsync(string purpose, Guid subject) => platform.Host.Database.ScalarAsync<long>("""
        select count(*) from access.consents g where purpose = $1 and subject_id = $2 and event = 'given' and expires_at > $3
          and not exists (select from access.consents w where w.withdraws_id = g.id)
        """, purpose, subject, platform.Host.Clock.Now);

    /// <summary>As if nobody had ever agreed to anything.</summary>
    public Task ForgetAsync() => RunAsync("truncate access.consents cascade");

    public Task BornAsync(Guid person, DateOnly day) => RunAsync("update registry.people set birth_date = $2 where id = $1", person, day);

    public async Task RunAsync(string sql, params object[] values)
    {
        await using var command = platform.Host.Database.Owner.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
