using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using MySchool.Access.Provider;
using MySchool.System.Tests.Architecture;
using MySchool.Testing;
using Xunit;

namespace MySchool.System.Tests.Provider;

/// <summary>What an independent certified client says of the provider, rule by rule: see <c>tests/oidc/judge.mjs</c>.</summary>
[SupportedOSPlatform("linux")]
public sealed partial class JudgeTests(JudgeTests.Verdict verdict) : IClassFixture<JudgeTests.Verdict>
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "oidc");

    public static TheoryData<string> Rules => [.. Rule().Matches(File.ReadAllText(Path.Combine(Folder, "judge.mjs"))).Select(found => found.Groups[1].Value)];

    [Theory]
    [MemberData(nameof(Rules))]
    public void Certified_client_agrees(string rule) => Assert.Equal("ok", verdict.Of(rule));

    [GeneratedRegex(@"^  async (\w+)\(\) \{$", RegexOptions.Multiline)]
    private static partial Regex Rule();

    /// <summary>One run of the client, whose words all the cases read.</summary>
    public sealed class Verdict : IAsyncLifetime
    {
        private readonly ProviderPlatform platform = new();
        private readonly Dictionary<string, string> said = [];

        internal string Of(string rule) => said.GetValueOrDefault(rule, "was never judged");

        public async ValueTask InitializeAsync()
        {
            Assert.True(Directory.Exists(Path.Combine(Folder, "node_modules")), "run `npm ci` in tests/oidc first; ./test does it");
            await platform.InitializeAsync();
            var (site, system) = (await platform.AddSiteAsync(), await platform.AddSystemAsync(SampleSchool.School.Plan.Place.Ogrn!));
            var start = new ProcessStartInfo("node", "judge.mjs") { WorkingDirectory = Folder, RedirectStandardInput = true, RedirectStandardOutput = true };
            foreach (var (name, value) in new (string, string)[]
            {
                ("ISSUER", platform.Host.Address.AbsoluteUri), ("CLIENT_ID", site.ClientId), ("CLIENT_SECRET", site.Secret), ("REDIRECT", ProviderPlatform.Redirect),
                ("AFTER_LOGOUT", ProviderPlatform.AfterLogout), ("SYSTEM_ID", system.ClientId), ("SYSTEM_SECRET", system.Secret), ("SESSION", await SignInAsync()),
                ("SKEW", Skew()), ("PERSON", SampleSchool.Teacher.FullName),
            }) start.Environment[name] = value;
            using var node = Process.Start(start)!;
            while (await node.StandardOutput.ReadLineAsync() is { } line) await HearAsync(node, line);
            await node.WaitForExitAsync();
        }

        public ValueTask DisposeAsync() => platform.DisposeAsync();

        private async Task HearAsync(Process node, string line)
        {
            if (line != "ROTATE")
            {
                if (line.Split(": ", 2) is [var rule, var word]) said[rule] = word;
                return;
            }
            // A day before its term the next key is shown already; a day after it signs.
            platform.Host.Clock.Advance(KeyBook.Term - TimeSpan.FromDays(1));
            platform.Host.Services.GetRequiredService<KeyBook>().Refresh();
            platform.Host.Clock.Advance(TimeSpan.FromDays(2));
            platform.Host.Services.GetRequiredService<KeyBook>().Refresh();
            await node.StandardInput.WriteLineAsync(JsonSerializer.Serialize(new { session = await SignInAsync(), skew = int.Parse(Skew(), null) }));
            await node.StandardInput.FlushAsync();
        }

        private string Skew() => $"{(int)(platform.Host.Clock.Now - TimeProvider.System.GetUtcNow()).TotalSeconds}";

        private async Task<string> SignInAsync()
        {
            using var browser = await platform.Host.SignInAsync(SampleSchool.Teacher.Id);
            return browser.Cookies["__Host-session"];
        }
    }
}
