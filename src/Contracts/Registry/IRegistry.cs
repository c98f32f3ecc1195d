using System.Collections.Immutable;
using MySchool.Kernel;
using Npgsql;

namespace MySchool.Contracts.Registry;

/// <summary>What other modules ask the registry of schools and people.</summary>
public interface IRegistry
{
    /// <summary>
    /// Everything the authoriser must know of a person, in one round trip: the roles offered by the switcher, and
    /// the ties and details of the role worn.
    /// </summary>
    /// <param name="personId">The person.</param>
    /// <param name="worn">The role worn, or null to take the first one offered.</param>
    /// <param name="now">The instant to judge dates by, each school in its own time zone.</param>
    /// <param name="cancel">Cancels waiting.</param>
    /// <returns>Null when the registry does not know the person.</returns>
    Task<PersonFacts?> GetFactsAsync(Guid personId, Hat? worn, DateTimeOffset now, CancellationToken cancel);

    /// <summary>
    /// Adds the statement that answers, as one bigint, the version of the facts now. While it equals
    /// <see cref="FactsBasis.Version"/> the facts may be used again, so a revoked role is gone at the next request.
    /// </summary>
    /// <param name="batch">A batch of the authoriser's door.</param>
    /// <param name="basis">What the facts rest on.</param>
    void AddVersion(NpgsqlBatch batch, FactsBasis basis);

    /// <summary>The person that ЕСИА's identifier belongs to, or null.</summary>
    /// <param name="esiaOid">ЕСИА oid.</param>
    /// <param name="cancel">Cancels waiting.</param>
    Task<Guid?> FindByEsiaAsync(string esiaOid, CancellationToken cancel);

    /// <summary>ЕСИА oid of a person's own account, or null when none is bound. For asking another node about the very person who asks.</summary>
    /// <param name="personId">The person.</param>
    /// <param name="cancel">Cancels waiting.</param>
    Task<string?> FindEsiaOidAsync(Guid personId, CancellationToken cancel);

    /// <summary>
    /// Binds a person of the registry to an ЕСИА account by confirmed СНИЛС, once. Called at first sign-in.
    /// </summary>
    /// <param name="esiaOid">ЕСИА oid of a confirmed account.</param>
    /// <param name="snils">СНИЛС as ЕСИА gives it, any separators.</param>
    /// <param name="cancel">Cancels waiting.</param>
    /// <returns>The person bound, or null when nobody has this СНИЛС or it is bound to another account.</returns>
    Task<Guid?> BindEsiaAsync(string esiaOid, string snils, CancellationToken cancel);

    /// <summary>When the person was born, for rules of age; null when the registry does not know. For the authoriser, never for a screen.</summary>
    /// <param name="personId">The person.</param>
    /// <param name="cancel">Cancels waiting.</param>
    Task<DateOnly?> GetBirthDateAsync(Guid personId, CancellationToken cancel);

    /// <summary>Units by the codes people know them by: ОГРН of a school or organisation, ОКТМО of a territory. The tree is public.</summary>
    /// <param name="codes">Up to 100 codes; unknown ones are absent from the answer.</param>
    /// <param name="cancel">Cancels waiting.</param>
    Task<IReadOnlyDictionary<string, Guid>> FindUnitsAsync(IReadOnlyCollection<string> codes, CancellationToken cancel);

    /// <summary>The code of each unit, as <see cref="FindUnitsAsync"/> takes it; units without one are absent.</summary>
    /// <param name="unitIds">Up to 100 units.</param>
    /// <param name="cancel">Cancels waiting.</param>
    Task<IReadOnlyDictionary<Guid, string>> GetUnitCodesAsync(IReadOnlyCollection<Guid> unitIds, CancellationToken cancel);

    /// <summary>A teaching group with its learners, under the actor's row-level scopes; read once an actor. Null when it is not open to the actor.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="groupId">The teaching group.</param>
    /// <param name="cancel">Cancels waiting.</param>
    Task<GroupRoster?> GetRosterAsync(Actor actor, Guid groupId, CancellationToken cancel);

