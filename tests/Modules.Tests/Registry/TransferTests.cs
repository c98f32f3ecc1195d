using System.Net;
using MySchool.Contracts.Access;
using MySchool.Generator.People;
using MySchool.Journal.Features;
using MySchool.Kernel;
using MySchool.Registry.Domain;
using MySchool.Registry.Features.Movement;
using MySchool.Testing;
using Xunit;

namespace MySchool.Modules.Tests.Registry;

/// <summary>A learner moves from one school to another, and each sees what is its own.</summary>
public sealed class TransferTests(Office office) : IClassFixture<Office>
{
    private static readonly DateOnly Today = SampleSchool.Today;
    private static readonly School Home = SampleSchool.School;
    private static readonly School Away = SampleSchool.OtherSchool;

    [Fact]
    public async Task Both_schools_see_the_papers_and_the_receiving_one_accepts_into_a_class()
    {
        var (pupil, transfer) = await SendAsync();
        var papers = await RegisterAsync(Away);
        Assert.Equal("sent", papers.Incoming.Single(p => p.Id == transfer).State);
        Assert.Equal(pupil.Person.FullName, papers.Incoming.Single(p => p.Id == transfer).FullName);
        Assert.Equal("sent", (await RegisterAsync(Home)).Outgoing.Single(p => p.Id == transfer).State);

        var to = Away.Classes.First(c => c.Grade == 7);
        var done = await office.AcceptAsync(transfer, office.Order(MovementKinds.TransferIn, toClass: to.Id), Away);
        Assert.True(done.IsOk, done.Problem?.Code);
        Assert.Equal(pupil.Class.Id, await office.ClassOnAsync(pupil.Person.Id, Today.AddDays(-1)));
        Assert.Equal(to.Id, await office.ClassOnAsync(pupil.Person.Id, Today));
        Assert.Equal("accepted", (await RegisterAsync(Home)).Outgoing.Single(p => p.Id == transfer).State);
        Assert.Equal("registry.transfer-settled", (await office.AcceptAsync(transfer, office.Order(MovementKinds.TransferIn, toClass: to.Id), Away)).Problem?.Code);
    }

    [Fact]
    public async Task Papers_are_declined_with_a_reason_that_the_sender_reads_and_only_then_taken_back()
    {
        var (pupil, transfer) = await SendAsync();
        Task<Result<bool>> Decline(Actor who, string? why) => office.WithAsync<DeclineTransfer, Result<bool>>(h => h.HandleAsync(who, transfer, why, default));
        var receiver = await office.AdministratorAsync(Away);
        Assert.Equal("why", (await Decline(receiver, " ")).Problem?.Field);
        Assert.Equal("why", (await Decline(receiver, new string('я', 301))).Problem?.Field);
        Assert.Equal(404, (await Decline(await office.AdministratorAsync(Home), "мест нет")).Problem?.Status);
        Assert.True((await Decline(receiver, "Мест в седьмых классах нет")).IsOk);
        Assert.Equal(409, (await Decline(receiver, "Мест в седьмых классах нет")).Problem?.Status);

        var sent = (await RegisterAsync(Home)).Outgoing.Single(p => p.Id == transfer);
        Assert.Equal(("declined", "Мест в седьмых классах нет"), (sent.State, sent.DeclinedWhy));
        var to = Away.Classes.First(c => c.Grade == 7);
        Assert.Equal("registry.transfer-settled", (await office.AcceptAsync(transfer, office.Order(MovementKinds.TransferIn, toClass: to.Id), Away)).Problem?.Code);
        var back = await office.WithAsync<UndoMovement, Result<bool>>(async h => await h.HandleAsync(await office.AdministratorAsync(Home), pupil.Person.Id, sent.MovementId, null, default));
        Assert.True(back.IsOk, back.Problem?.Code);
        Assert.Equal(pupil.Class.Id, await office.ClassOnAsync(pupil.Person.Id, Today));
    }

