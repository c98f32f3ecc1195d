using System.Net;
using Microsoft.Extensions.DependencyInjection;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Generator.People;
using MySchool.Kernel;
using MySchool.Kernel.Secrets;
using MySchool.Registry.Features.Fields;
using MySchool.Testing;
using Npgsql;
using Xunit;

namespace MySchool.Modules.Tests.Registry;

public sealed class FieldTests(Office office) : IClassFixture<Office>
{
    [Fact]
    public async Task Correction_changes_the_card_and_keeps_what_was_who_and_when()
    {
        var pupil = office.NextPupil();
        Assert.Equal("applied", (await CorrectAsync(pupil, typed => typed with { LastName = "Исправленный", BirthDate = "2014-02-03" })).Value);
        Assert.Equal("Исправленный", await ValueAsync(pupil, "last_name"));
        var administrator = await office.AdministratorAsync();
        Assert.Equal([$"birth_date school {Office.Date(pupil.Person.Birth)} 2014-02-03 {administrator.PersonId} correct", $"last_name school {pupil.Person.Last} Исправленный {administrator.PersonId} correct"],
            await ChangesAsync(pupil));
        Assert.Equal(office.Host.Clock.Now, await office.Host.Database.ScalarAsync<DateTime>("select max(at) from registry.field_changes where person_id = $1", pupil.Person.Id));
        Assert.Equal(1, await CountAsync("select count(*) from kernel.audit where subject_id = $1 and action = 'registry.correct-fields'", pupil.Person.Id));
    }

    [Fact]
    public async Task Card_saved_as_it_was_is_no_word_of_the_schools()
    {
        var pupil = office.NextPupil();
        Assert.Equal("same", (await CorrectAsync(pupil, typed => typed)).Value);
        Assert.Empty(await ChangesAsync(pupil));
    }

    [Fact]
    public async Task Nobody_but_the_administrator_of_the_present_school_corrects_or_reads()
    {
        var pupil = office.NextPupil();
        var typed = Typed(pupil) with { LastName = "Чужой" };
        var head = SampleSchool.School.Memberships.First(m => m.Role == Roles.Head);
        foreach (var actor in (Actor[])[await office.AdministratorAsync(SampleSchool.OtherSchool), await office.ActorAsync(head.Person.Id, Roles.Head, SampleSchool.School.Id)])
        {
            Assert.Equal(404, (await office.WithAsync<CorrectFields, Result<string>>(handler => handler.HandleAsync(actor, pupil.Person.Id, typed, null, default))).Problem?.Status);
            Assert.Equal(404, (await office.WithAsync<ShowFields, Result<FieldsScreen>>(handler => handler.HandleAsync(actor, pupil.Person.Id, TimeZoneInfo.Utc, default))).Problem?.Status);
        }
        await CorrectAsync(pupil, card => card with { LastName = "Свой" });
        const string Rows = "select count(*)::int from registry.field_changes where person_id = $1";
        Assert.Equal(1, await office.ReadsAsync(await office.AdministratorAsync(), Rows, pupil.Person.Id));
        Assert.Equal(0, await office.ReadsAsync(await office.AdministratorAsync(SampleSchool.OtherSchool), Rows, pupil.Person.Id));
        await Assert.ThrowsAsync<PostgresException>(async () => await office.ReadsAsync(await office.AdministratorAsync(), "select count(*)::int from registry.field_secrets"));
    }

    [Theory]
    [InlineData("last_name", "", "Имя", "", "2014-02-03", "male")]
    [InlineData("first_name", "Фамилия", " ", "", "2014-02-03", "male")]
    [InlineData("birth_date", "Фамилия", "Имя", "", "2914-02-03", "male")]
    [InlineData("birth_date", "Фамилия", "Имя", "", "вчера", "male")]
    [InlineData("gender", "Фамилия", "Имя", "", "2014-02-03", "кот")]
    public async Task What_cannot_be_is_refused_at_its_field(string field, string last, string first, string middle, string born, string gender)
    {
        // The sample's own pupil: nothing is written.
        var pupil = SampleSchool.School.Classes.SelectMany(c => c.Pupils).First(p => p.Person.Id == SampleSchool.Pupil.Id);
        var refused = await CorrectAsync(pupil, _ => new TypedFields(last, first, middle, born, gender));
        Assert.Equal(field, refused.Problem?.Field);
        Assert.Empty(await ChangesAsync(pupil));
    }

