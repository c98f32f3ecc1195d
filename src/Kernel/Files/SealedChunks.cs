using System.Buffers.Binary;
using System.Security.Cryptography;

namespace MySchool.Kernel.Files;

/// <summary>
/// Bytes sealed piece by piece, so that a file of any size passes through 64 KiB of memory: one byte of format, then pieces under
/// AES-256-GCM, each with its tag. The nonce is the number of the piece and whether it is the last one: none can be cut off, moved
/// or repeated unseen. A key seals one file and no other.
/// </summary>
internal static class SealedChunks
{
    public const int KeyBytes = 32;
    private const int PieceBytes = 64 * 1024;
    private const int TagBytes = 16;
    private const int NonceBytes = 12;
    private const byte Format = 1;

    /// <summary>Seals what a stream holds.</summary>
    /// <param name="plain">Read to its end, or to one byte over the limit.</param>
    /// <param name="target">Written to.</param>
    /// <param name="key">32 bytes of its own.</param>
    /// <param name="most">Bytes the stream may hold.</param>
    /// <param name="watch">Shown the sealed bytes and the plain ones, in turn.</param>
    /// <param name="cancel">Cancels.</param>
    /// <returns>How many plain bytes there were; -1 when there were more than allowed.</returns>
    public static async Task<long> SealAsync(Stream plain, Stream target, byte[] key, long most, (IncrementalHash Sealed, IncrementalHash Plain) watch, CancellationToken cancel)
    {
        using var cipher = new AesGcm(key, TagBytes);
        var (now, next) = (new byte[PieceBytes], new byte[PieceBytes]);
        var box = new byte[PieceBytes + TagBytes];
        await WriteAsync((byte[])[Format]);
        long total = 0;
        var read = await plain.ReadAtLeastAsync(now, PieceBytes, throwOnEndOfStream: false, cancel);
        for (long number = 0; ; number++)
        {
            total += read;
            if (total > most) return -1;
            var ahead = read < PieceBytes ? 0 : await plain.ReadAtLeastAsync(next, PieceBytes, throwOnEndOfStream: false, cancel);
            watch.Plain.AppendData(now, 0, read);
            cipher.Encrypt(Nonce(number, ahead == 0), now.AsSpan(0, read), box.AsSpan(0, read), box.AsSpan(read, TagBytes));
            await WriteAsync(box.AsMemory(0, read + TagBytes));
            if (ahead == 0) return total;
            (now, next, read) = (next, now, ahead);
        }

        async Task WriteAsync(ReadOnlyMemory<byte> bytes)
        {
            watch.Sealed.AppendData(bytes.Span);
            await target.WriteAsync(bytes, cancel);
        }
    }

    /// <summary>Opens them again; nothing is written of a piece that was changed.</summary>
    /// <exception cref="CryptographicException">Another key, or the bytes were changed or cut short.</exception>
    public static async Task OpenAsync(Stream sealedBytes, Stream target, byte[] key, CancellationToken cancel)
    {
        using var cipher = new AesGcm(key, TagBytes);
        var (now, next) = (new byte[PieceBytes + TagBytes], new byte[PieceBytes + TagBytes]);
        var plain = new byte[PieceBytes];
        if (await sealedBytes.ReadAtLeastAsync(now.AsMemory(0, 1), 1, throwOnEndOfStream: false, cancel) == 0 || now[0] != Format)
            throw new CryptographicException("Not a sealed file of this format");
        var read = await sealedBytes.ReadAtLeastAsync(now, now.Length, throwOnEndOfStream: false, cancel);
        for (long number = 0; ; number++)
        {
            if (read < TagBytes) throw new CryptographicException("A sealed file was cut short");
            var ahead = read < now.Length ? 0 : await sealedBytes.ReadAtLeastAsync(next, next.Length, throwOnEndOfStream: false, cancel);
            var length = read - TagBytes;
            cipher.Decrypt(Nonce(number, ahead == 0), now.AsSpan(0, length), now.AsSpan(length, TagBytes), plain.AsSpan(0, length));
            await target.WriteAsync(plain.AsMemory(0, length), cancel);
            if (ahead == 0) return;
            (now, next, read) = (next, now, ahead);
        }
    }

    private static byte[] Nonce(long number, bool isLast)
    {
        var nonce = new byte[NonceBytes];
        BinaryPrimitives.WriteInt64BigEndian(nonce, number);
        nonce[^1] = isLast ? (byte)1 : (byte)0;
        return nonce;
    }
}
