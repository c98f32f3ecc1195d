using MySchool.Connection.Domain;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using Xunit;

namespace MySchool.Modules.Tests.Connection;

public sealed class InvitationRulesTests
{
    private static readonly Guid Country = Ids.New(), Region = Ids.New(), OtherRegion = Ids.New(), City = Ids.New(), OtherCity = Ids.New(), School = Ids.New(), OtherSchool = Ids.New();

    private static readonly Dictionary<string, Place> Places = new()
    {
        ["country"] = new(Country, "country", []), ["region"] = new(Region, "region", [Country]), ["other region"] = new(OtherRegion, "region", [Country]),
        ["city"] = new(City, "municipality", [Region, Country]), ["other city"] = new(OtherCity, "municipality", [OtherRegion, Country]),
        ["school"] = new(School, "school", [City, Region, Country]), ["other school"] = new(OtherSchool, "school", [OtherCity, OtherRegion, Country]),
    };

    private static readonly Dictionary<string, (string Role, string Relation, string Kind, Guid Unit)> Inviters = new()
    {
        ["operator"] = (Roles.Operator, Relations.Operates, "territory", Country), ["region's"] = (Roles.RegionalCoordinator, Relations.Coordinates, "territory", Region),
        ["city's"] = (Roles.MunicipalCoordinator, Relations.Coordinates, "territory", City), ["administrator"] = (Roles.SchoolAdministrator, Relations.Administers, "school", School),
        ["head"] = (Roles.Head, Relations.Head, "school", School), ["deputy"] = (Roles.Deputy, Relations.Deputy, "school", School),
        ["teacher"] = (Roles.Teacher, Relations.Staff, "school", School), ["technician"] = (Roles.Technician, Relations.Maintains, "school", School),
        ["psychologist"] = (Roles.Psychologist, Relations.Counsels, "school", School), ["mother"] = (Roles.Guardian, Relations.Member, "school", School),
    };

    /// <summary>All that is allowed, said in words; whatever is not here is refused.</summary>
    private static readonly HashSet<string> Allowed =
    [
        "operator: regional-coordinator at region", "operator: regional-coordinator at other region",
        "operator: municipal-coordinator at city", "operator: municipal-coordinator at other city",
        "operator: school-administrator at school", "operator: school-administrator at other school",
        "region's: municipal-coordinator at city", "region's: school-administrator at school", "city's: school-administrator at school",
        .. from role in (string[])[Roles.Teacher, Roles.Deputy, Roles.Head, Roles.Psychologist, Roles.Technician] select $"administrator: {role} at school",
    ];

    [Fact]
    public void Everybody_invites_to_their_own_subtree_and_one_kind_of_place_only() =>
        Assert.Equal(Allowed.Order(), (from inviter in Inviters
                                       from role in Roles.All
                                       from place in Places
                                       where InvitationRules.Allows(ActorOf(inviter.Value), role, place.Value)
                                       select $"{inviter.Key}: {role} at {place.Key}").Order());

    [Fact]
    public void A_role_that_has_ended_invites_nobody()
    {
        var tie = new Tie(Relations.Administers, new Coordinate("school", School), new DateOnly(2020, 1, 1), new DateOnly(2026, 11, 22));
        var former = new Actor(Ids.New(), Ids.New(), new Hat(Roles.SchoolAdministrator, School), [tie], new DateOnly(2026, 11, 23));
        Assert.False(InvitationRules.Allows(former, Roles.Teacher, Places["school"]));
    }

    [Theory]
    [InlineData("Иванова Мария Петровна", true), InlineData("мария петровна ИВАНОВА", true), InlineData("Иванова Мария", true), InlineData("Семёнова Мария", false)]
    [InlineData("Иванова", false), InlineData("Иванова Марина Петровна", false), InlineData("Иванов Мария Петровна", false), InlineData("Мария Петровна", false), InlineData("", false)]
    public void Name_is_the_same_when_every_typed_word_is_proven(string typed, bool isSame) =>
        Assert.Equal(isSame, Names.AreSame(typed, new PersonName("Иванова", "Мария", "Петровна")));

    [Fact]
    public void Yo_is_typed_as_ye_and_back() => Assert.True(Names.AreSame("Семенов Пётр", new PersonName("Семёнов", "Петр", "")));

    [Theory]
    [InlineData("k7pm92xft3rw", "K7PM-92XF-T3RW"), InlineData(" K7PM 92XF-T3RW ", "K7PM-92XF-T3RW"), InlineData("K7PM-92XF-T3R", null), InlineData("K7PM-92XF-T3R0", null)]
    [InlineData("К7РМ-92ХF-Т3RW", null), InlineData(null, null), InlineData("", null)]
    public void Code_is_read_as_people_type_it(string? typed, string? code) => Assert.Equal(code, InvitationSecrets.Parse(typed));

    [Fact]
    public void Codes_have_no_letter_that_looks_like_another()
    {
        for (var i = 0; i < 200; i++)
        {
            var secrets = InvitationSecrets.New();
            Assert.DoesNotContain(secrets.Code, letter => letter is '0' or 'O' or '1' or 'I' or 'L');
            Assert.Equal(secrets.Code, InvitationSecrets.Parse(secrets.Code));
            Assert.True(InvitationSecrets.IsLink(secrets.Link));
        }
    }

    [Fact]
    public void Pasted_lines_are_read_with_role_mail_and_number_in_any_order()
    {
        var (lines, faults) = PastedLines.Read("Иванова Мария Петровна; m@school.example; учитель\n\nПетров Пётр\tзавуч\nСидорова Анна; 1029800000001\r\nОрлов Олег;психолог;o@x.example");
        Assert.Empty(faults);
        Assert.Equal(
            [new PastedLine(1, "Иванова Мария Петровна", "m@school.example", Roles.Teacher, null), new PastedLine(3, "Петров Пётр", null, Roles.Deputy, null),
             new PastedLine(4, "Сидорова Анна", null, null, "1029800000001"), new PastedLine(5, "Орлов Олег", "o@x.example", Roles.Psychologist, null)], lines);
    }

    [Theory]
    [InlineData("Иванова"), InlineData("Иванова Мария; почта@"), InlineData("Иванова Мария; космонавт"), InlineData("<script> x"), InlineData("=1+1 2"), InlineData(";;;")]
    public void A_line_that_cannot_be_read_is_named(string line)
    {
        var (lines, faults) = PastedLines.Read(line);
        Assert.Empty(lines);
        Assert.Contains("Строка 1", Assert.Single(faults), StringComparison.Ordinal);
    }

    [Fact]
    public void Three_hundred_lines_are_the_most()
    {
        var (lines, faults) = PastedLines.Read(string.Join('\n', Enumerable.Repeat("Иванова Мария", 400)));
        Assert.Equal((300, 1), (lines.Count, faults.Count));
    }

    private static Actor ActorOf((string Role, string Relation, string Kind, Guid Unit) inviter) =>
        new(Ids.New(), Ids.New(), new Hat(inviter.Role, inviter.Unit), [new Tie(inviter.Relation, new Coordinate(inviter.Kind, inviter.Unit))], new DateOnly(2026, 11, 23));
}