    /// <summary>A learner with classes, groups and terms, under the actor's row-level scopes. Null when not open to the actor.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="learnerId">The learner.</param>
    /// <param name="now">The instant to judge dates by.</param>
    /// <param name="cancel">Cancels waiting.</param>
    Task<LearnerFacts?> GetLearnerAsync(Actor actor, Guid learnerId, DateTimeOffset now, CancellationToken cancel);

    /// <summary>Names of people the actor may see; others are absent from the answer.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="personIds">Up to 1,000 ids.</param>
    /// <param name="cancel">Cancels waiting.</param>
    Task<IReadOnlyDictionary<Guid, PersonName>> GetNamesAsync(Actor actor, IReadOnlyCollection<Guid> personIds, CancellationToken cancel);

    /// <summary>Of these ids, those of cards that were merged, each with the card it stands for now. For whoever was given an old id; what is open is decided by its own rules.</summary>
    /// <param name="personIds">Up to 1,000 ids.</param>
    /// <param name="cancel">Cancels waiting.</param>
    Task<IReadOnlyDictionary<Guid, Guid>> FindSurvivorsAsync(IReadOnlyCollection<Guid> personIds, CancellationToken cancel);

    /// <summary>
    /// Whether any of these people may speak for a person today: the person themself, or a representative whom no court has
    /// barred, judged in the time zone of the learner's school.
    /// </summary>
    /// <param name="people">Who would speak.</param>
    /// <param name="personId">For whom.</param>
    /// <param name="now">The instant to judge dates by.</param>
    /// <param name="cancel">Cancels waiting.</param>
    Task<bool> MaySpeakForAsync(IReadOnlyCollection<Guid> people, Guid personId, DateTimeOffset now, CancellationToken cancel);

    /// <summary>Teaching groups in words: «Алгебра, 7Б». For jobs that copy a person's data; unknown ones are absent from the answer.</summary>
    /// <param name="groupIds">The groups.</param>
    /// <param name="cancel">Cancels waiting.</param>
    Task<IReadOnlyDictionary<Guid, string>> GetGroupTitlesAsync(IReadOnlyCollection<Guid> groupIds, CancellationToken cancel);

    /// <summary>Municipality, region and country of a school, nearest first. For jobs: the tree of organisations is public.</summary>
    /// <param name="schoolId">The school.</param>
    /// <param name="cancel">Cancels waiting.</param>
    Task<ImmutableArray<Guid>> GetTerritoriesAsync(Guid schoolId, CancellationToken cancel);

    /// <summary>Schools and territories right below a unit, with the number of schools under each. The tree is public.</summary>
    /// <param name="unitId">A territory.</param>
    /// <param name="cancel">Cancels waiting.</param>
    Task<IReadOnlyList<UnitSummary>> GetUnitsBelowAsync(Guid unitId, CancellationToken cancel);

    /// <summary>Teaching groups of a school this year, for its head and deputies; empty for others.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="schoolId">The school.</param>
    /// <param name="cancel">Cancels waiting.</param>
    Task<IReadOnlyList<SchoolGroup>> GetSchoolGroupsAsync(Actor actor, Guid schoolId, CancellationToken cancel);

    /// <summary>Who attends each teaching group of a school, or of one class, this year: for its head and deputies, and for the leader of the class; as far as the actor's scopes show.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="schoolId">The school.</param>
    /// <param name="classId">One class, or null for all.</param>
    /// <param name="cancel">Cancels waiting.</param>
    Task<SchoolRosters?> GetSchoolRostersAsync(Actor actor, Guid schoolId, Guid? classId, CancellationToken cancel);
}

/// <summary>Groups of a school with their learners, for reports over many of them.</summary>
/// <param name="SchoolYear">The year the academic year starts in.</param>
/// <param name="TimeZone">The school's IANA zone.</param>
/// <param name="Terms">Terms of the year, in order.</param>
/// <param name="Groups">Groups by class and subject.</param>
/// <param name="Learners">Learners of each group, in alphabetical order.</param>
public sealed record SchoolRosters(
    short SchoolYear, string TimeZone, ImmutableArray<TermFacts> Terms, IReadOnlyList<SchoolGroup> Groups, ILookup<Guid, RosterLearner> Learners)
{
    /// <summary>Name of the school as its papers have it.</summary>
    public string SchoolName { get; init; } = "";

    /// <summary>Who leads each class today, by full name; a class without a leader is absent.</summary>
    public IReadOnlyDictionary<Guid, string> Leaders { get; init; } = ImmutableDictionary<Guid, string>.Empty;
}