    [Fact]
    public async Task Correction_over_a_newer_one_is_a_conflict_and_keeps_it()
    {
        var pupil = office.NextPupil();
        await CorrectAsync(pupil, typed => typed with { LastName = "Первый" });
        var late = await CorrectAsync(pupil, typed => typed with { LastName = "Второй" }, seen: null);
        Assert.Equal(409, late.Problem?.Status);
        Assert.Equal("Первый", await ValueAsync(pupil, "last_name"));
    }

    [Fact]
    public async Task Esia_changes_what_the_school_holds_once_and_is_not_corrected_by_the_school()
    {
        var pupil = office.NextPupil();
        await HearAsync(pupil, "Госуслугин");
        Assert.Equal("Госуслугин", await ValueAsync(pupil, "last_name"));
        var told = (await ChangesAsync(pupil)).Length;
        await HearAsync(pupil, "Госуслугин");
        Assert.Equal(told, (await ChangesAsync(pupil)).Length);

        Assert.Equal("proposed", (await CorrectAsync(pupil, typed => typed with { LastName = "Школьный" })).Value);
        Assert.Equal("Госуслугин", await ValueAsync(pupil, "last_name"));
        var proposal = await ProposalAsync(pupil);
        Assert.Equal("registry.proposal-own", (await DecideAsync(pupil, proposal, true)).Problem?.Code);
        // ЕСИА comes to the same, and nothing is left to decide.
        await HearAsync(pupil, "Школьный");
        Assert.Equal("agreed", await StateAsync(proposal));
    }

    [Fact]
    public async Task What_is_not_known_anybody_fills_in()
    {
        var pupil = office.NextPupil();
        await HearAsync(pupil, pupil.Person.Last);
        await ExecuteAsync("update registry.people set gender = null where id = $1", pupil.Person.Id);
        Assert.Equal("applied", (await CorrectAsync(pupil, typed => typed with { Gender = "male" })).Value);
    }

    [Fact]
    public async Task Weaker_word_is_taken_by_a_decision_as_that_sources_word()
    {
        var (pupil, proposal) = await ProposedAsync("Принятый");
        Assert.Equal("applied", (await DecideAsync(pupil, proposal, true)).Value);
        Assert.Equal("Принятый", await ValueAsync(pupil, "last_name"));
        Assert.Contains($"last_name region {pupil.Person.Last} Принятый {(await office.AdministratorAsync()).PersonId} accept", await ChangesAsync(pupil));
        Assert.Equal("registry.proposal-gone", (await DecideAsync(pupil, proposal, true)).Problem?.Code);
    }

    [Fact]
    public async Task Refused_word_leaves_the_card_and_is_not_asked_again()
    {
        var (pupil, proposal) = await ProposedAsync("Отклонённый");
        Assert.Equal(404, (await DecideAsync(pupil, proposal, true, SampleSchool.OtherSchool)).Problem?.Status);
        Assert.Equal("refused", (await DecideAsync(pupil, proposal, false)).Value);
        Assert.Equal(pupil.Person.Last, await ValueAsync(pupil, "last_name"));
        await ProposeAsync(pupil, "Отклонённый");
        Assert.Equal(0, await CountAsync("select count(*) from registry.field_proposals where person_id = $1 and state = 'open'", pupil.Person.Id));
    }

    [Fact]
    public async Task Another_word_of_the_same_source_takes_the_place_of_its_first()
    {
        var (pupil, proposal) = await ProposedAsync("Раз");
        await ProposeAsync(pupil, "Два");
        Assert.Equal("overtaken", await StateAsync(proposal));
        Assert.Equal("Два", await office.Host.Database.ScalarAsync<string>("select value from registry.field_proposals where person_id = $1 and state = 'open'", pupil.Person.Id));
    }

