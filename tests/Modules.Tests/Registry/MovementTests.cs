using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Registry.Domain;
using MySchool.Registry.Features.Movement;
using MySchool.Testing;
using Xunit;

namespace MySchool.Modules.Tests.Registry;

/// <summary>Orders that move learners within and out of a school.</summary>
public sealed class MovementTests(Office office) : IClassFixture<Office>
{
    private static readonly DateOnly Today = SampleSchool.Today;

    [Fact]
    public async Task A_learner_changes_class_and_is_in_one_class_each_day()
    {
        var pupil = office.NextPupil();
        var to = office.OtherClass(pupil.Class);
        var done = await office.MoveAsync(pupil.Person.Id, office.Order(MovementKinds.ClassChange, toClass: to.Id));
        Assert.True(done.IsOk, done.Problem?.Code);
        Assert.Equal(pupil.Class.Id, await office.ClassOnAsync(pupil.Person.Id, Today.AddDays(-1)));
        Assert.Equal(to.Id, await office.ClassOnAsync(pupil.Person.Id, Today));
        Assert.Equal(0, await office.Host.Database.ScalarAsync<long>("""
            select count(*) from registry.group_members m join registry.teaching_groups t on t.id = m.group_id
             where m.person_id = $1 and t.class_id = $2 and (m.ends_on is null or m.ends_on >= $3)
            """, pupil.Person.Id, pupil.Class.Id, Today));
        Assert.True(await office.Host.Database.ScalarAsync<long>("select count(*) from registry.history where row_id = $1 and table_name = 'movements'", pupil.Person.Id) == 1);
        Assert.Equal(1, await office.Host.Database.ScalarAsync<long>("select count(*) from kernel.audit where subject_id = $1 and action = 'registry.manage-movement'", pupil.Person.Id));
    }

    [Fact]
    public async Task An_order_is_undone_and_everything_stands_as_before()
    {
        var pupil = office.NextPupil();
        var before = await FactsAsync(pupil.Person.Id);
        var done = await office.MoveAsync(pupil.Person.Id, office.Order(MovementKinds.ClassChange, toClass: office.OtherClass(pupil.Class).Id));
        Assert.NotEqual(before, await FactsAsync(pupil.Person.Id));
        Assert.True((await office.UndoAsync(pupil.Person.Id, done.Value)).IsOk);
        Assert.Equal(before, await FactsAsync(pupil.Person.Id));
        Assert.Equal("registry.already-undone", (await office.UndoAsync(pupil.Person.Id, done.Value)).Problem?.Code);
        // The order stays in the book, struck out.
        Assert.Equal(1, await office.Host.Database.ScalarAsync<long>("select count(*) from registry.movements where person_id = $1 and undone_at is not null", pupil.Person.Id));
    }

    [Fact]
    public async Task The_earlier_of_two_orders_is_not_undone_first()
    {
        var pupil = office.NextPupil();
        var first = await office.MoveAsync(pupil.Person.Id, office.Order(MovementKinds.HomeSchooling));
        var second = await office.MoveAsync(pupil.Person.Id, office.Order(MovementKinds.Return, Today.AddDays(3)));
        Assert.True(second.IsOk, second.Problem?.Code);
        Assert.Equal("registry.later-order", (await office.UndoAsync(pupil.Person.Id, first.Value)).Problem?.Code);
        Assert.True((await office.UndoAsync(pupil.Person.Id, second.Value)).IsOk);
        Assert.True((await office.UndoAsync(pupil.Person.Id, first.Value)).IsOk);
    }

