using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Support.Features;

/// <summary>Tickets, and what was written in them, follow two cards that became one.</summary>
internal sealed class FollowMerges : IEventHandler<PeopleMerged>, IEventHandler<PeopleParted>
{
    public static readonly FollowedRows Rows = new("support",
    [
        new("support", "tickets", "author_id", ["id"], "false"),
        new("support", "messages", "by_person", ["id"], "false"),
        new("support", "steps", "by_person", ["id"], "false"),
    ]);

    public async Task HandleAsync(IReadOnlyList<PeopleMerged> happened, NpgsqlConnection connection, CancellationToken cancel)
    {
        foreach (var merge in happened) await Rows.FollowAsync(connection, merge.MergeId, merge.SurvivorId, merge.FormerId, [], cancel);
    }

    public async Task HandleAsync(IReadOnlyList<PeopleParted> happened, NpgsqlConnection connection, CancellationToken cancel)
    {
        foreach (var parting in happened) await Rows.ReturnAsync(connection, parting.MergeId, parting.SurvivorId, parting.FormerId, cancel);
    }
}