    [Fact]
    public async Task The_family_reads_the_former_marks_and_the_new_school_the_statement_only()
    {
        var (pupil, transfer) = await SendAsync();
        var to = Away.Classes.First(c => c is { Grade: 7, Leader: not null });
        Assert.True((await office.AcceptAsync(transfer, office.Order(MovementKinds.TransferIn, toClass: to.Id), Away)).IsOk);
        await office.DeliveredAsync();
        const string marks = "select count(*)::int from journal.marks where learner_id = $1 and school_id = $2";
        const string lessons = "select count(*)::int from journal.lessons l join journal.marks m on m.lesson_id = l.id where m.learner_id = $1 and l.school_id = $2";
        const string statements = "select count(*)::int from journal.statements where learner_id = $1 and jsonb_array_length(subjects) > 5";
        var child = await office.ActorAsync(pupil.Person.Id, Roles.Learner, Away.Id);
        var leader = await office.ActorAsync(to.Leader!.Person.Id, Roles.Teacher, Away.Id);
        var head = await office.ActorAsync(Away.Memberships.First(m => m.Role == Roles.Head).Person.Id, Roles.Head, Away.Id);
        Assert.True(await office.ReadsAsync(child, marks, pupil.Person.Id, Home.Id) > 0);
        Assert.True(await office.ReadsAsync(child, lessons, pupil.Person.Id, Home.Id) > 0);
        foreach (var newcomer in (Actor[])[leader, head])
        {
            Assert.Equal(0, await office.ReadsAsync(newcomer, marks, pupil.Person.Id, Home.Id));
            Assert.Equal(0, await office.ReadsAsync(newcomer, "select count(*)::int from journal.former_groups where learner_id = $1 and school_id = $2", pupil.Person.Id, Home.Id));
            Assert.Equal(1, await office.ReadsAsync(newcomer, statements, pupil.Person.Id));
            Assert.True((await office.WithAsync<ShowStatement, Result<System.Collections.Immutable.ImmutableArray<Statement>>>(h => h.HandleAsync(newcomer, pupil.Person.Id, default))).IsOk);
        }
        var administrator = await office.AdministratorAsync(Away);
        Assert.Equal(0, await office.ReadsAsync(administrator, statements, pupil.Person.Id));
    }

