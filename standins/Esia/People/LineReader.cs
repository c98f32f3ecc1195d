namespace MySchool.StandIns.Esia.People;

/// <summary>Reads lines as bytes and tells where each one starts; a text reader knows no offsets.</summary>
internal sealed class LineReader(Stream source) : IDisposable
{
    private byte[] buffer = new byte[1 << 20];
    private int head;
    private int tail;
    private long bufferStart;

    public bool Next(out ReadOnlySpan<byte> line, out long start)
    {
        while (true)
        {
            var end = buffer.AsSpan(head, tail - head).IndexOf((byte)'\n');
            if (end >= 0) return Take(end, 1, out line, out start);
            if (!Fill()) break;
        }
        if (head < tail) return Take(tail - head, 0, out line, out start);
        line = [];
        start = 0;
        return false;
    }

    public void Dispose() => source.Dispose();

    private bool Take(int length, int separator, out ReadOnlySpan<byte> line, out long start)
    {
        start = bufferStart + head;
        line = buffer.AsSpan(head, length).TrimEnd((byte)'\r');
        head += length + separator;
        return true;
    }

    private bool Fill()
    {
        buffer.AsSpan(head, tail - head).CopyTo(buffer);
        bufferStart += head;
        (tail, head) = (tail - head, 0);
        if (tail == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
        var read = source.Read(buffer, tail, buffer.Length - tail);
        tail += read;
        return read > 0;
    }
}
