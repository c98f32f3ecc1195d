using Npgsql;

namespace MySchool.Kernel.Mail;

/// <summary>A letter to one address, in plain text. Rests in the outbox until the mail server has taken it.</summary>
/// <param name="EventId">Identity, UUIDv7; also the Message-ID, so that a letter sent twice shows as one.</param>
/// <param name="SchoolId">The school it concerns, or null.</param>
/// <param name="OccurredAt">When it was written.</param>
/// <param name="To">One address, checked by <see cref="MailAddresses.IsValid"/>.</param>
/// <param name="Subject">One line, at most 200 characters.</param>
/// <param name="Text">The body; addresses of pages in full.</param>
public sealed record Letter(Guid EventId, Guid? SchoolId, DateTimeOffset OccurredAt, string To, string Subject, string Text) : IOutwardEvent;

/// <summary>Writes letters beside the rows they tell of.</summary>
public static class Letters
{
    /// <summary>Adds a letter to a batch: it leaves when the batch has committed, and never without it.</summary>
    /// <param name="batch">The batch the deed itself travels in.</param>
    /// <param name="to">One valid address.</param>
    /// <param name="subject">One line.</param>
    /// <param name="text">The body.</param>
    /// <param name="at">When.</param>
    /// <param name="schoolId">The school it concerns, or null.</param>
    public static void AddLetter(this NpgsqlBatch batch, string to, string subject, string text, DateTimeOffset at, Guid? schoolId = null) =>
        batch.AddEvent(new Letter(Ids.New(), schoolId, at, to, subject.ReplaceLineEndings(" "), text));
}
