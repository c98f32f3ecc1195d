using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using MySchool.Access.Web;
using MySchool.Connection.Features;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Generator.People;
using MySchool.Kernel;
using MySchool.Testing;
using Npgsql;
using Xunit;

namespace MySchool.Modules.Tests.Connection;

/// <summary>The platform over the two sample schools, counted once; strangers are proven as the sign-in would.</summary>
public sealed class ConnectionGround : IAsyncLifetime
{
    private int strangers = 1000;

    public TestHost Host { get; private set; } = null!;

    internal TestDatabase Database => Host.Database;

    internal static Guid School => SampleSchool.School.Id;

    internal static Guid OtherSchool => SampleSchool.OtherSchool.Id;

    internal static Guid Municipality => SampleSchool.School.Plan.Place.Parent!.Id;

    internal static Guid OtherMunicipality => SampleSchool.OtherSchool.Plan.Place.Parent!.Id;

    internal static Hat Administrator => new(Roles.SchoolAdministrator, School);

    public async ValueTask InitializeAsync()
    {
        Host = await TestHost.StartAsync();
        await Service<DailyWork>().CountEverythingAsync(default);
    }

    public ValueTask DisposeAsync() => Host.DisposeAsync();

    internal T Service<T>() where T : notnull => Host.Services.GetRequiredService<T>();

    /// <summary>Runs a feature in a scope of its own, as a request would.</summary>
    internal async Task<TResult> RunAsync<TFeature, TResult>(Func<TFeature, Task<TResult>> run) where TFeature : notnull
    {
        await using var scope = Host.Services.CreateAsyncScope();
        return await run(scope.ServiceProvider.GetRequiredService<TFeature>());
    }

    /// <summary>The actor of somebody in a role, with the ties the registry holds.</summary>
    internal async Task<Actor> ActorAsync(Guid person, Hat? hat = null)
    {
        var facts = await Service<IRegistry>().GetFactsAsync(person, hat, Host.Clock.Now, default);
        return new Actor(person, Ids.New(), facts!.Worn!.Value, facts.Ties, SampleSchool.Today);
    }

    internal Task<Actor> AdministratorAsync() => ActorAsync(SampleSchool.Staff(Roles.SchoolAdministrator).Id, Administrator);

    internal Task<Actor> CoordinatorAsync(string role) => ActorAsync(SampleSchool.Office(role).Person.Id, new Hat(role, SampleSchool.Office(role).Unit.Id));

    internal Task<TestBrowser> BrowseAsync(Person person, Hat hat) => Host.SignInAsync(person.Id, hat);

    /// <summary>Somebody ЕСИА knows and the registry does not.</summary>
    internal Asker Stranger(string last, string first, string middle = "", string? snils = null)
    {
        var person = new ProvenPerson($"77{Interlocked.Increment(ref strangers)}", new PersonName(last, first, middle), new DateOnly(1990, 2, 3), "female", snils);
        return new Asker(new Candidate(null, person), person.Name, Service<MySchool.Kernel.Secrets.IdentifierVault>().Hash(person.EsiaOid), []);
    }

    /// <summary>A browser in which ЕСИА has just proven a stranger.</summary>
    internal TestBrowser BrowseAsStranger(Asker stranger, bool isChild = false)
    {
        var proven = stranger.Who.Stranger!;
        var http = new DefaultHttpContext();
        Service<SignInCookies>().Keep(http.Response, new Stranger(
            proven.EsiaOid, proven.Name.Last, proven.Name.First, proven.Name.Middle, "03.02.1990", "F", proven.Snils, isChild,
            [.. stranger.Children.Select(c => new StrangerChild(c.Name.Last, c.Name.First, c.Name.Middle, c.BirthDate.ToString("dd.MM.yyyy", System.Globalization.CultureInfo.InvariantCulture), c.Snils))], [], Host.Clock.Now));
        var browser = Host.Browse();
        browser.Cookies["__Host-welcome"] = http.Response.Headers.SetCookie.ToString().Split('=', 2)[1].Split(';')[0];
        return browser;
    }

    internal Task<T?> AskAsync<T>(string sql, params object[] values) => Database.ScalarAsync<T>(sql, values);

    internal async Task<int> DoAsync(string sql, params object[] values)
    {
        await using var command = Database.Owner.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return await command.ExecuteNonQueryAsync();
    }

    /// <summary>Counts everything anew, past the outbox, whose time the test does not wait for.</summary>
    internal Task CountAsync() => Service<DailyWork>().CountEverythingAsync(default);
}
