using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MySchool.Testing;

/// <summary>clamd by its own protocol, with one signature: EICAR's test file.</summary>
public sealed class ClamStandIn : IDisposable
{
    /// <summary>The harmless file that every scanner knows.</summary>
    public static readonly byte[] Eicar = [.. "X5O!P%@AP[4\\PZX54(P^)7CC)7}$"u8, .. "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"u8];
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();

    /// <summary>Begins to listen.</summary>
    public ClamStandIn()
    {
        listener.Start();
        _ = Task.Run(ServeAsync);
    }

    /// <summary>Where it listens, as the platform's configuration names it.</summary>
    public string Address => $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";

    /// <summary>How many files it was shown.</summary>
    public int Seen { get; private set; }

    /// <summary>What it says in place of the truth.</summary>
    public string? Says { get; set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        stop.Cancel();
        listener.Dispose();
        stop.Dispose();
    }

    private async Task ServeAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using var client = await listener.AcceptTcpClientAsync(stop.Token);
                await AnswerAsync(client.GetStream());
            }
            catch (Exception ended) when (ended is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // The next one.
            }
        }
    }

    private async Task AnswerAsync(NetworkStream stream)
    {
        var command = new byte[10];
        await stream.ReadExactlyAsync(command, stop.Token);
        if (Encoding.ASCII.GetString(command) != "zINSTREAM\0") return;
        using var file = new MemoryStream();
        var length = new byte[4];
        while (true)
        {
            await stream.ReadExactlyAsync(length, stop.Token);
            var piece = new byte[BinaryPrimitives.ReadInt32BigEndian(length)];
            if (piece.Length == 0) break;
            await stream.ReadExactlyAsync(piece, stop.Token);
            file.Write(piece);
        }
        Seen++;
        var answer = Says ?? (file.ToArray().AsSpan().IndexOf(Eicar) >= 0 ? "stream: Eicar-Test FOUND" : "stream: OK");
        await stream.WriteAsync(Encoding.ASCII.GetBytes(answer + "\0"), stop.Token);
    }
}