    [Fact]
    public async Task Earlier_value_is_restored_by_a_change_of_its_own()
    {
        var pupil = office.NextPupil();
        await CorrectAsync(pupil, typed => typed with { LastName = "Ошибочный" });
        var change = await LastChangeAsync(pupil);
        Assert.Equal("applied", (await RestoreAsync(pupil, change!.Value)).Value);
        Assert.Equal("same", (await RestoreAsync(pupil, change.Value)).Value);
        Assert.Equal(pupil.Person.Last, await ValueAsync(pupil, "last_name"));
        Assert.Equal(2, (await ChangesAsync(pupil)).Length);
        Assert.Equal(404, (await RestoreAsync(pupil, change.Value, SampleSchool.OtherSchool)).Problem?.Status);
        Assert.Equal(404, (await RestoreAsync(pupil, Guid.CreateVersion7())).Problem?.Status);
    }

    [Fact]
    public async Task Earlier_number_is_sealed_shown_by_its_ending_and_restored()
    {
        var pupil = office.NextPupil();
        var vault = office.Host.Services.GetRequiredService<IdentifierVault>();
        var was = await office.Host.Database.ScalarAsync<byte[]>("select snils_cipher from registry.identities where person_id = $1", pupil.Person.Id);
        await ExecuteAsync("update registry.identities set snils_hash = $2, snils_cipher = $3 where person_id = $1", pupil.Person.Id, vault.Hash("19876543220"), vault.Encrypt("19876543220"));
        var screen = (await office.WithAsync<ShowFields, Result<FieldsScreen>>(async handler => await handler.HandleAsync(await office.AdministratorAsync(), pupil.Person.Id, TimeZoneInfo.Utc, default))).Value;
        var change = Assert.Single(screen.Changes, one => one.Field == "snils");
        Assert.Equal((vault.Decrypt(was!)[^5..], "43220", "43220"), (change.Before, change.After, screen.SnilsEnding));
        Assert.Equal(0, await CountAsync("select count(*) from registry.field_changes where person_id = $1 and field = 'snils' and (old_value is not null or new_value is not null)", pupil.Person.Id));
        Assert.Equal("applied", (await RestoreAsync(pupil, change.Id)).Value);
        Assert.Equal(vault.Hash(vault.Decrypt(was!)), await office.Host.Database.ScalarAsync<byte[]>("select snils_hash from registry.identities where person_id = $1", pupil.Person.Id));
        // Somebody else has come to the earlier number: the two may be one, and nobody loses anything.
        var other = office.NextPupil();
        await ExecuteAsync("update registry.identities set snils_hash = $2, snils_cipher = $3 where person_id = $1", pupil.Person.Id, vault.Hash("19876543230"), vault.Encrypt("19876543230"));
        await ExecuteAsync("update registry.identities set snils_hash = $2, snils_cipher = $3 where person_id = $1", other.Person.Id, vault.Hash(vault.Decrypt(was!)), was!);
        Assert.Equal("registry.snils-taken", (await RestoreAsync(pupil, (await LastChangeAsync(pupil))!.Value)).Problem?.Code);
        Assert.Equal(1, await CountAsync("select count(*) from registry.double_signals where $1 in (left_id, right_id) and $2 in (left_id, right_id)", pupil.Person.Id, other.Person.Id));
    }

    [Fact]
    public async Task New_person_writes_no_history_and_tells_by_whom_the_card_was_begun()
    {
        var someone = Guid.CreateVersion7();
        await ExecuteAsync("with said as (select set_config('change.source', 'school', true)) insert into registry.people (id, last_name, first_name) select $1, 'Новый', 'Имя' from said", someone);
        Assert.Equal("school 0", await office.Host.Database.ScalarAsync<string>(
            "select origin || ' ' || (select count(*) from registry.field_changes where person_id = $1) from registry.people where id = $1", someone));
    }

