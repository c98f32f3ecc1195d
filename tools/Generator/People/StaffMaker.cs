using MySchool.Generator.Curriculum;
using MySchool.Generator.Places;

namespace MySchool.Generator.People;

/// <summary>Hires the people of a school.</summary>
internal sealed class StaffMaker(PersonMaker maker, int schoolYear)
{
    private static readonly Dictionary<Specialty, string> Positions = new()
    {
        [Specialty.Primary] = "Учитель начальных классов",
        [Specialty.Mathematics] = "Учитель математики",
        [Specialty.Russian] = "Учитель русского языка и литературы",
        [Specialty.Foreign] = "Учитель английского языка",
        [Specialty.History] = "Учитель истории и обществознания",
        [Specialty.Physics] = "Учитель физики",
        [Specialty.Chemistry] = "Учитель химии",
        [Specialty.Biology] = "Учитель биологии",
        [Specialty.Geography] = "Учитель географии",
        [Specialty.Informatics] = "Учитель информатики",
        [Specialty.Music] = "Учитель музыки",
        [Specialty.Art] = "Учитель изобразительного искусства",
        [Specialty.Labour] = "Учитель труда (технологии)",
        [Specialty.Sport] = "Учитель физической культуры",
    };

    /// <summary>Director, deputies and those who keep the school running; demo persons take their places first.</summary>
    public void HireOffice(School school, Dice dice, IReadOnlyDictionary<string, Person> cast)
    {
        Hire(school, cast.GetValueOrDefault("head") ?? Adult(school, dice, 40, 62, 0.3), "head", "Директор");
        string[] duties = ["Заместитель директора по учебной работе", "Заместитель директора по воспитательной работе", "Заместитель директора по научно-методической работе"];
        for (var i = 0; i < Math.Clamp(school.Plan.Parallels, 1, 3); i++)
            Hire(school, (i == 0 ? cast.GetValueOrDefault("deputy") : null) ?? Adult(school, dice, 35, 60, 0.1), "deputy", duties[i]);
        Hire(school, cast.GetValueOrDefault("school-administrator") ?? Adult(school, dice, 28, 50, 0.3), "school-administrator", "Администратор образовательной организации");
        Hire(school, cast.GetValueOrDefault("psychologist") ?? Adult(school, dice, 26, 55, 0.05), "psychologist", "Педагог-психолог");
        Hire(school, cast.GetValueOrDefault("technician") ?? Adult(school, dice, 23, 50, 0.9), "technician", "Технический специалист");
    }

    /// <summary>A teacher; <paramref name="person"/> is null for an invented one.</summary>
    public Teacher HireTeacher(School school, Dice dice, Specialty specialty, Person? person = null)
    {
        var hired = person ?? Adult(school, dice, 24, 66, specialty is Specialty.Sport or Specialty.Labour ? 0.55 : 0.08);
        var number = school.Teachers.Count;
        var room = specialty == Specialty.Sport ? "спортзал" : $"{1 + number / 16}{1 + number % 16:00}";
        var teacher = new Teacher(hired, specialty, room);
        school.Teachers.Add(teacher);
        Hire(school, hired, "teacher", Positions[specialty]);
        return teacher;
    }

    /// <summary>Someone of a municipality's, region's or country's office.</summary>
    public Membership Appoint(IdSource ids, Dice dice, Organisation unit, string role, string position, Person? person = null) =>
        new(ids.Next(), unit, person ?? maker.Adult(ids, dice, dice.Chance(0.3), 30, 58), role, position, new DateOnly(schoolYear - dice.Between(0, 6), 9, 1));

    private Person Adult(School school, Dice dice, int minAge, int maxAge, double maleShare) =>
        maker.Adult(school.Ids, dice, dice.Chance(maleShare), minAge, maxAge);

    private void Hire(School school, Person person, string role, string position)
    {
        school.NewPeople.Add(person);
        var age = schoolYear - person.Birth.Year;
        var since = new DateOnly(schoolYear - Math.Min(age - 22, school.Memberships.Count * 7 % 25), 9, 1);
        school.Memberships.Add(new Membership(school.Ids.Next(), school.Plan.Place, person, role, position, since));
    }
}
