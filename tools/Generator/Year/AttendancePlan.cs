using MySchool.Generator.People;

namespace MySchool.Generator.Year;

/// <summary>Who is away when: illnesses of several days, single days by a note, single lessons, being late.</summary>
internal sealed class AttendancePlan
{
    private const double IllnessADay = 0.006;
    private const double NoteADay = 0.005;
    private readonly Dictionary<(Guid Person, DateOnly Day), string> away = [];
    private readonly Dice dice;

    public AttendancePlan(School school, Calendar calendar, DateOnly today, Dice dice)
    {
        this.dice = dice;
        var days = calendar.SchoolDays.TakeWhile(d => d <= today).ToArray();
        foreach (var pupil in school.Pupils) Plan(pupil, days);
    }

    /// <summary>The code for a pupil at a lesson, or null when present in time.</summary>
    public string? CodeOf(Pupil pupil, Lesson lesson)
    {
        if (away.TryGetValue((pupil.Person.Id, lesson.Date), out var code)) return code;
        var chance = dice.Share();
        return chance switch
        {
            < 0.004 => "Н",
            < 0.0055 => "НП",
            < 0.008 when lesson.Number == 1 => "ОП",
            < 0.0065 => "ОП",
            _ => null,
        };
    }

    private void Plan(Pupil pupil, DateOnly[] days)
    {
        // The weaker ones miss a little more.
        var factor = Math.Clamp(1 - 0.25 * pupil.Ability, 0.5, 2);
        for (var i = 0; i < days.Length; i++)
        {
            if (dice.Chance(IllnessADay * factor))
            {
                for (var length = dice.Between(2, 7); length > 0 && i < days.Length; length--, i++) away[(pupil.Person.Id, days[i])] = "Б";
            }
            else if (dice.Chance(NoteADay * factor))
            {
                away[(pupil.Person.Id, days[i])] = dice.Chance(0.8) ? "У" : "Н";
            }
        }
    }
}
