using MySchool.Contracts.Access;
using MySchool.System.Tests.Permissions;

namespace MySchool.System.Tests.Canary;

/// <summary>A school whose every text holds its own marker.</summary>
/// <param name="Number">1 to 12.</param>
/// <param name="School">Classes, groups, learners.</param>
/// <param name="Mark">Stands in every text of the school but the name and address of the organisation.</param>
/// <param name="OpenMark">Stands in the name and address of the organisation, which the public tree shows.</param>
internal sealed record MarkedSchool(int Number, School School, string Mark, string OpenMark)
{
    public IList<Resident> Residents { get; } = [];

    /// <summary>A member of staff for whom no test signs in: what is done to him disturbs nobody.</summary>
    public Guid Spare { get; } = Guid.CreateVersion7();
    public Guid SpareMembership { get; } = Guid.CreateVersion7();

    /// <summary>A guardian of Boris for whom no test signs in.</summary>
    public Guid SpareGuardian { get; } = Guid.CreateVersion7();
    public Guid Consent { get; } = Guid.CreateVersion7();
    public Guid Device { get; } = Guid.CreateVersion7();
    public Guid ReadKey { get; } = Guid.CreateVersion7();
    public Guid AbsenceNote { get; } = Guid.CreateVersion7();
    public Guid Plan { get; } = Guid.CreateVersion7();
    public Guid PlanDraft { get; } = Guid.CreateVersion7();
    public Guid Care { get; } = Guid.CreateVersion7();
    public Guid Remark { get; } = Guid.CreateVersion7();

    /// <summary>A file of Anna's work on the homework of algebra.</summary>
    public Guid WorkFile { get; } = Guid.CreateVersion7();
    public Guid Copy { get; } = Guid.CreateVersion7();
    public Guid Erasure { get; } = Guid.CreateVersion7();
    public Guid Visit { get; } = Guid.CreateVersion7();
    public Guid Invitation { get; } = Guid.CreateVersion7();
    public Guid Request { get; } = Guid.CreateVersion7();
    public Guid Ticket { get; } = Guid.CreateVersion7();
    public Guid Picture { get; } = Guid.CreateVersion7();

    /// <summary>What a file says of the spare otherwise than the card.</summary>
    public Guid Proposal { get; } = Guid.CreateVersion7();

    /// <summary>A merge that was taken back.</summary>
    public Guid Merge { get; } = Guid.CreateVersion7();

    public Resident Of(string role) => Residents.First(resident => resident.Subject.Role == role);

    /// <summary>Ids that an input of this name may mean.</summary>
    /// <param name="name">Name of a route parameter or field.</param>
    /// <param name="pattern">The route: «id» means another thing under each.</param>
    public IReadOnlyList<Guid> Meant(string name, string pattern) => name switch
    {
        "groupId" or "journal" => [School.Algebra.Id],
        "note" when pattern.Contains("/care/", StringComparison.Ordinal) => [Care],
        "note" when !pattern.StartsWith("/plans", StringComparison.Ordinal) => [AbsenceNote],
        "draft" => [PlanDraft],
        "fileId" => [WorkFile],
        "toGroup" => [School.EnglishOne.Id],
        "id" when pattern.StartsWith("/plans", StringComparison.Ordinal) => [Plan],
        "classId" or "of" => [School.ClassA],
        _ when pattern.StartsWith("/journal/remarks", StringComparison.Ordinal) => [Remark],
        "lessonId" or "lesson" => [School.Algebra.Lesson],
        "learnerId" or "learner" or "subject" => [School.Anna.Id],
        "homeworkId" => [School.Algebra.Homework],
        "personId" when pattern.Contains("guardians/end", StringComparison.Ordinal) => [SpareGuardian],
        "personId" => [Spare],
        "unit" => [School.Id],
        _ when pattern.StartsWith("/doubles/merged", StringComparison.Ordinal) => [Merge],
        "left" => [School.Anna.Id],
        "right" => [Spare],
        _ when pattern.StartsWith("/connection/units", StringComparison.Ordinal) => [School.Id],
        _ when pattern.StartsWith("/connection/invitations", StringComparison.Ordinal) => [Invitation],
        _ when pattern.StartsWith("/connection/requests", StringComparison.Ordinal) => [Request],
        _ when pattern.StartsWith("/support/access", StringComparison.Ordinal) => [Visit],
        _ when pattern.Contains("/pictures/", StringComparison.Ordinal) => [Picture],
        _ when pattern.StartsWith("/support", StringComparison.Ordinal) => [Ticket],
        "proposal" => [Proposal],
        _ when pattern.Contains("/fields", StringComparison.Ordinal) => [Spare],
        _ when pattern.StartsWith("/people", StringComparison.Ordinal) => [School.Boris.Id],
        _ when pattern.StartsWith("/school/staff", StringComparison.Ordinal) => [SpareMembership],
        _ when pattern.StartsWith("/staff", StringComparison.Ordinal) => [Spare],
        _ when pattern.StartsWith("/school/classes", StringComparison.Ordinal) => [School.ClassA],
        _ when pattern.StartsWith("/account/sessions", StringComparison.Ordinal) => [Of(Roles.Guardian).SessionId],
        _ when pattern.StartsWith("/account/consents", StringComparison.Ordinal) => [Consent],
        _ when pattern.StartsWith("/erasures", StringComparison.Ordinal) || pattern.StartsWith("/account/erasure", StringComparison.Ordinal) => [Erasure],
        _ when pattern.StartsWith("/account/notices", StringComparison.Ordinal) => [Device],
        _ when pattern.StartsWith("/account/keys", StringComparison.Ordinal) => [ReadKey],
        _ when pattern.StartsWith("/account/copies", StringComparison.Ordinal) => [Copy],
        _ => Everything,
    };

