using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Npgsql;

namespace MySchool.CommandLine.Launch;

/// <summary>Makes nodes of a demonstration know each other: keys, and registrations that an operator would otherwise type.</summary>
public static class PartnerSetup
{
    /// <summary>Makes a key of ECDSA P-256 unless there is one.</summary>
    /// <param name="path">Where the private key goes (PEM, closed to others).</param>
    /// <returns>The public half: base64 of SubjectPublicKeyInfo.</returns>
    public static string EnsureKey(string path)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        if (File.Exists(path)) key.ImportFromPem(File.ReadAllText(path));
        else
        {
            using var file = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
            file.Write(Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()));
        }
        return Convert.ToBase64String(key.ExportSubjectPublicKeyInfo());
    }

    /// <summary>Registers a system that may read the whole tree, as the operator's page would; again only renews the secret.</summary>
    /// <param name="ownerConnection">Connection of the owner's role.</param>
    /// <param name="id">Id of the registration: the caller's key is bound to it.</param>
    /// <param name="clientId">Its account.</param>
    /// <param name="secret">Its secret.</param>
    /// <param name="scope">What it may ask for.</param>
    /// <param name="name">What people call it.</param>
    /// <param name="cancel">Cancels waiting.</param>
    public static async Task RegisterSystemAsync(string ownerConnection, Guid id, string clientId, string secret, string scope, string name, CancellationToken cancel)
    {
        await using var owner = NpgsqlDataSource.Create(ownerConnection);
        await using var add = owner.CreateCommand("""
            insert into access.clients (id, client_id, kind, client_secret, client_type, display_name, legal_name, redirect_uris, post_logout_redirect_uris, permissions,
              organisation_id, unit_ids, legal_basis, consent_type, concurrency_token, created_at, created_by)
            select $1, $2, 'system', $3, 'confidential', $4, $4, '[]', '[]', $5, o.id, array[o.id], 'Соглашение об обмене в демонстрации', 'explicit', $6, now(), $1
              from registry.organisations o where o.kind = 'country' limit 1
            on conflict (id) do update set client_secret = excluded.client_secret, permissions = excluded.permissions
            """);
        foreach (var value in (object[])[id, clientId, Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(secret))), name,
            JsonSerializer.Serialize((string[])["ept:token", "ept:revocation", "gt:client_credentials", $"scp:{scope}"]), Guid.CreateVersion7().ToString()])
            add.Parameters.Add(new() { Value = value });
        await add.ExecuteNonQueryAsync(cancel);
    }
}
