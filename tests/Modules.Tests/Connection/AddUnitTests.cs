using MySchool.Connection.Domain;
using MySchool.Connection.Features;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using Xunit;

namespace MySchool.Modules.Tests.Connection;

/// <summary>Schools and territories that coordinators add themselves.</summary>
public sealed class AddUnitTests(ConnectionGround ground) : IClassFixture<ConnectionGround>
{
    private static readonly AddUnitRequest Typed =
        new(null, "school", "Муниципальное бюджетное учреждение «Школа № 41»", "Школа № 41", "1027700132195", "7701234567", null, "Зареченск, Новая, 4");

    private static AddUnitRequest Request => Typed with { Key = Ids.New() };

    private Task<Result<Guid>> AddAsync(Actor actor, Guid above, AddUnitRequest request) =>
        ground.RunAsync<AddUnit, Result<Guid>>(async add => await add.FindAboveAsync(actor, above, default) is { } found
            ? await add.HandleAsync(actor, found, request, default) : Problem.NotFound);

    [Fact]
    public async Task Coordinator_adds_a_school_once_and_it_inherits_its_place()
    {
        var coordinator = await ground.CoordinatorAsync(Roles.MunicipalCoordinator);
        var request = Request;
        var added = await AddAsync(coordinator, coordinator.Hat.UnitId, request);
        Assert.True(added.IsOk, added.Problem?.Message);
        Assert.Equal(added.Value, (await AddAsync(coordinator, coordinator.Hat.UnitId, request)).Value);
        await ground.Host.DeliveredAsync();
        Assert.Equal("Школа № 41", await ground.AskAsync<string>("select short_name from connection.schools where school_id = $1 and not is_demo", added.Value));
        Assert.Equal(5, await ground.AskAsync<long>("select count(*) from journal.absence_codes where school_id = $1", added.Value));
        Assert.Equal(1, await ground.Database.ScalarAsync<long>($"""
            select count(*) from registry.organisations o join registry.organisations above on above.id = o.parent_id
             where o.id = '{added.Value}' and o.oktmo is not distinct from above.oktmo and o.time_zone = above.time_zone and above.id = '{coordinator.Hat.UnitId}'
            """));
        Assert.Equal(409, (await AddAsync(coordinator, coordinator.Hat.UnitId, Request)).Problem!.Status);
    }

    [Fact]
    public async Task Nobody_adds_beyond_the_own_territory_or_under_a_school()
    {
        var coordinator = await ground.CoordinatorAsync(Roles.MunicipalCoordinator);
        var elsewhere = coordinator.Hat.UnitId == ConnectionGround.Municipality ? ConnectionGround.OtherMunicipality : ConnectionGround.Municipality;
        Assert.Equal(404, (await AddAsync(coordinator, elsewhere, Request)).Problem!.Status);
        Assert.Equal(404, (await AddAsync(coordinator, ConnectionGround.School, Request)).Problem!.Status);
        Assert.Equal(404, (await AddAsync(await ground.AdministratorAsync(), ConnectionGround.Municipality, Request)).Problem!.Status);
        Assert.Equal("kind", (await AddAsync(await ground.CoordinatorAsync(Roles.RegionalCoordinator), (await ground.CoordinatorAsync(Roles.RegionalCoordinator)).Hat.UnitId, Request with { Kind = "country" })).Problem!.Field);
    }

    [Theory]
    [InlineData("ogrn", null, "7701234567", null, "Школа № 5"), InlineData("ogrn", "12", null, null, "Школа № 5"), InlineData("inn", "1027700132196", "77", null, "Школа № 5")]
    [InlineData("oktmo", "1027700132196", null, "4", "Школа № 5"), InlineData("oktmo", "1027700132196", null, "99999999", "Школа № 5"), InlineData("shortName", "1027700132196", null, null, "")]
    public async Task Wrong_field_is_named_and_nothing_is_added(string field, string? ogrn, string? inn, string? oktmo, string shortName)
    {
        var coordinator = await ground.CoordinatorAsync(Roles.RegionalCoordinator);
        var refused = await AddAsync(coordinator, coordinator.Hat.UnitId, Request with { Ogrn = ogrn, Inn = inn, Oktmo = oktmo, ShortName = shortName });
        Assert.Equal(field, refused.Problem!.Field);
        Assert.Equal(0, await ground.Database.ScalarAsync<long>("select count(*) from registry.organisations where ogrn = '1027700132196'"));
    }

    [Theory]
    [InlineData("45301000", "45000000", true), InlineData("45301000001", "45301000", true), InlineData("46301000", "45000000", false)]
    [InlineData("45302000", "45301000", false), InlineData("45301000", null, true), InlineData("12345678", "12345678", true)]
    public void Number_says_whether_a_place_lies_in_a_territory(string place, string? territory, bool lies) => Assert.Equal(lies, Oktmo.Lies(place, territory));
}
