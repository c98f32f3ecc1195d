using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Notices.Domain;
using MySchool.Notices.Resources;
using Npgsql;

namespace MySchool.Notices.Features;

/// <summary>
/// What has outlived the correction window becomes lines of whoever is to be told: representatives whose consent to the diary stands,
/// and the learner. What was set and cleared, or changed and changed back within the window has never been.
/// </summary>
internal sealed class SettlePending(WorkerDb db, IRegistry registry, INoticeConsents consents, IClock clock)
{
    private const int AtOnce = 500;
    private const int LongestHomework = 200;

    private sealed record Happened(Guid Id, Guid Learner, Guid School, string Kind, string Subject, DateOnly Day, string? Value, string? Detail, bool HadBefore, DateTimeOffset At, string? Was, string? WasDetail)
    {
        /// <summary>Whether anything is other than it was before the window.</summary>
        public bool IsNews => HadBefore ? Kind == Kinds.Homework || Value != Was || (Detail ?? "") != (WasDetail ?? "") : Value is not null;
    }

    /// <returns>How many were due, at most five hundred.</returns>
    public async Task<int> HandleAsync(CancellationToken cancel)
    {
        await using var connection = await db.Source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var take = new NpgsqlCommand($"""
            delete from notices.pending where id in (select id from notices.pending where due_at <= $1 order by due_at limit {AtOnce} for update skip locked)
            returning id, learner_id, school_id, kind, subject, day, value, detail, had_before, happened_at, was, was_detail
            """, connection) { Parameters = { new() { Value = clock.Now } } };
        List<Happened> due;
        await using (var reader = await take.ExecuteReaderAsync(cancel))
            due = await reader.ReadAllAsync(row => new Happened(row.GetGuid(0), row.GetGuid(1), row.GetGuid(2), row.GetString(3), row.GetString(4),
                row.GetFieldValue<DateOnly>(5), row.Text(6), row.Text(7), row.GetBoolean(8), row.GetFieldValue<DateTimeOffset>(9), row.Text(10), row.Text(11)), cancel);
        foreach (var ofLearner in due.Where(each => each.IsNews).GroupBy(each => (each.Learner, each.School)))
            await WriteAsync(connection, ofLearner.Key.Learner, ofLearner.Key.School, [.. ofLearner.OrderBy(each => each.At)], cancel);
        await transaction.CommitAsync(cancel);
        return due.Count;
    }

    private async Task WriteAsync(NpgsqlConnection connection, Guid learner, Guid school, List<Happened> happened, CancellationToken cancel)
    {
        var people = new HashSet<Guid>(await consents.FindGiversAsync(NoticesFlows.Notices, learner, cancel)) { learner };
        var reached = await FindReachedAsync(connection, people, cancel);
        if (reached.Count == 0) return;
        var facts = await registry.GetFactsAsync(learner, new Hat(Roles.Learner, school), clock.Now, cancel);
        if (facts is null) return;
        var zone = TimeZones.OrCapital(facts.TimeZone);
        await using var batch = new NpgsqlBatch(connection);
        foreach (var (person, settings) in reached)
            foreach (var each in happened)
                if (settings.LeavesAt(each.Kind, clock.Now, zone) is { } at)
                    batch.Add("insert into notices.lines (id, person_id, learner_id, kind, mode, child, text, happened_at, send_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                        Ids.New(), person, learner, each.Kind, settings.Of(each.Kind), facts.Name.First, Say(each), each.At, at);
        if (batch.BatchCommands.Count > 0) await batch.ExecuteNonQueryAsync(cancel);
    }

    // Whoever has neither a device nor an address is told nothing, and nothing is laid by for them.
    private async Task<List<(Guid Person, NoticeSettings Settings)>> FindReachedAsync(NpgsqlConnection connection, HashSet<Guid> people, CancellationToken cancel)
    {
        var addresses = await consents.FindAddressesAsync(people, cancel);
        await using var find = new NpgsqlCommand("""
            select p.id, s.marks, s.absences, s.homework, s.digest_at, s.quiet_from, s.quiet_to, exists (select from notices.devices d where d.person_id = p.id)
              from unnest($1) as p(id) left join notices.settings s on s.person_id = p.id
            """, connection) { Parameters = { new() { Value = people.ToArray() } } };
        await using var reader = await find.ExecuteReaderAsync(cancel);
        var found = await reader.ReadAllAsync(row => (Person: row.GetGuid(0), Settings: row.IsDBNull(1) ? NoticeSettings.Default
            : new NoticeSettings(row.GetString(1), row.GetString(2), row.GetString(3), row.GetInt16(4), row.GetInt16(5), row.GetInt16(6)), HasDevice: row.GetBoolean(7)), cancel);
        return [.. found.Where(one => one.HasDevice || addresses.ContainsKey(one.Person)).Select(one => (one.Person, one.Settings))];
    }

    private static string Say(Happened each) => each switch
    {
        { Kind: Kinds.Homework } => string.Format(Words.Russian, Texts.SayHomework, each.Subject, Words.Day(each.Day), Words.Cut(each.Value ?? "", LongestHomework)),
        { Kind: Kinds.Work } => string.Format(Words.Russian, Texts.SayWork, each.Subject, Words.Day(each.Day), Words.Cut(each.Value ?? "", LongestHomework)),
        { Kind: Kinds.Mark, Value: null } => string.Format(Words.Russian, Texts.SayMarkGone, each.Subject, Words.Day(each.Day)),
        { Kind: Kinds.Absence, Value: null } => string.Format(Words.Russian, Texts.SayAbsenceGone, each.Subject, Words.Day(each.Day)),
        { Kind: Kinds.Absence } => string.Format(Words.Russian, Texts.SayAbsence, each.Subject, Words.Day(each.Day), each.Value),
        { Detail: null or "" } => string.Format(Words.Russian, Texts.SayMark, each.Subject, Words.Day(each.Day), each.Value),
        _ => string.Format(Words.Russian, Texts.SayMarkComment, each.Subject, Words.Day(each.Day), each.Value, each.Detail),
    };
}
