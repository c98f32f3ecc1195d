namespace MySchool.Browser.Tests;

/// <summary>The demo people, as the stand-in's login page finds them.</summary>
internal static class People
{
    public const string Teacher = "Соколова Мария Петровна";
    public const string ClassTeacher = "Морозова Елена Викторовна";
    public const string Mother = "Кузнецова Ольга Николаевна";
    public const string Father = "Кузнецов Дмитрий Алексеевич";
    public const string Pupil = "Кузнецов Артём Дмитриевич";
    public const string Deputy = "Лебединская Ирина Александровна";
    public const string Head = "Воронецкий Андрей Михайлович";
    public const string Administrator = "Зимовская Наталья Юрьевна";
    public const string MunicipalCoordinator = "Беловежская Светлана Игоревна";
    public const string RegionalCoordinator = "Громовой Виктор Павлович";
    public const string Operator = "Тихонравов Алексей Романович";
    public const string Psychologist = "Ясенева Анна Сергеевна";
    public const string Stranger = "Незнамов Павел Сергеевич";
}
