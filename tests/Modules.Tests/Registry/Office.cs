using System.Net;
using Microsoft.Extensions.DependencyInjection;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Generator.People;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Registry.Domain;
using MySchool.Registry.Features.Movement;
using MySchool.Testing;
using Xunit;

namespace MySchool.Modules.Tests.Registry;

/// <summary>Two school offices over the sample: orders are given through the handlers the pages call.</summary>
public sealed class Office : IAsyncLifetime
{
    private int order;
    private int taken;

    public TestHost Host { get; private set; } = null!;

    internal DateOnly Today => SampleSchool.Today;

    public async ValueTask InitializeAsync() => Host = await TestHost.StartAsync();

    public ValueTask DisposeAsync() => Host.DisposeAsync();

    /// <summary>A pupil no other test of the class touches: of grade 5 or higher, so that there are marks.</summary>
    internal Pupil NextPupil() => SampleSchool.School.Classes.Where(c => c.Grade is >= 5 and <= 10).SelectMany(c => c.Pupils)
        .Where(p => p.Person.FullName != SampleSchool.Pupil.FullName).ElementAt(taken++ * 3);

    internal SchoolClass OtherClass(SchoolClass than) => SampleSchool.School.Classes.First(c => c.Id != than.Id && c.Grade >= 5);

    internal async Task<Actor> ActorAsync(Guid person, string role, Guid? unit)
    {
        var facts = await Host.Services.GetRequiredService<IRegistry>().GetFactsAsync(person, new Hat(role, unit ?? Guid.Empty), Host.Clock.Now, default);
        Assert.Equal(role, facts?.Worn?.Role);
        return new Actor(person, Guid.CreateVersion7(), facts!.Worn!.Value, facts.Ties, Today);
    }

    internal Task<Actor> AdministratorAsync(School? school = null)
    {
        school ??= SampleSchool.School;
        return ActorAsync(school.Memberships.First(m => m.Role == Roles.SchoolAdministrator).Person.Id, Roles.SchoolAdministrator, school.Id);
    }

    /// <summary>An order with everything said that the kind needs.</summary>
    internal MovementRequest Order(string kind, DateOnly? on = null, Guid? toClass = null, Guid? group = null, string? reason = null, Guid? toSchool = null, string? toPlace = null, DateOnly? ends = null) =>
        new(kind, $"{++order}-у", Date(Today), Date(on ?? Today), ends is null ? null : Date(ends.Value), toClass?.ToString(), group?.ToString(),
            reason ?? MovementKinds.ReasonsOf(kind).FirstOrDefault(), null, toSchool?.ToString(), toPlace);

    internal async Task<Result<Guid>> MoveAsync(Guid person, MovementRequest request, School? school = null) =>
        await WithAsync<OrderMovement, Result<Guid>>(async handler => await handler.HandleAsync(await AdministratorAsync(school), person, request, default));

    internal async Task<Result<bool>> UndoAsync(Guid person, Guid movement, School? school = null) =>
        await WithAsync<UndoMovement, Result<bool>>(async handler => await handler.HandleAsync(await AdministratorAsync(school), person, movement, null, default));

    internal async Task<Result<Guid>> AcceptAsync(Guid transfer, MovementRequest request, School school) =>
        await WithAsync<AcceptTransfer, Result<Guid>>(async handler => await handler.HandleAsync(await AdministratorAsync(school), transfer, request, default));

    internal async Task<Result<Guid>> EnrolAsync(EnrolRequest request, School? school = null) =>
        await WithAsync<EnrolLearner, Result<Guid>>(async handler => await handler.HandleAsync(await AdministratorAsync(school), request, default));

    internal async Task<TResult> WithAsync<THandler, TResult>(Func<THandler, Task<TResult>> act) where THandler : notnull
    {
        using var scope = Host.Services.CreateScope();
        return await act(scope.ServiceProvider.GetRequiredService<THandler>());
    }

    /// <summary>The class of a learner on a day, or null; fails when there are two.</summary>
    internal async Task<Guid?> ClassOnAsync(Guid person, DateOnly day)
    {
        var classes = await Host.Database.ScalarAsync<Guid[]>(
            "select coalesce(array_agg(class_id), '{}') from registry.enrolments where person_id = $1 and starts_on <= $2 and (ends_on is null or ends_on >= $2)", person, day);
        Assert.True(classes!.Length < 2, "two classes a day");
        return classes.Length == 0 ? null : classes[0];
    }

    internal async Task<Guid> SentAsync(Guid person) =>
        await Host.Database.ScalarAsync<Guid>("select id from registry.transfers where person_id = $1 order by sent_at desc limit 1", person);

    /// <summary>Waits until the outbox has delivered what was told and is due.</summary>
    internal Task DeliveredAsync() => Host.DeliveredAsync();

    /// <summary>How many rows of a table an actor reads that speak of a person.</summary>
    internal Task<int> ReadsAsync(Actor actor, string sql, params object[] values) => Host.Services.GetRequiredService<AppDb>().ReadAsync(
        actor, batch => batch.Add(sql, values), (reader, token) => reader.ReadFirstAsync(r => r.GetInt32(0), token), default);

    internal static string Date(DateOnly date) => date.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    internal static async Task<string> TextAsync(HttpResponseMessage answer) => WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
}
