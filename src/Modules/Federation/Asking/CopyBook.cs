using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using MySchool.Federation.Wire;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Secrets;
using Npgsql;
using NpgsqlTypes;

namespace MySchool.Federation.Asking;

/// <summary>An answer as it was told, and when.</summary>
internal sealed record Kept(string Ask, RegionAnswer Answer, DateTimeOffset ToldAt);

/// <summary>An answer to keep.</summary>
internal sealed record ToKeep(Guid RegionId, string Ask, RegionAnswer Answer);

/// <summary>
/// The last word of each region to each reader: sealed with the node's keys, bound to reader, region and question, gone after a day.
/// Shown only when the region does not answer; a region that says "no consent" takes its words back.
/// </summary>
internal sealed class CopyBook(WorkerDb db, IDataProtectionProvider protection, IdentifierVault vault, FederationOptions options, IClock clock)
{
    private const int Longest = 2 * 1024 * 1024;
    private static readonly TimeSpan PlacesStand = TimeSpan.FromMinutes(10);

    /// <summary>Under which a reader is kept: a keyed hash, so the table names nobody.</summary>
    // The vault hashes digits only: the id is spelled in them, so two ids never share a key.
    public byte[] KeyOf(Reader reader) => vault.Hash(string.Concat(Encoding.UTF8.GetBytes(reader.Oid).Select(part => part.ToString("000", System.Globalization.CultureInfo.InvariantCulture))));

