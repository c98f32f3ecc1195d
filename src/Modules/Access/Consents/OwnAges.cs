using MySchool.Kernel;
using MySchool.Kernel.Data;

namespace MySchool.Access.Consents;

/// <summary>From what age a person decides alone, by the text in force: for flows that run without a person's session.</summary>
internal sealed class OwnAges(FactsDb db, IClock clock)
{
    /// <returns>The age, or null when a representative decides until the child is grown up.</returns>
    public async Task<short?> FindAsync(string purpose, CancellationToken cancel)
    {
        await using var find = db.Source.CreateCommand("select own_age from access.consent_texts where purpose = $1 and published_at <= $2 order by version desc limit 1");
        find.Parameters.AddWithValue(purpose);
        find.Parameters.AddWithValue(clock.Now);
        return await find.ExecuteScalarAsync(cancel) as short?;
    }
}
