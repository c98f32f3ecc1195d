using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace MySchool.Registry.Features.ImportOneRoster;

/// <summary>
/// Encodes raw rows as binary COPY wants them: the line first, an id of our own second. Rows gather in a buffer, so that
/// files are read by one core while another sends what is ready.
/// </summary>
internal sealed class StageWriter
{
    /// <summary>What stands before the first row of binary COPY, and after the last.</summary>
    private static readonly byte[] Header = [.. "PGCOPY\n"u8, 0xFF, .. "\r\n"u8, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    private static readonly byte[] Trailer = [0xFF, 0xFF];

    private const int PortionBytes = 128 * 1024;
    private static readonly int FirstDay = new DateOnly(2000, 1, 1).DayNumber;
    private readonly byte[] chance = new byte[16 * 256];
    private byte[] buffer = new byte[PortionBytes * 2];
    private int used;
    private int row;
    private short fields;
    private int chanceUsed;

    public StageWriter() => chanceUsed = chance.Length;

    /// <summary>Whether enough rows have gathered to be worth sending.</summary>
    public bool IsFull => used >= PortionBytes;

    /// <summary>Sends portions of rows into a table.</summary>
    public static async Task CopyAsync(NpgsqlConnection connection, string table, IAsyncEnumerable<ReadOnlyMemory<byte>> portions, CancellationToken cancel)
    {
        await using var copy = await connection.BeginRawBinaryCopyAsync($"copy {table} from stdin (format binary)", cancel);
        await copy.WriteAsync(Header, cancel);
        await foreach (var rows in portions) await copy.WriteAsync(rows, cancel);
        await copy.WriteAsync(Trailer, cancel);
    }

    public void Start(long line)
    {
        EndRow();
        row = used;
        used += 2;
        Integer((int)line);
        NewId();
    }

    /// <summary>Takes the rows gathered; the writer goes on with an empty buffer.</summary>
    public ReadOnlyMemory<byte> Take()
    {
        EndRow();
        var taken = buffer.AsMemory(0, used);
        buffer = new byte[PortionBytes * 2];
        used = 0;
        return taken;
    }

    public void Text(string? value)
    {
        if (value is null)
        {
            Field(-1, 0);
            return;
        }
        Reserve(4 + Encoding.UTF8.GetMaxByteCount(value.Length));
        var length = Encoding.UTF8.GetBytes(value, buffer.AsSpan(used + 4));
        BinaryPrimitives.WriteInt32BigEndian(buffer.AsSpan(used), length);
        used += 4 + length;
        fields++;
    }

    /// <summary>A list as one text: the items hold no commas, and an array costs COPY five times as much.</summary>
    public void Texts(string[] values) => Text(values.Length == 0 ? null : string.Join(',', values));

    public void Integer(int? value)
    {
        var to = Field(value is null ? -1 : 4, 4);
        if (value is { } number) BinaryPrimitives.WriteInt32BigEndian(to, number);
    }

    public void Date(DateOnly? value) => Integer(value?.DayNumber - FirstDay);

    public void Number(short? value)
    {
        var to = Field(value is null ? -1 : 2, 2);
        if (value is { } number) BinaryPrimitives.WriteInt16BigEndian(to, number);
    }

    public void Bytes(byte[]? value)
    {
        var to = Field(value?.Length ?? -1, value?.Length ?? 0);
        value?.CopyTo(to);
    }

    public void Flag(bool value) => Field(1, 1)[0] = value ? (byte)1 : (byte)0;

    // As Ids.New: time first, then chance. Asking the system for chance once an id costs more than the rest of a row.
    private void NewId()
    {
        if (chanceUsed == chance.Length)
        {
            RandomNumberGenerator.Fill(chance);
            chanceUsed = 0;
        }
        var id = chance.AsSpan(chanceUsed, 16);
        chanceUsed += 16;
        var to = Field(16, 16);
        id.CopyTo(to);
        var time = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        BinaryPrimitives.WriteUInt16BigEndian(to, (ushort)(time >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(to[2..], (uint)time);
        to[6] = (byte)(0x70 | (to[6] & 0x0F));
        to[8] = (byte)(0x80 | (to[8] & 0x3F));
    }

    private Span<byte> Field(int length, int room)
    {
        Reserve(4 + room);
        BinaryPrimitives.WriteInt32BigEndian(buffer.AsSpan(used), length);
        var to = buffer.AsSpan(used + 4, Math.Max(length, 0));
        used += 4 + to.Length;
        fields++;
        return to;
    }

    private void EndRow()
    {
        if (fields > 0) BinaryPrimitives.WriteInt16BigEndian(buffer.AsSpan(row), fields);
        fields = 0;
        Reserve(2);
    }

    private void Reserve(int bytes)
    {
        if (buffer.Length - used < bytes) Array.Resize(ref buffer, Math.Max(buffer.Length * 2, used + bytes));
    }
}
