using System.Net;
using Microsoft.Extensions.DependencyInjection;
using MySchool.Contracts.Access;
using MySchool.Generator.People;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Registry.Domain;
using MySchool.Registry.Features.Doubles;
using MySchool.Registry.Features.Movement;
using MySchool.Testing;
using Xunit;

namespace MySchool.Modules.Tests.Registry;

public sealed class DoublesTests(Office office) : IClassFixture<Office>
{
    [Fact]
    public async Task Learner_enrolled_by_form_under_a_misspelled_name_joins_the_queue_of_the_school()
    {
        var pupil = office.NextPupil();
        var added = await AddAsync(pupil);
        var line = Assert.Single((await QueueAsync(await office.AdministratorAsync())).Lines, line => IsPair(line.Pair, pupil.Person.Id, added));
        Assert.Contains("SlipInLastName", line.Pair.Reasons);
        Assert.True(line.Pair.IsOfOneSchool);
    }

    [Fact]
    public async Task Pair_leaves_the_queue_when_a_corrected_field_tells_the_two_apart()
    {
        var pupil = office.NextPupil();
        var added = await AddAsync(pupil);
        await ExecuteAsync("update registry.people set birth_date = birth_date + 400 where id = $1", added);
        await office.DeliveredAsync();
        Assert.Null(await FindAsync(await office.AdministratorAsync(), pupil.Person.Id, added));
    }

    [Fact]
    public async Task Decision_that_two_are_two_is_remembered_when_they_change_and_can_be_taken_back()
    {
        var pupil = office.NextPupil();
        var added = await AddAsync(pupil);
        var administrator = await office.AdministratorAsync();
        Assert.True((await ApartAsync(administrator, pupil.Person.Id, added, "однофамильцы")).IsOk);
        Assert.True((await ApartAsync(administrator, added, pupil.Person.Id, null)).IsOk);
        await ExecuteAsync("update registry.people set middle_name = '' where id = $1", added);
        await office.DeliveredAsync();

        var kept = await FindAsync(administrator, pupil.Person.Id, added);
        Assert.Equal(("apart", "однофамильцы"), (kept?.State, kept?.Why));
        Assert.DoesNotContain((await QueueAsync(administrator)).Lines, line => IsPair(line.Pair, pupil.Person.Id, added));
        Assert.Contains((await QueueAsync(administrator, "apart")).Lines, line => IsPair(line.Pair, pupil.Person.Id, added));
        Assert.Equal(1, await office.Host.Database.ScalarAsync<long>(
            "select count(*) from registry.history where table_name = 'doubles' and row_id in ($1, $2)", pupil.Person.Id, added));

        await office.WithAsync<SettleDouble, Result<bool>>(handler => handler.ReopenAsync(administrator, added, pupil.Person.Id, default));
        Assert.Equal("open", (await FindAsync(administrator, pupil.Person.Id, added))?.State);
    }

    [Fact]
    public async Task Clash_of_identifiers_after_the_decision_brings_the_pair_back()
    {
        var pupil = office.NextPupil();
        var added = await AddAsync(pupil);
        var administrator = await office.AdministratorAsync();
        await ApartAsync(administrator, pupil.Person.Id, added, null);
        await SignalAsync(pupil.Person.Id, added, office.Host.Clock.Now.AddHours(1));
        var found = await FindAsync(administrator, pupil.Person.Id, added);
        Assert.Equal(("open", 100), (found?.State, found?.Score));
        Assert.Equal("SnilsClash", found!.Reasons[0]);
    }

    [Fact]
    public async Task Pair_of_two_schools_is_decided_by_whoever_coordinates_both_and_by_neither_school()
    {
        var pupil = office.NextPupil();
        var added = await AddAsync(pupil, school: SampleSchool.OtherSchool);
        Assert.Null(await FindAsync(await office.AdministratorAsync(), pupil.Person.Id, added));
        Assert.Null(await FindAsync(await office.AdministratorAsync(SampleSchool.OtherSchool), pupil.Person.Id, added));
        var municipal = SampleSchool.Office(Roles.MunicipalCoordinator);
        Assert.Null(await FindAsync(await office.ActorAsync(municipal.Person.Id, municipal.Role, municipal.Unit.Id), pupil.Person.Id, added));

        var regional = await CoordinatorAsync();
        var line = Assert.Single((await QueueAsync(regional)).Lines, line => IsPair(line.Pair, pupil.Person.Id, added));
        Assert.NotEmpty(line.Left.Places);
        Assert.NotEmpty(line.Right.Places);
        Assert.True((await ApartAsync(regional, pupil.Person.Id, added, null)).IsOk);
    }

