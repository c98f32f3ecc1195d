using MySchool.Access.Consents;
using MySchool.Access.Copies;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;

namespace MySchool.Access.Erasures;

/// <summary>
/// Whose data a person may ask to have erased: their own, whatever role is left to them, and that of children they represent, whether
/// these still learn anywhere or not: it is after school that one asks.
/// </summary>
internal sealed class ErasureSubjects(IRegistry registry, IClock clock)
{
    public async Task<IReadOnlyList<ConsentSubject>> ListAsync(PersonFacts? person, CancellationToken cancel)
    {
        if (person is null) return [];
        var today = clock.TodayIn(TimeZones.OrCapital(person.TimeZone));
        var born = MustBeGrown(person) ? await registry.GetBirthDateAsync(person.PersonId, cancel) : null;
        return [new(person.PersonId, person.Name.Full, true, born, today), .. person.Wards.Select(ward => new ConsentSubject(ward.PersonId, ward.Name.Full, false, null, today))];
    }

    /// <summary>A learner asks alone from the age of a copy; so does whoever has no role any more and may be a child.</summary>
    public static bool MayAsk(PersonFacts? person, ConsentSubject subject) =>
        person is not null && (!MustBeGrown(person) || subject.Born is { } born && born.AddYears(CopyRules.OwnAge) <= subject.Today);

    private static bool MustBeGrown(PersonFacts person) => person.Worn is null or { Role: Roles.Learner };
}
