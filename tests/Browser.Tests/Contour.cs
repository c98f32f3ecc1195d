using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Playwright;
using MySchool.Access;
using MySchool.Generator;
using MySchool.Generator.Export;
using MySchool.Generator.Load;
using MySchool.Kernel;
using MySchool.Kernel.Files;
using IClock = MySchool.Kernel.IClock;
using MySchool.Kernel.Secrets;
using MySchool.StandIns.Esia;
using MySchool.Testing;
using Xunit;
using Xunit.v3;

[assembly: AssemblyFixture(typeof(MySchool.Browser.Tests.Contour))]
[assembly: Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace MySchool.Browser.Tests;

/// <summary>Everything that a day at school needs, once for all tests: the small region, the platform, ЕСИА's stand-in and one browser.</summary>
public sealed class Contour : IAsyncLifetime
{
    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--lang=ru-RU",
    ];

    private const string DemoSite = """
        insert into access.clients (id, kind, client_id, client_secret, client_type, display_name, legal_name, privacy_page, redirect_uris, sector, permissions, created_at, created_by)
        values ('01900000-0000-7000-8000-000000000001', 'site', 'site-demo', null, 'public', 'Решай-ка', 'ООО «Решай-ка», ИНН 7700000000', 'https://site.example/privacy',
          '["https://site.example/callback"]', 'site.example', '["ept:authorization","ept:token","gt:authorization_code","gt:refresh_token","rst:code","scp:profile","scp:role","scp:school","scp:class"]',
          now(), '01900000-0000-7000-8000-000000000002') returning client_id
        """;

    // Three learners written twice at the administrator's school, and one СНИЛС offered for children of two schools.
    private const string DemoDoubles = """
        with pupils as (
          select e.school_id, e.class_id, p.*, row_number() over (order by p.id) as n, registry.uuid7() as twin
            from registry.memberships m join registry.people a on a.id = m.person_id and a.last_name = 'Зимовская'
            join registry.enrolments e on e.school_id = m.unit_id join registry.people p on p.id = e.person_id
           where m.role = 'school-administrator' and length(p.last_name) > 5 and extract(day from p.birth_date) <= 12
           order by p.id limit 3),
        made as (
          insert into registry.people (id, last_name, first_name, middle_name, birth_date, gender)
          select twin, case n when 1 then translate(last_name, 'аео', 'оиа') when 2 then first_name else upper(last_name) end,
                 case n when 2 then last_name else first_name end, case n when 3 then '' else middle_name end, birth_date, gender from pupils),
        enrolled as (
          insert into registry.enrolments (school_id, id, person_id, class_id, starts_on)
          select school_id, registry.uuid7(), twin, class_id, '2026-11-02' from pupils),
        other as (
          select p.id, (select q.id from pupils q order by q.id limit 1) as here from registry.enrolments e join registry.people p on p.id = e.person_id
           where e.school_id not in (select school_id from pupils) order by p.id limit 1)
        insert into registry.double_signals select least(id, here), greatest(id, here), 'snils', now() from other
        """;

    // One request that waits for the administrator and one that was carried out, with its act.
    private const string DemoErasures = """
        with places as (
          select m.unit_id, o.short_name, m.person_id as admin, e.person_id as child, row_number() over (order by e.person_id) as n
            from registry.memberships m join registry.people a on a.id = m.person_id and a.last_name = 'Зимовская'
            join registry.organisations o on o.id = m.unit_id join registry.enrolments e on e.school_id = m.unit_id
           where m.role = 'school-administrator' order by e.person_id limit 2),
        made as (
          insert into access.erasures (id, subject_id, asker_id, unit_id, unit_name, time_zone, state, asked_at, answer_by, decided_by, decided_name, decided_role, decided_at, done_at)
          select registry.uuid7(), child, child, unit_id, short_name, 'Europe/Moscow', case n when 1 then 'asked' else 'done' end, now(), current_date + 14,
                 case n when 2 then admin end, case n when 2 then 'Зимовская Анна Павловна' end, case n when 2 then 'school-administrator' end, case n when 2 then now() end, case n when 2 then now() end
            from places returning id, state)
        insert into access.erasure_lines (erasure_id, module, rule, fate, state, rows, law, until, done_at)
        select m.id, l.module, l.rule, l.fate, l.state, l.rows, l.law, l.until, case l.state when 'done' then now() end from made m, (values
          ('journal', 'remarks', 'erased', 'done', 14, null, null::date), ('registry', 'identity', 'erased', 'done', 1, null, null), ('registry', 'card', 'erased', 'done', 1, null, null),
          ('access', 'sessions', 'erased', 'done', 231, null, null), ('registry', 'readings', 'anonymised', 'done', 1204, null, null),
          ('journal', 'marks', 'kept', 'held', 486, 'Федеральный закон от 29.12.2012 № 273-ФЗ, статья 28, часть 3, пункт 11; номенклатура дел школы: классные журналы, 5 лет', '2031-12-31'),
          ('registry', 'enrolments', 'kept', 'held', 3, 'Приказ Росархива от 20.12.2019 № 236; номенклатура дел школы: приказы о зачислении, переводе и отчислении', '2076-12-31')) l (module, rule, fate, state, rows, law, until)
         where m.state = 'done'
        """;

    // One visit of support that waits for the school, and one that is over, with what was looked at.
    private const string DemoVisits = """
        with place as (
          select m.unit_id, o.short_name, m.person_id as admin, array(select ancestor_id from registry.unit_closure c where c.descendant_id = m.unit_id and c.depth > 0 order by depth) as above,
                 (select p.id from registry.memberships x join registry.people p on p.id = x.person_id where x.role = 'operator' limit 1) as asker
            from registry.memberships m join registry.people a on a.id = m.person_id and a.last_name = 'Зимовская' join registry.organisations o on o.id = m.unit_id
           where m.role = 'school-administrator'),
        made as (
          insert into support.visits (id, ticket_id, ticket_no, school_id, school_name, territories, asker_id, asker_name, reason, state, asked_at, lapses_at, opened_at, ends_at)
          select registry.uuid7(), registry.uuid7(), n.number, unit_id, short_name, above, asker, 'Белова Ирина Сергеевна', n.why, n.state, n.at, '2100-01-01', n.opened, n.opened + interval '40 minutes'
            from place, (values (1047, 'Посмотреть, почему учитель алгебры не видит 7Б: без его журнала причину не найти.', 'asked', now(), null::timestamptz),
              (1032, 'Проверить, куда пропали отметки за 12 ноября после переноса урока.', 'open', timestamptz '2026-11-20 09:00+03', timestamptz '2026-11-20 10:02+03')) n (number, why, state, at, opened)
          returning id, asker_id, school_id, opened_at),
        approved as (
          insert into support.visit_approvals select id, side, registry.uuid7(), name, role, opened_at - interval '1 minute' from made, (values
            ('near', 'Зимовская Наталья Юрьевна', 'school-administrator'), ('far', 'Орлов Павел Андреевич', 'operator')) a (side, name, role) where opened_at is not null)
        insert into kernel.audit (at, id, actor_id, role, action, school_id, subject_id, detail)
        select opened_at + interval '1 minute' * n, registry.uuid7(), asker_id, 'support-visitor', action, made.school_id, subject, detail from made, lateral (values
          (1, 'access.visit-page', null::uuid, '/journal'), (2, 'journal.open', null, null),
          (3, 'registry.read-card', (select e.person_id from registry.enrolments e where e.school_id = made.school_id order by e.person_id limit 1), null)) l (n, action, subject, detail) where opened_at is not null
        """;

    private readonly Dictionary<string, string> signedIn = [];
    private readonly string folder = Directory.CreateTempSubdirectory("browser-").FullName;
    private readonly ClamStandIn scanner = new();
    private TestHost? host;
    private WebApplication? esia;
    private IPlaywright? playwright;
    private IBrowser? browser;

    /// <summary>Where the platform listens.</summary>
    public string Url { get; } = $"http://localhost:{FreePort()}";

    /// <summary>Where the stand-in listens.</summary>
    public string EsiaUrl { get; } = $"http://localhost:{FreePort()}";

    /// <summary>The database, to look behind the pages.</summary>
    public TestDatabase Database { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Database = await TestDatabase.CreateEmptyAsync();
        await LoadRegionAsync();
        await Database.ScalarAsync<string>(DemoSite);
        await Database.ScalarAsync<string>(DemoDoubles);
        await Database.ScalarAsync<string>(DemoErasures);
        await Database.ScalarAsync<string>(DemoVisits);
        await StartEsiaAsync();
        host = await TestHost.StartAsync(Database, UseRunningClock, new Dictionary<string, string>
        {
            ["Urls"] = Url, ["Logging:LogLevel:Default"] = Environment.GetEnvironmentVariable("BROWSER_LOG") ?? "Error", ["Esia:BaseUrl"] = EsiaUrl, ["Esia:RedirectUri"] = $"{Url}/esia/callback", ["Esia:KeyFile"] = In("key.pem"),
            ["Esia:CertificateFile"] = In("certificate.pem"), ["Esia:TokenKeyFile"] = In("tokens.pub"), ["Access:OperatorName"] = "Министерство образования Заречной области",
            ["Files:Scanner"] = scanner.Address,
        });
        await LayPagesAsync(host.Services.GetRequiredService<ByteStore>());
        playwright = await Playwright.CreateAsync();
        await LaunchAsync();
    }

    // Every work that was handed in has two pages of paper; over those sent back the teacher has drawn.
    private async Task LayPagesAsync(ByteStore store)
    {
        var bytes = (await store.PutAsync(new MemoryStream(PaperFiles.Pdf(2)), FileIntake.MostBytes, default))!;
        await using var lay = Database.Owner.CreateCommand("""
            with laid as (
              insert into works.files (school_year, school_id, id, work_id, learner_id, group_id, attempt, position, is_handed, name, media_type, size, address, sealed_key, digest, state)
              select school_year, school_id, registry.uuid7(), id, learner_id, group_id, 1, 1, true, 'Тетрадь, стр. 1–2.pdf', 'application/pdf', $1, $2, $3, $4, 'clean' from works.works where state in ('handed', 'returned')
              returning *)
            insert into works.layers (school_year, school_id, file_id, page, work_id, learner_id, group_id, is_shown, version, data, by_person, at)
            select school_year, school_id, id, 1, work_id, learner_id, group_id, true, 1, $5, registry.uuid7(), now() from laid
            """);
        foreach (var value in (object[])[(int)bytes.Size, bytes.Address, bytes.SealedKey, bytes.Digest]) lay.Parameters.Add(new() { Value = value });
        lay.Parameters.Add(new()
        {
            NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Jsonb,
            Value = """{"items":[{"kind":"pen","colour":0,"points":[1500,2700,3000,2820,4600,2700]},{"kind":"pin","colour":0,"x":5000,"y":2500,"text":"Проверьте знак: перед скобкой минус."},{"kind":"text","colour":2,"x":6000,"y":4200,"text":"здесь верно"},{"kind":"pin","colour":1,"x":2000,"y":6000,"text":"Не хватает вывода."}]}""",
        });
        await lay.ExecuteNonQueryAsync();
    }

    private async Task LaunchAsync() =>
        browser = await playwright!.Chromium.LaunchAsync(new() { ExecutablePath = Chromium(), Args = Arguments, Env = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().Where(pair => (string)pair.Key != "LANGUAGE").Select(pair => KeyValuePair.Create((string)pair.Key, (string)pair.Value!)).Append(KeyValuePair.Create("LANGUAGE", "ru")) });

    public async ValueTask DisposeAsync()
    {
        if (browser is not null) await browser.DisposeAsync();
        playwright?.Dispose();
        if (host is not null) await host.DisposeAsync();
        if (esia is not null) await esia.DisposeAsync();
        if (Database is not null) await Database.DisposeAsync();
        scanner.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>
    /// Runs a test; when the browser itself ended under it, once more in a new one. Chromium without a display ends now and
    /// then, which says nothing of the page.
    /// </summary>
    internal async Task InBrowserAsync(Func<Task> test)
    {
        try
        {
            await test();
        }
        catch (PlaywrightException ended) when (ended.Message.Contains("has been closed", StringComparison.Ordinal))
        {
            // The news that the whole browser is gone comes a moment after that of its page.
            await Task.Delay(1000);
            await test();
        }
    }

    /// <summary>A browser that nobody has signed in with.</summary>
    internal async Task<Visitor> VisitAsync(BrowserNewContextOptions? options = null)
    {
        options ??= new();
        options.Locale = "ru-RU";
        options.TimezoneId = "Europe/Moscow";
        options.ReducedMotion = ReducedMotion.Reduce;
        options.ViewportSize ??= new() { Width = 1440, Height = 900 };
        options.BaseURL = Url;
        if (!browser!.IsConnected) await LaunchAsync();
        var context = await browser!.NewContextAsync(options);
        context.SetDefaultTimeout(15_000);
        return new Visitor(this, context, await context.NewPageAsync());
    }

    /// <summary>A browser of somebody who signed in before: the first call for a name walks through ЕСИА, the others bring its cookie.</summary>
    internal async Task<Visitor> VisitAsAsync(string name, BrowserNewContextOptions? options = null)
    {
        if (!signedIn.TryGetValue(name, out var cookies))
        {
            await using var first = await VisitAsync();
            await first.SignInAsync(name);
            await first.ConsentAsync();
            signedIn[name] = cookies = await first.Context.StorageStateAsync();
        }
        options ??= new();
        options.StorageState = cookies;
        return await VisitAsync(options);
    }

    private async Task LoadRegionAsync()
    {
        var vault = IdentifierVault.OpenOrCreate(Path.Combine(Database.Secrets, "snils.key"));
        using var people = new EsiaPeopleFile(In("people.jsonl"), "Заречная область");
        var loaded = await new RegionLoader(Database.Options.Owner).LoadAsync(
            new LoadRequest(RegionSize.Small, SampleSchool.Today, snils => (vault.Hash(snils), vault.Encrypt(snils))) { Meet = people.Add }, default);
        people.Complete(loaded.Offices, loaded.Demo, loaded.Stranger);
    }

    private async Task StartEsiaAsync()
    {
        AccessModule.CreateEsiaIdentity(In("key.pem"), In("certificate.pem"));
        esia = EsiaStandIn.Build(
        [
            "--urls", EsiaUrl, "--Esia:PublicUrl", EsiaUrl, "--Esia:PeopleFile", In("people.jsonl"), "--Esia:TokenKeyFile", In("tokens.pub"),
            "--Esia:SigningKeyFile", In("tokens.key"), "--Esia:Clients:0:Mnemonic", "MYSCHOOL", "--Esia:Clients:0:CertificateFile", In("certificate.pem"),
            "--Esia:Clients:0:RedirectUris:0", $"{Url}/esia/callback", "--Logging:LogLevel:Default", "Error",
        ]);
        await esia.StartAsync();
    }

    // A Monday noon of the loaded year, whatever day it is outside; only the talk with ЕСИА keeps the real time, as ЕСИА does.
    private static void UseRunningClock(IServiceCollection services)
    {
        services.Replace(ServiceDescriptor.Singleton<IClock>(new RunningClock()));
        foreach (var name in (string[])["EsiaTokens", "EsiaRequests"])
        {
            var type = typeof(AccessModule).Assembly.GetType($"MySchool.Access.Esia.{name}")!;
            services.Replace(ServiceDescriptor.Singleton(type, provider => ActivatorUtilities.CreateInstance(provider, type, new SystemClock(TimeProvider.System))));
        }
    }

    private string In(string file) => Path.Combine(folder, file);

    private static string Chromium() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').SelectMany(place => new[] { Path.Combine(place, "chromium"), Path.Combine(place, "chromium-browser") })
            .FirstOrDefault(File.Exists) ?? throw new InvalidOperationException("No chromium in PATH: apt-get install chromium");

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed class RunningClock : IClock
    {
        private readonly long started = TimeProvider.System.GetTimestamp();

        public DateTimeOffset Now => SampleSchool.Now + TimeProvider.System.GetElapsedTime(started);
    }
}
