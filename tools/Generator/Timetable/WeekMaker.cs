using MySchool.Generator.Curriculum;
using MySchool.Generator.People;

namespace MySchool.Generator.Timetable;

/// <summary>
/// The weekly pattern: class by class, each lesson is matched to a slot in which its teachers are free (augmenting
/// paths), then lessons change places within the class until no day repeats a subject needlessly. When a teacher's week
/// has no room left, a colleague takes the group.
/// </summary>
internal sealed class WeekMaker
{
    private const int Days = 5;
    private const int LessonsADay = 8;
    private readonly School school;
    private readonly Dice dice;
    private readonly StaffMaker staff;

    private WeekMaker(School school, Dice dice, StaffMaker staff)
    {
        this.school = school;
        this.dice = dice;
        this.staff = staff;
    }

    /// <summary>Fills <see cref="School.Week"/>.</summary>
    public static void Compose(School school, Dice dice, StaffMaker staff)
    {
        var maker = new WeekMaker(school, dice, staff);
        // Classes with the fullest weeks choose first.
        foreach (var schoolClass in school.Classes.OrderByDescending(c => c.Grade).ThenBy(c => c.Letter, StringComparer.Ordinal))
            maker.ComposeClass(schoolClass);
    }

    private void ComposeClass(SchoolClass schoolClass)
    {
        var courses = school.Groups.Where(g => g.Class == schoolClass).GroupBy(g => g.Subject).Select(g => g.ToArray()).ToList();
        var slots = SlotsOf(schoolClass, courses.Sum(c => c[0].Hours));
        dice.Shuffle(courses);
        var lessons = courses.SelectMany(c => Enumerable.Repeat(c, c[0].Hours)).ToArray();

        var placed = Match(lessons, slots, out var homeless);
        for (var attempt = 0; placed is null; attempt++)
        {
            Replace(lessons[homeless], isFresh: attempt >= 3);
            placed = Match(lessons, slots, out homeless);
        }
        Improve(lessons, slots, placed);
        for (var i = 0; i < lessons.Length; i++) Write(lessons[i], slots[placed[i]]);
    }

    private static int[] SlotsOf(SchoolClass schoolClass, int hours)
    {
        var lengths = CurriculumPlans.DayLengths(hours);
        return [.. from day in Enumerable.Range(0, Days) from number in Enumerable.Range(0, lengths[day])
                   select ((schoolClass.Shift - 1) * Days + day) * LessonsADay + number];
    }

    private static bool IsFree(TeachingGroup[] course, int slot)
    {
        foreach (var group in course)
            if ((group.Teacher.Busy >> slot & 1) != 0) return false;
        return true;
    }

    // Kuhn's algorithm. Answers the slot of each lesson, or null and the lesson that found none.
    private int[]? Match(TeachingGroup[][] lessons, int[] slots, out int homeless)
    {
        var lessonAt = new int[slots.Length];
        Array.Fill(lessonAt, -1);
        var order = Enumerable.Range(0, slots.Length).ToArray();
        for (homeless = 0; homeless < lessons.Length; homeless++)
        {
            // Another order for each lesson spreads the hours of a subject over the week.
            dice.Shuffle(order);
            if (!TryPlace(lessons, slots, order, homeless, lessonAt, new bool[slots.Length])) return null;
        }
        var placed = new int[lessons.Length];
        for (var s = 0; s < lessonAt.Length; s++)
            if (lessonAt[s] >= 0) placed[lessonAt[s]] = s;
        return placed;
    }

    private static bool TryPlace(TeachingGroup[][] lessons, int[] slots, int[] order, int lesson, int[] lessonAt, bool[] seen)
    {
        foreach (var s in order)
        {
            if (seen[s] || !IsFree(lessons[lesson], slots[s])) continue;
            seen[s] = true;
            if (lessonAt[s] >= 0 && !TryPlace(lessons, slots, order, lessonAt[s], lessonAt, seen)) continue;
            lessonAt[s] = lesson;
            return true;
        }
        return false;
    }

    // Hands the groups of a course to colleagues with a freer week; at last a part-timer is hired.
    private void Replace(TeachingGroup[] course, bool isFresh)
    {
        var chosen = new HashSet<Teacher>(course.Select(g => g.Teacher));
        foreach (var group in course)
        {
            var specialty = TeachingLoad.SpecialtyOf(group);
            var colleague = isFresh ? null : school.Teachers
                .Where(t => t.Specialty == specialty && !chosen.Contains(t) && t.Load + group.Hours <= 30)
                .MinBy(t => (int)UInt128.PopCount(t.Busy));
            colleague ??= staff.HireTeacher(school, dice, specialty);
            chosen.Add(colleague);
            group.Teacher.Load -= group.Hours;
            colleague.Load += group.Hours;
            group.Teacher = colleague;
        }
    }

    private static void Improve(TeachingGroup[][] lessons, int[] slots, int[] placed)
    {
        for (var round = 0; round < 6; round++)
        {
            var isBetter = false;
            for (var a = 0; a < lessons.Length; a++)
            for (var b = a + 1; b < lessons.Length; b++)
            {
                if (lessons[a] == lessons[b] || !IsFree(lessons[a], slots[placed[b]]) || !IsFree(lessons[b], slots[placed[a]])) continue;
                var before = Penalty(lessons, slots, placed, a) + Penalty(lessons, slots, placed, b);
                (placed[a], placed[b]) = (placed[b], placed[a]);
                if (Penalty(lessons, slots, placed, a) + Penalty(lessons, slots, placed, b) < before) isBetter = true;
                else (placed[a], placed[b]) = (placed[b], placed[a]);
            }
            if (!isBetter) return;
        }
    }

    // The same subject twice a day, physical training or arts first, the hardest last.
    private static int Penalty(TeachingGroup[][] lessons, int[] slots, int[] placed, int lesson)
    {
        var slot = slots[placed[lesson]];
        var subject = lessons[lesson][0].Subject;
        var penalty = 0;
        for (var other = 0; other < lessons.Length; other++)
            if (other != lesson && lessons[other] == lessons[lesson] && slots[placed[other]] / LessonsADay == slot / LessonsADay)
                penalty += subject.Code == "labour" ? 0 : 10;
        var number = slot % LessonsADay;
        if (number == 0 && subject.Specialty is Specialty.Sport or Specialty.Music or Specialty.Art or Specialty.Labour) penalty += 3;
        if (number >= 5 && subject.Specialty is Specialty.Mathematics or Specialty.Physics or Specialty.Russian) penalty += 2;
        return penalty;
    }

    private void Write(TeachingGroup[] course, int slot)
    {
        foreach (var group in course)
        {
            group.Teacher.Busy |= UInt128.One << slot;
            school.Week.Add(new WeeklyLesson(
                school.Ids.Next(), group, 1 + slot / LessonsADay % Days, 1 + slot % LessonsADay, group.Teacher.Room));
        }
    }
}
