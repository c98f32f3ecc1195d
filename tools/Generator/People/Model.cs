using MySchool.Generator.Curriculum;
using MySchool.Generator.Places;

namespace MySchool.Generator.People;

/// <summary>An invented person.</summary>
public sealed record Person(Guid Id, string Last, string First, string Middle, DateOnly Birth, bool IsMale, string Snils)
{
    /// <summary>Фамилия Имя Отчество.</summary>
    public string FullName => $"{Last} {First} {Middle}";
}

/// <summary>A role of a person in an organisation.</summary>
public sealed record Membership(Guid Id, Organisation Unit, Person Person, string Role, string Position, DateOnly Since);

/// <summary>Parent and child.</summary>
public sealed record Guardianship(Person Learner, Person Guardian, string Kinship, string? Restriction = null);

/// <summary>A learner in a class.</summary>
public sealed class Pupil(Person person, SchoolClass schoolClass, Guid enrolmentId, double ability)
{
    public Person Person => person;

    public SchoolClass Class => schoolClass;

    public Guid EnrolmentId => enrolmentId;

    /// <summary>Standard normal: +1 is a strong pupil.</summary>
    public double Ability => ability;
}

/// <summary>A class of the year.</summary>
public sealed class SchoolClass(Guid id, int grade, string letter, int shift, int seats)
{
    public Guid Id => id;

    public int Grade => grade;

    public string Letter => letter;

    public int Shift => shift;

    public int Seats => seats;

    /// <summary>«7Б».</summary>
    public string Name => $"{grade}{letter}";

    public bool HasSeat => Pupils.Count < seats;

    public List<Pupil> Pupils { get; } = [];

    public Teacher? Leader { get; set; }

    public Guid LeadershipId { get; set; }
}

/// <summary>A teacher with a load and the hours already taken.</summary>
public sealed class Teacher(Person person, Specialty specialty, string room)
{
    public Person Person => person;

    public Specialty Specialty => specialty;

    public string Room => room;

    /// <summary>Weekly hours.</summary>
    public int Load { get; set; }

    /// <summary>A bit for each (shift, day, lesson) taken.</summary>
    public UInt128 Busy { get; set; }
}

/// <summary>A class at a subject (part 0) or a подгруппа of it (part 1, 2).</summary>
public sealed class TeachingGroup(Guid id, SchoolClass schoolClass, Subject subject, int part, int hours)
{
    public Guid Id => id;

    public Guid AssignmentId { get; init; }

    public SchoolClass Class => schoolClass;

    public Subject Subject => subject;

    public int Part => part;

    public int Hours => hours;

    public Teacher Teacher { get; set; } = null!;

    public List<Pupil> Pupils { get; } = [];

    /// <summary>«1-я подгруппа», or empty for the whole class.</summary>
    public string Name => part == 0 ? "" : $"{part}-я подгруппа";
}

/// <summary>A lesson of the weekly pattern.</summary>
/// <param name="Id">Row id.</param>
/// <param name="Group">Who learns what.</param>
/// <param name="Weekday">1 is Monday.</param>
/// <param name="Number">Lesson of the day within the class's shift.</param>
/// <param name="Room">Room.</param>
public sealed record WeeklyLesson(Guid Id, TeachingGroup Group, int Weekday, int Number, string Room);

/// <summary>A whole school.</summary>
public sealed class School(SchoolPlan plan, IdSource ids)
{
    public SchoolPlan Plan => plan;

    public Guid Id => plan.Place.Id;

    /// <summary>Ids of this school's rows, in their order of making.</summary>
    public IdSource Ids => ids;

    /// <summary>People first met in this school: staff, pupils, parents.</summary>
    public List<Person> NewPeople { get; } = [];

    public List<SchoolClass> Classes { get; } = [];

    public List<Membership> Memberships { get; } = [];

    public List<Guardianship> Guardianships { get; } = [];

    public List<Teacher> Teachers { get; } = [];

    public List<TeachingGroup> Groups { get; } = [];

    public List<WeeklyLesson> Week { get; } = [];

    public IEnumerable<Pupil> Pupils => Classes.SelectMany(c => c.Pupils);
}
