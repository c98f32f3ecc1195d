using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Access.Consents;

/// <summary>A published document of one purpose. Once written it never changes.</summary>
/// <param name="Purpose">What for.</param>
/// <param name="Version">1, 2, 3…</param>
/// <param name="Title">Title of the document.</param>
/// <param name="Body">Paragraphs, an empty line between.</param>
/// <param name="Hash">SHA-256 of the document: <c>access.consent_document</c>.</param>
/// <param name="IsNeeded">Whether representatives are asked for it at first sign-in.</param>
/// <param name="TermMonths">How long a consent to it lasts.</param>
/// <param name="InForceFrom">From when it is asked for.</param>
internal sealed record ConsentText(
    string Purpose, short Version, string Title, string Body, string Hash, bool IsNeeded, short TermMonths, DateTimeOffset InForceFrom)
{
    /// <summary>Columns in the order <see cref="Read"/> takes them.</summary>
    public const string Columns = """
        purpose, version, title, body, hash, is_needed, term_months, published_at, data_kinds, recipient, legal_basis, own_age, asks_anew, change_note, signed_at
        """;

    /// <summary>What is processed; empty in the first texts, whose body says it.</summary>
    public string DataKinds { get; init; } = "";

    /// <summary>Who gets it.</summary>
    public string Recipient { get; init; } = "";

    /// <summary>By which act and clause.</summary>
    public string LegalBasis { get; init; } = "";

    /// <summary>From this age a person decides alone; null: a representative does.</summary>
    public short? OwnAge { get; init; }

    /// <summary>Whether consents to earlier versions ended when this one came into force.</summary>
    public bool AsksAnew { get; init; }

    /// <summary>What changed and why.</summary>
    public string ChangeNote { get; init; } = "";

    /// <summary>When the operator published it; null for the first texts, which came with the platform.</summary>
    public DateTimeOffset? SignedAt { get; init; }

    public static ConsentText Read(NpgsqlDataReader row) => new(
        row.GetString(0), row.GetInt16(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetBoolean(5), row.GetInt16(6), row.GetFieldValue<DateTimeOffset>(7))
    {
        DataKinds = row.GetString(8), Recipient = row.GetString(9), LegalBasis = row.GetString(10), OwnAge = row.Maybe<short>(11),
        AsksAnew = row.GetBoolean(12), ChangeNote = row.GetString(13), SignedAt = row.Maybe<DateTimeOffset>(14),
    };
}