    [Fact]
    public async Task Card_and_page_show_the_word_and_its_buttons_decide()
    {
        var (pupil, proposal) = await ProposedAsync("Странный");
        var administrator = await office.AdministratorAsync();
        using var browser = await office.Host.SignInAsync(administrator.PersonId, administrator.Hat);
        var card = await Office.TextAsync(await browser.GetAsync($"/people/{pupil.Person.Id}"));
        Assert.Contains($"Система региона говорит «Странный», в карточке «{pupil.Person.Last}».", card, StringComparison.Ordinal);
        var page = $"/people/{pupil.Person.Id}/fields";
        var done = await browser.SubmitAsync(page, $"{page}/proposals/{proposal}", ("decision", "accept"));
        Assert.Equal($"{page}?done=applied", done.Headers.Location?.ToString());
        Assert.Contains($"{pupil.Person.Last} → Странный", await Office.TextAsync(await browser.GetAsync(page)), StringComparison.Ordinal);
        var again = await browser.SubmitAsync(page, page, ("last_name", ""), ("first_name", "Имя"), ("middle_name", "Напечатанное"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, again.StatusCode);
        Assert.Contains("Напечатанное", await Office.TextAsync(again), StringComparison.Ordinal);

        var head = SampleSchool.School.Memberships.First(m => m.Role == Roles.Head);
        using var other = await office.Host.SignInAsync(head.Person.Id, new Hat(Roles.Head, SampleSchool.School.Id));
        Assert.Equal(HttpStatusCode.NotFound, await other.StatusAsync(page));
        Assert.DoesNotContain("Источники говорят иначе", await Office.TextAsync(await other.GetAsync($"/people/{pupil.Person.Id}")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Card_of_a_member_of_staff_says_what_waits_to_its_administrator_alone()
    {
        var teacher = SampleSchool.School.Memberships.First(m => m.Role == Roles.Teacher).Person;
        await UsedCard.RunAsync(office, "insert into registry.field_proposals (person_id, id, field, source, value, at) values ($1, registry.uuid7(), 'last_name', 'import', 'Иная', now())", teacher.Id);
        var administrator = await office.AdministratorAsync();
        using var browser = await office.Host.SignInAsync(administrator.PersonId, administrator.Hat);
        Assert.Contains("Посмотреть и решить: 1 поле", await Office.TextAsync(await browser.GetAsync($"/staff/{teacher.Id}")), StringComparison.Ordinal);
        Assert.Contains("В загруженном файле «Иная»", await Office.TextAsync(await browser.GetAsync($"/people/{teacher.Id}/fields")), StringComparison.Ordinal);
        var head = SampleSchool.School.Memberships.First(m => m.Role == Roles.Head);
        using var other = await office.Host.SignInAsync(head.Person.Id, new Hat(Roles.Head, SampleSchool.School.Id));
        Assert.DoesNotContain("Посмотреть и решить", await Office.TextAsync(await other.GetAsync($"/staff/{teacher.Id}")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Operators_page_sets_the_order_says_what_is_wrong_and_is_nobody_elses()
    {
        var operating = SampleSchool.Office(Roles.Operator);
        using var browser = await office.Host.SignInAsync(operating.Person.Id, new Hat(Roles.Operator, operating.Unit.Id));
        Assert.Contains("Каким источникам верить", await Office.TextAsync(await browser.GetAsync("/field-sources")), StringComparison.Ordinal);
        (string, string)[] order = [.. MySchool.Registry.Domain.FieldTruth.Fields.SelectMany(field => MySchool.Registry.Domain.FieldTruth.Sources.Select((source, i) => ($"{field}-{i + 1}", source)))];
        Assert.Equal("/field-sources?saved=1", (await browser.SubmitAsync("/field-sources", "/field-sources", order)).Headers.Location?.ToString());
        order[0] = ("last_name-1", "school");
        var refused = await browser.SubmitAsync("/field-sources", "/field-sources", order);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Contains("Фамилия: каждый источник должен стоять один раз", await Office.TextAsync(refused), StringComparison.Ordinal);
        var administrator = await office.AdministratorAsync();
        using var other = await office.Host.SignInAsync(administrator.PersonId, administrator.Hat);
        Assert.Equal(HttpStatusCode.NotFound, await other.StatusAsync("/field-sources"));
    }

    // The region has spoken once, so the school holds nothing stronger; then it says what the school's hand has overruled.
    private async Task<(Pupil, Guid)> ProposedAsync(string value)
    {
        var pupil = office.NextPupil();
        await HearAsync(pupil, pupil.Person.Last);
        await ProposeAsync(pupil, value);
        return (pupil, await ProposalAsync(pupil));
    }

    private async Task ProposeAsync(Pupil pupil, string value)
    {
        await using var connection = await office.Host.Database.Owner.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var read = new NpgsqlBatch(connection);
        PersonFields.AddRead(read, pupil.Person.Id, true);
        await using var reader = await read.ExecuteReaderAsync();
        var fields = (await PersonFields.ReadAsync(reader, default))!.Value;
        await reader.CloseAsync();
        await using var write = new NpgsqlBatch(connection);
        PersonFields.AddTold(write, pupil.Person.Id, fields, new Dictionary<string, string> { ["last_name"] = value }, new ChangeSource("region", office.Host.Clock.Now, "import"));
        await write.ExecuteNonQueryAsync();
        await transaction.CommitAsync();
    }

    private Task HearAsync(Pupil pupil, string last) => office.Host.Services.GetRequiredService<IPersonFields>().HearEsiaAsync(
        pupil.Person.Id, new ProvenPerson("1", new PersonName(last, pupil.Person.First, pupil.Person.Middle), pupil.Person.Birth, null, null), default);

    private static TypedFields Typed(Pupil pupil) => new(pupil.Person.Last, pupil.Person.First, pupil.Person.Middle, Office.Date(pupil.Person.Birth), null);

    // What the form shows is what the card says.
    private async Task<Result<string>> CorrectAsync(Pupil pupil, Func<TypedFields, TypedFields> change) => await CorrectAsync(pupil, change, await LastChangeAsync(pupil));

    private async Task<Result<string>> CorrectAsync(Pupil pupil, Func<TypedFields, TypedFields> change, Guid? seen)
    {
        var now = new TypedFields(await ValueAsync(pupil, "last_name"), await ValueAsync(pupil, "first_name"), await ValueAsync(pupil, "middle_name"), await ValueAsync(pupil, "birth_date"), await ValueAsync(pupil, "gender"));
        return await office.WithAsync<CorrectFields, Result<string>>(async handler => await handler.HandleAsync(await office.AdministratorAsync(), pupil.Person.Id, change(now), seen, default));
    }

    private async Task<Result<string>> RestoreAsync(Pupil pupil, Guid change, School? school = null) =>
        await office.WithAsync<RestoreField, Result<string>>(async handler => await handler.HandleAsync(await office.AdministratorAsync(school), pupil.Person.Id, change, default));

    private async Task<Result<string>> DecideAsync(Pupil pupil, Guid proposal, bool isAccepted, School? school = null) =>
        await office.WithAsync<DecideProposal, Result<string>>(async handler => await handler.HandleAsync(await office.AdministratorAsync(school), pupil.Person.Id, proposal, isAccepted, default));

    private Task<string?> ValueAsync(Pupil pupil, string field) => office.Host.Database.ScalarAsync<string>($"select coalesce({field}::text, '') from registry.people where id = $1", pupil.Person.Id);

    private async Task<Guid?> LastChangeAsync(Pupil pupil) =>
        await office.Host.Database.ScalarAsync<Guid[]>("select array(select id from registry.field_changes where person_id = $1 order by id desc limit 1)", pupil.Person.Id) is { Length: 1 } last ? last[0] : null;

    private async Task<string[]> ChangesAsync(Pupil pupil) => (await office.Host.Database.ScalarAsync<string[]>("""
        select array(select field || ' ' || source || ' ' || coalesce(old_value, '') || ' ' || coalesce(new_value, '') || ' ' || coalesce(by_person::text, '') || ' ' || why
          from registry.field_changes where person_id = $1 order by 1)
        """, pupil.Person.Id))!;

    private Task<Guid> ProposalAsync(Pupil pupil) => office.Host.Database.ScalarAsync<Guid>("select id from registry.field_proposals where person_id = $1 and state = 'open'", pupil.Person.Id)!;

    private Task<string?> StateAsync(Guid proposal) => office.Host.Database.ScalarAsync<string>("select state from registry.field_proposals where id = $1", proposal);

    private Task<long> CountAsync(string sql, params object[] values) => office.Host.Database.ScalarAsync<long>(sql, values);

    private async Task ExecuteAsync(string sql, params object[] values)
    {
        await using var command = office.Host.Database.Owner.CreateCommand(sql);
        foreach (var value in values) command.Parameters.AddWithValue(value);
        await command.ExecuteNonQueryAsync();
    }
}
