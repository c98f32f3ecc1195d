using System.Net;
using Npgsql;
using NpgsqlTypes;

namespace MySchool.Kernel.Data;

/// <summary>Parameters that may be null: PostgreSQL cannot tell the type of a bare null, so it travels with it.</summary>
public static class Maybe
{
    /// <summary>A text.</summary>
    public static NpgsqlParameter Text(string? value) => Of(value, NpgsqlDbType.Text);

    /// <summary>What a person typed: without the space around it, and nothing when there is only space.</summary>
    public static NpgsqlParameter Typed(string? value) => Text(string.IsNullOrWhiteSpace(value) ? null : value.Trim());

    /// <summary>An id.</summary>
    public static NpgsqlParameter Uuid(Guid? value) => Of(value, NpgsqlDbType.Uuid);

    /// <summary>A date.</summary>
    public static NpgsqlParameter Date(DateOnly? value) => Of(value, NpgsqlDbType.Date);

    /// <summary>An address of the network.</summary>
    public static NpgsqlParameter Inet(IPAddress? value) => Of(value, NpgsqlDbType.Inet);

    /// <summary>Any other type.</summary>
    public static NpgsqlParameter Of(object? value, NpgsqlDbType type) => new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };
}
