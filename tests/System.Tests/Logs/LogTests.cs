using System.Net;
using System.Runtime.Versioning;
using System.Text.RegularExpressions;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.System.Tests.Canary;
using MySchool.System.Tests.Permissions;
using Npgsql;
using Microsoft.Extensions.DependencyInjection;
using MySchool.Kernel.Data;
using Xunit;

namespace MySchool.System.Tests.Logs;

/// <summary>What is written about people's requests names no person and opens no door.</summary>
[SupportedOSPlatform("linux"), Collection(LogCollection.Name)]
public sealed partial class LogTests(LoggedPlatform platform) : IClassFixture<LoggedPlatform>
{
    private readonly List<string> secrets = [];

    [Fact]
    public async Task Logs_and_traces_hold_no_name_identifier_or_token()
    {
        await WorkAsync();
        await FailAsync();
        await SignInAsync();
        // The logger of the last request may still be at it.
        await Task.Delay(500, TestContext.Current.CancellationToken);
        var lines = platform.Lines.ToList();
        Assert.True(lines.Count > 100, $"only {lines.Count} lines: nothing was listened to");

        string[] forbidden =
        [
            "⟦", "Тайнов", "Логович", "112-233-445", "11223344595", "СЕКРЕТНЫЙ", .. platform.Snils,
            .. platform.Region.Everyone.Select(who => who.Token), .. secrets.Where(secret => secret.Length > 8),
        ];
        Faults.None(from line in lines
                    let open = $"{line} {Uri.UnescapeDataString(line)}"
                    from word in forbidden
                    where open.Contains(word, StringComparison.Ordinal)
                    group line by word into met
                    select $"«{met.Key}» in {met.Count()} lines, first: {met.First()}");
        // A token of ЕСИА is a JWT, our sealed values begin with CfDJ8.
        Faults.None(lines.Where(line => Jwt().IsMatch(line) || line.Contains("CfDJ8", StringComparison.Ordinal)).Select(line => $"a token in: {line}"));
    }

    private async Task WorkAsync()
    {
        foreach (var role in (string[])[Roles.Guardian, Roles.Teacher, Roles.Head, Roles.SchoolAdministrator])
            await Crawler.WalkAsync(platform.Visit(platform.Region.Schools[0].Of(role)), _ => { });
        var teacher = platform.Visit(platform.Region.Schools[0].Of(Roles.Teacher));
        var school = platform.Region.Schools[0].School;
        await teacher.GetAsync($"/search?q={Uri.EscapeDataString("СЕКРЕТНЫЙ запрос")}");
        await teacher.PostFormAsync($"/journal/{school.Algebra.Id}/lessons/{school.Algebra.Lesson}",
            [new("topic", "СЕКРЕТНЫЙ topic"), new("homework", "СЕКРЕТНЫЙ дом"), new("work", "1"), new("version", "1")]);
    }

    private async Task FailAsync()
    {
        var admin = platform.Visit(platform.Region.Schools[0].Of(Roles.SchoolAdministrator));
        foreach (var path in (string[])["/people/СЕКРЕТНЫЙ", "/search?q=СЕКРЕТНЫЙ%00", "/today?name=СЕКРЕТНЫЙ", "/people/00000000-0000-0000-0000-000000000001?q=СЕКРЕТНЫЙ"]) await admin.GetAsync(path);
        await admin.PostFormAsync("/school/staff", [new("personId", "СЕКРЕТНЫЙ"), new("name", "СЕКРЕТНЫЙ\0"), new("role", "СЕКРЕТНЫЙ")]);
        await admin.PostAsync("/school/import", new StringContent("СЕКРЕТНЫЙ"));
        await admin.PostFormAsync("/account/role", [new("role", "СЕКРЕТНЫЙ"), new("unit", "СЕКРЕТНЫЙ")]);
        // The database refuses under the request's own hands: its message must not carry the row.
        var who = platform.Region.Schools[0].Of(Roles.Teacher);
        var actor = new Actor(who.Subject.PersonId(), who.SessionId, who.Subject.Hat(), [], platform.Today);
        var refused = await Assert.ThrowsAsync<PostgresException>(() => platform.Services.GetRequiredService<AppDb>().ReadAsync(actor,
            batch => batch.Add("insert into access.preferences values ($1, $2, 'none', 100, now())", actor.PersonId, "СЕКРЕТНЫЙ"), (_, _) => Task.FromResult(0), default));
        Assert.DoesNotContain("СЕКРЕТНЫЙ", refused.ToString(), StringComparison.Ordinal);
        await platform.Visit(null).GetAsync("/esia/callback?code=СЕКРЕТНЫЙ-КОД-ЕСИА&state=СЕКРЕТНЫЙ&error_description=СЕКРЕТНЫЙ");
    }

    /// <summary>A whole sign-in of somebody the registry does not know: code, tokens and the person's card pass through the platform.</summary>
    private async Task SignInAsync()
    {
        using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() });
        browser.DefaultRequestHeaders.Add("Accept", "text/html");
        var start = await browser.GetAsync($"{platform.Url}/sign-in/esia");
        var cookies = start.Headers.GetValues("Set-Cookie").Select(cookie => cookie.Split(';')[0]).ToList();
        secrets.AddRange(cookies.Select(cookie => cookie.Split('=', 2)[1]));
        var login = await browser.GetAsync(start.Headers.Location);
        var ticket = login.Headers.Location!.ToString().Split("ticket=")[1];
        using var choice = new FormUrlEncodedContent(new Dictionary<string, string> { ["ticket"] = ticket, ["oid"] = LoggedPlatform.Oid });
        var chosen = await browser.PostAsync($"{platform.EsiaUrl}/login", choice);
        var back = chosen.Headers.Location!;
        if (!back.ToString().StartsWith(platform.Url, StringComparison.Ordinal)) back = (await browser.GetAsync(new Uri(new Uri(platform.EsiaUrl), back))).Headers.Location!;
        secrets.Add(Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(back.Query)["code"].ToString());
        using var callback = new HttpRequestMessage(HttpMethod.Get, back);
        callback.Headers.Add("Cookie", string.Join("; ", cookies));
        var end = await browser.SendAsync(callback);
        Assert.Equal("/welcome", end.Headers.Location?.ToString());
        secrets.AddRange(end.Headers.GetValues("Set-Cookie").Select(cookie => cookie.Split(';')[0].Split('=', 2)[1]));
    }

    [GeneratedRegex("eyJ[\\w-]{10,}\\.[\\w-]{10,}")]
    private static partial Regex Jwt();
}

/// <summary>Spans are heard in the whole process: while others load their towns, theirs would be heard too.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class LogCollection
{
    public const string Name = "logs, alone";
}
