using MySchool.Kernel;

namespace MySchool.Contracts.Registry;

/// <summary>
/// Orders by which facts about people come to be without an administrator at the registry's own pages. Whoever orders has
/// decided that it may be; the registry checks that it can be, and writes person, identity, fact, history and audit in one transaction.
/// </summary>
public interface IAppointments
{
    /// <summary>Gives a role in a unit. The same order given twice has one effect and the same answer.</summary>
    /// <param name="order">Whom, where, which role, by whose word.</param>
    /// <param name="cancel">Cancels waiting.</param>
    /// <returns>The person who holds the role now, or a refusal.</returns>
    Task<Result<Guid>> AppointAsync(AppointmentOrder order, CancellationToken cancel);

    /// <summary>Makes somebody the representative of a learner of one school. The same order given twice has one effect.</summary>
    /// <param name="order">Whom, of which child, by whose word.</param>
    /// <param name="cancel">Cancels waiting.</param>
    /// <returns>The guardian, or a refusal: the child is not found there, or more than one fits.</returns>
    Task<Result<Guid>> AddGuardianAsync(GuardianOrder order, CancellationToken cancel);

    /// <summary>Adds a school or a territory to the tree.</summary>
    /// <param name="order">Which, under what, by whose word.</param>
    /// <param name="cancel">Cancels waiting.</param>
    /// <returns>The new unit, or a refusal: a wrong number, or one that another unit has.</returns>
    Task<Result<Guid>> AddOrganisationAsync(OrganisationOrder order, CancellationToken cancel);

    /// <summary>Closes a demonstration school: its roles and enrolments end, its name stays in history. Refused for any other school.</summary>
    /// <param name="schoolId">The school.</param>
    /// <param name="byPerson">Who closes it.</param>
    /// <param name="cancel">Cancels waiting.</param>
    Task<Result<bool>> CloseDemoAsync(Guid schoolId, Guid byPerson, CancellationToken cancel);
}

/// <summary>Somebody whom the registry may not know yet: a person of it, or an identity that ЕСИА has proven.</summary>
/// <param name="PersonId">A person of the registry; null for a stranger.</param>
/// <param name="Stranger">Who ЕСИА says it is; null for a known person.</param>
public sealed record Candidate(Guid? PersonId, ProvenPerson? Stranger);

/// <summary>A person as ЕСИА has proven them.</summary>
/// <param name="EsiaOid">ЕСИА oid.</param>
/// <param name="Name">The name of the identity document.</param>
/// <param name="BirthDate">Birth date, or null when not allowed.</param>
/// <param name="Gender">male, female or null.</param>
/// <param name="Snils">СНИЛС, any separators, or null when there is none.</param>
public sealed record ProvenPerson(string EsiaOid, PersonName Name, DateOnly? BirthDate, string? Gender, string? Snils);

/// <summary>An order to give a role.</summary>
/// <param name="OrderId">Identity of the order: an invitation's or a request's own.</param>
/// <param name="Who">Whom.</param>
/// <param name="UnitId">Where.</param>
/// <param name="Role">Which role; learner and guardian are not given so.</param>
/// <param name="StartsOn">First day.</param>
/// <param name="ByPerson">By whose word.</param>
/// <param name="Why">Kept in history: «приглашение» or «заявка», without personal data.</param>
public sealed record AppointmentOrder(Guid OrderId, Candidate Who, Guid UnitId, string Role, DateOnly StartsOn, Guid ByPerson, string Why);

/// <summary>An order to tie a representative to a child.</summary>
/// <param name="OrderId">Identity of the order.</param>
/// <param name="Who">The representative.</param>
/// <param name="SchoolId">The child's school.</param>
/// <param name="Child">The child as the representative named it.</param>
/// <param name="Kinship">mother, father, guardian or other.</param>
/// <param name="StartsOn">First day.</param>
/// <param name="ByPerson">By whose word.</param>
public sealed record GuardianOrder(Guid OrderId, Candidate Who, Guid SchoolId, NamedChild Child, string Kinship, DateOnly StartsOn, Guid ByPerson);

/// <summary>A child as a representative names it.</summary>
/// <param name="Name">Name.</param>
/// <param name="BirthDate">Birth date.</param>
/// <param name="Snils">СНИЛС from ЕСИА, or null.</param>
public sealed record NamedChild(PersonName Name, DateOnly BirthDate, string? Snils);

/// <summary>An order to add a unit of the tree.</summary>
/// <param name="OrderId">Identity of the unit to be.</param>
/// <param name="ParentId">The unit above.</param>
/// <param name="Kind">region, municipality or school.</param>
/// <param name="Name">Full name, 2–400 characters.</param>
/// <param name="ShortName">Short name, 2–120 characters.</param>
/// <param name="IsDemo">A demonstration school, which no figure counts.</param>
/// <param name="ByPerson">By whose word.</param>
public sealed record OrganisationOrder(Guid OrderId, Guid ParentId, string Kind, string Name, string ShortName, bool IsDemo, Guid ByPerson)
{
    /// <summary>ОКТМО, 8 or 11 digits.</summary>
    public string? Oktmo { get; init; }

    /// <summary>ОГРН, 13 digits.</summary>
    public string? Ogrn { get; init; }

    /// <summary>ИНН, 10 digits.</summary>
    public string? Inn { get; init; }

    /// <summary>Postal address.</summary>
    public string? Address { get; init; }
}
