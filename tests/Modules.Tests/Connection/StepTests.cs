using MySchool.Connection.Domain;
using MySchool.Kernel;
using Xunit;

namespace MySchool.Modules.Tests.Connection;

public sealed class StepTests
{
    private static readonly Definitions Meaning = new(5, 7);

    private static readonly SchoolFigures Whole = new(
        Ids.New(), "Школа", "Школа", null, [], false, [], 2, 1, null, 7, 4, 10, 20, 15, 200, 150, new DateOnly(2026, 9, 2), new DateOnly(2026, 11, 20), true, true, 3, null);

    /// <summary>What is missing, and the step it leaves open.</summary>
    public static TheoryData<string, string> Missing => new()
    {
        { "nothing", "" }, { "administrator", "administrator" }, { "not come", "came" }, { "one administrator", "second" }, { "card", "card" }, { "bells", "year" },
        { "classes", "classes" }, { "staff", "staff" }, { "few came", "staff-came" }, { "learners", "learners" }, { "guardians", "guardians" }, { "marks", "marks" },
    };

    [Theory, MemberData(nameof(Missing))]
    public void The_next_step_is_the_first_that_facts_leave_open(string missing, string step)
    {
        var school = missing switch
        {
            "administrator" => Whole with { Administrators = 0, AdministratorsCame = 0 }, "not come" => Whole with { AdministratorsCame = 0 }, "one administrator" => Whole with { Administrators = 1 },
            "card" => Whole with { Missing = ["ogrn"] }, "bells" => Whole with { Bells = 0 }, "classes" => Whole with { Classes = 0, Learners = 0 }, "staff" => Whole with { Staff = 4, StaffCame = 4 },
            "few came" => Whole with { StaffCame = 9 }, "learners" => Whole with { Learners = 0, WithGuardian = 0 }, "guardians" => Whole with { WithGuardian = 99 }, "marks" => Whole with { FirstMarkOn = null, LastMarkOn = null },
            _ => Whole,
        };
        Assert.Equal(step, Steps.Next(Steps.Of(school, Meaning))?.Code ?? "");
    }

    [Fact]
    public void Without_an_administrator_everything_else_is_blocked_and_says_by_what()
    {
        var steps = Steps.Of(Whole with { Administrators = 0, AdministratorsCame = 0, Classes = 0, Learners = 0 }, Meaning);
        Assert.All(steps.Where(step => step.Code is "came" or "classes" or "learners"), step => Assert.Equal((StepState.Blocked, true), (step.State, step.Detail.Contains("Администратора ещё нет", StringComparison.Ordinal))));
        Assert.All(steps.Where(step => step.State != StepState.Open), step => Assert.Null(step.Href));
    }

    [Fact]
    public void Every_open_step_that_is_the_administrators_leads_to_a_page()
    {
        var bare = Whole with { Administrators = 1, Missing = ["inn"], Bells = 0, Classes = 0, Staff = 0, StaffCame = 0, Learners = 0, WithGuardian = 0, FirstMarkOn = null, LastMarkOn = null };
        Assert.All(Steps.Of(bare, Meaning).Where(step => step.State == StepState.Open), step => Assert.StartsWith("/", step.Href, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0, 0, 0), InlineData(0, 4, 1), InlineData(1, 4, 1), InlineData(2, 4, 2), InlineData(3, 4, 3), InlineData(4, 4, 4), InlineData(255, 1000, 1), InlineData(260, 1000, 2), InlineData(999, 1000, 4)]
    public void Regions_stand_in_the_bands_of_the_deck(int connected, int schools, int band) => Assert.Equal(band, Territory(schools, connected).ConnectedBand);

    [Fact]
    public void A_share_that_is_not_whole_never_reads_as_all() => Assert.Equal("99\u00a0%", Words.Share(999, 1000));

    [Theory]
    [InlineData(0, "0"), InlineData(1, "менее 10"), InlineData(9, "менее 10"), InlineData(10, "10")]
    public void Fewer_than_ten_people_are_not_told(int people, string shown) => Assert.Equal(shown, SmallNumbers.Count(people));

    [Fact]
    public void Each_region_of_the_picture_has_a_square_of_its_own()
    {
        var regions = new[] { "45000000", "46000000", "71000000", "71800000", "71900000", "11000000", "11800000", "13000000", "00000000" }.Select(oktmo => Territory(1, 1) with { Oktmo = oktmo, ShortName = "Район" });
        var tiles = RegionTiles.Of(regions);
        Assert.Equal(tiles.Count, tiles.DistinctBy(tile => (tile.Column, tile.Row)).Count());
        Assert.Equal(["Мск", "МО", "Тюм", "ХМА", "ЯНА", "Арх", "НАО", "Рай", "Рай"], tiles.Select(tile => tile.Label));
    }

    private static TerritoryFigures Territory(int schools, int connected) => new(Ids.New(), "region", "Область", null, [], 1, schools, schools, connected, 0, [0, 0, 0, 0], 0, 0, 0);
}
