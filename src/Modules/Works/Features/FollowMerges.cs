using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Works.Features;

/// <summary>Works follow two cards that became one. Of two works on one homework the survivor's stands, the other is kept for the way back.</summary>
internal sealed class FollowMerges : IEventHandler<PeopleMerged>, IEventHandler<PeopleParted>
{
    public static readonly FollowedRows Rows = new("works",
    [
        new("works", "works", "learner_id", ["school_year", "school_id", "homework_id"], "s.school_year = t.school_year and s.school_id = t.school_id and s.homework_id = t.homework_id"),
        new("works", "drafts", "learner_id", ["school_year", "school_id", "work_id"], "false"),
        new("works", "steps", "learner_id", ["school_year", "school_id", "work_id", "number"], "false"),
        new("works", "steps", "by_person", ["school_year", "school_id", "work_id", "number"], "false"),
        new("works", "files", "learner_id", ["school_year", "school_id", "id"], "false"),
        new("works", "layers", "learner_id", ["school_year", "school_id", "file_id", "page"], "false"),
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
