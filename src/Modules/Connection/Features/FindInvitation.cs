using System.Security.Cryptography;
using MySchool.Connection.Domain;
using MySchool.Connection.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Data;

namespace MySchool.Connection.Features;

/// <summary>An invitation whose secret was shown.</summary>
internal sealed record OpenedInvitation(Guid Id, Guid UnitId, string UnitName, string Role, string Name, string? Email, Guid InvitedBy, DateTimeOffset ExpiresAt);

/// <summary>
/// Finds an invitation by its link or code. Whoever asks has no role yet, so the secret is the authority and the worker's
/// door reads: nothing else opens a row here.
/// </summary>
internal sealed class FindInvitation(WorkerDb db, IClock clock)
{
    private const int WrongCodesAnInvitation = 5;
    private const int WrongCodesAnHour = 10;
    private const string Columns = "id, unit_id, unit_name, role, name, email, invited_by, expires_at, state, code_salt, code_hash, wrong_codes";

    public static Problem Spent => new("connection.invitation-spent", Texts.InvitationSpent, null, 409);

    public async Task<Result<OpenedInvitation>> ByLinkAsync(string link, CancellationToken cancel)
    {
        if (!InvitationSecrets.IsLink(link)) return Problem.NotFound with { Message = Texts.InvitationUnknown };
        var row = await ReadAsync("link_hash = $1", InvitationSecrets.HashLink(link), cancel);
        return row is null ? Problem.NotFound with { Message = Texts.InvitationUnknown } : Judge(row);
    }

    /// <summary>By a typed code: five wrong ones close the code of an invitation, ten an hour close them all for whoever tries.</summary>
    public async Task<Result<OpenedInvitation>> ByCodeAsync(string? typed, byte[] asker, CancellationToken cancel)
    {
        if (await CountAttemptsAsync(asker, cancel) >= WrongCodesAnHour) return new Problem("connection.too-many-codes", Texts.TooManyCodes, "code", 429);
        if (InvitationSecrets.Parse(typed) is not { } code) return new Problem("connection.code-odd", Texts.CodeOdd, "code");
        var row = await ReadAsync("code_handle = $1", code[..4], cancel);
        // An unknown code costs the same time as a wrong one: the clock tells nothing.
        var hash = InvitationSecrets.HashCode(code, row?.Salt ?? new byte[16]);
        if (row is not null && row.WrongCodes < WrongCodesAnInvitation && CryptographicOperations.FixedTimeEquals(hash, row.Hash)) return Judge(row);
        await RememberAsync(row?.Invitation.Id, asker, cancel);
        return new Problem("connection.code-wrong", Texts.CodeWrong, "code");
    }

    private Result<OpenedInvitation> Judge(Row row) => row switch
    {
        { State: "revoked" or "refused" } => new Problem("connection.invitation-revoked", Texts.InvitationRevoked, null, 409),
        { State: "accepted" or "waiting" } => Spent,
        _ when row.Invitation.ExpiresAt <= clock.Now => new Problem("connection.invitation-expired", Words.Say(Texts.InvitationExpired, Words.Day(row.Invitation.ExpiresAt)), null, 409),
        _ => row.Invitation,
    };

    private async Task<Row?> ReadAsync(string where, object value, CancellationToken cancel)
    {
        await using var command = db.Source.CreateCommand($"select {Columns} from connection.invitations where {where}");
        command.Parameters.Add(new() { Value = value });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadFirstAsync(row => new Row(
            new OpenedInvitation(row.GetGuid(0), row.GetGuid(1), row.GetString(2), row.GetString(3), row.GetString(4), row.Text(5), row.GetGuid(6), row.GetFieldValue<DateTimeOffset>(7)),
            row.GetString(8), row.GetFieldValue<byte[]>(9), row.GetFieldValue<byte[]>(10), row.GetInt16(11)), cancel);
    }

    private async Task<long> CountAttemptsAsync(byte[] asker, CancellationToken cancel)
    {
        await using var command = db.Source.CreateCommand("select count(*) from connection.attempts where who = $1 and at > $2");
        command.Parameters.Add(new() { Value = asker });
        command.Parameters.Add(new() { Value = clock.Now.AddHours(-1) });
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    private async Task RememberAsync(Guid? invitation, byte[] asker, CancellationToken cancel)
    {
        await using var batch = db.Source.CreateBatch();
        batch.Add("insert into connection.attempts (id, who, at) values ($1, $2, $3)", Ids.New(), asker, clock.Now);
        if (invitation is { } id) batch.Add("update connection.invitations set wrong_codes = least(wrong_codes + 1, 1000) where id = $1", id);
        await batch.ExecuteNonQueryAsync(cancel);
    }

    private sealed record Row(OpenedInvitation Invitation, string State, byte[] Salt, byte[] Hash, short WrongCodes);
}
