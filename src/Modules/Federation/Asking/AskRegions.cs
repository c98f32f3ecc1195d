using System.Collections.Immutable;
using MySchool.Federation.Wire;

namespace MySchool.Federation.Asking;

/// <summary>How one region answered.</summary>
/// <param name="Region">Which.</param>
/// <param name="Told">What it told now, or what was kept; null when there is neither.</param>
/// <param name="Fault">Why it did not tell now; null when it did.</param>
/// <param name="CopyAt">The moment of what was kept; null when it was told now.</param>
internal sealed record RegionWord(Region Region, DiaryTold? Told, FaultKind? Fault, DateTimeOffset? CopyAt);

/// <summary>
/// Asks all regions at once, each within its own deadline. Whatever one of them does, the answer of the others comes as soon as
/// they give it; what the silent one told last takes the place of its answer.
/// </summary>
internal sealed class AskRegions(IEnumerable<IRegionalDiary> dialects, Patience patience, CopyBook copies)
{
    private readonly ImmutableDictionary<string, IRegionalDiary> dialects = dialects.ToImmutableDictionary(dialect => dialect.Dialect);

    /// <param name="reader">Who looks.</param>
    /// <param name="questions">What each region is asked.</param>
    /// <param name="places">What ГИС РУО told, to be kept beside the answers.</param>
    /// <param name="cancel">Whoever looks has gone.</param>
    public async Task<ImmutableArray<RegionWord>> HandleAsync(
        Reader reader, IReadOnlyList<(Region Region, DiaryQuestion Question)> questions, byte[]? places, CancellationToken cancel)
    {
        var answers = await Task.WhenAll(questions.Select(each => AskOneAsync(each.Region, each.Question, cancel)));
        var words = ImmutableArray.CreateBuilder<RegionWord>(questions.Count);
        var keep = new List<ToKeep>();
        for (var i = 0; i < questions.Count; i++)
        {
            var ((region, question), (answer, fault)) = (questions[i], answers[i]);
            if (answer is null) words.Add(await RememberAsync(reader, region, question, fault!.Value, cancel));
            else
            {
                words.Add(new(region, answer.Told, null, null));
                if (answer.Told.NeedsConsent) await copies.ForgetAsync(reader, region.Id, cancel);
                if (answer.Told.Learners.Length > 0) keep.Add(new(region.Id, question.Key, answer));
            }
        }
        await copies.KeepAsync(reader, keep, places, cancel);
        return words.MoveToImmutable();
    }

    private async Task<(RegionAnswer? Answer, FaultKind? Fault)> AskOneAsync(Region region, DiaryQuestion question, CancellationToken cancel)
    {
        try
        {
            return (await patience.AskAsync((region.Id, region.Version), region.DeadlineMs, token => dialects[region.Dialect].AskAsync(region, question, token), cancel), null);
        }
        catch (RegionFault fault)
        {
            return (null, fault.Kind);
        }
    }

    // The very question first; of another question only who the learners are: their other weeks are not this one.
    private async Task<RegionWord> RememberAsync(Reader reader, Region region, DiaryQuestion question, FaultKind fault, CancellationToken cancel)
    {
        var kept = await copies.FindAsync(reader, region.Id, question.Key, cancel);
        bool Proves(Kept copy) => dialects[region.Dialect].Proves(region, copy.Answer);
        if (kept.FirstOrDefault(copy => (copy.Ask == question.Key || IsOfFirst(copy, question)) && Proves(copy)) is { } same) return new(region, same.Answer.Told, fault, same.ToldAt);
        return kept.FirstOrDefault(Proves) is { } other ? new(region, other.Answer.Told with { Diary = null }, fault, other.ToldAt) : new(region, null, fault, null);
    }

    // The first learner's week was asked for without a name.
    private static bool IsOfFirst(Kept copy, DiaryQuestion question) => !question.IsListOnly
        && copy.Answer.Told.Diary is { } week && week.Monday == question.Monday && (question.Child is null || week.Learner == question.Child);
}