/// <summary>A unit of the tree as a list shows it.</summary>
/// <param name="Id">The unit.</param>
/// <param name="Kind">country, region, municipality or school.</param>
/// <param name="ShortName">Short name.</param>
/// <param name="Schools">Ids of the schools in it, itself included when it is one.</param>
/// <param name="Learners">Learners enrolled today in them.</param>
public sealed record UnitSummary(Guid Id, string Kind, string ShortName, ImmutableArray<Guid> Schools, int Learners);

/// <summary>A teaching group in the head's list of journals.</summary>
/// <param name="GroupId">The group.</param>
/// <param name="ClassId">The class.</param>
/// <param name="ClassName">«7Б» or «7Б, 1-я подгруппа».</param>
/// <param name="Grade">1 to 11.</param>
/// <param name="SubjectName">«Алгебра».</param>
/// <param name="TeacherName">Today's teacher, short form, or empty for a vacancy.</param>
public sealed record SchoolGroup(Guid GroupId, Guid ClassId, string ClassName, short Grade, string SubjectName, string TeacherName)
{
    /// <summary>Today's teacher; null for a vacancy.</summary>
    public Guid? TeacherId { get; init; }
}

/// <summary>A name in its three Russian parts.</summary>
/// <param name="Last">Фамилия.</param>
/// <param name="First">Имя.</param>
/// <param name="Middle">Отчество, or empty.</param>
public readonly record struct PersonName(string Last, string First, string Middle)
{
    /// <summary>«Иванова Мария Петровна».</summary>
    public string Full => Middle.Length == 0 ? $"{Last} {First}" : $"{Last} {First} {Middle}";

    /// <summary>«Иванова Мария»: lists of learners.</summary>
    public string Short => $"{Last} {First}";

    /// <summary>«Мария Петровна»: how a teacher is addressed.</summary>
    public string Polite => Middle.Length == 0 ? First : $"{First} {Middle}";
}

/// <summary>A role the person may put on.</summary>
/// <param name="Hat">Role and unit.</param>
/// <param name="UnitName">Short name of the school or territory; empty for a guardian.</param>
public sealed record HatOffer(Hat Hat, string UnitName);

/// <summary>A person as the authoriser and the shell need them.</summary>
/// <param name="PersonId">The person.</param>
/// <param name="Name">Their name.</param>
/// <param name="Offers">Roles held today, in the order of the switcher. Empty: registered, but nothing is open.</param>
/// <param name="Worn">The role worn, one of <paramref name="Offers"/>; null when there are none.</param>
/// <param name="TimeZone">IANA zone to live by: the school's of the role worn.</param>
/// <param name="Ties">Ties of the role worn.</param>
/// <param name="Learners">For a learner: themself; for a guardian: the children; else empty.</param>
/// <param name="Taught">For a teacher: groups taught today; else empty.</param>
/// <param name="Led">For a teacher: classes led; else empty.</param>
public sealed record PersonFacts(
    Guid PersonId, PersonName Name, ImmutableArray<HatOffer> Offers, Hat? Worn, string TimeZone, ImmutableArray<Tie> Ties,
    ImmutableArray<LearnerFacts> Learners, ImmutableArray<TaughtGroup> Taught, ImmutableArray<LedClass> Led)
{
    /// <summary>For a guardian: the children represented, whether they learn anywhere or not; else empty.</summary>
    public ImmutableArray<Ward> Wards { get; init; } = [];

    /// <summary>The moment from which the facts must be read anew though nothing has changed; null: no such moment.</summary>
    public DateTimeOffset? StandsUntil { get; init; }

    /// <summary>What all of it rests on; null when it must not be used again.</summary>
    public FactsBasis? Basis { get; init; }
}

/// <summary>Somebody a guardian represents.</summary>
/// <param name="PersonId">The child.</param>
/// <param name="Name">Name.</param>
public sealed record Ward(Guid PersonId, PersonName Name);

