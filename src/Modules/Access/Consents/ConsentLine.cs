using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Access.Consents;

/// <summary>A line of the ledger: a consent given, and how it ended if it did.</summary>
/// <param name="Id">The consent.</param>
/// <param name="Purpose">What for.</param>
/// <param name="Version">Version of the text agreed to.</param>
/// <param name="Hash">SHA-256 of that text.</param>
/// <param name="SubjectId">Whose data.</param>
/// <param name="GiverId">Who gave it.</param>
/// <param name="GivenAt">When.</param>
/// <param name="ExpiresAt">Until when, unless withdrawn.</param>
/// <param name="WithdrawnAt">When withdrawn, or null.</param>
/// <param name="WithdrawnBy">By whom: the giver, the other representative, or the person grown up.</param>
/// <param name="IsOvertaken">A later version asked everybody anew.</param>
internal sealed record ConsentLine(
    Guid Id, string Purpose, short Version, string Hash, Guid SubjectId, Guid GiverId, DateTimeOffset GivenAt, DateTimeOffset ExpiresAt,
    DateTimeOffset? WithdrawnAt, Guid? WithdrawnBy, bool IsOvertaken)
{
    private static readonly TimeSpan RenewedWithin = TimeSpan.FromDays(60);

    public bool StandsAt(DateTimeOffset now) => WithdrawnAt is null && !IsOvertaken && ExpiresAt > now;

    /// <summary>Whether it is late enough, or the text new enough, to give the same consent again. The ledger asks the same.</summary>
    public bool MayBeRenewed(short newest, DateTimeOffset now)
    {
        var half = (ExpiresAt - GivenAt) / 2;
        return newest > Version || ExpiresAt - now <= (half < RenewedWithin ? half : RenewedWithin);
    }

    /// <summary>Lines that the actor may see, newest first.</summary>
    /// <param name="where">Further condition on «g», with the parameters the caller adds.</param>
    /// <param name="now">The parameter that holds the instant.</param>
    public static string Select(string where, string now) => $"""
        select g.id, g.purpose, g.text_version, g.text_hash, g.subject_id, g.giver_id, g.at, g.expires_at, w.at, w.giver_id, {Standing.Overtaken(now)}
          from access.consents g left join access.consents w on w.withdraws_id = g.id
         where g.event = 'given' and {where} order by g.at desc, g.id limit 300
        """;

    public static ConsentLine Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetInt16(2), row.GetString(3), row.GetGuid(4), row.GetGuid(5), row.GetFieldValue<DateTimeOffset>(6),
        row.GetFieldValue<DateTimeOffset>(7), row.Maybe<DateTimeOffset>(8), row.Maybe<Guid>(9), row.GetBoolean(10));
}
