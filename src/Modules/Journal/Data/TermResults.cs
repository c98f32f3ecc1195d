using MySchool.Contracts.Registry;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Journal.Data;

/// <summary>A learner's marks for periods, as the family sees them.</summary>
internal static class TermResults
{
    // Plan: a range of (year, learner).
    public static void Add(NpgsqlBatch batch, LearnerFacts learner) => batch.AddOfYear(
        "select group_id, period, value from journal.term_marks where school_year = $1 and learner_id = $2", learner.SchoolYear, learner.PersonId);

    public static async Task<Dictionary<(Guid Group, short Period), string>> ReadAsync(NpgsqlDataReader reader, CancellationToken cancel) =>
        (await reader.ReadAllAsync(r => (Key: (r.GetGuid(0), r.GetInt16(1)), Value: r.GetString(2)), cancel)).ToDictionary(row => row.Key, row => row.Value);
}
