using System.Buffers.Binary;
using System.Text;
using Npgsql;

namespace MySchool.Generator.Load;

/// <summary>
/// One binary COPY into a table, encoded by hand: the general importer resolves a type for every value, which costs
/// ten times the encoding itself. Rows are lost unless <see cref="Complete"/> is called.
/// </summary>
/// <remarks>Format: PostgreSQL manual, COPY, "Binary Format".</remarks>
internal sealed class CopyTable : IDisposable
{
    private const int Longest = 16 * 1024;
    private static readonly byte[] Header = [.. "PGCOPY\n"u8, 0xFF, .. "\r\n\0"u8, 0, 0, 0, 0, 0, 0, 0, 0];
    private static readonly int EpochDay = new DateOnly(2000, 1, 1).DayNumber;
    private static readonly long EpochTicks = new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;
    private readonly NpgsqlRawCopyStream stream;
    private readonly byte[] buffer = new byte[64 * 1024];
    private readonly short columns;
    private int filled;
    private long rows;
    private bool isComplete;

    /// <summary>Begins a COPY.</summary>
    /// <param name="connection">Open; busy until the end of the copy.</param>
    /// <param name="table">Schema and table.</param>
    /// <param name="columnNames">Names in the order that rows are written in.</param>
    public CopyTable(NpgsqlConnection connection, string table, string columnNames)
    {
        stream = connection.BeginRawBinaryCopy($"copy {table} ({columnNames}) from stdin (format binary)");
        columns = (short)columnNames.Split(',').Length;
        Header.CopyTo(buffer, 0);
        filled = Header.Length;
    }

    public CopyTable Row()
    {
        rows++;
        BinaryPrimitives.WriteInt16BigEndian(Take(2), columns);
        return this;
    }

    public CopyTable Id(Guid value)
    {
        value.TryWriteBytes(Value(16), bigEndian: true, out _);
        return this;
    }

    public CopyTable Id(Guid? value) => value is { } id ? Id(id) : Null();

    /// <summary>An array of uuid: one dimension, no nulls.</summary>
    public CopyTable Ids(Guid[] value)
    {
        const int uuidType = 2950;
        BinaryPrimitives.WriteInt32BigEndian(Take(4), 20 + value.Length * 20);
        foreach (var number in (ReadOnlySpan<int>)[1, 0, uuidType, value.Length, 1]) BinaryPrimitives.WriteInt32BigEndian(Take(4), number);
        foreach (var id in value) Id(id);
        return this;
    }

    public CopyTable Text(string? value)
    {
        if (value is null) return Null();
        var length = Encoding.UTF8.GetByteCount(value);
        Encoding.UTF8.GetBytes(value, Value(length));
        return this;
    }

    public CopyTable Small(int value)
    {
        BinaryPrimitives.WriteInt16BigEndian(Value(2), (short)value);
        return this;
    }

    public CopyTable Flag(bool value)
    {
        Value(1)[0] = value ? (byte)1 : (byte)0;
        return this;
    }

    public CopyTable Int(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(Value(4), value);
        return this;
    }

    public CopyTable Bool(bool value)
    {
        Value(1)[0] = value ? (byte)1 : (byte)0;
        return this;
    }

    public CopyTable Date(DateOnly value) => Int(value.DayNumber - EpochDay);

    public CopyTable Time(TimeOnly value) => Long(value.Ticks / TimeSpan.TicksPerMicrosecond);

    public CopyTable Instant(DateTime utc) => Long((utc.Ticks - EpochTicks) / TimeSpan.TicksPerMicrosecond);

    public CopyTable Bytes(byte[] value)
    {
        value.CopyTo(Value(value.Length));
        return this;
    }

    public CopyTable Null()
    {
        BinaryPrimitives.WriteInt32BigEndian(Take(4), -1);
        return this;
    }

    /// <summary>Ends the copy; answers the number of rows.</summary>
    public long Complete()
    {
        BinaryPrimitives.WriteInt16BigEndian(Take(2), -1);
        Flush();
        isComplete = true;
        return rows;
    }

    public void Dispose()
    {
        if (!isComplete) stream.Cancel();
        stream.Dispose();
    }

    private CopyTable Long(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(Value(8), value);
        return this;
    }

    private Span<byte> Value(int length)
    {
        BinaryPrimitives.WriteInt32BigEndian(Take(4), length);
        return Take(length);
    }

    private Span<byte> Take(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Longest);
        if (filled + length > buffer.Length) Flush();
        var span = buffer.AsSpan(filled, length);
        filled += length;
        return span;
    }

    private void Flush()
    {
        stream.Write(buffer.AsSpan(0, filled));
        filled = 0;
    }
}
