using System.Net;
using System.Runtime.Versioning;
using Microsoft.Extensions.DependencyInjection;
using MySchool.Access.Features;
using MySchool.Contracts.Access;
using MySchool.System.Tests.Provider;
using MySchool.Testing;
using Xunit;

namespace MySchool.System.Tests.Consents;

/// <summary>Thirty and seven days before the end, once each, and never of what has been taken back.</summary>
[SupportedOSPlatform("linux")]
public sealed class ReminderTests(ProviderPlatform platform) : IClassFixture<ProviderPlatform>, IAsyncLifetime
{
    private static readonly Guid Son = SampleSchool.Pupil.Id;
    private static readonly Guid Mother = SampleSchool.Mother.Id;
    private static CancellationToken Stop => TestContext.Current.CancellationToken;
    private ConsentPages Pages => new(platform);

    public async ValueTask InitializeAsync()
    {
        await Pages.ForgetAsync();
        await Pages.BornAsync(Son, SampleSchool.Today.AddYears(-13));
        await Pages.RunAsync("delete from access.letter_addresses; delete from kernel.outbox");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData(31, "")]
    [InlineData(30, "30")]
    [InlineData(8, "30")]
    [InlineData(7, "7")]
    [InlineData(0, "")]
    public async Task A_reminder_comes_thirty_and_seven_days_before_the_end(int daysLeft, string reminded)
    {
        await EndingAsync(daysLeft);
        await RemindAsync();
        Assert.Equal(reminded, await RemindedAsync());
    }

    [Fact]
    public async Task Twice_is_as_good_as_once_and_the_second_reminder_follows_the_first()
    {
        await EndingAsync(30);
        await Task.WhenAll(RemindAsync(), RemindAsync(), RemindAsync());
        Assert.Equal("30", await RemindedAsync());
        await Pages.RunAsync("update access.consents set expires_at = $1", platform.Host.Clock.Now.AddDays(7));
        await RemindAsync();
        await RemindAsync();
        Assert.Equal("7,30", await RemindedAsync());
    }

    [Fact]
    public async Task Nobody_is_reminded_of_what_was_withdrawn_renewed_or_given_yesterday()
    {
        using var mother = await Pages.GuardianAsync(Mother);
        await EndingAsync(20);
        Assert.Equal(HttpStatusCode.Found, await Pages.WithdrawAsync(mother, ConsentPurposes.Diary, Son));
        await RemindAsync();
        Assert.Equal("", await RemindedAsync());
        await EndingAsync(20);
        Assert.Equal(HttpStatusCode.Found, await Pages.GiveAsync(mother, ConsentPurposes.Diary, Son));
        await RemindAsync();
        Assert.Equal("", await RemindedAsync());
        await EndingAsync(28, givenDaysAgo: 2);
        await RemindAsync();
        Assert.Equal("", await RemindedAsync());
    }

    [Fact]
    public async Task A_letter_leaves_with_the_consent_to_letters_and_names_no_child()
    {
        using var mother = await Pages.GuardianAsync(Mother);
        using (var bad = await mother.SubmitAsync("/account/consents", "/account/letters", ("address", "мама собака почта")))
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, bad.StatusCode);
            var page = WebUtility.HtmlDecode(await bad.Content.ReadAsStringAsync(Stop));
            Assert.Contains("Проверьте адрес", page, StringComparison.Ordinal);
            Assert.Contains("мама собака почта", page, StringComparison.Ordinal);
        }
        (await mother.SubmitAsync("/account/consents", "/account/letters", ("address", "mother@example.ru"))).Dispose();
        await EndingAsync(20);
        await RemindAsync();
        Assert.False(await platform.Host.Database.ScalarAsync<bool>("select bool_or(has_letter) from access.consent_notices"));

        Assert.Equal(HttpStatusCode.Found, await Pages.GiveAsync(mother, ConsentPurposes.Notifications, Mother));
        await Pages.RunAsync("delete from access.consent_notices");
        await RemindAsync();
        Assert.True(await platform.Host.Database.ScalarAsync<bool>("select bool_or(has_letter) from access.consent_notices"));
        Assert.Contains("mother@example.ru", await mother.ReadAsync("/account/consents"), StringComparison.Ordinal);
        foreach (var page in (string[])["/account", "/account/consents"])
            Assert.Contains("Скоро закончится", WebUtility.HtmlDecode(await mother.ReadAsync(page)), StringComparison.Ordinal);
    }

    private Task<int> RemindAsync() => platform.Host.Services.GetRequiredService<RemindOfConsents>().HandleAsync(Stop);

    private async Task<string> RemindedAsync() =>
        await platform.Host.Database.ScalarAsync<string>("select coalesce(string_agg(days::text, ',' order by days), '') from access.consent_notices") ?? "";

    private async Task EndingAsync(int daysLeft, int givenDaysAgo = 300)
    {
        await Pages.ForgetAsync();
        await Pages.RunAsync("""
            insert into access.consents (id, event, subject_id, giver_id, purpose, text_version, text_hash, at, expires_at)
            select gen_random_uuid(), 'given', $2, $1, purpose, version, hash, $3, $4 from access.consent_texts where purpose = 'diary'
            """, Mother, Son, platform.Host.Clock.Now.AddDays(-givenDaysAgo), platform.Host.Clock.Now.AddDays(daysLeft));
    }
}
