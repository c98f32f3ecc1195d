using MySchool.Generator.Curriculum;
using MySchool.Generator.People;
using MySchool.Generator.Timetable;

namespace MySchool.Generator.Year;

/// <summary>Lays the weekly pattern over the calendar and lives the year up to today: marks, absences, homework.</summary>
public sealed class YearMaker
{
    private const int MorningLessons = 2;
    private static readonly int[] ShortWorks = [3, 5, 6];
    private static readonly string[] Praise = ["Отличная работа", "Молодец, растёшь", "Хороший ответ у доски", "Самостоятельно и аккуратно"];
    private static readonly string[] Advice = ["Повторить правило", "Вычислительные ошибки", "Подойди на консультацию", "Не сдана тетрадь вовремя"];
    private readonly School school;
    private readonly Calendar calendar;
    private readonly DateOnly today;
    private readonly Dice dice;
    private readonly AttendancePlan attendance;

    private YearMaker(School school, Calendar calendar, DateOnly today, Dice dice)
    {
        this.school = school;
        this.calendar = calendar;
        this.today = today;
        this.dice = dice;
        attendance = new AttendancePlan(school, calendar, today, dice);
    }

    /// <summary>Makes a school's year.</summary>
    /// <param name="school">The school.</param>
    /// <param name="calendar">Terms and days.</param>
    /// <param name="today">Marks are there up to yesterday, and for this day's first lessons.</param>
    /// <param name="seed">Seed of the region.</param>
    public static SchoolYear Make(School school, Calendar calendar, DateOnly today, int seed)
    {
        ArgumentNullException.ThrowIfNull(school);
        ArgumentNullException.ThrowIfNull(calendar);
        return new YearMaker(school, calendar, today, Dice.For(seed, "year", school.Plan.Number)).Make();
    }

    /// <summary>Whether a group learns by a plan: then today's lesson too has no topic of its own yet.</summary>
    public static bool IsPlanned(TeachingGroup group)
    {
        ArgumentNullException.ThrowIfNull(group);
        return group.Subject.Code is "algebra" or "geometry" or "physics" && group.Class.Grade is >= 7 and <= 9;
    }

    private SchoolYear Make()
    {
        var year = new SchoolYear { Lessons = LayOut() };
        var next = NextDates(year.Lessons);
        for (var i = 0; i < year.Lessons.Count; i++)
        {
            var lesson = year.Lessons[i];
            if (lesson.Date > today) break;
            if (lesson.Date < today || lesson.Number <= MorningLessons) Live(year, lesson);
            if (lesson.Group.Class.Grade > 1 && next[i] is { } due && dice.Chance(0.72)
                && Topics.HomeworkOf(lesson.Group.Subject, dice) is { } text)
                year.Homework.Add(new Homework(school.Ids.Next(), lesson, due, text));
        }
        return year;
    }

    private List<Lesson> LayOut()
    {
        var isTwoShift = school.Plan.HasTwoShifts;
        var byWeekday = school.Week.ToLookup(w => w.Weekday);
        var perYear = school.Week.GroupBy(w => w.Group)
            .ToDictionary(g => g.Key, g => g.Sum(w => calendar.SchoolDays.Count(d => (int)d.DayOfWeek == w.Weekday)));
        var given = new Dictionary<TeachingGroup, int>();
        var lessons = new List<Lesson>(school.Week.Count * 36);
        foreach (var day in calendar.SchoolDays)
        foreach (var pattern in byWeekday[(int)day.DayOfWeek].OrderBy(w => w.Group.Class.Shift).ThenBy(w => w.Number))
        {
            var group = pattern.Group;
            if (!calendar.IsSchoolDay(day, group.Class.Grade)) continue;
            var (starts, ends) = Bells.Of(isTwoShift, group.Class.Shift, pattern.Number);
            var index = given.GetValueOrDefault(group);
            given[group] = index + 1;
            lessons.Add(new Lesson(school.Ids.Next(), group, day, pattern.Number, starts, ends, pattern.Room,
                day > today || day == today && IsPlanned(group) ? "" : Topics.Of(group.Subject, index, perYear[group]), WorkOf(group, index, day)));
        }
        return lessons;
    }

    // A control work every twelfth lesson, a shorter one every fifth; none in the first week.
    private int WorkOf(TeachingGroup group, int index, DateOnly day)
    {
        if (group.Class.Grade == 1 || day < calendar.Starts.AddDays(7) || group.Subject.MarkRate == 0) return 1;
        var place = index + group.Subject.Number;
        if (group.Hours > 1 && place % 12 == 11) return group.Subject.Specialty is Specialty.Sport or Specialty.Art or Specialty.Labour ? 7 : 4;
        return place % 5 == 4 ? ShortWorks[place / 5 % ShortWorks.Length] : 1;
    }

    // The same group's next lesson after each one: homework is due then.
    private static DateOnly?[] NextDates(IReadOnlyList<Lesson> lessons)
    {
        var next = new DateOnly?[lessons.Count];
        var ahead = new Dictionary<TeachingGroup, DateOnly>();
        for (var i = lessons.Count - 1; i >= 0; i--)
        {
            if (ahead.TryGetValue(lessons[i].Group, out var date) && date > lessons[i].Date) next[i] = date;
            ahead[lessons[i].Group] = lessons[i].Date;
        }
        return next;
    }

    private void Live(SchoolYear year, Lesson lesson)
    {
        foreach (var pupil in lesson.Group.Pupils)
        {
            var code = attendance.CodeOf(pupil, lesson);
            if (code is not null) year.Absences.Add(new Absence(lesson, pupil, code));
            if ((code is null or "ОП") && lesson.Group.Class.Grade > 1) GiveMark(year, lesson, pupil);
        }
    }

    private void GiveMark(SchoolYear year, Lesson lesson, Pupil pupil)
    {
        var subject = lesson.Group.Subject;
        var rate = lesson.WorkType switch { 1 => subject.MarkRate * 0.72, 4 or 7 => 0.97, _ => 0.85 };
        if (!dice.Chance(rate)) return;

        var workType = lesson.WorkType == 1 && dice.Chance(0.3) ? 2 : lesson.WorkType;
        var value = ValueOf(subject, pupil, lesson.WorkType == 1 ? 0 : -0.15);
        var corrected = value < 5 && dice.Chance(0.015) ? value : 0;
        if (corrected > 0) value++;
        var comment = dice.Chance(0.01) ? dice.Pick(value >= 4 ? Praise : Advice) : null;
        year.Marks.Add(new Mark(lesson, pupil, value, workType, corrected, comment));
    }

    private int ValueOf(Subject subject, Pupil pupil, double shift)
    {
        // Everybody has better and worse subjects: a fixed leaning of the pupil, from the id, takes no memory.
        var leaning = ((pupil.EnrolmentId.GetHashCode() ^ subject.Number * 40503) & 0xFF) / 255.0 - 0.5;
        var score = 4.05 + subject.Ease + shift + 0.5 * pupil.Ability + 0.6 * leaning + 0.55 * dice.Normal();
        return Math.Clamp((int)Math.Round(score), 2, 5);
    }
}
