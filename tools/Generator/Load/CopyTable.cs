using Npgsql;
using NpgsqlTypes;

namespace MySchool.Generator.Load;

/// <summary>One binary COPY into a table. Rows are lost unless <see cref="Complete"/> is called.</summary>
internal sealed class CopyTable : IDisposable
{
    private readonly NpgsqlBinaryImporter importer;

    /// <summary>Begins a COPY.</summary>
    /// <param name="connection">Open; busy until the end of the copy.</param>
    /// <param name="table">Schema and table.</param>
    /// <param name="columns">Names in the order that rows are written in.</param>
    public CopyTable(NpgsqlConnection connection, string table, string columns) =>
        importer = connection.BeginBinaryImport($"copy {table} ({columns}) from stdin (format binary)");

    public CopyTable Row()
    {
        importer.StartRow();
        return this;
    }

    public CopyTable Id(Guid value) => Put(value, NpgsqlDbType.Uuid);

    public CopyTable Id(Guid? value) => value is { } id ? Id(id) : Null();

    public CopyTable Ids(Guid[] value) => Put(value, NpgsqlDbType.Array | NpgsqlDbType.Uuid);

    public CopyTable Text(string? value) => value is null ? Null() : Put(value, NpgsqlDbType.Text);

    public CopyTable Small(int value) => Put((short)value, NpgsqlDbType.Smallint);

    public CopyTable Int(int value) => Put(value, NpgsqlDbType.Integer);

    public CopyTable Date(DateOnly value) => Put(value, NpgsqlDbType.Date);

    public CopyTable Time(TimeOnly value) => Put(value, NpgsqlDbType.Time);

    public CopyTable Instant(DateTime utc) => Put(utc, NpgsqlDbType.TimestampTz);

    public CopyTable Bytes(byte[] value) => Put(value, NpgsqlDbType.Bytea);

    public CopyTable Null()
    {
        importer.WriteNull();
        return this;
    }

    /// <summary>Ends the copy; answers the number of rows.</summary>
    public long Complete() => (long)importer.Complete();

    public void Dispose() => importer.Dispose();

    private CopyTable Put<T>(T value, NpgsqlDbType type)
    {
        importer.Write(value, type);
        return this;
    }
}
