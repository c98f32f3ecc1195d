using MySchool.Kernel;
using Npgsql;
using NpgsqlTypes;

namespace MySchool.Registry.Features.ImportOneRoster;

/// <summary>Writes raw rows into a temporary table by COPY: the line first, an id of our own second.</summary>
internal sealed class StageWriter(NpgsqlBinaryImporter copy)
{
    public void Start(long line)
    {
        copy.StartRow();
        copy.Write((int)line, NpgsqlDbType.Integer);
        copy.Write(Ids.New(), NpgsqlDbType.Uuid);
    }

    public void Text(string? value)
    {
        if (value is null) copy.WriteNull();
        else copy.Write(value, NpgsqlDbType.Text);
    }

    /// <summary>A list as one text: the items hold no commas, and an array costs COPY five times as much.</summary>
    public void Texts(string[] values) => Text(values.Length == 0 ? null : string.Join(',', values));

    public void Date(DateOnly? value)
    {
        if (value is null) copy.WriteNull();
        else copy.Write(value.Value, NpgsqlDbType.Date);
    }

    public void Number(short? value)
    {
        if (value is null) copy.WriteNull();
        else copy.Write(value.Value, NpgsqlDbType.Smallint);
    }

    public void Bytes(byte[]? value)
    {
        if (value is null) copy.WriteNull();
        else copy.Write(value, NpgsqlDbType.Bytea);
    }

    public void Flag(bool value) => copy.Write(value, NpgsqlDbType.Boolean);
}