    /// <summary>Keeps answers and what ГИС РУО told, in one round trip and one commit.</summary>
    /// <param name="reader">Whose.</param>
    /// <param name="answers">Of regions.</param>
    /// <param name="places">Of ГИС РУО; null leaves what there is, empty takes it back.</param>
    /// <param name="cancel">Cancels waiting.</param>
    public async Task KeepAsync(Reader reader, IReadOnlyList<ToKeep> answers, byte[]? places, CancellationToken cancel)
    {
        if (answers.Count == 0 && places is null) return;
        var (key, ends) = (KeyOf(reader), clock.Now.AddHours(options.CopyHours));
        await using var connection = await db.Source.OpenConnectionAsync(cancel);
        await using var batch = connection.CreateBatch();
        if (answers.Count > 0)
            batch.Add("""
                insert into federation.copies (reader, region_id, ask, person_id, sealed, told_at, ends_at)
                select $1, r.id, a.ask, $2, a.sealed, $3, $4 from unnest($5, $6, $7) a (region_id, ask, sealed) join federation.regions r on r.id = a.region_id
                on conflict (reader, region_id, ask) do update set sealed = excluded.sealed, told_at = excluded.told_at, ends_at = excluded.ends_at, person_id = excluded.person_id
                """, key, Maybe.Uuid(reader.PersonId), clock.Now, ends, answers.Select(answer => answer.RegionId).ToArray(), answers.Select(answer => answer.Ask).ToArray(),
                Maybe.Of(answers.Select(answer => Seal(key, answer)).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Bytea));
        if (places is { Length: 0 }) batch.Add("delete from federation.places where reader = $1", key);
        // Regions of a family change seldom: what was kept minutes ago need not be written at each page.
        else if (places is not null)
            batch.Add("""
                insert into federation.places as p (reader, person_id, sealed, told_at, ends_at) values ($1, $2, $3, $4, $5)
                on conflict (reader) do update set sealed = excluded.sealed, told_at = excluded.told_at, ends_at = excluded.ends_at, person_id = excluded.person_id
                 where p.told_at < $6
                """, key, Maybe.Uuid(reader.PersonId), Protector(key, "places", "").Protect(places), clock.Now, ends, clock.Now - PlacesStand);
        await batch.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>What a region told a reader: the answer to this very question first, then a few of the newest.</summary>
    public async Task<IReadOnlyList<Kept>> FindAsync(Reader reader, Guid regionId, string ask, CancellationToken cancel)
    {
        var key = KeyOf(reader);
        await using var find = db.Source.CreateCommand(
            "select ask, sealed, told_at from federation.copies where reader = $1 and region_id = $2 and ends_at > $3 order by ask = $4 desc, told_at desc limit 6");
        Add(find, key, regionId, clock.Now, ask);
        await using var rows = await find.ExecuteReaderAsync(cancel);
        var sealedRows = await rows.ReadAllAsync(row => (Ask: row.GetString(0), Sealed: row.GetFieldValue<byte[]>(1), At: row.GetFieldValue<DateTimeOffset>(2)), cancel);
        return [.. from row in sealedRows
                   let answer = Open(key, regionId, row.Ask, row.Sealed)
                   where answer is not null
                   select new Kept(row.Ask, answer, row.At)];
    }

    /// <summary>Takes back what a region told a reader.</summary>
    public async Task ForgetAsync(Reader reader, Guid regionId, CancellationToken cancel)
    {
        await using var forget = db.Source.CreateCommand("delete from federation.copies where reader = $1 and region_id = $2");
        Add(forget, KeyOf(reader), regionId);
        await forget.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>What ГИС РУО told last, or null.</summary>
    public async Task<(byte[] Told, DateTimeOffset At)?> FindPlacesAsync(Reader reader, CancellationToken cancel)
    {
        var key = KeyOf(reader);
        await using var find = db.Source.CreateCommand("select sealed, told_at from federation.places where reader = $1 and ends_at > $2");
        Add(find, key, clock.Now);
        await using var rows = await find.ExecuteReaderAsync(cancel);
        if (!await rows.ReadAsync(cancel)) return null;
        return Unprotect(Protector(key, "places", ""), rows.GetFieldValue<byte[]>(0)) is { } told ? (told, rows.GetFieldValue<DateTimeOffset>(1)) : null;
    }

    // Length of the proof, the proof, the very bytes of the body; packed, because a week is mostly the names of its fields.
    private byte[] Seal(byte[] key, ToKeep answer)
    {
        var proof = JsonSerializer.SerializeToUtf8Bytes(answer.Answer.Proof, Json.Options);
        byte[] whole = [.. BitConverter.GetBytes(proof.Length), .. proof, .. answer.Answer.Body];
        var packed = new byte[BrotliEncoder.GetMaxCompressedLength(whole.Length)];
        if (!BrotliEncoder.TryCompress(whole, packed, out var length, quality: 1, window: 18)) throw new InvalidOperationException("A copy could not be packed");
        return Protector(key, answer.RegionId.ToString("N"), answer.Ask).Protect([.. BitConverter.GetBytes(whole.Length), .. packed.AsSpan(0, length)]);
    }

    private RegionAnswer? Open(byte[] key, Guid regionId, string ask, byte[] closed)
    {
        if (Unprotect(Protector(key, regionId.ToString("N"), ask), closed) is not { Length: > 4 } packed) return null;
        var whole = new byte[Math.Min(BitConverter.ToInt32(packed), Longest)];
        if (!BrotliDecoder.TryDecompress(packed.AsSpan(4), whole, out var length) || length != whole.Length) return null;
        var proof = BitConverter.ToInt32(whole);
        var body = whole[(4 + proof)..];
        return DiaryTold.Read(body) is { } told ? new(told, body, JsonSerializer.Deserialize<AnswerProof?>(whole.AsSpan(4, proof), Json.Options)) : null;
    }

    private static byte[]? Unprotect(IDataProtector protector, byte[] closed)
    {
        try
        {
            return protector.Unprotect(closed);
        }
        catch (CryptographicException)
        {
            // Of another node's keys, or moved from another row.
            return null;
        }
    }

    private IDataProtector Protector(byte[] key, string region, string ask) => protection.CreateProtector("federation.copy", Convert.ToHexString(key), region, Encoding.UTF8.GetByteCount(ask) == 0 ? "-" : ask);

    private static void Add(NpgsqlCommand command, params ReadOnlySpan<object> values)
    {
        foreach (var value in values) command.Parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value });
    }
}
