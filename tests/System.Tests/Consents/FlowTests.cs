using System.Net;
using System.Reflection;
using System.Runtime.Versioning;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using MySchool.Access;
using MySchool.Access.Features;
using MySchool.Contracts.Access;
using MySchool.Federation;
using MySchool.Federation.Features;
using MySchool.Host;
using MySchool.Journal;
using MySchool.Kernel;
using MySchool.Notices;
using MySchool.Registry;
using MySchool.System.Tests.Provider;
using MySchool.Testing;
using MySchool.Works;
using Xunit;

namespace MySchool.System.Tests.Consents;

/// <summary>
/// Withdrawal stops each flow at once. Every flow that a module has named is tried here: a new one without a trial, and a purpose
/// without a flow, fail.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class FlowTests(ProviderPlatform platform) : IClassFixture<ProviderPlatform>, IAsyncLifetime
{
    private static readonly Guid Son = SampleSchool.Pupil.Id;
    private static CancellationToken Stop => TestContext.Current.CancellationToken;
    private ConsentPages Pages => new(platform);

    public async ValueTask InitializeAsync()
    {
        await Pages.ForgetAsync();
        await Pages.BornAsync(Son, SampleSchool.Today.AddYears(-13));
        await Pages.RunAsync("update registry.identities set esia_oid = '1000654' where person_id = $1", Son);
        await Pages.RunAsync("""
            insert into journal.statements (school_year, school_id, movement_id, learner_id, learner_name, school_name, class_name, last_day, terms, subjects, made_at)
            values (2026, $1, $2, $2, 'Ученик', 'Прежняя школа', '6А', '2026-09-01', '[]', '[]', now()) on conflict do nothing
            """, SampleSchool.School.Id, Son);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>For each flow: opens it once consent stands, and gives what asks it again and again. Whether data came is its answer.</summary>
    private static readonly Dictionary<ConsentFlow, Func<FlowTests, Task<Func<Task<bool>>>>> Trials = new()
    {
        [JournalFlows.Today] = tests => tests.PageAsync("/today"),
        [JournalFlows.Diary] = tests => tests.PageAsync($"/diary?learner={Son}"),
        [JournalFlows.Statement] = tests => tests.PageAsync($"/diary/{Son}/statement"),
        [JournalFlows.Live] = tests => tests.StreamAsync(),
        [JournalFlows.Calendar] = tests => tests.KeyAsync(isCalendar: true),
        [JournalFlows.FamilyApi] = tests => tests.KeyAsync(isCalendar: false),
        [WorksFlows.Work] = tests => tests.WorkAsync(),
        [NoticesFlows.Notices] = tests => tests.NoticeAsync(),
        [RegistryFlows.LookUp] = tests => tests.LookUpAsync(),
        [FederationFlows.Diary] = tests => tests.FederalDiaryAsync(),
        [AccessFlows.ChildAtSite] = tests => tests.ChildAtSiteAsync(),
        [AccessFlows.ParentAtSite] = tests => tests.ParentAtSiteAsync(),
        [AccessFlows.Letters] = tests => tests.LetterAsync(),
    };

    public static TheoryData<string> Codes => [.. Trials.Keys.Select(flow => flow.Code)];

    [Theory]
    [MemberData(nameof(Codes))]
    public async Task Withdrawal_stops_the_flow_at_once(string code)
    {
        var (flow, open) = Trials.Single(trial => trial.Key.Code == code);
        using var mother = await Pages.GuardianAsync(SampleSchool.Mother.Id);
        // Of a child: by the other representative, in another browser, so that nothing of it passes through the session that the data goes to.
        var (subject, father) = flow == AccessFlows.Letters ? (SampleSchool.Mother.Id, mother) : (Son, await Pages.GuardianAsync(ConsentPages.Father));
        Assert.Equal(HttpStatusCode.Found, await Pages.GiveAsync(mother, flow.Purpose, subject));
        var asks = await open(this);
        Assert.True(await asks(), "closed though consent stands");

        Assert.Equal(HttpStatusCode.Found, await Pages.WithdrawAsync(father, flow.Purpose, subject));
        Assert.False(await asks(), "open though withdrawn");
        Assert.Equal(HttpStatusCode.Found, await Pages.GiveAsync(mother, flow.Purpose, subject));
        await Pages.RunAsync("update access.consents set at = at - interval '2 years', expires_at = $1 where event = 'given' and purpose = $2", platform.Host.Clock.Now.AddSeconds(-1), flow.Purpose);
        Assert.False(await (await OpenOrNothingAsync(open))(), "open though the term has passed");
    }

    [Fact]
    public async Task Every_purpose_has_a_flow_and_every_flow_a_trial()
    {
        var registered = platform.Host.Services.GetServices<ConsentFlow>().ToHashSet();
        var purposes = await PurposesAsync();
        Assert.True(purposes.Count >= 4);
        Assert.DoesNotContain(purposes, purpose => registered.All(flow => flow.Purpose != purpose));
        Assert.DoesNotContain(registered, flow => !purposes.Contains(flow.Purpose));
        Assert.Empty(registered.Except(Trials.Keys).Select(flow => flow.Code));
        Assert.Empty(registered.GroupBy(flow => flow.Code).Where(same => same.Count() > 1).Select(same => same.Key));
    }

    [Fact]
    public void Every_flow_that_code_names_is_registered()
    {
        var registered = platform.Host.Services.GetServices<ConsentFlow>().ToHashSet();
        var named = typeof(HostApp).Assembly.GetReferencedAssemblies().Where(name => name.Name!.StartsWith("MySchool.", StringComparison.Ordinal)).Select(Assembly.Load)
            .SelectMany(assembly => assembly.GetTypes()).SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Where(field => field.FieldType == typeof(ConsentFlow)).Select(field => (ConsentFlow)field.GetValue(null)!).ToList();
        Assert.True(named.Count >= Trials.Count);
        Assert.DoesNotContain(named, flow => !registered.Contains(flow));
    }

    private async Task<IReadOnlyList<string>> PurposesAsync()
    {
        await using var ask = platform.Host.Database.Owner.CreateCommand("select distinct purpose from access.consent_texts");
        await using var reader = await ask.ExecuteReaderAsync(Stop);
        var found = new List<string>();
        while (await reader.ReadAsync(Stop)) found.Add(reader.GetString(0));
        return found;
    }

    // A flow that does not even open has let nothing out.
    private async Task<Func<Task<bool>>> OpenOrNothingAsync(Func<FlowTests, Task<Func<Task<bool>>>> open)
    {
        try
        {
            return await open(this);
        }
        catch (Xunit.Sdk.XunitException)
        {
            return () => Task.FromResult(false);
        }
    }

    private async Task<Func<Task<bool>>> PageAsync(string path)
    {
        var mother = await Pages.GuardianAsync(SampleSchool.Mother.Id);
        return async () => await mother.StatusAsync(path) == HttpStatusCode.OK;
    }

    private async Task<Func<Task<bool>>> WorkAsync()
    {
        await using var find = platform.Host.Database.Owner.CreateCommand("select id from journal.homework where group_id = $1 order by due_on desc limit 1");
        find.Parameters.Add(new() { Value = SampleSchool.Algebra.Id });
        return await PageAsync($"/works/{await find.ExecuteScalarAsync(Stop)}?learner={Son}");
    }

    private async Task<Func<Task<bool>>> StreamAsync()
    {
        var mother = await Pages.GuardianAsync(SampleSchool.Mother.Id);
        var http = new HttpClient { BaseAddress = platform.Host.Address };
        return async () =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"/diary/{Son}/live", UriKind.Relative));
            request.Headers.Add("Cookie", $"__Host-session={mother.Cookies["__Host-session"]}");
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
            return answer.StatusCode == HttpStatusCode.OK;
        };
    }

    // A key issued beforehand, asked by a program without a session.
    private async Task<Func<Task<bool>>> KeyAsync(bool isCalendar)
    {
        using var mother = await Pages.GuardianAsync(SampleSchool.Mother.Id);
        using var answer = isCalendar ? await mother.SubmitAsync("/account/keys", "/account/keys/calendar", ("learner", Son.ToString()))
            : await mother.SubmitAsync("/account/keys", "/account/keys/tokens", ("name", "Виджет"), ("days", "30"), ("learners", Son.ToString()));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var secret = global::System.Text.RegularExpressions.Regex.Match(await answer.Content.ReadAsStringAsync(Stop), isCalendar ? @"/calendar/[\w-]{43}\.ics" : @"mys_[\w-]{43}").Value;
        var http = new HttpClient { BaseAddress = platform.Host.Address };
        if (!isCalendar) http.DefaultRequestHeaders.Authorization = new("Bearer", secret);
        return async () =>
        {
            using var asked = await http.GetAsync(new Uri(isCalendar ? secret : $"/api/family/v1/children/{Son}/diary", UriKind.Relative), Stop);
            return asked.StatusCode == HttpStatusCode.OK;
        };
    }

    // A line that waits to be sent: at the moment of sending the consent is asked again.
    private Task<Func<Task<bool>>> NoticeAsync() => Task.FromResult<Func<Task<bool>>>(async () =>
        (await platform.Host.Services.GetRequiredService<INoticeConsents>().FindGiversAsync(NoticesFlows.Notices, Son, Stop)).Contains(SampleSchool.Mother.Id));

    private async Task<Func<Task<bool>>> LookUpAsync()
    {
        var system = new Site(platform, await platform.AddSystemAsync(SampleSchool.School.Plan.Place.Ogrn!));
        var token = (await system.ExchangeAsync(("grant_type", "client_credentials"), ("scope", ApiScopes.Ruo))).GetProperty("access_token").GetString();
        return async () =>
        {
            using var answer = await system.AskAsync("/api/ruo/v1/persons/1000654", token);
            return JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Stop)).RootElement.GetArrayLength() > 0;
        };
    }

    // By the handler: the signature before it is tried in TellDiaryTests.
    private async Task<Func<Task<bool>>> FederalDiaryAsync()
    {
        await Pages.RunAsync("update registry.identities set esia_oid = '1000655' where person_id = $1", SampleSchool.Mother.Id);
        var country = await platform.Host.Database.ScalarAsync<Guid>("select id from registry.organisations where kind = 'country'");
        var system = new Actor(Ids.New(), Guid.Empty, new Hat(Roles.OutsideSystem, country), [new Tie(Relations.Reads, new Coordinate(Places.Territory, country))], SampleSchool.Today);
        return async () =>
        {
            await using var scope = platform.Host.Services.CreateAsyncScope();
            var told = await scope.ServiceProvider.GetRequiredService<TellDiary>().HandleAsync(system, new DiaryAsked("1000655", null, Son, IsListOnly: false), Stop);
            return told.Diary is not null;
        };
    }

    private async Task<Func<Task<bool>>> ChildAtSiteAsync()
    {
        var site = new Site(platform, await platform.AddSiteAsync());
        using var son = await Pages.LearnerAsync(Son);
        var tokens = await site.EnterAsync(son);
        return async () => (await site.WhoAsync(tokens)).Status == HttpStatusCode.OK;
    }

    private async Task<Func<Task<bool>>> LetterAsync()
    {
        var reminders = platform.Host.Services.GetRequiredService<RemindOfConsents>();
        await Pages.RunAsync("insert into access.letter_addresses values ($1, 'mother@example.ru', now()) on conflict do nothing", SampleSchool.Mother.Id);
        return async () =>
        {
            // A consent of another purpose that ends next week, never reminded of.
            await Pages.RunAsync("delete from access.consent_notices");
            await Pages.RunAsync("""
                insert into access.consents (id, event, subject_id, giver_id, purpose, text_version, text_hash, at, expires_at)
                select gen_random_uuid(), 'given', $2, $1, purpose, version, hash, $3, $4 from access.consent_texts where purpose = 'diary'
                """, SampleSchool.Mother.Id, Son, platform.Host.Clock.Now.AddYears(-1), platform.Host.Clock.Now.AddDays(6));
            Assert.True(await reminders.HandleAsync(Stop) > 0);
            return await platform.Host.Database.ScalarAsync<bool>("select bool_or(has_letter) from access.consent_notices");
        };
    }

    private async Task<Func<Task<bool>>> ParentAtSiteAsync()
    {
        var site = new Site(platform, await platform.AddSiteAsync());
        using var mother = await Pages.GuardianAsync(SampleSchool.Mother.Id);
        var tokens = await site.EnterAsync(mother, Son.ToString());
        return async () => await site.WhoAsync(tokens) is { Status: HttpStatusCode.OK } told && told.Person.TryGetProperty("school", out _);
    }
}
