using MySchool.Generator.Places;

namespace MySchool.Generator.People;

/// <summary>A person to sign in as.</summary>
/// <param name="Person">Who.</param>
/// <param name="Role">Role in words.</param>
/// <param name="Place">School or territory.</param>
/// <param name="Try">What is worth trying.</param>
public sealed record DemoPerson(Person Person, string Role, string Place, string Try);

/// <summary>The named people of every demo region, the same in each size; tests and screenshots rely on them.</summary>
internal sealed class DemoCast
{
    private readonly PersonMaker maker;
    private readonly IdSource ids;
    private readonly List<DemoPerson> people = [];

    public DemoCast(PersonMaker maker, IdSource ids)
    {
        this.maker = maker;
        this.ids = ids;
        Sokolova = Adult("Соколова", "Мария", "Петровна", 1984, false);
        Morozova = Adult("Морозова", "Елена", "Викторовна", 1986, false);
        Kuznetsova = Adult("Кузнецова", "Ольга", "Николаевна", 1985, false);
        Kuznetsov = Adult("Кузнецов", "Дмитрий", "Алексеевич", 1983, true);
        Turov = Adult("Туров", "Виталий", "Олегович", 1982, true);
        Office = new Dictionary<string, Person>
        {
            ["head"] = Adult("Воронецкий", "Андрей", "Михайлович", 1971, true),
            ["deputy"] = Adult("Лебединская", "Ирина", "Александровна", 1976, false),
            ["school-administrator"] = Adult("Зимовская", "Наталья", "Юрьевна", 1988, false),
            ["psychologist"] = Adult("Ясенева", "Анна", "Сергеевна", 1991, false),
            ["technician"] = Adult("Проводников", "Максим", "Игоревич", 1995, true),
        };
        MunicipalCoordinator = Adult("Беловежская", "Светлана", "Игоревна", 1979, false);
        RegionalCoordinator = Adult("Громовой", "Виктор", "Павлович", 1974, true);
        Operator = Adult("Тихонравов", "Алексей", "Романович", 1990, true);
        Stranger = Adult("Незнамов", "Павел", "Сергеевич", 1993, true);
    }

    public Person Sokolova { get; }

    public Person Morozova { get; }

    public Person Kuznetsova { get; }

    public Person Kuznetsov { get; }

    public Person Turov { get; }

    public Person MunicipalCoordinator { get; }

    public Person RegionalCoordinator { get; }

    public Person Operator { get; }

    /// <summary>Known to ЕСИА, unknown to the registry.</summary>
    public Person Stranger { get; }

    /// <summary>The office of the first school, by role.</summary>
    public IReadOnlyDictionary<string, Person> Office { get; }

    /// <summary>The people found so far, in the order of the console's table.</summary>
    public IReadOnlyList<DemoPerson> People => people;

    /// <summary>The class that the cast meets in: the first school's last of grade 7 up to «Б».</summary>
    public static SchoolClass ClassOf(School school, int grade) =>
        school.Classes.Last(c => c.Grade == grade && string.CompareOrdinal(c.Letter, "Б") <= 0);

    /// <summary>Children of the cast, before other families come.</summary>
    public void SeatChildren(School school, Dice dice)
    {
        if (school.Plan.Number == 0)
        {
            var pupil = SeatKuznetsov(school, dice, "Артём", true, 7);
            SeatKuznetsov(school, dice, "Софья", false, 3);
            school.NewPeople.Add(Kuznetsova);
            school.NewPeople.Add(Kuznetsov);
            var child = SeatChild(school, dice, "Турова", "Алиса", "Витальевна", false, 7);
            school.NewPeople.Add(Turov);
            school.Guardianships.Add(new Guardianship(child.Person, Turov, "father", "Ограничен в родительских правах решением суда"));
            var son = SeatChild(school, dice, "Морозов", "Иван", "Андреевич", true, 4);
            school.Guardianships.Add(new Guardianship(son.Person, Morozova, "mother"));
            Introduce(school, pupil);
        }
        else if (school.Plan.Number == 1)
        {
            var third = SeatKuznetsov(school, dice, "Матвей", true, 5);
            var place = people.FindIndex(p => p.Person == Kuznetsova);
            people[place] = people[place] with { Place = $"{people[place].Place}; {third.Class.Name}, {school.Plan.Place.ShortName}" };
        }
    }

    /// <summary>Those above schools.</summary>
    public void IntroduceOffices(RegionPlan region)
    {
        people.Add(new(MunicipalCoordinator, "Муниципальный координатор", region.Municipalities[0].ShortName, "Школы города в цифрах, без имён"));
        people.Add(new(RegionalCoordinator, "Региональный координатор", region.Region.ShortName, "Вся область в цифрах, без имён"));
        people.Add(new(Operator, "Оператор платформы", region.Country.ShortName, "Состояние системы; дневники закрыты"));
        people.Add(new(Stranger, "Незнакомец", "нет в реестре", "Первый вход: что делать, если вас ещё не внесли"));
    }

    private void Introduce(School school, Pupil pupil)
    {
        var name = school.Plan.Place.ShortName;
        var led = ClassOf(school, 7).Name;
        people.Add(new(Sokolova, "Учитель математики", name, $"Журнал {led}: оценки с клавиатуры, Н/Б/У, вставка столбца"));
        people.Add(new(Morozova, "Классный руководитель, мама", $"{led}, {name}", "Сводка своего класса; переключение роли на маму"));
        people.Add(new(Kuznetsova, "Мама троих детей", $"{led} и {ClassOf(school, 3).Name}, {name}", "Дневник: дети в двух школах на одном экране"));
        people.Add(new(pupil.Person, "Ученик", $"{led}, {name}", "Свой дневник, отметка «сделано» у домашнего задания"));
        people.Add(new(Turov, "Отец, ограничен судом", name, "Дневник ребёнка ему закрыт"));
        people.Add(new(Office["deputy"], "Завуч", name, "Журналы всей школы, только чтение"));
        people.Add(new(Office["head"], "Директор", name, "Школа сегодня"));
        people.Add(new(Office["school-administrator"], "Администратор школы", name, "Реестр школы, загрузка OneRoster"));
        people.Add(new(Office["psychologist"], "Педагог-психолог", name, "Списки классов без оценок"));
        people.Add(new(Office["technician"], "Технический специалист", name, "Настройки и состояние; данные людей закрыты"));
    }

    private Pupil SeatKuznetsov(School school, Dice dice, string first, bool isMale, int grade)
    {
        var pupil = SeatChild(school, dice, isMale ? "Кузнецов" : "Кузнецова", first, isMale ? "Дмитриевич" : "Дмитриевна", isMale, grade);
        school.Guardianships.Add(new Guardianship(pupil.Person, Kuznetsova, "mother"));
        school.Guardianships.Add(new Guardianship(pupil.Person, Kuznetsov, "father"));
        return pupil;
    }

    private Pupil SeatChild(School school, Dice dice, string last, string first, string middle, bool isMale, int grade) =>
        Families.Seat(school, dice, maker.Named(ids, last, first, middle, maker.BirthOf(dice, grade), isMale), ClassOf(school, grade));

    private Person Adult(string last, string first, string middle, int birthYear, bool isMale) =>
        maker.Named(ids, last, first, middle, new DateOnly(birthYear, 1 + birthYear % 12, 1 + birthYear % 28), isMale);
}
