using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using MySchool.Kernel.Data;
using MySchool.Notices.Domain;
using Npgsql;

namespace MySchool.Notices.Features;

/// <summary>The platform's key at push services: made once for all nodes, sealed in the database, opened at the first use.</summary>
internal sealed class PushKeys(WorkerDb db, IDataProtectionProvider protection) : IDisposable
{
    private readonly IDataProtector seal = protection.CreateProtector("notices.push-key");
    private readonly SemaphoreSlim turn = new(1);
    private ECDsa? signer;

    public async Task<ECDsa> GetAsync(CancellationToken cancel)
    {
        if (Volatile.Read(ref signer) is { } known) return known;
        await turn.WaitAsync(cancel);
        try
        {
            return signer ??= await OpenAsync(cancel);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>The public key as browsers take it: base64url of the point.</summary>
    public async Task<string> GetPublicAsync(CancellationToken cancel) =>
        System.Buffers.Text.Base64Url.EncodeToString(PushCipher.Point((await GetAsync(cancel)).ExportParameters(false)));

    public void Dispose()
    {
        signer?.Dispose();
        turn.Dispose();
    }

    private async Task<ECDsa> OpenAsync(CancellationToken cancel)
    {
        await using var connection = await db.Source.OpenConnectionAsync(cancel);
        using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await using (var offer = new NpgsqlCommand("insert into notices.push_keys (id, public_key, sealed) values (1, $1, $2) on conflict do nothing", connection))
        {
            offer.Parameters.Add(new() { Value = PushCipher.Point(made.ExportParameters(false)) });
            offer.Parameters.Add(new() { Value = seal.Protect(Convert.ToBase64String(made.ExportPkcs8PrivateKey())) });
            await offer.ExecuteNonQueryAsync(cancel);
        }
        // Whichever node was first, all sign with its key.
        await using var read = new NpgsqlCommand("select sealed from notices.push_keys", connection);
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(Convert.FromBase64String(seal.Unprotect((string)(await read.ExecuteScalarAsync(cancel))!)), out _);
        return key;
    }
}