    [Fact]
    public async Task Pair_of_one_school_is_nobodys_above_it()
    {
        var pupil = office.NextPupil();
        var added = await AddAsync(pupil);
        Assert.NotNull(await FindAsync(await office.AdministratorAsync(), pupil.Person.Id, added));
        Assert.Null(await FindAsync(await CoordinatorAsync(), pupil.Person.Id, added));
        Assert.False((await ApartAsync(await CoordinatorAsync(), pupil.Person.Id, added, null)).IsOk);
    }

    [Theory]
    [InlineData(Roles.Head)]
    [InlineData(Roles.Deputy)]
    [InlineData(Roles.Teacher)]
    public async Task Others_of_the_school_see_no_queue(string role)
    {
        var pupil = office.NextPupil();
        var added = await AddAsync(pupil);
        var actor = await office.ActorAsync(SampleSchool.Staff(role).Id, role, SampleSchool.School.Id);
        Assert.Empty((await QueueAsync(actor)).Lines);
        Assert.Null(await FindAsync(actor, pupil.Person.Id, added));
        using var browser = await office.Host.SignInAsync(actor.PersonId, actor.Hat);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync("/doubles")).StatusCode);
    }

    [Fact]
    public async Task Guardian_without_a_birth_date_is_sought_at_the_own_school_only()
    {
        var (pupil, other) = (office.NextPupil(), office.NextPupil());
        var name = ("Необычайная", "Мария", "Ивановна");
        var (here, there, elsewhere) = (await GuardianAsync(name, new DateOnly(1985, 2, 3), pupil.Person.Id), await GuardianAsync(name, null, other.Person.Id),
            await GuardianAsync(name, null, SampleSchool.OtherSchool.Classes.First().Pupils.First().Person.Id));
        await office.DeliveredAsync();
        var found = await FindAsync(await office.AdministratorAsync(), here, there);
        Assert.Contains("BirthUnknown", found?.Reasons ?? []);
        Assert.Equal(0, await office.Host.Database.ScalarAsync<long>("select count(*) from registry.doubles where $1 in (left_id, right_id)", elsewhere));
    }

    [Fact]
    public async Task Page_shows_the_pair_and_keeps_what_was_typed_when_it_is_too_long()
    {
        var pupil = office.NextPupil();
        var added = await AddAsync(pupil);
        var administrator = await office.AdministratorAsync();
        using var browser = await office.Host.SignInAsync(administrator.PersonId, administrator.Hat);
        Assert.Contains(pupil.Person.Last, await Office.TextAsync(await browser.GetAsync("/doubles")), StringComparison.Ordinal);
        var address = $"/doubles/{pupil.Person.Id}/{added}";
        Assert.Contains("Одна дата рождения", await Office.TextAsync(await browser.GetAsync(address)), StringComparison.Ordinal);

        var long_ = new string('ы', 301);
        var refused = await browser.SubmitAsync(address, $"{address}/apart", ("why", long_));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Contains(long_, await Office.TextAsync(refused), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await browser.SubmitAsync(address, $"{address}/apart", ("why", "близнецы"))).StatusCode);
        Assert.Contains("близнецы", await Office.TextAsync(await browser.GetAsync(address)), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync($"/doubles/{Ids.New()}/{added}")).StatusCode);
    }

    [Fact]
    public async Task Search_repeated_over_everybody_changes_nothing()
    {
        const string state = "select coalesce(md5(string_agg(d::text, ';' order by left_id, right_id)), '') from registry.doubles d";
        var before = await office.Host.Database.ScalarAsync<string>(state);
        await using var connection = await office.Host.Services.GetRequiredService<WorkerDb>().Source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var everybody = new Npgsql.NpgsqlCommand("insert into registry.double_pending select id from registry.people", connection)) await everybody.ExecuteNonQueryAsync();
        await office.Host.Services.GetRequiredService<FindDoubles>().CheckAllAsync(connection, default);
        await transaction.CommitAsync();
        Assert.Equal(before, await office.Host.Database.ScalarAsync<string>(state));
        Assert.Equal(0, await office.Host.Database.ScalarAsync<long>("select count(*) from registry.double_pending"));
    }

    [Fact]
    public async Task Reading_a_pair_is_noted_for_both_people()
    {
        var pupil = office.NextPupil();
        var added = await AddAsync(pupil);
        await office.WithAsync<ShowDoubles, DoubleLine?>(async handler => await handler.FindAsync(await office.AdministratorAsync(), pupil.Person.Id, added, default));
        Assert.Equal(2, await office.Host.Database.ScalarAsync<long>(
            "select count(*) from kernel.audit where action = 'registry.settle-doubles' and subject_id in ($1, $2)", pupil.Person.Id, added));
    }

    // By the form of enrolment, as a clerk would who has not searched first.
    private async Task<Guid> AddAsync(Pupil like, string? last = null, School? school = null)
    {
        var there = school ?? SampleSchool.School;
        var order = office.Order(MovementKinds.Enrolment, toClass: there.Classes.First().Id, reason: "first-grade");
        var request = new EnrolRequest(null, last ?? Misspell(like.Person.Last), like.Person.First, like.Person.Middle, Office.Date(like.Person.Birth), order);
        var done = await office.EnrolAsync(request, school);
        Assert.True(done.IsOk, done.Problem?.Message);
        await office.DeliveredAsync();
        return done.Value;
    }

    private async Task<Guid> GuardianAsync((string Last, string First, string Middle) name, DateOnly? born, Guid child)
    {
        var id = Guid.CreateVersion7();
        await ExecuteAsync("insert into registry.people (id, last_name, first_name, middle_name, birth_date) values ($1, $2, $3, $4, $5)",
            id, name.Last, name.First, name.Middle, (object?)born ?? DBNull.Value);
        await ExecuteAsync("insert into registry.guardianships (learner_id, guardian_id, kinship, starts_on) values ($1, $2, 'mother', '2026-09-01')", child, id);
        return id;
    }

    private async Task SignalAsync(Guid one, Guid other, DateTimeOffset at)
    {
        await ExecuteAsync("insert into registry.double_signals values (least($1::uuid, $2::uuid), greatest($1::uuid, $2::uuid), 'snils', $3)", one, other, at);
        await office.DeliveredAsync();
    }

    private async Task ExecuteAsync(string sql, params object[] values)
    {
        await using var command = office.Host.Database.Owner.CreateCommand(sql);
        foreach (var value in values) command.Parameters.AddWithValue(value);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<Actor> CoordinatorAsync()
    {
        var regional = SampleSchool.Office(Roles.RegionalCoordinator);
        return await office.ActorAsync(regional.Person.Id, regional.Role, regional.Unit.Id);
    }

    private Task<DoublesScreen> QueueAsync(Actor actor, string? state = null) =>
        office.WithAsync<ShowDoubles, DoublesScreen>(handler => handler.ListAsync(actor, state, 1, default));

    private Task<DoublePair?> FindAsync(Actor actor, Guid one, Guid other) => office.Host.Services.GetRequiredService<DoubleRows>().FindAsync(actor, one, other, default);

    private Task<Result<bool>> ApartAsync(Actor actor, Guid one, Guid other, string? why) =>
        office.WithAsync<SettleDouble, Result<bool>>(handler => handler.SetApartAsync(actor, one, other, why, default));

    private static bool IsPair(DoublePair pair, Guid one, Guid other) => (pair.LeftId == one && pair.RightId == other) || (pair.LeftId == other && pair.RightId == one);

    private static string Misspell(string name) => name[..2] + 'ъ' + name[2..];
}
