using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using Microsoft.IdentityModel.Tokens;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Access.Provider;

/// <summary>The provider's keys as they stand at a moment.</summary>
/// <param name="Signing">Those that sites are shown, the one that signs first.</param>
/// <param name="Encryption">Seals codes and tokens that only we read.</param>
/// <param name="Subject">Makes pairwise ids; never changed, or sites would lose their people.</param>
internal sealed record ProviderKeys(IReadOnlyList<RsaSecurityKey> Signing, SymmetricSecurityKey Encryption, byte[] Subject);

/// <summary>
/// Keys in the database, sealed as the keys of cookies are, so that all nodes sign alike. A signing key is shown a week
/// before it signs, signs for a quarter, and is shown a week longer than what it signed can live.
/// </summary>
internal sealed class KeyBook(FactsDb db, IDataProtectionProvider protection, IClock clock) : IDisposable
{
    private const int RsaBits = 2048;
    private const long Lock = 7300452;
    internal static readonly TimeSpan Term = TimeSpan.FromDays(90);
    internal static readonly TimeSpan Shown = TimeSpan.FromDays(7);
    private readonly IDataProtector protector = protection.CreateProtector("provider-keys");
    private readonly Lock guard = new();
    private CancellationTokenSource changed = new();
    private ProviderKeys? kept;

    /// <summary>The keys now; the first call makes them when there are none.</summary>
    public ProviderKeys Current
    {
        get
        {
            lock (guard) return kept ??= Read();
        }
    }

    /// <summary>Tells when the keys have changed.</summary>
    public IChangeToken Changes => new CancellationChangeToken(changed.Token);

    /// <summary>Reads the keys again, and makes the next signing key when its time has come.</summary>
    public void Refresh()
    {
        CancellationTokenSource told;
        lock (guard)
        {
            var fresh = Read();
            if (kept is not null && kept.Signing.Select(key => key.KeyId).SequenceEqual(fresh.Signing.Select(key => key.KeyId))) return;
            kept = fresh;
            (told, changed) = (changed, new CancellationTokenSource());
        }
        told.Cancel();
        told.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => changed.Dispose();

    private ProviderKeys Read()
    {
        using var connection = db.Source.OpenConnection();
        using var transaction = connection.BeginTransaction();
        // Two nodes that start at once must not make two sets of keys.
        Run(connection, "select pg_advisory_xact_lock($1)", Lock);
        var rows = Rows(connection);
        var now = clock.Now;
        foreach (var purpose in (string[])["encrypt", "subject"])
            if (!rows.Exists(row => row.Purpose == purpose)) rows.Add(Add(connection, purpose, Secret(RandomNumberGenerator.GetBytes(32)), now, null));
        var signing = rows.Where(row => row.Purpose == "sign").ToList();
        var last = signing.Select(row => row.Until).Max();
        // Nothing signs now: a new installation, or one that slept for months. Otherwise the next key is made a week ahead.
        if (last is null || last <= now) signing.Add(Add(connection, "sign", NewRsa(), now, now + Term));
        else if (last - Shown <= now) signing.Add(Add(connection, "sign", NewRsa(), last.Value, last + Term));
        transaction.Commit();
        return new(
            [.. signing.Where(row => row.Until > now - Shown).OrderByDescending(row => row.From <= now).ThenByDescending(row => row.From).Select(RsaOf)],
            new SymmetricSecurityKey(Open(rows.First(row => row.Purpose == "encrypt"))), Open(rows.First(row => row.Purpose == "subject")));
    }

    private Row Add(NpgsqlConnection connection, string purpose, string secret, DateTimeOffset from, DateTimeOffset? until)
    {
        var row = new Row(Ids.New(), purpose, protector.Protect(secret), from, until);
        Run(connection, "insert into access.provider_keys (id, purpose, secret, created_at, signs_from, signs_until) values ($1, $2, $3, $4, $5, $6)",
            row.Id, purpose, row.Secret, clock.Now, from, (object?)until ?? DBNull.Value);
        return row;
    }

    private static List<Row> Rows(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand("select id, purpose, secret, signs_from, signs_until from access.provider_keys order by signs_from", connection);
        using var reader = command.ExecuteReader();
        var rows = new List<Row>();
        while (reader.Read())
            rows.Add(new(reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetFieldValue<DateTimeOffset>(3), reader.Maybe<DateTimeOffset>(4)));
        return rows;
    }

    private static void Run(NpgsqlConnection connection, string sql, params ReadOnlySpan<object> values)
    {
        using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values) command.Parameters.AddWithValue(value);
        command.ExecuteNonQuery();
    }

    private static string NewRsa()
    {
        using var rsa = RSA.Create(RsaBits);
        return Secret(rsa.ExportPkcs8PrivateKey());
    }

    private static string Secret(byte[] bytes) => Convert.ToBase64String(bytes);

    private byte[] Open(Row row) => Convert.FromBase64String(protector.Unprotect(row.Secret));

    private RsaSecurityKey RsaOf(Row row)
    {
        var rsa = RSA.Create();
        rsa.ImportPkcs8PrivateKey(Open(row), out _);
        return new RsaSecurityKey(rsa) { KeyId = WebEncoders.Base64UrlEncode(row.Id.ToByteArray()) };
    }

    private sealed record Row(Guid Id, string Purpose, string Secret, DateTimeOffset From, DateTimeOffset? Until);
}

/// <summary>Ids under which sites know people and sessions: the same at every visit, and of no use at another site.</summary>
internal sealed class PairwiseIds(KeyBook keys)
{
    public string OfPerson(string sector, Guid person) => Of($"person\n{sector}\n{person}");

    public string OfSession(string clientId, Guid session) => Of($"session\n{clientId}\n{session}");

    private string Of(string what) => WebEncoders.Base64UrlEncode(HMACSHA256.HashData(keys.Current.Subject, Encoding.UTF8.GetBytes(what)));
}
