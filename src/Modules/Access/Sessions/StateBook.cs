using System.Security.Cryptography;
using System.Text;
using MySchool.Kernel;
using MySchool.Kernel.Data;

namespace MySchool.Access.Sessions;

/// <summary>States of sign-ins already completed. Shared by all nodes, because a replay may reach another one.</summary>
internal sealed class StateBook(FactsDb db, IClock clock)
{
    private static readonly TimeSpan Kept = TimeSpan.FromHours(1);

    /// <summary>True the first time, false ever after. Older ones cannot come back: their cookie has expired.</summary>
    public async Task<bool> SpendAsync(string state, CancellationToken cancel)
    {
        await using var batch = db.Source.CreateBatch();
        batch.Add("insert into access.sign_in_states (state_hash, used_at) values ($1, $2) on conflict do nothing returning used_at",
            SHA256.HashData(Encoding.UTF8.GetBytes(state)), clock.Now);
        batch.Add("delete from access.sign_in_states where used_at < $1", clock.Now - Kept);
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var isFirst = await reader.ReadAsync(cancel);
        while (await reader.NextResultAsync(cancel)) { }
        return isFirst;
    }
}
