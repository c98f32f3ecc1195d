using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;

namespace MySchool.Access.Consents;

/// <summary>Whose data a person may be asked about.</summary>
/// <param name="Id">The subject.</param>
/// <param name="Name">Their name.</param>
/// <param name="IsSelf">Whether it is the person themself.</param>
/// <param name="Born">Day of birth, when the registry knows it and a rule needs it.</param>
/// <param name="Today">Today at their school.</param>
internal sealed record ConsentSubject(Guid Id, string Name, bool IsSelf, DateOnly? Born, DateOnly Today);

/// <summary>Finds whose data a person speaks for, with what the rules of age need.</summary>
internal sealed class ConsentSubjects(IRegistry registry, IClock clock)
{
    /// <summary>The children a guardian represents today, then the person themself.</summary>
    public async Task<IReadOnlyList<ConsentSubject>> ListAsync(PersonFacts? person, CancellationToken cancel)
    {
        if (person?.Worn is not { } hat) return [];
        var subjects = new List<ConsentSubject>();
        if (hat.Role == Roles.Guardian)
            foreach (var child in person.Learners.DistinctBy(child => child.PersonId))
                subjects.Add(new(child.PersonId, child.Name.Full, false, await registry.GetBirthDateAsync(child.PersonId, cancel), clock.TodayIn(child.TimeZone)));
        var born = hat.Role == Roles.Learner ? await registry.GetBirthDateAsync(person.PersonId, cancel) : null;
        subjects.Add(new(person.PersonId, person.Name.Full, true, born, clock.TodayIn(TimeZones.OrCapital(person.TimeZone))));
        return subjects;
    }

    /// <summary>What the person may do about one subject; nothing about a stranger.</summary>
    public async Task<ConsentVoice> VoiceOfAsync(PersonFacts? person, ConsentText text, Guid subjectId, CancellationToken cancel) =>
        (await ListAsync(person, cancel)).FirstOrDefault(subject => subject.Id == subjectId) is { } found
            ? ConsentRules.VoiceOf(text, person!.Worn!.Value.Role, found.IsSelf, found.Born, found.Today) : ConsentVoice.None;
}
