using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Federation.Asking;

/// <summary>Regions that are asked. Read anew every few seconds, so a change on one node reaches the others.</summary>
internal sealed class RegionBook(WorkerDb db, IDataProtectionProvider protection, IClock clock)
{
    private const string Columns = "id, code, name, dialect, address, account, secret, public_keys, consent_page, deadline_ms, is_on, version";
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(5);
    private (IReadOnlyList<Region> All, DateTimeOffset At)? known;

    /// <summary>All regions, by name.</summary>
    public async Task<IReadOnlyList<Region>> ListAsync(CancellationToken cancel)
    {
        if (known is { } kept && (clock.Now - kept.At).Duration() < Kept) return kept.All;
        await using var find = db.Source.CreateCommand($"select {Columns} from federation.regions order by name");
        await using var reader = await find.ExecuteReaderAsync(cancel);
        IReadOnlyList<Region> all = await reader.ReadAllAsync(Read, cancel);
        known = (all, clock.Now);
        return all;
    }

    /// <summary>Reads the list anew at the next question.</summary>
    public void Refresh() => known = null;

    /// <summary>Seals a secret for its column; null for none.</summary>
    public byte[]? Seal(string secret) => secret.Length == 0 ? null : Protector.Protect(System.Text.Encoding.UTF8.GetBytes(secret));

    private IDataProtector Protector => protection.CreateProtector("federation.region-secret");

    private Region Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5),
        row.IsDBNull(6) ? "" : Open(row.GetFieldValue<byte[]>(6)), row.GetString(7), row.GetString(8), row.GetInt32(9), row.GetBoolean(10), row.GetInt32(11));

    private string Open(byte[] closed)
    {
        try
        {
            return System.Text.Encoding.UTF8.GetString(Protector.Unprotect(closed));
        }
        catch (CryptographicException)
        {
            // Sealed by a node whose keys we have not: the operator types it anew.
            return "";
        }
    }
}
