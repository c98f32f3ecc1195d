using MySchool.Generator.Places;
using MySchool.Generator.Timetable;
using MySchool.Generator.Year;

namespace MySchool.Generator.People;

/// <summary>
/// Everybody in the region, school by school: a school is whole when it is handed out, and nothing of it is kept here
/// afterwards, so memory does not grow with the region. Schools come in order, because families spread over neighbours.
/// </summary>
public sealed class Population
{
    private const string Letters = "АБВГДЕ";
    private readonly int seed;
    private readonly RegionPlan region;
    private readonly Calendar calendar;
    private readonly PersonMaker maker;
    private readonly StaffMaker staff;
    private readonly Families families;
    private readonly DemoCast cast;

    /// <summary>Prepares the cast and the offices above schools.</summary>
    public Population(RegionPlan region, int seed, Calendar calendar)
    {
        ArgumentNullException.ThrowIfNull(region);
        ArgumentNullException.ThrowIfNull(calendar);
        this.region = region;
        this.seed = seed;
        this.calendar = calendar;
        maker = new PersonMaker(calendar.StartYear);
        staff = new StaffMaker(maker, calendar.StartYear);
        families = new Families(maker);
        cast = new DemoCast(maker, new IdSource(Dice.For(seed, "cast-ids", 0), Calendar.Founded));
        Offices = MakeOffices();
    }

    /// <summary>Coordinators and operators.</summary>
    public IReadOnlyList<Membership> Offices { get; }

    /// <summary>People to sign in as; complete after the last school was made.</summary>
    public IReadOnlyList<DemoPerson> Demo => cast.People;

    /// <summary>Known to ЕСИА, unknown to the registry.</summary>
    public Person Stranger => cast.Stranger;

    /// <summary>Makes the schools one after another. May be walked through once.</summary>
    public IEnumerable<School> MakeSchools()
    {
        Organisation? town = null;
        foreach (var plan in region.Schools)
        {
            // The cast's second school takes their third child wherever it stands.
            if (plan.Place.Parent != town && plan.Number > 1) families.LeaveTown();
            town = plan.Place.Parent;
            yield return MakeSchool(plan);
        }
        cast.IntroduceOffices(region);
    }

    private School MakeSchool(SchoolPlan plan)
    {
        var dice = Dice.For(seed, "school", plan.Number);
        var school = new School(plan, new IdSource(Dice.For(seed, "school-ids", plan.Number), Calendar.Founded.AddMinutes(plan.Number + 1)));
        OpenClasses(school, dice);
        cast.SeatChildren(school, dice);
        families.Settle(school, dice);
        staff.HireOffice(school, dice, plan.Number == 0 ? cast.Office : new Dictionary<string, Person>());
        if (plan.Number == 0)
        {
            staff.HireTeacher(school, dice, Curriculum.Specialty.Mathematics, cast.Sokolova);
            staff.HireTeacher(school, dice, Curriculum.Specialty.Russian, cast.Morozova);
        }
        new TeachingLoad(school, dice, staff).Distribute();
        WeekMaker.Compose(school, dice, staff);
        return school;
    }

    private static void OpenClasses(School school, Dice dice)
    {
        var plan = school.Plan;
        for (var grade = 1; grade <= 11; grade++)
        {
            var shift = plan.HasTwoShifts && grade is >= 2 and <= 4 ? 2 : 1;
            for (var i = 0; i < (grade <= 9 ? plan.Parallels : plan.SeniorParallels); i++)
            {
                var spread = plan.ClassSize >= 20 ? 3 : 0;
                var seats = Math.Min(30, plan.ClassSize + dice.Between(-spread, spread));
                school.Classes.Add(new SchoolClass(school.Ids.Next(), grade, Letters[i].ToString(), shift, seats));
            }
        }
    }

    private List<Membership> MakeOffices()
    {
        var dice = Dice.For(seed, "offices", 0);
        var ids = new IdSource(Dice.For(seed, "offices-ids", 0), Calendar.Founded.AddSeconds(1));
        var offices = new List<Membership>
        {
            staff.Appoint(ids, dice, region.Municipalities[0], "municipal-coordinator", "Специалист управления образования", cast.MunicipalCoordinator),
            staff.Appoint(ids, dice, region.Region, "regional-coordinator", "Специалист министерства образования", cast.RegionalCoordinator),
            staff.Appoint(ids, dice, region.Country, "operator", "Оператор платформы", cast.Operator),
        };
        foreach (var municipality in region.Municipalities.Skip(1))
            offices.Add(staff.Appoint(ids, dice, municipality, "municipal-coordinator", "Специалист управления образования"));
        return offices;
    }
}