    [Fact]
    public async Task The_former_school_keeps_its_journal_and_sees_nothing_of_what_came_after()
    {
        var (pupil, transfer) = await SendAsync();
        var former = await office.ActorAsync(pupil.Class.Leader!.Person.Id, Roles.Teacher, Home.Id);
        Assert.True((await office.AcceptAsync(transfer, office.Order(MovementKinds.TransferIn, toClass: Away.Classes.First(c => c.Grade == 7).Id), Away)).IsOk);
        var head = await office.ActorAsync(SampleSchool.Staff(Roles.Head).Id, Roles.Head, Home.Id);
        Assert.True(await office.ReadsAsync(head, "select count(*)::int from journal.marks where learner_id = $1", pupil.Person.Id) > 0);
        Assert.Equal(0, await office.ReadsAsync(head, "select count(*)::int from registry.enrolments where person_id = $1 and school_id = $2", pupil.Person.Id, Away.Id));
        Assert.Equal(0, await office.ReadsAsync(head, "select count(*)::int from registry.guardianships where learner_id = $1", pupil.Person.Id));
        Assert.False(former.Is(Relations.Leads, new Coordinate(Places.Person, pupil.Person.Id)));
        using var browser = await office.Host.SignInAsync(SampleSchool.Staff(Roles.Head).Id, new Hat(Roles.Head, Home.Id));
        Assert.Equal(HttpStatusCode.NotFound, await browser.StatusAsync($"/diary?learner={pupil.Person.Id}"));
        var card = WebUtility.HtmlDecode(await browser.ReadAsync($"/people/{pupil.Person.Id}"));
        Assert.Contains(pupil.Person.FullName, card, StringComparison.Ordinal);
        Assert.DoesNotContain(Away.Plan.Place.ShortName, card, StringComparison.Ordinal);
        Assert.DoesNotContain(Home.Guardianships.First(g => g.Learner == pupil.Person).Guardian.FullName, card, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_diary_shows_the_former_week_with_the_name_of_its_school()
    {
        var (pupil, transfer) = await SendAsync();
        Assert.True((await office.AcceptAsync(transfer, office.Order(MovementKinds.TransferIn, toClass: Away.Classes.First(c => c.Grade == 7).Id), Away)).IsOk);
        await office.DeliveredAsync();
        using var child = await office.Host.SignInAsync(pupil.Person.Id, new Hat(Roles.Learner, Away.Id));
        var week = WebUtility.HtmlDecode(await child.ReadAsync($"/diary?view=week&date={Office.Date(Today.AddDays(-7))}"));
        Assert.Contains($"<small>{Home.Plan.Place.ShortName}</small>", week, StringComparison.Ordinal);
        Assert.Contains("Ведомость при переводе", week, StringComparison.Ordinal);
        var statement = WebUtility.HtmlDecode(await child.ReadAsync($"/diary/{pupil.Person.Id}/statement"));
        Assert.Contains(Home.Plan.Place.ShortName, statement, StringComparison.Ordinal);
        var term = WebUtility.HtmlDecode(await child.ReadAsync("/diary?view=term"));
        Assert.Contains($"({Home.Plan.Place.ShortName})", term, StringComparison.Ordinal);
        // The present week begins with the new school.
        var now = WebUtility.HtmlDecode(await child.ReadAsync($"/diary?view=day&date={Office.Date(Today)}"));
        Assert.DoesNotContain($"<small>{Home.Plan.Place.ShortName}</small>", now, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mark_corrected_by_the_former_school_corrects_the_statement()
    {
        var (pupil, transfer) = await SendAsync();
        Assert.NotEqual(Guid.Empty, transfer);
        await office.DeliveredAsync();
        var before = await office.Host.Database.ScalarAsync<string>("select subjects::text from journal.statements where learner_id = $1", pupil.Person.Id);
        await office.Host.Database.ScalarAsync<int>("update journal.marks set value = '2' where learner_id = $1 and value in ('3', '4', '5')", pupil.Person.Id);
        await using (var connection = await office.Host.Database.Owner.OpenConnectionAsync(TestContext.Current.CancellationToken))
            await Statements.FillAsync(connection, Home.Id, 2026, [pupil.Person.Id], SampleSchool.Now, default);
        Assert.NotEqual(before, await office.Host.Database.ScalarAsync<string>("select subjects::text from journal.statements where learner_id = $1", pupil.Person.Id));
    }

    [Fact]
    public async Task A_transfer_is_taken_back_until_it_is_accepted_and_the_statement_with_it()
    {
        var (pupil, transfer) = await SendAsync();
        await office.DeliveredAsync();
        var order = await office.Host.Database.ScalarAsync<Guid>("select movement_id from registry.transfers where id = $1", transfer);
        Assert.True((await office.UndoAsync(pupil.Person.Id, order)).IsOk);
        await office.DeliveredAsync();
        Assert.Equal(pupil.Class.Id, await office.ClassOnAsync(pupil.Person.Id, Today));
        Assert.Equal(0, await office.Host.Database.ScalarAsync<long>("select (select count(*) from journal.statements where learner_id = $1) + (select count(*) from journal.former_groups where learner_id = $1)", pupil.Person.Id));
        Assert.Equal("registry.transfer-settled", (await office.AcceptAsync(transfer, office.Order(MovementKinds.TransferIn, toClass: Away.Classes[0].Id), Away)).Problem?.Code);
    }

    [Fact]
    public async Task The_sender_cannot_take_back_what_was_accepted_and_the_receiver_can_give_it_up()
    {
        var (pupil, transfer) = await SendAsync();
        var sent = await office.Host.Database.ScalarAsync<Guid>("select movement_id from registry.transfers where id = $1", transfer);
        Assert.True((await office.AcceptAsync(transfer, office.Order(MovementKinds.TransferIn, toClass: Away.Classes.First(c => c.Grade == 7).Id), Away)).IsOk);
        Assert.Equal("registry.transfer-accepted", (await office.UndoAsync(pupil.Person.Id, sent)).Problem?.Code);
        var accepted = await office.Host.Database.ScalarAsync<Guid>("select id from registry.movements where person_id = $1 and kind = 'transfer-in'", pupil.Person.Id);
        Assert.True((await office.UndoAsync(pupil.Person.Id, accepted, Away)).IsOk);
        Assert.True((await office.UndoAsync(pupil.Person.Id, sent)).IsOk);
        Assert.Equal(pupil.Class.Id, await office.ClassOnAsync(pupil.Person.Id, Today.AddDays(1)));
    }

    [Fact]
    public async Task A_learner_is_not_accepted_before_the_last_day_of_the_former_school_nor_by_a_third_one()
    {
        var (_, transfer) = await SendAsync(Today.AddDays(5));
        var order = office.Order(MovementKinds.TransferIn, toClass: Away.Classes.First(c => c.Grade == 7).Id);
        Assert.Equal("registry.before-left", (await office.AcceptAsync(transfer, order, Away)).Problem?.Code);
        Assert.Equal("registry.class-missing", (await office.AcceptAsync(transfer, order with { On = Office.Date(Today.AddDays(6)), ToClass = null }, Away)).Problem?.Code);
        Assert.Equal(404, (await office.AcceptAsync(transfer, order, Home)).Problem?.Status);
        Assert.Equal(404, (await office.AcceptAsync(Guid.CreateVersion7(), order, Away)).Problem?.Status);
    }

    [Fact]
    public async Task Papers_to_a_closed_school_are_refused_and_to_a_place_outside_are_kept_in_words()
    {
        var pupil = office.NextPupil();
        await office.Host.Database.ScalarAsync<int>("""
            insert into registry.organisations (id, kind, name, short_name, closed_on) values ('00000000-0000-7000-8000-000000000458', 'school', 'Закрытая школа', 'Закрытая', '2026-01-01')
            """);
        var closed = await office.MoveAsync(pupil.Person.Id, office.Order(MovementKinds.TransferOut, toSchool: Guid.Parse("00000000-0000-7000-8000-000000000458")));
        Assert.Equal("registry.to-closed", closed.Problem?.Code);
        Assert.True((await office.MoveAsync(pupil.Person.Id, office.Order(MovementKinds.TransferOut, toPlace: "Лицей, г. Тверь"))).IsOk);
        Assert.Equal("Лицей, г. Тверь", (await RegisterAsync(Home)).Outgoing.Single(p => p.PersonId == pupil.Person.Id).ToSchool);
    }

    [Fact]
    public async Task The_book_counts_who_came_and_left_by_class()
    {
        var pupil = office.NextPupil();
        var before = await RegisterAsync(Home);
        Assert.True((await office.MoveAsync(pupil.Person.Id, office.Order(MovementKinds.Leaving, reason: "abroad"))).IsOk);
        var after = await RegisterAsync(Home);
        Assert.Equal(before.Left + 1, after.Left);
        var name = pupil.Class.Name;
        Assert.Equal(before.Classes.Single(c => c.Name == name).Left + 1, after.Classes.Single(c => c.Name == name).Left);
        Assert.Contains(after.Lines, line => line.PersonId == pupil.Person.Id && line is { Kind: MovementKinds.Leaving, Reason: "abroad", IsUndone: false });
        var none = await office.WithAsync<ShowRegister, Result<RegisterScreen>>(async h => await h.HandleAsync(await office.AdministratorAsync(), "2024-01-01", "2024-02-01", null, default));
        Assert.Empty(none.Value.Lines);
    }

    [Fact]
    public async Task The_book_is_a_sheet_for_those_who_run_the_school_and_absent_for_a_teacher()
    {
        using var deputy = await office.Host.SignInAsync(SampleSchool.Staff(Roles.Deputy).Id, new Hat(Roles.Deputy, Home.Id));
        using var sheet = await deputy.GetAsync("/school/movement.xlsx");
        Assert.Equal("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", sheet.Content.Headers.ContentType?.MediaType);
        Assert.Equal(HttpStatusCode.NotFound, await deputy.StatusAsync("/school/movement/enrol"));
        using var teacher = await office.Host.SignInAsync(SampleSchool.Teacher.Id, new Hat(Roles.Teacher, Home.Id));
        Assert.Equal(HttpStatusCode.NotFound, await teacher.StatusAsync("/school/movement.xlsx"));
    }

    private async Task<(Pupil Pupil, Guid Transfer)> SendAsync(DateOnly? lastDay = null)
    {
        var pupil = office.NextPupil();
        var done = await office.MoveAsync(pupil.Person.Id, office.Order(MovementKinds.TransferOut, lastDay ?? Today.AddDays(-1), toSchool: Away.Id));
        Assert.True(done.IsOk, done.Problem?.Code);
        return (pupil, await office.SentAsync(pupil.Person.Id));
    }

    private async Task<RegisterScreen> RegisterAsync(School school) =>
        (await office.WithAsync<ShowRegister, Result<RegisterScreen>>(async h => await h.HandleAsync(await office.AdministratorAsync(school), null, null, null, default))).Value;
}
