using MySchool.Contracts.Access;

namespace MySchool.System.Tests.Permissions;

/// <summary>One of the six schools: two classes, five teaching groups, three learners.</summary>
/// <remarks>7А: algebra and physics of the whole class, English in two подгруппы. 7Б: algebra.</remarks>
internal sealed class School(string name, Territory municipality)
{
    public string Name { get; } = name;
    public Guid Id { get; } = Guid.CreateVersion7();
    public Territory Municipality { get; } = municipality;
    public Guid ClassA { get; } = Guid.CreateVersion7();
    public Guid ClassB { get; } = Guid.CreateVersion7();
    public Guid ClassV { get; } = Guid.CreateVersion7();
    public Group Algebra { get; init; } = new("алгебра 7А");
    public Group Physics { get; init; } = new("физика 7А");
    public Group EnglishOne { get; init; } = new("английский 7А, 1");
    public Group EnglishTwo { get; init; } = new("английский 7А, 2");
    public Group AlgebraB { get; init; } = new("алгебра 7Б");
    public Learner Anna { get; } = new("Анна");
    public Learner Boris { get; } = new("Борис");
    public Learner Vera { get; } = new("Вера");

    public IReadOnlyList<Group> Groups => [Algebra, Physics, EnglishOne, EnglishTwo, AlgebraB];

    /// <summary>Who attends what: Anna and Boris learn in 7А, Vera in 7Б.</summary>
    public IReadOnlyList<(Learner Learner, Group Group)> Attendance =>
        [(Anna, Algebra), (Anna, Physics), (Anna, EnglishOne), (Boris, Algebra), (Boris, Physics), (Boris, EnglishTwo), (Vera, AlgebraB)];

    public Guid ClassOf(Learner learner) => learner == Vera ? ClassB : ClassA;

    public bool IsWholeClass(Group group) => group != EnglishOne && group != EnglishTwo;
}

internal sealed record Territory(string Name, Territory? Parent)
{
    public Guid Id { get; } = Guid.CreateVersion7();

    public bool IsWithin(Territory other) => this == other || Parent?.IsWithin(other) == true;
}

internal sealed record Group(string Name)
{
    public Guid Id { get; } = Guid.CreateVersion7();
    public Guid Lesson { get; } = Guid.CreateVersion7();
    public Guid Homework { get; } = Guid.CreateVersion7();
}

internal sealed record Learner(string Name)
{
    /// <summary>The group attended before moving to another school.</summary>
    public Group? Left { get; init; }
    public Guid Id { get; } = Guid.CreateVersion7();
}

/// <summary>How a subject is bound to the world, in words the oracle judges by. Nothing here is read from the platform.</summary>
internal sealed record Subject(string Name, string Role, School? School = null)
{
    public Guid Id { get; } = Guid.CreateVersion7();
    public Learner? Self { get; init; }
    public IReadOnlyList<Learner> Children { get; init; } = [];
    public IReadOnlyList<Group> Teaches { get; init; } = [];
    public Guid? Leads { get; init; }
    public Territory? Territory { get; init; }
    /// <summary>A court bars the guardian.</summary>
    public bool IsBarred { get; init; }
    /// <summary>Every fact ended yesterday.</summary>
    public bool IsFormer { get; init; }
    /// <summary>Every fact begins tomorrow.</summary>
    public bool IsFuture { get; init; }

    public bool IsActive => !IsBarred && !IsFormer && !IsFuture;

    public override string ToString() => Name;
}

/// <summary>Two regions, three municipalities, six schools, and in each school one subject for each way to stand to it.</summary>
internal sealed class World
{
    public Territory Country { get; } = new("Россия", null);
    public Territory RegionOne { get; }
    public Territory RegionTwo { get; }
    public IReadOnlyList<School> Schools { get; }
    public IReadOnlyList<Subject> Subjects { get; }
    public IReadOnlyList<Territory> Territories { get; }

    /// <summary>Likely doubles: Anna and Boris of each school, and the Annas of every two schools.</summary>
    public IReadOnlyList<(School One, School Other, Guid Left, Guid Right)> Doubles =>
    [
        .. from one in Schools from other in Schools
           where Schools.ToList().IndexOf(one) <= Schools.ToList().IndexOf(other)
           let first = one.Anna.Id
           let second = one == other ? one.Boris.Id : other.Anna.Id
           // As the database orders ids. The sides of the schools may trade places with them: both are asked alike.
           let isOrdered = string.CompareOrdinal(first.ToString(), second.ToString()) < 0
           select (one, other, isOrdered ? first : second, isOrdered ? second : first),
    ];

    /// <summary>Moved this year from the first school, where marks of algebra stay, to 7В of the second.</summary>
    public Learner Gleb { get; }
    public School Left => Schools[0];
    public School Entered => Schools[1];

