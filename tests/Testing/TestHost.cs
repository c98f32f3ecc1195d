using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MySchool.Access;
using MySchool.Host;
using MySchool.Kernel;
using Npgsql;

namespace MySchool.Testing;

/// <summary>The real platform in this process, on a random loopback port, over a database of its own.</summary>
public sealed class TestHost : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly bool isDatabaseOurs;

    private TestHost(WebApplication app, TestDatabase database, TestClock clock, bool isDatabaseOurs)
    {
        this.app = app;
        this.isDatabaseOurs = isDatabaseOurs;
        Database = database;
        Clock = clock;
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    /// <summary>Its database.</summary>
    public TestDatabase Database { get; }

    /// <summary>Its clock.</summary>
    public TestClock Clock { get; }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Its services.</summary>
    public IServiceProvider Services => app.Services;

    /// <summary>Waits until the outbox has delivered what was told and is due; throws when it has not within ten seconds.</summary>
    public async Task DeliveredAsync()
    {
        for (var i = 0; i < 200; i++)
        {
            if (await Database.ScalarAsync<long>("select count(*) from kernel.outbox where due_at <= $1", Clock.Now) == 0) return;
            await Task.Delay(50);
        }
        throw new TimeoutException("The outbox still holds events.");
    }

    /// <summary>Starts the platform.</summary>
    /// <param name="database">A database to use and leave alone; null makes a copy of the sample, dropped with the host.</param>
    /// <param name="replace">Replaces services.</param>
    /// <param name="settings">Further configuration, <c>Section:Key</c> to value.</param>
    public static async Task<TestHost> StartAsync(
        TestDatabase? database = null, Action<IServiceCollection>? replace = null, IReadOnlyDictionary<string, string>? settings = null)
    {
        var own = database ?? await TestDatabase.CreateAsync();
        var clock = new TestClock();
        var all = SettingsOf(own);
        foreach (var (key, value) in settings ?? new Dictionary<string, string>()) all[key] = value;
        var app = HostApp.Build([.. all.Select(pair => $"--{pair.Key}={pair.Value}")], services =>
        {
            services.Replace(ServiceDescriptor.Singleton<IClock>(clock));
            replace?.Invoke(services);
        });
        await app.StartAsync();
        return new TestHost(app, own, clock, isDatabaseOurs: database is null);
    }

    /// <summary>A browser nobody is signed in with.</summary>
    public TestBrowser Browse() => new(Address);

    /// <summary>A browser signed in past ЕСИА: the session is written as the platform itself would.</summary>
    /// <param name="personId">Who.</param>
    /// <param name="hat">The role worn; null lets the platform take the first one offered.</param>
    public async Task<TestBrowser> SignInAsync(Guid personId, Hat? hat = null)
    {
        var token = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
        await using var open = Database.Owner.CreateCommand("""
            insert into access.sessions (id, token_hash, person_id, role, unit_id, authenticated_at, methods, started_at, last_seen_at, expires_at)
            values ($1, $2, $3, $4, $5, $6, 'PWD', $6, $6, $7)
            """);
        foreach (var value in (object[])[Ids.New(), SHA256.HashData(Encoding.ASCII.GetBytes(token)), personId, hat?.Role ?? "",
            hat?.UnitId ?? Guid.Empty, Clock.Now, Clock.Now.AddDays(30)])
            open.Parameters.Add(new NpgsqlParameter { Value = value });
        await open.ExecuteNonQueryAsync();

        var browser = Browse();
        browser.Cookies["__Host-session"] = token;
        return browser;
    }

    /// <summary>Gives every consent that the platform asks a guardian for, so that tests of other things are not stopped by it.</summary>
    public async Task ConsentAsync(Guid guardianId)
    {
        await using var give = Database.Owner.CreateCommand("""
            insert into access.consents (id, event, subject_id, giver_id, purpose, text_version, text_hash, at, expires_at)
            select gen_random_uuid(), 'given', g.learner_id, $1, t.purpose, t.version, t.hash, $2, $2 + interval '1 year'
              from registry.guardianships g cross join access.consent_texts t where g.guardian_id = $1 and t.is_needed
            """);
        give.Parameters.Add(new NpgsqlParameter { Value = guardianId });
        give.Parameters.Add(new NpgsqlParameter { Value = Clock.Now });
        await give.ExecuteNonQueryAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        if (isDatabaseOurs) await Database.DisposeAsync();
    }

    private static Dictionary<string, string> SettingsOf(TestDatabase database)
    {
        var (key, certificate) = (Path.Combine(database.Secrets, "esia.key"), Path.Combine(database.Secrets, "esia.crt"));
        lock (typeof(TestHost))
        {
            if (!File.Exists(certificate)) AccessModule.CreateEsiaIdentity(key, certificate);
        }
        return new Dictionary<string, string>
        {
            ["Urls"] = $"http://{IPAddress.Loopback}:0",
            ["Database:App"] = database.Options.App,
            ["Database:Facts"] = database.Options.Facts,
            ["Database:Worker"] = database.Options.Worker,
            ["Registry:SnilsKeyFile"] = Path.Combine(database.Secrets, "snils.key"),
            ["Files:Folder"] = Path.Combine(database.Secrets, "files", database.Name),
            ["Esia:KeyFile"] = key,
            ["Esia:CertificateFile"] = certificate,
            ["Access:AccountPerMinute"] = "0",
            ["Access:SchoolPerMinute"] = "0",
            ["Access:SignInPerMinute"] = "0",
            ["Logging:LogLevel:Default"] = "Error",
        };
    }
}
