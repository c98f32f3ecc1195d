using System.Buffers.Text;
using System.Net.Sockets;
using System.Text;

namespace MySchool.Bench;

/// <summary>An answer of the platform: status, Set-Cookie lines and body as it came, compressed or not.</summary>
internal sealed record LineAnswer(int Status, IReadOnlyList<string> Cookies, byte[] Body);

/// <summary>
/// One kept-alive HTTP/1.1 connection, one request at a time. The load shares two cores with what it measures, and
/// HttpClient would take a fifth of them; pgbench, which the ratio is taken to, takes next to nothing.
/// </summary>
internal sealed class HttpLine(Uri address) : IDisposable
{
    private readonly TcpClient client = new(address.Host, address.Port) { NoDelay = true };
    private byte[] buffer = new byte[64 * 1024];
    private int start;
    private int end;

    public async Task<LineAnswer> SendAsync(string head, ReadOnlyMemory<byte> body, CancellationToken cancel)
    {
        var stream = client.GetStream();
        var headBytes = Encoding.ASCII.GetBytes($"{head}Host: {address.Authority}\r\nContent-Length: {body.Length}\r\n\r\n");
        byte[] request = [.. headBytes, .. body.Span];
        await stream.WriteAsync(request, cancel);

        int headEnd;
        while ((headEnd = buffer.AsSpan(start, end - start).IndexOf("\r\n\r\n"u8)) < 0) await FillAsync(stream, cancel);
        var lines = Encoding.ASCII.GetString(buffer, start, headEnd).Split("\r\n");
        start += headEnd + 4;
        var status = int.Parse(lines[0].AsSpan(9, 3), System.Globalization.CultureInfo.InvariantCulture);
        var cookies = lines.Where(line => line.StartsWith("Set-Cookie: ", StringComparison.OrdinalIgnoreCase)).Select(line => line[12..]).ToList();
        var length = lines.FirstOrDefault(line => line.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase));
        return new(status, cookies, length is null
            ? await ReadChunksAsync(stream, cancel)
            : await ReadAsync(stream, int.Parse(length.AsSpan(16), System.Globalization.CultureInfo.InvariantCulture), cancel));
    }

    public void Dispose() => client.Dispose();

    private async Task<byte[]> ReadChunksAsync(NetworkStream stream, CancellationToken cancel)
    {
        var body = new MemoryStream();
        while (true)
        {
            int lineEnd;
            while ((lineEnd = buffer.AsSpan(start, end - start).IndexOf("\r\n"u8)) < 0) await FillAsync(stream, cancel);
            if (!Utf8Parser.TryParse(buffer.AsSpan(start, lineEnd), out int size, out _, 'x')) throw new InvalidDataException("not a chunk");
            start += lineEnd + 2;
            body.Write(await ReadAsync(stream, size, cancel));
            await ReadAsync(stream, 2, cancel);
            if (size == 0) return body.ToArray();
        }
    }

    private async Task<byte[]> ReadAsync(NetworkStream stream, int length, CancellationToken cancel)
    {
        while (end - start < length) await FillAsync(stream, cancel);
        start += length;
        return buffer[(start - length)..start];
    }

    private async Task FillAsync(NetworkStream stream, CancellationToken cancel)
    {
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
        }
        if (end == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
        var read = await stream.ReadAsync(buffer.AsMemory(end), cancel);
        if (read == 0) throw new IOException("the platform closed the connection");
        end += read;
    }
}
