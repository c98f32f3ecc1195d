namespace MySchool.Kernel;

/// <summary>A number beside a place of the navigation: something there waits for the person.</summary>
/// <param name="Href">The place.</param>
/// <param name="Meaning">What the number counts, for those who do not see it: «новые ответы».</param>
/// <param name="Count">Zero shows nothing.</param>
public sealed record NavSign(string Href, string Meaning, int Count);

/// <summary>Counts what waits for a person at the module's places. Asked at each page; keep the answer cheap.</summary>
public interface INavSigns
{
    /// <summary>The numbers of the role worn.</summary>
    /// <param name="actor">Who looks.</param>
    /// <param name="cancel">Cancels waiting.</param>
    ValueTask<IReadOnlyList<NavSign>> ReadAsync(Actor actor, CancellationToken cancel);
}
