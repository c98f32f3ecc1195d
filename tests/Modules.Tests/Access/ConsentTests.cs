using System.Net;
using System.Text.RegularExpressions;
using Npgsql;
using Xunit;

namespace MySchool.Modules.Tests.Access;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
[Collection("access platform")]
public sealed partial class ConsentTests(AccessPlatform platform)
{
    [Fact]
    public async Task A_guardian_is_asked_once_and_may_take_it_back()
    {
        using var browser = new Browser();
        await WithdrawAllAsync();
        var next = Browser.Path(await platform.SignInAsync(browser, EsiaContour.Parent, "/probe/consent"));
        Assert.Equal("/consents/needed?return=%2Fprobe%2Fconsent", next);
        Assert.Equal("False", await browser.ReadAsync($"{platform.Url}/probe/consent"));

        var page = await browser.ReadAsync(platform.Url + next);
        Assert.Contains("Ёлкин Пётр Ильич", page, StringComparison.Ordinal);
        var given = await browser.SubmitAsync(platform.Url + next, "/account/consents/give", Fields(page));
        Assert.Equal("/consents/needed?return=%2Fprobe%2Fconsent", Browser.Path(given));
        Assert.Equal("/probe/consent", Browser.Path(await browser.GetAsync(platform.Url + next)));
        Assert.Equal("True", await browser.ReadAsync($"{platform.Url}/probe/consent"));

        var ledger = await browser.ReadAsync($"{platform.Url}/account/consents");
        var id = IdField().Match(ledger).Groups[1].Value;
        Assert.Equal("/account/consents?done=withdrawn", Browser.Path(await browser.SubmitAsync($"{platform.Url}/account/consents", "/account/consents/withdraw", ("id", id))));
        Assert.Equal("False", await browser.ReadAsync($"{platform.Url}/probe/consent"));
    }

    [Fact]
    public async Task A_consent_counts_only_for_the_wording_that_was_shown()
    {
        using var browser = new Browser();
        await WithdrawAllAsync();
        await platform.SignInAsync(browser, EsiaContour.Parent);
        var answer = await browser.SubmitAsync($"{platform.Url}/account", "/account/consents/give",
            ("purpose", "diary"), ("hash", new string('0', 64)), ("subject", FakeRegistry.Child.ToString()));
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
    }

    [Fact]
    public async Task Nobody_consents_for_a_strangers_child()
    {
        using var browser = new Browser();
        await platform.SignInAsync(browser, EsiaContour.Teacher);
        var answer = await browser.SubmitAsync($"{platform.Url}/account", "/account/consents/give",
            ("purpose", "diary"), ("hash", new string('0', 64)), ("subject", FakeRegistry.Child.ToString()));
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData("update access.consents set expires_at = now() + interval '9 years' where event = 'given'")]
    [InlineData("delete from access.consents")]
    [InlineData("truncate access.consents")]
    [InlineData("update access.consent_texts set body = 'x'")]
    public async Task The_ledger_only_grows(string sql)
    {
        // The worker's right to delete reaches those alone whose data was erased: see below.
        var roles = (string[])[platform.Database.App, platform.Database.Facts, platform.Database.Worker];
        foreach (var role in sql.StartsWith("delete", StringComparison.Ordinal) ? roles[..2] : roles)
        {
            var refusal = await Assert.ThrowsAsync<PostgresException>(() => RunAsync(role, sql));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
        }
    }

    [Fact]
    public async Task The_worker_deletes_no_line_of_anybody_whose_data_was_not_erased()
    {
        var (id, person) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await RunAsync(platform.Database.Owner, $"insert into access.consents (id, event, subject_id, giver_id, purpose, text_version, text_hash, at, expires_at) select '{id}', 'given', '{person}', '{person}', purpose, version, hash, now(), now() + interval '1 year' from access.consent_texts where purpose = 'diary' and version = 1");
        var erase = $"insert into access.erasures (id, subject_id, asker_id, unit_id, unit_name, time_zone, state, asked_at, answer_by, decided_by, done_at) values (gen_random_uuid(), '{person}', '{person}', '{id}', '', 'Europe/Moscow', 'done', now(), current_date, '{id}', now())";
        Assert.Null(await RunAsync(platform.Database.Worker, $"delete from access.consents where id = '{id}' returning id"));
        await RunAsync(platform.Database.Owner, erase);
        Assert.Equal(id, await RunAsync(platform.Database.Worker, $"delete from access.consents where id = '{id}' returning id"));
    }

    [Theory]
    [InlineData("sessions")]
    [InlineData("preferences")]
    [InlineData("consents")]
    public async Task Without_a_person_the_second_wall_shows_nothing(string table)
    {
        using var browser = new Browser();
        await platform.SignInAsync(browser, EsiaContour.Parent);
        Assert.Equal(0L, await RunAsync(platform.Database.App, $"select count(*) from access.{table}"));
    }

    [Fact]
    public async Task The_second_wall_refuses_a_consent_for_a_strangers_child()
    {
        var sql = $"""
            begin; select set_config('app.person', '{FakeRegistry.Teacher}', true);
            insert into access.consents (id, event, subject_id, giver_id, purpose, text_version, text_hash, at, expires_at)
            values (gen_random_uuid(), 'given', '{FakeRegistry.Child}', '{FakeRegistry.Teacher}', 'diary', 1, '', now(), now() + interval '1 day'); commit
            """;
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => RunAsync(platform.Database.App, sql));
        Assert.Contains("row-level security", refusal.MessageText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_table_is_behind_the_second_wall() => Assert.Equal(0L, await RunAsync(platform.Database.Owner, """
        select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'access' and c.relkind in ('r', 'p') and not (c.relrowsecurity and c.relforcerowsecurity)
        """));

    private static (string, string)[] Fields(string page) =>
        [.. HiddenField().Matches(page).Select(match => (match.Groups[1].Value, match.Groups[2].Value)).Where(f => f.Item1 is "purpose" or "hash" or "subject" or "return")];

    private Task<object?> WithdrawAllAsync() => RunAsync(platform.Database.Owner, """
        insert into access.consents (id, event, subject_id, giver_id, purpose, text_version, text_hash, at, withdraws_id)
        select gen_random_uuid(), 'withdrawn', subject_id, giver_id, purpose, text_version, text_hash, now(), id from access.consents where event = 'given'
        on conflict do nothing
        """);

    private static async Task<object?> RunAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    [GeneratedRegex("type=\"hidden\" name=\"id\" value=\"([^\"]+)\"")]
    private static partial Regex IdField();

    [GeneratedRegex("type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"")]
    private static partial Regex HiddenField();
}
