using MySchool.Generator.Names;

namespace MySchool.Generator.People;

/// <summary>Parents whose further child goes to the next school of the town.</summary>
internal sealed record FamilyTie(string Surname, string FatherName, IReadOnlyList<(Person Person, string Kinship)> Guardians, int Grade);

/// <summary>Fills the seats of a school with families of one to four children.</summary>
internal sealed class Families(PersonMaker maker)
{
    private const double OtherSchool = 0.12;
    private readonly List<FamilyTie> waiting = [];

    /// <summary>Seats children sent here by families of the previous school, then new families until every seat is taken.</summary>
    public void Settle(School school, Dice dice)
    {
        foreach (var tie in waiting) SeatChild(school, dice, tie);
        waiting.Clear();

        var open = new List<SchoolClass>(school.Classes.Where(c => c.HasSeat));
        while (open.Count > 0)
        {
            var first = dice.Pick(open);
            if (!first.HasSeat)
            {
                open.Remove(first);
                continue;
            }
            MakeFamily(school, dice, first);
        }
        foreach (var schoolClass in school.Classes)
            schoolClass.Pupils.Sort((a, b) => string.Compare(a.Person.FullName, b.Person.FullName, StringComparison.Ordinal));
    }

    /// <summary>Nobody goes to school in another town.</summary>
    public void LeaveTown() => waiting.Clear();

    public static Pupil Seat(School school, Dice dice, Person child, SchoolClass schoolClass)
    {
        var pupil = new Pupil(child, schoolClass, school.Ids.Next(), dice.Normal());
        schoolClass.Pupils.Add(pupil);
        school.NewPeople.Add(child);
        return pupil;
    }

    private void MakeFamily(School school, Dice dice, SchoolClass first)
    {
        var surname = dice.Pick(Surnames.Masculine);
        var grades = GradesOf(dice, first.Grade);
        var oldest = grades.Max();
        var father = maker.Adult(school.Ids, dice, isMale: true, 6 + oldest + 23, 6 + oldest + 38, surname);
        var mother = maker.Adult(school.Ids, dice, isMale: false, 6 + oldest + 20, 6 + oldest + 34, dice.Chance(0.88) ? surname : null);
        (Person, string)[] guardians = dice.Below(100) switch
        {
            < 20 => [(mother, "mother")],
            < 22 => [(father, "father")],
            _ => [(mother, "mother"), (father, "father")],
        };
        school.NewPeople.AddRange(guardians.Select(g => g.Item1));

        foreach (var grade in grades)
        {
            var tie = new FamilyTie(surname, father.First, guardians, grade);
            if (grade != first.Grade && dice.Chance(OtherSchool)) waiting.Add(tie);
            else SeatChild(school, dice, tie);
        }
    }

    // The eldest's grade is given; brothers and sisters are up to ten years apart, now and then twins.
    private static List<int> GradesOf(Dice dice, int firstGrade)
    {
        var count = dice.Below(100) switch { < 52 => 1, < 86 => 2, < 97 => 3, _ => 4 };
        var grades = new List<int> { firstGrade };
        for (var i = 1; i < count; i++)
        {
            var grade = dice.Chance(0.02) ? firstGrade : dice.Between(firstGrade - 7, firstGrade + 7);
            // Outside 1–11 they are too small or grown up; the family still is one of several children.
            if (grade is >= 1 and <= 11 && (grade == firstGrade || !grades.Contains(grade))) grades.Add(grade);
        }
        return grades;
    }

    private void SeatChild(School school, Dice dice, FamilyTie tie)
    {
        var seat = school.Classes.Where(c => c.Grade == tie.Grade && c.HasSeat).OrderBy(_ => dice.Next()).FirstOrDefault();
        if (seat is null) return;
        var child = maker.Child(school.Ids, dice, tie.Surname, tie.FatherName, tie.Grade);
        Seat(school, dice, child, seat);
        foreach (var (guardian, kinship) in tie.Guardians) school.Guardianships.Add(new Guardianship(child, guardian, kinship));
    }
}
