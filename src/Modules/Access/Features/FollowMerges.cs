using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Access.Features;

/// <summary>
/// Consents, settings and connected sites follow two cards that became one. Of a consent only whose it is moves: text, hash, time and
/// term stay, and the line as it was given is kept in <c>access.merge_rows</c>. Sessions of the card that goes end.
/// </summary>
internal sealed class FollowMerges(IClock clock) : IEventHandler<PeopleMerged>, IEventHandler<PeopleParted>
{
    public static readonly FollowedRows Rows = new("access",
    [
        new("access", "consents", "subject_id", ["id"], "false"),
        new("access", "consents", "giver_id", ["id"], "false"),
        new("access", "preferences", "person_id", [], "true"),
        new("access", "letter_addresses", "person_id", [], "true"),
        new("access", "site_grants", "person_id", ["id"], "s.client_id = t.client_id and s.role = t.role and s.unit_id = t.unit_id and s.ended_at is null and t.ended_at is null"),
        new("access", "site_grants", "learner_id", ["id"], "false"),
        new("access", "read_keys", "person_id", ["id"], "false"),
        new("access", "read_key_learners", "person_id", ["key_id", "learner_id"], "false"),
        new("access", "read_key_learners", "learner_id", ["key_id"], "s.key_id = t.key_id"),
    ]);

    public async Task HandleAsync(IReadOnlyList<PeopleMerged> happened, NpgsqlConnection connection, CancellationToken cancel)
    {
        foreach (var merge in happened)
            if (await Rows.FollowAsync(connection, merge.MergeId, merge.SurvivorId, merge.FormerId, [], cancel))
                await EndAsync(connection, [merge.FormerId], cancel);
    }

    // Of the survivor too: whoever signed in since may have come with the account that goes back.
    public async Task HandleAsync(IReadOnlyList<PeopleParted> happened, NpgsqlConnection connection, CancellationToken cancel)
    {
        foreach (var parting in happened)
        {
            await Rows.ReturnAsync(connection, parting.MergeId, parting.SurvivorId, parting.FormerId, cancel);
            await EndAsync(connection, [parting.SurvivorId, parting.FormerId], cancel);
        }
    }

    private async Task EndAsync(NpgsqlConnection connection, Guid[] people, CancellationToken cancel)
    {
        await using var end = new NpgsqlCommand("update access.sessions set ended_at = $2 where person_id = any($1) and ended_at is null", connection)
        { Parameters = { new() { Value = people }, new() { Value = clock.Now } } };
        await end.ExecuteNonQueryAsync(cancel);
    }
}
