using MySchool.Generator.Curriculum;
using MySchool.Generator.People;

namespace MySchool.Generator.Timetable;

/// <summary>Makes teaching groups from the curriculum and shares them out among teachers.</summary>
internal sealed class TeachingLoad(School school, Dice dice, StaffMaker staff)
{
    private const int MostHours = 25;
    private const int UsualHours = 21;

    public void Distribute()
    {
        foreach (var schoolClass in school.Classes) MakeGroups(schoolClass);
        AssignPrimary();
        foreach (var specialty in Enum.GetValues<Specialty>().Where(s => s != Specialty.Primary)) AssignSubject(specialty);
        ChooseLeaders();
    }

    private void MakeGroups(SchoolClass schoolClass)
    {
        foreach (var (subject, hours) in CurriculumPlans.For(schoolClass.Grade, schoolClass.Letter))
        {
            // In primary school the class is split for the foreign language alone.
            var isSplit = subject.IsSplit && schoolClass.Pupils.Count >= school.Plan.SplitFrom && (schoolClass.Grade >= 5 || subject.Code == "foreign");
            if (!isSplit)
            {
                Make(schoolClass, subject, 0, hours).Pupils.AddRange(schoolClass.Pupils);
                continue;
            }
            var half = (schoolClass.Pupils.Count + 1) / 2;
            Make(schoolClass, subject, 1, hours).Pupils.AddRange(schoolClass.Pupils.Take(half));
            Make(schoolClass, subject, 2, hours).Pupils.AddRange(schoolClass.Pupils.Skip(half));
        }
    }

    private TeachingGroup Make(SchoolClass schoolClass, Subject subject, int part, int hours)
    {
        var group = new TeachingGroup(school.Ids.Next(), schoolClass, subject, part, hours) { AssignmentId = school.Ids.Next() };
        school.Groups.Add(group);
        return group;
    }

    internal static Specialty SpecialtyOf(TeachingGroup group) => group.Class.Grade <= 4
        ? group.Subject.Specialty is Specialty.Foreign or Specialty.Music or Specialty.Sport ? group.Subject.Specialty : Specialty.Primary
        : group.Subject.Specialty == Specialty.Primary ? Specialty.Russian : group.Subject.Specialty;

    private void AssignPrimary()
    {
        foreach (var schoolClass in school.Classes.Where(c => c.Grade <= 4))
        {
            var teacher = staff.HireTeacher(school, dice, Specialty.Primary);
            foreach (var group in school.Groups.Where(g => g.Class == schoolClass && SpecialtyOf(g) == Specialty.Primary)) Give(group, teacher);
        }
    }

    private void AssignSubject(Specialty specialty)
    {
        // A teacher leads a class in all subjects of the specialty: algebra with geometry, history with society.
        var bundles = school.Groups.Where(g => SpecialtyOf(g) == specialty)
            .GroupBy(g => (g.Class, g.Part)).Select(b => b.ToList())
            .OrderByDescending(IsCasts).ThenByDescending(b => b.Sum(g => g.Hours)).ToList();
        if (bundles.Count == 0) return;

        var total = bundles.Sum(b => b.Sum(g => g.Hours));
        var teachers = school.Teachers.Where(t => t.Specialty == specialty).ToList();
        // Two подгруппы learn at once: one teacher cannot take both.
        var least = bundles.Any(b => b[0].Part > 0) ? 2 : 1;
        while (teachers.Count < Math.Max(least, (total + UsualHours - 1) / UsualHours)) teachers.Add(staff.HireTeacher(school, dice, specialty));

        foreach (var bundle in bundles)
        {
            var hours = bundle.Sum(g => g.Hours);
            var taken = school.Groups.Where(g => g.Class == bundle[0].Class && g.Part > 0 && g.Teacher is not null && g.Subject == bundle[0].Subject).Select(g => g.Teacher).ToHashSet();
            var teacher = IsCasts(bundle)
                ? teachers[0]
                : teachers.Where(t => t.Load + hours <= MostHours && !taken.Contains(t)).MinBy(t => t.Load);
            if (teacher is null)
            {
                teacher = staff.HireTeacher(school, dice, specialty);
                teachers.Add(teacher);
            }
            foreach (var group in bundle) Give(group, teacher);
        }
    }

    // Demo teachers of mathematics and Russian meet in the demo class; they were hired first.
    private bool IsCasts(List<TeachingGroup> bundle) => school.Plan.Number == 0
        && bundle[0].Subject.Specialty is Specialty.Mathematics or Specialty.Russian
        && bundle[0].Class == DemoCast.ClassOf(school, 7);

    private void ChooseLeaders()
    {
        var leaders = new HashSet<Teacher>();
        foreach (var schoolClass in school.Classes.OrderByDescending(c => school.Plan.Number == 0 && c == DemoCast.ClassOf(school, 7)))
        {
            var byHours = school.Groups.Where(g => g.Class == schoolClass)
                .GroupBy(g => g.Teacher).OrderByDescending(g => IsDemoLeader(schoolClass, g.Key)).ThenByDescending(g => g.Sum(x => x.Hours));
            schoolClass.Leader = byHours.Select(g => g.Key).FirstOrDefault(t => !leaders.Contains(t)) ?? byHours.First().Key;
            schoolClass.LeadershipId = school.Ids.Next();
            leaders.Add(schoolClass.Leader);
        }
    }

    private bool IsDemoLeader(SchoolClass schoolClass, Teacher teacher) =>
        school.Plan.Number == 0 && schoolClass == DemoCast.ClassOf(school, 7) && teacher.Specialty == Specialty.Russian
        && teacher == school.Teachers.First(t => t.Specialty == Specialty.Russian);

    private static void Give(TeachingGroup group, Teacher teacher)
    {
        group.Teacher = teacher;
        teacher.Load += group.Hours;
    }
}