/// <summary>The units and people that facts speak of, and how many times those have changed.</summary>
/// <param name="Keys">Units and people.</param>
/// <param name="Version">Sum of their changes; it only grows.</param>
public sealed record FactsBasis(Guid[] Keys, long Version);

/// <summary>A learner with what the diary needs to know.</summary>
/// <param name="PersonId">The learner.</param>
/// <param name="Name">Name.</param>
/// <param name="SchoolId">The school.</param>
/// <param name="SchoolName">Its short name.</param>
/// <param name="TimeZone">Its IANA zone.</param>
/// <param name="ClassId">The class.</param>
/// <param name="ClassName">«7Б».</param>
/// <param name="SchoolYear">The year the academic year starts in, e.g. 2026.</param>
/// <param name="Groups">Teaching groups attended.</param>
/// <param name="Terms">Terms of the school's academic year, in order.</param>
public sealed record LearnerFacts(
    Guid PersonId, PersonName Name, Guid SchoolId, string SchoolName, string TimeZone, Guid ClassId, string ClassName, short SchoolYear,
    ImmutableArray<AttendedGroup> Groups, ImmutableArray<TermFacts> Terms)
{
    /// <summary>First day in the class.</summary>
    public DateOnly Since { get; init; }

    /// <summary>Whether the learner came into the class from another one, here or elsewhere, within this academic year.</summary>
    public bool HasMoved { get; init; }
}

/// <summary>A group as its learner sees it.</summary>
/// <param name="GroupId">The group.</param>
/// <param name="SubjectName">«Алгебра».</param>
/// <param name="TeacherName">Today's teacher, polite form, or empty for a vacancy.</param>
public sealed record AttendedGroup(Guid GroupId, string SubjectName, string TeacherName);

/// <summary>Четверть, триместр or полугодие of a school.</summary>
/// <param name="Id">Id.</param>
/// <param name="Number">1 to 6 within the year.</param>
/// <param name="Name">«2-я четверть».</param>
/// <param name="Starts">First day.</param>
/// <param name="Ends">Last day.</param>
public sealed record TermFacts(Guid Id, short Number, string Name, DateOnly Starts, DateOnly Ends);

/// <summary>A group as its teacher sees it in lists.</summary>
/// <param name="GroupId">The group.</param>
/// <param name="SchoolId">The school.</param>
/// <param name="ClassName">«7Б» or «7Б, 1-я подгруппа».</param>
/// <param name="SubjectName">«Алгебра».</param>
public sealed record TaughtGroup(Guid GroupId, Guid SchoolId, string ClassName, string SubjectName);

/// <summary>A class led by the teacher (классное руководство).</summary>
/// <param name="ClassId">The class.</param>
/// <param name="SchoolId">The school.</param>
/// <param name="ClassName">«7Б».</param>
public sealed record LedClass(Guid ClassId, Guid SchoolId, string ClassName);

/// <summary>A teaching group with its learners.</summary>
/// <param name="GroupId">The group.</param>
/// <param name="SchoolId">The school.</param>
/// <param name="SchoolYear">The year the academic year starts in.</param>
/// <param name="ClassId">The class it belongs to.</param>
/// <param name="ClassName">«7Б» or «7Б, 1-я подгруппа».</param>
/// <param name="Grade">1 to 11; grade 1 has no marks.</param>
/// <param name="SubjectName">«Алгебра».</param>
/// <param name="TimeZone">The school's IANA zone.</param>
/// <param name="Learners">In alphabetical order, with the dates of attending.</param>
/// <param name="Terms">Terms of the year, in order.</param>
public sealed record GroupRoster(
    Guid GroupId, Guid SchoolId, short SchoolYear, Guid ClassId, string ClassName, short Grade, string SubjectName, string TimeZone,
    ImmutableArray<RosterLearner> Learners, ImmutableArray<TermFacts> Terms);

/// <summary>A learner in a roster.</summary>
/// <param name="PersonId">The learner.</param>
/// <param name="Name">Name.</param>
/// <param name="From">First day in the group.</param>
/// <param name="To">Last day, or null.</param>
public sealed record RosterLearner(Guid PersonId, PersonName Name, DateOnly From, DateOnly? To);
