using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;

namespace MySchool.Journal.Features;

/// <summary>The places a journal and a diary stand at, and the decision over them: one spelling for pages, routes and streams.</summary>
internal static class JournalAccess
{
    /// <summary>The group when the actor may do the thing to it, else null.</summary>
    public static async Task<GroupRoster?> FindGroupAsync(
        IRegistry registry, Actor actor, Guid groupId, AppAction action, CancellationToken cancel)
    {
        var group = await registry.GetRosterAsync(actor, groupId, cancel);
        return group is not null && Allows(actor, action, group) ? group : null;
    }

    // The class is left out on purpose: teaching the class algebra opens nothing of its physics.
    public static bool Allows(Actor actor, AppAction action, GroupRoster group) => Decide.Allows(
        actor, action, new Coordinate(Places.Group, group.GroupId), new Coordinate(Places.School, group.SchoolId));

    /// <summary>The learner when their diary is open to the actor, else null.</summary>
    public static async Task<LearnerFacts?> FindLearnerAsync(
        IRegistry registry, Actor actor, Guid learnerId, DateTimeOffset now, CancellationToken cancel)
    {
        var learner = await registry.GetLearnerAsync(actor, learnerId, now, cancel);
        return learner is not null && AllowsDiary(actor, learner) ? learner : null;
    }

    public static bool AllowsDiary(Actor actor, LearnerFacts learner) => Decide.Allows(
        actor, JournalActions.OpenDiary, new Coordinate(Places.Person, learner.PersonId), new Coordinate(Places.School, learner.SchoolId));
}
