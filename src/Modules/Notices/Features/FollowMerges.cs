using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Notices.Features;

/// <summary>Settings, devices and what waits to be told follow two cards that became one.</summary>
internal sealed class FollowMerges : IEventHandler<PeopleMerged>, IEventHandler<PeopleParted>
{
    public static readonly FollowedRows Rows = new("notices",
    [
        new("notices", "settings", "person_id", [], "true"),
        new("notices", "devices", "person_id", ["id"], "false"),
        new("notices", "pending", "learner_id", ["lesson_id", "kind"], "s.lesson_id = t.lesson_id and s.kind = t.kind"),
        new("notices", "lines", "person_id", ["id"], "false"),
        new("notices", "lines", "learner_id", ["id"], "false"),
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
