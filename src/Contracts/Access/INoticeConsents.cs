namespace MySchool.Contracts.Access;

/// <summary>Who may be told of a person by themselves, without asking: for jobs that send.</summary>
public interface INoticeConsents
{
    /// <summary>Those whose own consent to the flow stands about the subject and who may speak for them today.</summary>
    /// <param name="flow">The way data would leave.</param>
    /// <param name="subjectId">Whose data it is.</param>
    /// <param name="cancel">Cancels waiting.</param>
    Task<IReadOnlyList<Guid>> FindGiversAsync(ConsentFlow flow, Guid subjectId, CancellationToken cancel);

    /// <summary>Addresses of electronic mail of those who have given one and whose consent to letters stands.</summary>
    /// <param name="people">Up to 1,000 people.</param>
    /// <param name="cancel">Cancels waiting.</param>
    Task<IReadOnlyDictionary<Guid, string>> FindAddressesAsync(IReadOnlyCollection<Guid> people, CancellationToken cancel);
}
