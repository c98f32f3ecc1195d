using CsCheck;
using MySchool.Generator;
using MySchool.Generator.Names;
using MySchool.Generator.People;
using MySchool.Generator.Places;
using MySchool.Generator.Year;
using Xunit;

namespace MySchool.System.Tests.Operations;

public sealed class GeneratorTests
{
    private static readonly DateOnly Today = new(2026, 11, 23);
    private static readonly Calendar Calendar = Calendar.Of(Today);
    private static readonly Lazy<IReadOnlyList<School>> Schools = new(() => Make(RegionSize.Small));

    [Fact]
    public void Same_seed_gives_the_same_people()
    {
        var (one, two) = (Make(RegionSize.Sample), Make(RegionSize.Sample));
        Assert.Equal(one.SelectMany(s => s.NewPeople), two.SelectMany(s => s.NewPeople));
        Assert.Equal(one.SelectMany(s => s.Week.Select(w => (w.Id, w.Weekday, w.Number))), two.SelectMany(s => s.Week.Select(w => (w.Id, w.Weekday, w.Number))));
    }

    [Fact]
    public void Ids_are_version_7_and_do_not_repeat()
    {
        var ids = Schools.Value.SelectMany(s => s.NewPeople.Select(p => p.Id).Concat(s.Week.Select(w => w.Id))).ToList();
        Assert.All(ids, id => Assert.Equal((7, 8), (id.Version, id.Variant & 0xC)));
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    [Fact]
    public void Snils_do_not_repeat_and_check_out()
    {
        var all = Schools.Value.SelectMany(s => s.NewPeople).Select(p => p.Snils).ToList();
        Assert.Equal(all.Count, all.Distinct().Count());
        Assert.All(all, snils => Assert.Equal(snils, CheckDigits.Snils(int.Parse(snils[..9], null))));
        Assert.Equal("112-233-445 95", CheckDigits.Dashed(CheckDigits.Snils(112_233_445)));
    }

    [Fact]
    public void No_class_and_no_teacher_is_in_two_places_at_once()
    {
        foreach (var school in Schools.Value)
        {
            var byTeacher = school.Week.GroupBy(w => (w.Group.Teacher, w.Group.Class.Shift, w.Weekday, w.Number));
            Assert.All(byTeacher, lessons => Assert.Single(lessons));
            var byClass = school.Week.GroupBy(w => (w.Group.Class, w.Weekday, w.Number));
            Assert.All(byClass, lessons => Assert.Single(lessons.Select(w => w.Group.Subject).Distinct()));
        }
    }

    [Fact]
    public void Class_has_no_windows_and_keeps_its_weekly_cap()
    {
        int[] caps = [21, 23, 23, 23, 29, 30, 32, 33, 33, 34, 34];
        foreach (var schoolClass in Schools.Value.SelectMany(s => s.Classes.Select(c => (School: s, Class: c))))
        {
            var slots = schoolClass.School.Week.Where(w => w.Group.Class == schoolClass.Class).Select(w => (w.Weekday, w.Number)).Distinct().ToList();
            Assert.Equal(caps[schoolClass.Class.Grade - 1], slots.Count);
            Assert.All(slots.GroupBy(s => s.Weekday), day => Assert.Equal(day.Count(), day.Max(s => s.Number)));
        }
    }

    [Fact]
    public void Brothers_and_sisters_learn_in_different_classes_and_some_in_different_schools()
    {
        var seats = Schools.Value.SelectMany(s => s.Pupils.Select(p => (p.Person.Id, School: s, p.Class))).ToDictionary(p => p.Id);
        var families = Schools.Value.SelectMany(s => s.Guardianships).Where(g => g.Kinship == "mother").GroupBy(g => g.Guardian).Where(g => g.Count() > 1).ToList();
        Assert.NotEmpty(families);
        Assert.Contains(families, f => f.Select(g => seats[g.Learner.Id].School).Distinct().Count() > 1);
        Assert.Contains(families, f => f.Select(g => seats[g.Learner.Id].Class).Distinct().Count() == f.Count());
    }

    [Fact]
    public void Marks_are_plausible()
    {
        var school = Schools.Value[0];
        var year = YearMaker.Make(school, Calendar, Today, 2026);
        var share = Enumerable.Range(2, 4).ToDictionary(v => v, v => year.Marks.Count(m => m.Value == v) / (double)year.Marks.Count);
        Assert.InRange(share[4], 0.35, 0.55);
        Assert.InRange(share[5], 0.20, 0.45);
        Assert.InRange(share[2], 0.005, 0.06);
        Assert.DoesNotContain(year.Marks, m => m.Lesson.Group.Class.Grade == 1);
        Assert.DoesNotContain(year.Homework, h => h.Lesson.Group.Class.Grade == 1 || h.Due <= h.Lesson.Date);
        Assert.InRange(year.Marks.Count / (double)school.Pupils.Count(), 80, 140);
    }

    [Fact]
    public void Away_pupils_get_no_marks()
    {
        var year = YearMaker.Make(Schools.Value[0], Calendar, Today, 2026);
        var away = year.Absences.Where(a => a.Code != "ОП").Select(a => (a.Lesson.Id, a.Pupil.Person.Id)).ToHashSet();
        Assert.DoesNotContain(year.Marks, m => away.Contains((m.Lesson.Id, m.Pupil.Person.Id)));
    }

    [Theory]
    [InlineData("Сергей", "Сергеевич", "Сергеевна")]
    [InlineData("Дмитрий", "Дмитриевич", "Дмитриевна")]
    [InlineData("Юрий", "Юрьевич", "Юрьевна")]
    [InlineData("Игорь", "Игоревич", "Игоревна")]
    [InlineData("Илья", "Ильич", "Ильинична")]
    [InlineData("Павел", "Павлович", "Павловна")]
    [InlineData("Николай", "Николаевич", "Николаевна")]
    [InlineData("Иван", "Иванович", "Ивановна")]
    public void Patronymic_follows_the_father(string father, string son, string daughter)
    {
        Assert.Equal(son, Patronymics.Of(father, isMale: true));
        Assert.Equal(daughter, Patronymics.Of(father, isMale: false));
    }

    [Theory]
    [InlineData("Бельский", "Бельская")]
    [InlineData("Зимин", "Зимина")]
    [InlineData("Соловьёв", "Соловьёва")]
    [InlineData("Бондаренко", "Бондаренко")]
    [InlineData("Короткий", "Короткая")]
    public void Surname_agrees_in_gender(string his, string her) => Assert.Equal(her, Surnames.Feminine(his));

    [Fact]
    public void Dice_stay_in_their_limits() =>
        Gen.Select(Gen.ULong, Gen.Int[1, 1000]).Sample((seed, limit) => new Dice(seed).Below(limit) is var n && n >= 0 && n < limit);

    [Fact]
    public void Control_of_inn_and_ogrn_is_right()
    {
        Assert.Equal("7707083893", CheckDigits.Inn(770_708_389));
        Assert.Equal("1027700132195", CheckDigits.Ogrn(102_770_013_219));
    }

    private static List<School> Make(RegionSize size) => [.. new Population(RegionPlan.Create(size, 2026), 2026, Calendar).MakeSchools()];
}
