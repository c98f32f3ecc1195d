using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;

namespace MySchool.Access.Consents;

/// <summary>Answers jobs that send: asked at the moment of sending, so that a withdrawal stops what was already written.</summary>
internal sealed class NoticeConsents(WorkerDb db, IRegistry registry, IClock clock) : INoticeConsents
{
    // An index scan by consents_subject.
    private static readonly string Givers = $"select distinct g.giver_id from access.consents g where g.subject_id = $1 and g.purpose = $2 and {Standing.At("$3")}";

    private static readonly string Addresses = $"""
        select l.person_id, l.address from access.letter_addresses l
         where l.person_id = any($1) and exists (select from access.consents g where g.subject_id = l.person_id and g.purpose = $2 and {Standing.At("$3")})
        """;

    public async Task<IReadOnlyList<Guid>> FindGiversAsync(ConsentFlow flow, Guid subjectId, CancellationToken cancel)
    {
        var may = new List<Guid>();
        foreach (var giver in await ReadAsync(Givers, [subjectId, flow.Purpose, clock.Now], row => row.GetGuid(0), cancel))
            if (await registry.MaySpeakForAsync([giver], subjectId, clock.Now, cancel)) may.Add(giver);
        return may;
    }

    public async Task<IReadOnlyDictionary<Guid, string>> FindAddressesAsync(IReadOnlyCollection<Guid> people, CancellationToken cancel) =>
        people.Count == 0 ? new Dictionary<Guid, string>()
            : (await ReadAsync(Addresses, [people.ToArray(), AccessFlows.Letters.Purpose, clock.Now], row => (Person: row.GetGuid(0), Address: row.GetString(1)), cancel)).ToDictionary(one => one.Person, one => one.Address);

    private async Task<List<T>> ReadAsync<T>(string sql, object[] values, Func<Npgsql.NpgsqlDataReader, T> read, CancellationToken cancel)
    {
        await using var ask = db.Source.CreateCommand(sql);
        foreach (var value in values) ask.Parameters.AddWithValue(value);
        await using var reader = await ask.ExecuteReaderAsync(cancel);
        return await reader.ReadAllAsync(read, cancel);
    }
}
