using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;

namespace MySchool.Registry.Features;

/// <summary>A learner as the diary needs them, as far as the actor's scopes let them be seen.</summary>
internal sealed class ReadLearner(AppDb db)
{
    public Task<LearnerFacts?> HandleAsync(Actor actor, Guid learnerId, DateTimeOffset now, CancellationToken cancel)
    {
        var details = new LearnerDetails(LearnersOf.AnyLearner);
        return db.ReadAsync(
            actor, batch => details.Add(batch, new Window(learnerId, null, now)),
            async (reader, token) => (await LearnerDetails.ReadLearnersAsync(reader, now, token)).FirstOrDefault(), cancel);
    }
}
