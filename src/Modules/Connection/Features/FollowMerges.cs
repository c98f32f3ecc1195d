using System.Collections.Immutable;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Connection.Features;

/// <summary>Who has come, contacts, invitations and requests follow two cards that became one; their schools are counted anew.</summary>
internal sealed class FollowMerges(CountFigures figures) : IEventHandler<PeopleMerged>, IEventHandler<PeopleParted>
{
    public static readonly FollowedRows Rows = new("connection",
    [
        new("connection", "arrivals", "person_id", [], "true"),
        new("connection", "contacts", "person_id", [], "true"),
        new("connection", "invitations", "person_id", ["id"], "false"),
        new("connection", "requests", "person_id", ["id"], "false"),
    ]);

    public async Task HandleAsync(IReadOnlyList<PeopleMerged> happened, NpgsqlConnection connection, CancellationToken cancel)
    {
        foreach (var merge in happened) await Rows.FollowAsync(connection, merge.MergeId, merge.SurvivorId, merge.FormerId, [], cancel);
        await CountAsync(happened.SelectMany(merge => merge.Schools), connection, cancel);
    }

    public async Task HandleAsync(IReadOnlyList<PeopleParted> happened, NpgsqlConnection connection, CancellationToken cancel)
    {
        foreach (var parting in happened) await Rows.ReturnAsync(connection, parting.MergeId, parting.SurvivorId, parting.FormerId, cancel);
        await CountAsync(happened.SelectMany(parting => parting.Schools), connection, cancel);
    }

    private Task CountAsync(IEnumerable<Guid> schools, NpgsqlConnection connection, CancellationToken cancel) =>
        schools.Distinct().Order().ToImmutableArray() is { IsEmpty: false } units ? figures.HandleAsync(units, connection, cancel) : Task.CompletedTask;
}
