using System.Collections.Concurrent;
using System.Collections.Immutable;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using Npgsql;

namespace MySchool.Modules.Tests.Access;

/// <summary>A registry of three people: a teacher who is also a deputy, a guardian and her child.</summary>
internal sealed class FakeRegistry : IRegistry, IPersonFields
{
    public static readonly Guid Teacher = Ids.New();
    public static readonly Guid Parent = Ids.New();
    public static readonly Guid Child = Ids.New();
    public static readonly Guid School = Ids.New();
    public static readonly Hat TeacherHat = new(Roles.Teacher, School);
    public static readonly Hat DeputyHat = new(Roles.Deputy, School);
    public static readonly Hat GuardianHat = new(Roles.Guardian, Guid.Empty);
    public static readonly Hat LearnerHat = new(Roles.Learner, School);

    private readonly ConcurrentDictionary<Guid, ImmutableArray<Hat>> hats = new()
    {
        [Teacher] = [TeacherHat, DeputyHat], [Parent] = [GuardianHat], [Child] = [GuardianHat, LearnerHat],
    };

    private readonly ConcurrentDictionary<string, Guid> bound = new() { [EsiaContour.Teacher] = Teacher, [EsiaContour.Child] = Child };

    /// <summary>Cards that ЕСИА has told at sign-in.</summary>
    public ConcurrentQueue<(Guid PersonId, ProvenPerson Told)> Heard { get; } = [];

    public Task HearEsiaAsync(Guid personId, ProvenPerson told, CancellationToken cancel)
    {
        Heard.Enqueue((personId, told));
        return Task.CompletedTask;
    }

    public void Revoke(Guid person, Hat hat) => hats[person] = hats[person].Remove(hat);

    public void Grant(Guid person, Hat hat) => hats[person] = hats[person].Contains(hat) ? hats[person] : hats[person].Add(hat);

    public Task<PersonFacts?> GetFactsAsync(Guid personId, Hat? worn, DateTimeOffset now, CancellationToken cancel)
    {
        if (!hats.TryGetValue(personId, out var offered)) return Task.FromResult<PersonFacts?>(null);
        Hat? hat = offered.IsEmpty ? null : worn is { } wanted && offered.Contains(wanted) ? wanted : offered[0];
        return Task.FromResult<PersonFacts?>(new(
            personId, NameOf(personId), [.. offered.Select(h => new HatOffer(h, h.UnitId == Guid.Empty ? "" : "Школа № 7"))], hat, "Europe/Moscow",
            TiesOf(personId, hat), hat?.Role is Roles.Guardian or Roles.Learner ? [Learner] : [], [], []));
    }

    public void AddVersion(NpgsqlBatch batch, FactsBasis basis) => throw new NotSupportedException();

    public Task<string?> FindEsiaOidAsync(Guid personId, CancellationToken cancel) => throw new NotSupportedException();

    public Task<Guid?> FindByEsiaAsync(string esiaOid, CancellationToken cancel) =>
        Task.FromResult<Guid?>(bound.TryGetValue(esiaOid, out var person) ? person : null);

    public Task<Guid?> BindEsiaAsync(string esiaOid, string snils, CancellationToken cancel) =>
        Task.FromResult<Guid?>(snils == "112-233-446 96" ? bound.GetOrAdd(esiaOid, Parent) : null);

    public Task<IReadOnlyDictionary<Guid, Guid>> FindSurvivorsAsync(IReadOnlyCollection<Guid> personIds, CancellationToken cancel) => throw new NotSupportedException();

    public Task<bool> MaySpeakForAsync(IReadOnlyCollection<Guid> people, Guid personId, DateTimeOffset now, CancellationToken cancel) =>
        Task.FromResult(people.Contains(personId) || (personId == Child && people.Contains(Parent)));

    public Task<DateOnly?> GetBirthDateAsync(Guid personId, CancellationToken cancel) => Task.FromResult<DateOnly?>(new DateOnly(2015, 3, 4));

    public Task<IReadOnlyDictionary<string, Guid>> FindUnitsAsync(IReadOnlyCollection<string> codes, CancellationToken cancel) => throw new NotSupportedException();

    public Task<IReadOnlyDictionary<Guid, string>> GetUnitCodesAsync(IReadOnlyCollection<Guid> unitIds, CancellationToken cancel) => throw new NotSupportedException();

    public Task<GroupRoster?> GetRosterAsync(Actor actor, Guid groupId, CancellationToken cancel) => throw new NotSupportedException();

    public Task<LearnerFacts?> GetLearnerAsync(Actor actor, Guid learnerId, DateTimeOffset now, CancellationToken cancel) => throw new NotSupportedException();

    public Task<IReadOnlyDictionary<Guid, PersonName>> GetNamesAsync(Actor actor, IReadOnlyCollection<Guid> personIds, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyDictionary<Guid, PersonName>>(personIds.ToDictionary(id => id, NameOf));

    public Task<IReadOnlyDictionary<Guid, string>> GetGroupTitlesAsync(IReadOnlyCollection<Guid> groupIds, CancellationToken cancel) => throw new NotSupportedException();

    public Task<ImmutableArray<Guid>> GetTerritoriesAsync(Guid schoolId, CancellationToken cancel) => throw new NotSupportedException();

    public Task<IReadOnlyList<UnitSummary>> GetUnitsBelowAsync(Guid unitId, CancellationToken cancel) => throw new NotSupportedException();

    public Task<SchoolRosters?> GetSchoolRostersAsync(Actor actor, Guid schoolId, Guid? classId, CancellationToken cancel) => throw new NotSupportedException();

    public Task<IReadOnlyList<SchoolGroup>> GetSchoolGroupsAsync(Actor actor, Guid schoolId, CancellationToken cancel) => throw new NotSupportedException();

    private static LearnerFacts Learner => new(
        Child, NameOf(Child), School, "Школа № 7", "Europe/Moscow", Ids.New(), "5А", 2026, [], []);

    private static PersonName NameOf(Guid person) =>
        person == Teacher ? new("Иванова", "Мария", "Петровна") : person == Parent ? new("Ёлкина", "Анна", "") : new("Ёлкин", "Пётр", "Ильич");

    private static ImmutableArray<Tie> TiesOf(Guid person, Hat? hat) => hat?.Role switch
    {
        Roles.Teacher => [new(Relations.Teaches, new(Places.School, School))],
        Roles.Deputy => [new(Relations.Deputy, new(Places.School, School))],
        Roles.Guardian => [new(Relations.Guardian, new(Places.Person, Child))],
        Roles.Learner => [new(Relations.Self, new(Places.Person, person))],
        _ => [],
    };
}