    public World()
    {
        RegionOne = new("Первая область", Country);
        RegionTwo = new("Вторая область", Country);
        Territory one = new("Первый округ", RegionOne), two = new("Второй округ", RegionOne), three = new("Третий округ", RegionTwo);
        Territories = [Country, RegionOne, RegionTwo, one, two, three];
        Schools = [new("Школа 1", one), new("Школа 2", one), new("Школа 3", two), new("Школа 4", three), new("Школа 5", two), new("Школа 6", three)];
        Gleb = new("Глеб") { Left = Schools[0].Algebra };
        Subjects = [.. Schools.SelectMany(school => SubjectsOf(school).Select(subject => subject with { Name = $"{school.Name}: {subject.Name}" })), MotherOfTwoSchools(), .. AroundGleb(), .. Coordinators(one, two, three)];
    }

    private static IEnumerable<Subject> SubjectsOf(School school)
    {
        yield return new("Анна сама", Roles.Learner, school) { Self = school.Anna };
        yield return new("Борис сам", Roles.Learner, school) { Self = school.Boris };
        yield return new("Вера сама", Roles.Learner, school) { Self = school.Vera };
        yield return new("мать Анны", Roles.Guardian) { Children = [school.Anna] };
        yield return new("мать Анны и Веры", Roles.Guardian) { Children = [school.Anna, school.Vera] };
        yield return new("отец Анны под запретом суда", Roles.Guardian) { Children = [school.Anna], IsBarred = true };
        yield return new("бывший опекун Анны", Roles.Guardian) { Children = [school.Anna], IsFormer = true };
        yield return new("будущий опекун Анны", Roles.Guardian) { Children = [school.Anna], IsFuture = true };
        yield return new("алгебра 7А", Roles.Teacher, school) { Teaches = [school.Algebra] };
        yield return new("физика 7А и алгебра 7Б", Roles.Teacher, school) { Teaches = [school.Physics, school.AlgebraB] };
        yield return new("английский, 1-я подгруппа", Roles.Teacher, school) { Teaches = [school.EnglishOne] };
        yield return new("классный 7А без уроков", Roles.Teacher, school) { Leads = school.ClassA };
        yield return new("классный 7Б, физика 7А", Roles.Teacher, school) { Teaches = [school.Physics], Leads = school.ClassB };
        yield return new("учитель без нагрузки", Roles.Teacher, school);
        yield return new("бывший учитель алгебры", Roles.Teacher, school) { Teaches = [school.Algebra], IsFormer = true };
        yield return new("завуч", Roles.Deputy, school);
        yield return new("бывший завуч", Roles.Deputy, school) { IsFormer = true };
        yield return new("директор", Roles.Head, school);
        yield return new("будущий директор", Roles.Head, school) { IsFuture = true };
        yield return new("администратор", Roles.SchoolAdministrator, school);
        yield return new("бывший администратор", Roles.SchoolAdministrator, school) { IsFormer = true };
        yield return new("бывший классный 7А", Roles.Teacher, school) { Leads = school.ClassA, IsFormer = true };
        yield return new("опекун Анны и Бориса под запретом суда", Roles.Guardian) { Children = [school.Anna, school.Boris], IsBarred = true };
        yield return new("психолог", Roles.Psychologist, school);
        yield return new("техник", Roles.Technician, school);
    }

    // Children of one mother in two schools, the second in another region.
    private Subject MotherOfTwoSchools() => new("мать двух школ", Roles.Guardian) { Children = [Schools[0].Boris, Schools[3].Vera] };

    private IEnumerable<Subject> AroundGleb()
    {
        yield return new("Глеб, перешедший во вторую школу", Roles.Learner, Entered) { Self = Gleb };
        yield return new("мать Глеба", Roles.Guardian) { Children = [Gleb] };
        yield return new("классный 7В второй школы", Roles.Teacher, Entered) { Leads = Entered.ClassV };
        yield return new("завуч второй школы", Roles.Deputy, Entered);
    }

    private IEnumerable<Subject> Coordinators(Territory one, Territory two, Territory three)
    {
        yield return new("координатор первого округа", Roles.MunicipalCoordinator) { Territory = one };
        yield return new("координатор второго округа", Roles.MunicipalCoordinator) { Territory = two };
        yield return new("координатор третьего округа", Roles.MunicipalCoordinator) { Territory = three };
        yield return new("бывший координатор первого округа", Roles.MunicipalCoordinator) { Territory = one, IsFormer = true };
        yield return new("координатор первой области", Roles.RegionalCoordinator) { Territory = RegionOne };
        yield return new("координатор второй области", Roles.RegionalCoordinator) { Territory = RegionTwo };
        yield return new("оператор", Roles.Operator) { Territory = Country };
    }
}
