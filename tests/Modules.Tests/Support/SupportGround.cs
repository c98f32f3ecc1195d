using Microsoft.Extensions.DependencyInjection;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Support.Domain;
using MySchool.Support.Features;
using MySchool.Testing;
using Npgsql;
using Xunit;

namespace MySchool.Modules.Tests.Support;

/// <summary>The platform over the two sample schools, with those who write and those who answer.</summary>
public sealed class SupportGround : IAsyncLifetime
{
    public TestHost Host { get; private set; } = null!;

    internal static Guid School => SampleSchool.School.Id;

    internal static Guid OtherSchool => SampleSchool.OtherSchool.Id;

    internal static Hat AdministratorHat => new(Roles.SchoolAdministrator, School);

    internal static Hat Guardian => new(Roles.Guardian, Guid.Empty);

    public async ValueTask InitializeAsync()
    {
        Host = await TestHost.StartAsync();
        await Host.ConsentAsync(SampleSchool.Mother.Id);
    }

    public ValueTask DisposeAsync() => Host.DisposeAsync();

    internal async Task<TResult> RunAsync<TFeature, TResult>(Func<TFeature, Task<TResult>> run) where TFeature : notnull
    {
        await using var scope = Host.Services.CreateAsyncScope();
        return await run(scope.ServiceProvider.GetRequiredService<TFeature>());
    }

    internal async Task<(Actor Actor, PersonFacts Facts)> PersonAsync(Guid person, Hat hat)
    {
        var facts = await Host.Services.GetRequiredService<IRegistry>().GetFactsAsync(person, hat, Host.Clock.Now, default);
        return (new Actor(person, Ids.New(), facts!.Worn!.Value, facts.Ties, SampleSchool.Today), facts);
    }

    internal async Task<Actor> ActorAsync(Guid person, Hat hat) => (await PersonAsync(person, hat)).Actor;

    internal Task<Actor> MotherAsync() => ActorAsync(SampleSchool.Mother.Id, Guardian);

    internal Task<Actor> AdministratorAsync() => ActorAsync(SampleSchool.Staff(Roles.SchoolAdministrator).Id, AdministratorHat);

    internal Task<Actor> OtherAdministratorAsync() => ActorAsync(
        SampleSchool.OtherSchool.Memberships.First(m => m.Role == Roles.SchoolAdministrator).Person.Id, new Hat(Roles.SchoolAdministrator, OtherSchool));

    /// <summary>The coordinator of the first school's own municipality, the region's, or the operator.</summary>
    internal Task<Actor> OfficeAsync(string role)
    {
        var office = SampleSchool.Office(role);
        return ActorAsync(office.Person.Id, new Hat(role, office.Unit.Id));
    }

    internal static TicketDraft Draft(Guid? unit, string text = "Оценка за контрольную не видна") =>
        new(Ids.New(), "marks", "Не видна оценка", text, "", "", unit, Roles.Guardian, new Seen("/diary", null, "Chrome, Windows"));

    /// <summary>A ticket of the mother about her child's school.</summary>
    internal async Task<Guid> SendAsync(TicketDraft? draft = null, params ReadOnlyMemory<byte>[] files)
    {
        var (actor, facts) = await PersonAsync(SampleSchool.Mother.Id, Guardian);
        // Tests share the mother, and a day has room for ten of her tickets.
        await DoSqlAsync("update support.tickets set created_at = created_at - interval '2 days' where author_id = $1 and created_at > $2", actor.PersonId, Host.Clock.Now.AddDays(-1));
        return (await RunAsync<SendTicket, Result<Guid>>(send => send.HandleAsync(actor, facts, draft ?? Draft(School), files, default))).Value;
    }

    internal async Task<Result<bool>> DoAsync(Actor actor, Guid ticket, string what, string text = "", bool isFinal = false, bool shares = false, int? version = null, string article = "") =>
        await RunAsync<HandleTicket, Result<bool>>(async handle => await handle.HandleAsync(actor, ticket,
            new Deed(what, version ?? await AskAsync<int>("select version from support.tickets where id = $1", ticket), text, article, isFinal, shares), default));

    internal async Task<Result<bool>> SayAsync(Guid ticket, string what, string text = "", int rating = 0)
    {
        var mother = await MotherAsync();
        return await RunAsync<OwnTicket, Result<bool>>(own => own.HandleAsync(new Author(mother, ticket), new OwnDeed(what, text, rating), [], default));
    }

    internal Task<string?> StateAsync(Guid ticket) => AskAsync<string>("select state from support.tickets where id = $1", ticket);

    internal Task<T?> AskAsync<T>(string sql, params object[] values) => Host.Database.ScalarAsync<T>(sql, values);

    internal async Task DoSqlAsync(string sql, params object[] values)
    {
        await using var command = Host.Database.Owner.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Rows that the second wall alone lets an actor read.</summary>
    internal Task<long> CountAsync(Actor actor, string from, Guid ticket) =>
        Host.Services.GetRequiredService<AppDb>().ReadAsync(actor, batch => batch.Add($"select count(*) from support.{from}", ticket),
            (reader, token) => reader.ReadFirstAsync(row => row.GetInt64(0), token), default);
}