    [Fact]
    public async Task A_class_change_that_has_marks_is_not_undone()
    {
        var pupil = office.NextPupil();
        var to = office.OtherClass(pupil.Class);
        var done = await office.MoveAsync(pupil.Person.Id, office.Order(MovementKinds.ClassChange, toClass: to.Id));
        await office.Host.Database.ScalarAsync<int>("""
            insert into journal.marks (school_year, school_id, group_id, lesson_id, learner_id, slot, lesson_date, value, work_type, weight, version, recorded_by, recorded_at)
            select 2026, $1, t.id, gen_random_uuid(), $2, 1, $3, '5', 1, 1, 1, $2, now() from registry.teaching_groups t where t.class_id = $4 and t.kind = 'class' limit 1
            """, SampleSchool.School.Id, pupil.Person.Id, Today, to.Id);
        var undone = await office.UndoAsync(pupil.Person.Id, done.Value);
        Assert.Equal("registry.has-marks", undone.Problem?.Code);
        Assert.Contains("1 запись", undone.Problem!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_leaver_is_gone_after_the_last_day_and_the_place_of_next_year_with_them()
    {
        var pupil = office.NextPupil();
        var done = await office.MoveAsync(pupil.Person.Id, office.Order(MovementKinds.Leaving, Today.AddDays(2), reason: "college"));
        Assert.True(done.IsOk, done.Problem?.Code);
        Assert.Equal(pupil.Class.Id, await office.ClassOnAsync(pupil.Person.Id, Today.AddDays(2)));
        Assert.Null(await office.ClassOnAsync(pupil.Person.Id, Today.AddDays(3)));
    }

    [Fact]
    public async Task Who_has_left_is_enrolled_again_by_the_same_person()
    {
        var pupil = office.NextPupil();
        await office.MoveAsync(pupil.Person.Id, office.Order(MovementKinds.Leaving, Today.AddDays(-5), reason: "request"));
        var order = office.Order(MovementKinds.Enrolment, Today, pupil.Class.Id, reason: "returned");
        var done = await office.EnrolAsync(new EnrolRequest(pupil.Person.Id.ToString(), null, null, null, null, order));
        Assert.True(done.IsOk, done.Problem?.Code);
        Assert.Equal(pupil.Person.Id, done.Value);
        Assert.Null(await office.ClassOnAsync(pupil.Person.Id, Today.AddDays(-1)));
        Assert.Equal(pupil.Class.Id, await office.ClassOnAsync(pupil.Person.Id, Today));
    }

    [Fact]
    public async Task A_new_child_is_enrolled_once()
    {
        var to = SampleSchool.School.Classes.First(c => c.Grade == 1);
        EnrolRequest Child() => new(null, "Новосёлова", "Дарья", "Ильинична", "2019-05-14", office.Order(MovementKinds.Enrolment, toClass: to.Id, reason: "first-grade"));
        var done = await office.EnrolAsync(Child());
        Assert.True(done.IsOk, done.Problem?.Code);
        Assert.Equal(to.Id, await office.ClassOnAsync(done.Value, Today));
        Assert.Equal("registry.twin", (await office.EnrolAsync(Child())).Problem?.Code);
    }

    [Theory]
    [InlineData("", "Дарья", "2019-05-14", "registry.name-missing")]
    [InlineData("Иванова", " ", "2019-05-14", "registry.name-missing")]
    [InlineData("Иванова", "Дарья", "2026-05-14", "registry.birth-date-odd")]
    [InlineData("Иванова", "Дарья", "вчера", "registry.birth-date-odd")]
    public async Task A_child_without_name_or_age_is_refused(string last, string first, string born, string code)
    {
        var order = office.Order(MovementKinds.Enrolment, toClass: SampleSchool.School.Classes[0].Id);
        Assert.Equal(code, (await office.EnrolAsync(new EnrolRequest(null, last, first, null, born, order))).Problem?.Code);
    }

    [Fact]
    public async Task Who_learns_here_is_not_enrolled_twice()
    {
        var pupil = office.NextPupil();
        var order = office.Order(MovementKinds.Enrolment, toClass: pupil.Class.Id);
        Assert.Equal("registry.already-enrolled", (await office.EnrolAsync(new EnrolRequest(pupil.Person.Id.ToString(), null, null, null, null, order))).Problem?.Code);
    }

    [Fact]
    public async Task A_learner_of_another_school_is_nobody_here()
    {
        var theirs = SampleSchool.OtherSchool.Pupils.First();
        var order = office.Order(MovementKinds.Enrolment, toClass: SampleSchool.Class.Id);
        Assert.Equal(404, (await office.EnrolAsync(new EnrolRequest(theirs.Person.Id.ToString(), null, null, null, null, order))).Problem?.Status);
        Assert.Equal(404, (await office.MoveAsync(theirs.Person.Id, office.Order(MovementKinds.Leaving))).Problem?.Status);
        Assert.Equal(404, (await office.UndoAsync(theirs.Person.Id, Guid.CreateVersion7())).Problem?.Status);
    }

    [Fact]
    public async Task Only_the_administrator_gives_orders()
    {
        var pupil = office.NextPupil();
        foreach (var role in (string[])[Roles.Head, Roles.Deputy, Roles.Psychologist])
        {
            var actor = await office.ActorAsync(SampleSchool.Staff(role).Id, role, SampleSchool.School.Id);
            var done = await office.WithAsync<OrderMovement, Result<Guid>>(h => h.HandleAsync(actor, pupil.Person.Id, office.Order(MovementKinds.Leaving), default));
            Assert.Equal(404, done.Problem?.Status);
        }
        Assert.NotNull(await office.ClassOnAsync(pupil.Person.Id, Today.AddDays(1)));
    }

    [Fact]
    public async Task A_leave_is_dated_ends_with_a_return_and_is_not_given_twice()
    {
        var pupil = office.NextPupil();
        var leave = await office.MoveAsync(pupil.Person.Id, office.Order(MovementKinds.AcademicLeave, ends: Today.AddDays(100)));
        Assert.True(leave.IsOk, leave.Problem?.Code);
        Assert.Equal("registry.on-leave", (await office.MoveAsync(pupil.Person.Id, office.Order(MovementKinds.FamilyEducation, Today.AddDays(5)))).Problem?.Code);
        Assert.True((await office.MoveAsync(pupil.Person.Id, office.Order(MovementKinds.Return, Today.AddDays(10)))).IsOk);
        Assert.Equal(Today.AddDays(9), await office.Host.Database.ScalarAsync<DateOnly>("select ends_on from registry.movements where id = $1", leave.Value));
        Assert.Equal("registry.not-on-leave", (await office.MoveAsync(pupil.Person.Id, office.Order(MovementKinds.Return, Today.AddDays(11)))).Problem?.Code);
        Assert.NotNull(await office.ClassOnAsync(pupil.Person.Id, Today));
    }

    [Fact]
    public async Task A_learner_moves_to_the_other_subgroup_of_a_subject_only()
    {
        var groups = SampleSchool.School.Groups.Where(g => g.Part == 2).Select(second => (Second: second, First: SampleSchool.School.Groups.First(g => g.Class == second.Class && g.Subject == second.Subject && g.Part == 1))).First();
        var member = await office.Host.Database.ScalarAsync<Guid>("select person_id from registry.group_members where group_id = $1 and ends_on is null limit 1", groups.First.Id);
        Assert.Equal("registry.same-group", (await office.MoveAsync(member, office.Order(MovementKinds.GroupChange, group: groups.First.Id))).Problem?.Code);
        Assert.True((await office.MoveAsync(member, office.Order(MovementKinds.GroupChange, group: groups.Second.Id))).IsOk);
        var now = await office.Host.Database.ScalarAsync<Guid[]>("""
            select array_agg(m.group_id) from registry.group_members m join registry.teaching_groups t on t.id = m.group_id
             where m.person_id = $1 and t.subject_id = (select subject_id from registry.teaching_groups where id = $2) and (m.ends_on is null or m.ends_on >= $3)
            """, member, groups.First.Id, Today);
        Assert.Equal([groups.Second.Id], now!);
    }

    [Theory]
    [InlineData("", "2026-11-23", "registry.order-missing")]
    [InlineData("1", "2026-11-24", "registry.order-ahead")]
    [InlineData("1", "не дата", "registry.date-missing")]
    public async Task An_order_without_number_or_date_is_refused(string number, string dated, string code)
    {
        var pupil = office.NextPupil();
        var order = office.Order(MovementKinds.Leaving) with { OrderNo = number, OrderedOn = dated };
        Assert.Equal(code, (await office.MoveAsync(pupil.Person.Id, order)).Problem?.Code);
    }

    [Fact]
    public async Task Each_wrong_order_says_what_is_wrong_and_changes_nothing()
    {
        var pupil = office.NextPupil();
        var before = await FactsAsync(pupil.Person.Id);
        var another = await office.Host.Database.ScalarAsync<Guid>("""
            insert into registry.academic_years values ($1, 2027, '2027-09-01', '2028-05-31') on conflict do nothing;
            """, SampleSchool.School.Id);
        var nextYear = Guid.CreateVersion7();
        await office.Host.Database.ScalarAsync<int>("insert into registry.classes (school_id, id, year, grade, letter) values ($1, $2, 2027, 9, 'Ю')", SampleSchool.School.Id, nextYear);
        (string Code, MovementRequest Order)[] wrong =
        [
            ("registry.kind-unknown", office.Order("fired")),
            ("registry.kind-unknown", office.Order(MovementKinds.Enrolment, toClass: pupil.Class.Id)),
            ("registry.reason-missing", office.Order(MovementKinds.Leaving) with { Reason = "bored" }),
            ("registry.not-enrolled", office.Order(MovementKinds.Leaving, new DateOnly(2024, 1, 10))),
            ("registry.date-far", office.Order(MovementKinds.Leaving, Today.AddYears(3))),
            ("registry.class-missing", office.Order(MovementKinds.ClassChange)),
            ("registry.class-missing", office.Order(MovementKinds.ClassChange, toClass: SampleSchool.OtherSchool.Classes[0].Id)),
            ("registry.same-class", office.Order(MovementKinds.ClassChange, toClass: pupil.Class.Id)),
            ("registry.class-of-another-year", office.Order(MovementKinds.ClassChange, toClass: nextYear)),
            ("registry.class-of-another-year", office.Order(MovementKinds.ClassChange, new DateOnly(2027, 9, 2), nextYear)),
            ("registry.group-missing", office.Order(MovementKinds.GroupChange, group: Guid.CreateVersion7())),
            ("registry.end-missing", office.Order(MovementKinds.AcademicLeave)),
            ("registry.end-before-start", office.Order(MovementKinds.HomeSchooling, ends: Today.AddDays(-2))),
            ("registry.to-missing", office.Order(MovementKinds.TransferOut)),
            ("registry.to-missing", office.Order(MovementKinds.TransferOut, toSchool: SampleSchool.Region.Country.Id)),
            ("registry.to-same", office.Order(MovementKinds.TransferOut, toSchool: SampleSchool.School.Id)),
            ("registry.why-too-long", office.Order(MovementKinds.HomeSchooling) with { Note = new string('я', 301) }),
        ];
        foreach (var (code, order) in wrong) Assert.Equal(code, (await office.MoveAsync(pupil.Person.Id, order)).Problem?.Code);
        Assert.Equal(before, await FactsAsync(pupil.Person.Id));
        Assert.Equal(Guid.Empty, another);
    }

    private async Task<string?> FactsAsync(Guid person) => await office.Host.Database.ScalarAsync<string>("""
        select string_agg(t, E'\n' order by t) from (
          select class_id || ' ' || starts_on || ' ' || coalesce(ends_on::text, '') as t from registry.enrolments where person_id = $1 and (ends_on is null or ends_on >= starts_on)
          union all select group_id || ' ' || starts_on || ' ' || coalesce(ends_on::text, '') from registry.group_members where person_id = $1 and (ends_on is null or ends_on >= starts_on)) f
        """, person);
}
