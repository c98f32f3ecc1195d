using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace MySchool.Kernel.Files;

/// <summary>What the scanner says of a file.</summary>
public enum ScanVerdict
{
    /// <summary>Nothing found.</summary>
    Clean,

    /// <summary>A virus.</summary>
    Infected,

    /// <summary>The scanner does not answer, or has not said that the file is clean: the file waits.</summary>
    Unknown,
}

/// <summary>
/// Asks clamd over its socket by the command INSTREAM: the bytes travel in pieces with their length before them, an empty piece ends
/// them, and only the very answer «stream: OK» lets a file out.
/// </summary>
/// <param name="options">Where it listens.</param>
public sealed class ClamScanner(FilesOptions options)
{
    private const int PieceBytes = 64 * 1024;
    private const int LongestAnswer = 4096;

    /// <summary>Whether anybody is to be asked.</summary>
    public bool IsNamed => options.Scanner.Length > 0;

    /// <summary>Looks at bytes.</summary>
    /// <param name="bytes">All of the file.</param>
    /// <param name="cancel">Cancels.</param>
    public async Task<ScanVerdict> ScanAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        if (!IsNamed) return ScanVerdict.Unknown;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(TimeSpan.FromSeconds(options.ScanSeconds));
        try
        {
            using var socket = await ConnectAsync(patience.Token);
            await using var stream = new NetworkStream(socket);
            await stream.WriteAsync("zINSTREAM\0"u8.ToArray(), patience.Token);
            for (var at = 0; at < bytes.Length; at += PieceBytes) await SendAsync(stream, bytes.Slice(at, Math.Min(PieceBytes, bytes.Length - at)), patience.Token);
            await SendAsync(stream, default, patience.Token);
            return Judge(await AnswerAsync(stream, patience.Token));
        }
        catch (Exception failure) when (failure is SocketException or IOException || failure is OperationCanceledException && !cancel.IsCancellationRequested)
        {
            return ScanVerdict.Unknown;
        }
    }

    internal static ScanVerdict Judge(string answer) =>
        answer == "stream: OK" ? ScanVerdict.Clean
        : answer.StartsWith("stream: ", StringComparison.Ordinal) && answer.EndsWith(" FOUND", StringComparison.Ordinal) ? ScanVerdict.Infected
        : ScanVerdict.Unknown;

    private async Task<Socket> ConnectAsync(CancellationToken cancel)
    {
        var isPath = options.Scanner.StartsWith('/');
        var socket = isPath ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) : new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (isPath) await socket.ConnectAsync(new UnixDomainSocketEndPoint(options.Scanner), cancel);
            else
            {
                var colon = options.Scanner.LastIndexOf(':');
                await socket.ConnectAsync(options.Scanner[..Math.Max(0, colon)], int.Parse(options.Scanner[(colon + 1)..], CultureInfo.InvariantCulture), cancel);
            }
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task SendAsync(NetworkStream stream, ReadOnlyMemory<byte> piece, CancellationToken cancel)
    {
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, piece.Length);
        await stream.WriteAsync(length, cancel);
        await stream.WriteAsync(piece, cancel);
    }

    private static async Task<string> AnswerAsync(NetworkStream stream, CancellationToken cancel)
    {
        var answer = new byte[LongestAnswer];
        var used = 0;
        while (used < answer.Length && await stream.ReadAsync(answer.AsMemory(used), cancel) is > 0 and var read)
        {
            used += read;
            if (answer[used - 1] == 0) break;
        }
        return Encoding.UTF8.GetString(answer, 0, used).TrimEnd('\0', '\n', '\r');
    }
}