    /// <summary>One id of every kind.</summary>
    public IReadOnlyList<Guid> Everything =>
    [
        School.Id, School.ClassA, School.Algebra.Id, School.EnglishOne.Id, School.Algebra.Lesson, School.Algebra.Homework, School.Anna.Id,
        Spare, SpareMembership, SpareGuardian, Of(Roles.Guardian).SessionId, Consent, Copy, Erasure, Visit, Invitation, Request, Ticket, Picture, Proposal, AbsenceNote, WorkFile, ReadKey, Device, Plan, PlanDraft, Care, Remark,
    ];
}

/// <summary>A subject of the region with a session.</summary>
internal sealed record Resident(Subject Subject, IReadOnlyList<MarkedSchool> Own)
{
    public Guid SessionId { get; } = Guid.CreateVersion7();
    public string Token { get; } = Microsoft.AspNetCore.WebUtilities.WebEncoders.Base64UrlEncode(global::System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));

    public override string ToString() => Own.Count == 0 ? Subject.Name : $"{Subject.Name}, школа {string.Join(" и ", Own.Select(s => s.Number))}";
}

/// <summary>Two regions, four municipalities, twelve schools, and in each school everyone there is.</summary>
internal sealed class Region
{
    public const int Count = 12;

    public Region(Func<int, string> mark, Func<int, string> openMark)
    {
        var one = new Territory("Первая область", Country);
        var two = new Territory("Вторая область", Country);
        Territory[] municipalities = [new("Первый округ", one), new("Второй округ", one), new("Третий округ", two), new("Четвёртый округ", two)];
        Territories = [Country, one, two, .. municipalities];
        Schools = [.. Enumerable.Range(1, Count).Select(number => new MarkedSchool(
            number, new School($"Школа {openMark(number)}", municipalities[(number - 1) / 3]), mark(number), openMark(number)))];
        foreach (var school in Schools)
            foreach (var subject in People(school.School)) school.Residents.Add(new(subject, [school]));
        TwoSchools = new(new("мать двух школ", Roles.Guardian) { Children = [Schools[0].School.Boris, Schools[8].School.Vera] }, [Schools[0], Schools[8]]);
        Above =
        [
            new(new("координатор первого округа", Roles.MunicipalCoordinator) { Territory = municipalities[0] }, []),
            new(new("координатор третьего округа", Roles.MunicipalCoordinator) { Territory = municipalities[2] }, []),
            new(new("координатор первой области", Roles.RegionalCoordinator) { Territory = one }, []),
            new(new("оператор", Roles.Operator) { Territory = Country }, []),
        ];
    }

    public Territory Country { get; } = new("Россия", null);
    public IReadOnlyList<Territory> Territories { get; }
    public IReadOnlyList<MarkedSchool> Schools { get; }
    public Resident TwoSchools { get; }
    public IReadOnlyList<Resident> Above { get; }
    public IEnumerable<Resident> Everyone => [.. Schools.SelectMany(school => school.Residents), TwoSchools, .. Above];

    private static IEnumerable<Subject> People(School school)
    {
        yield return new("Анна", Roles.Learner, school) { Self = school.Anna };
        yield return new("мать", Roles.Guardian) { Children = [school.Anna, school.Vera] };
        yield return new("отец под запретом", Roles.Guardian) { Children = [school.Anna], IsBarred = true };
        yield return new("алгебра и классный", Roles.Teacher, school) { Teaches = [school.Algebra], Leads = school.ClassA };
        yield return new("подгруппа", Roles.Teacher, school) { Teaches = [school.EnglishOne] };
        yield return new("бывший учитель", Roles.Teacher, school) { Teaches = [school.Algebra], IsFormer = true };
        yield return new("завуч", Roles.Deputy, school);
        yield return new("директор", Roles.Head, school);
        yield return new("администратор", Roles.SchoolAdministrator, school);
        yield return new("психолог", Roles.Psychologist, school);
        yield return new("техник", Roles.Technician, school);
        yield return new("поддержка", Roles.SupportVisitor, school);
    }
}
