using MySchool.Federation.Wire;

namespace MySchool.Federation.Asking;

/// <summary>Dialects a region may speak.</summary>
internal static class Dialects
{
    /// <summary>This platform's own: docs/federation.md.</summary>
    public const string Own = "own";

    /// <summary>«Сетевой Город. Образование».</summary>
    public const string NetSchool = "netschool";

    public static readonly IReadOnlyList<string> All = [Own, NetSchool];
}

/// <summary>A region whose diary is asked.</summary>
/// <param name="Id">Id.</param>
/// <param name="Code">ОКТМО, as ГИС РУО names it.</param>
/// <param name="Name">«Заречная область».</param>
/// <param name="Dialect">One of <see cref="Dialects"/>.</param>
/// <param name="Address">Where it answers.</param>
/// <param name="Account">Our account there.</param>
/// <param name="Secret">Its secret, opened; empty when there is none.</param>
/// <param name="PublicKeys">Keys it signs with, lines «name base64».</param>
/// <param name="ConsentPage">Where consent is given there.</param>
/// <param name="DeadlineMs">How long its answer is waited for.</param>
/// <param name="IsOn">Whether it is asked.</param>
/// <param name="Version">Grows with each change.</param>
internal sealed record Region(
    Guid Id, string Code, string Name, string Dialect, string Address, string Account, string Secret, string PublicKeys, string ConsentPage,
    int DeadlineMs, bool IsOn, int Version)
{
    private readonly Lazy<PartnerKeys?> keys = new(() => PartnerKeys.Read(PublicKeys));

    public PartnerKeys? Keys => keys.Value;

    /// <summary>An address at the region.</summary>
    /// <param name="path">From the root on, with its slash.</param>
    public Uri At(string path) => new(Address.TrimEnd('/') + path);
}

/// <summary>Whoever looks, as ЕСИА has proven.</summary>
/// <param name="Oid">ЕСИА oid.</param>
/// <param name="PersonId">The person of this registry, or null.</param>
internal sealed record Reader(string Oid, Guid? PersonId);

/// <summary>A question to a region.</summary>
/// <param name="Oid">Who asks.</param>
/// <param name="Monday">The week.</param>
/// <param name="Child">Which learner, by the region's own id; null for the first.</param>
/// <param name="IsListOnly">Whether only learners are asked for.</param>
internal sealed record DiaryQuestion(string Oid, DateOnly Monday, string? Child, bool IsListOnly)
{
    public const string List = "learners";

    /// <summary>Names the question beside what was told: another week is another question.</summary>
    public string Key => IsListOnly ? List : $"{Monday:yyyy-MM-dd} {Child}";
}

/// <summary>What a region told.</summary>
/// <param name="Told">The answer.</param>
/// <param name="Body">Its very bytes.</param>
/// <param name="Proof">What proves that the region said it; null in dialects without signatures.</param>
internal sealed record RegionAnswer(DiaryTold Told, byte[] Body, AnswerProof? Proof);

/// <summary>The signed question and the signature of the answer to it: enough to prove, at any time, what the region said.</summary>
internal sealed record AnswerProof(string Question, string QuestionInput, string QuestionSignature, int Status, string Input, string Signature);

/// <summary>How asking a region failed.</summary>
internal enum FaultKind
{
    /// <summary>Nobody answers there.</summary>
    Away,

    /// <summary>No answer within the deadline.</summary>
    Slow,

    /// <summary>It has failed so often that it is let rest.</summary>
    Resting,

    /// <summary>It does not let us in.</summary>
    Refused,

    /// <summary>What it says cannot be read.</summary>
    Garbled,

    /// <summary>What it says is not signed by it.</summary>
    Forged,
}

/// <summary>Asking a region failed.</summary>
internal sealed class RegionFault(FaultKind kind, Exception? cause = null) : Exception(kind.ToString(), cause)
{
    public FaultKind Kind { get; } = kind;
}

/// <summary>A dialect: how a diary is asked of a region that speaks it.</summary>
internal interface IRegionalDiary
{
    /// <summary>One of <see cref="Dialects"/>.</summary>
    string Dialect { get; }

    /// <summary>Asks.</summary>
    /// <param name="region">Whom.</param>
    /// <param name="question">What.</param>
    /// <param name="cancel">The deadline.</param>
    /// <exception cref="RegionFault">The region does not answer as it should.</exception>
    Task<RegionAnswer> AskAsync(Region region, DiaryQuestion question, CancellationToken cancel);

    /// <summary>Whether what is kept is what the region said.</summary>
    bool Proves(Region region, RegionAnswer answer);
}
