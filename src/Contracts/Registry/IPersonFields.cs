namespace MySchool.Contracts.Registry;

/// <summary>Orders by which a source outside the registry tells what it knows of a person's card.</summary>
public interface IPersonFields
{
    /// <summary>
    /// ЕСИА has told a card at sign-in. What it may change by the operator's table of sources is changed and kept in the history of
    /// fields, what a stronger source holds waits as a proposal; the same card told again has no effect.
    /// </summary>
    /// <param name="personId">Whose card.</param>
    /// <param name="told">What ЕСИА says; empty and missing parts say nothing.</param>
    /// <param name="cancel">Cancels waiting.</param>
    Task HearEsiaAsync(Guid personId, ProvenPerson told, CancellationToken cancel);
}
