using System.Collections.Immutable;
using System.Net;
using CsCheck;
using MySchool.Contracts.Access;
using MySchool.Generator.People;
using MySchool.Kernel;
using MySchool.Registry.Features.Doubles;
using MySchool.Testing;
using Xunit;

namespace MySchool.Modules.Tests.Registry;

public sealed class MergeTests(Office office) : IClassFixture<Office>
{
    [Fact]
    public async Task Merged_card_gives_its_facts_to_the_one_with_marks_and_its_id_leads_there()
    {
        var pupil = office.NextPupil();
        var card = await CardAsync(pupil, isEnrolled: true, guardian: true);
        var marks = await MarksAsync(pupil.Person.Id);
        var done = await MergeAsync(pupil.Person.Id, card);
        Assert.Equal(pupil.Person.Id, done.Value);
        Assert.Equal(1, await CountAsync("select count(*) from registry.guardianships where learner_id = $1 and kinship = 'other'", pupil.Person.Id));
        Assert.Equal(0, await CountAsync("select count(*) from registry.enrolments where person_id = $1", card));
        Assert.Equal(pupil.Class.Id, await office.ClassOnAsync(pupil.Person.Id, office.Today));
        Assert.Equal(marks, await MarksAsync(pupil.Person.Id));
        Assert.Equal(1, await CountAsync("select count(*) from registry.changes where event = 'replaced' and object_id = $1::text and became = $2::text", card, pupil.Person.Id));

        var administrator = await office.AdministratorAsync();
        using var browser = await office.Host.SignInAsync(administrator.PersonId, administrator.Hat);
        var led = await browser.GetAsync($"/people/{card}");
        Assert.Equal((HttpStatusCode.Redirect, $"/people/{pupil.Person.Id}"), (led.StatusCode, led.Headers.Location?.ToString()));
        Assert.Equal(2, await CountAsync("select count(*) from registry.history where why = 'merge' and row_id in ($1, $2)", pupil.Person.Id, card));
    }

    [Fact]
    public async Task Old_id_tells_nothing_to_whoever_may_not_open_the_card()
    {
        var pupil = office.NextPupil();
        var card = await CardAsync(pupil, isEnrolled: true);
        await MergeAsync(pupil.Person.Id, card);
        var stranger = await office.AdministratorAsync(SampleSchool.OtherSchool);
        using var browser = await office.Host.SignInAsync(stranger.PersonId, stranger.Hat);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync($"/people/{card}")).StatusCode);
    }

    [Fact]
    public async Task Fields_are_taken_from_the_side_that_was_chosen_and_missing_ones_from_the_side_that_has_them()
    {
        var pupil = office.NextPupil();
        var card = await CardAsync(pupil, isEnrolled: true);
        await ExecuteAsync("update registry.people set middle_name = '' where id = $1", pupil.Person.Id);
        await office.DeliveredAsync();
        Assert.True((await MergeAsync(pupil.Person.Id, card, "last_name")).IsOk);
        Assert.Equal($"{Misspell(pupil.Person.Last)} {pupil.Person.First} {pupil.Person.Middle}", await office.Host.Database.ScalarAsync<string>(
            "select last_name || ' ' || first_name || ' ' || middle_name from registry.people where id = $1", pupil.Person.Id));
    }

    [Fact]
    public async Task Two_learners_of_different_classes_are_refused_and_nothing_changes()
    {
        var (one, other) = (office.NextPupil().Person.Id, office.NextPupil().Person.Id);
        await ExecuteAsync("delete from registry.identities where person_id = $1", other);
        await SignalAsync(one, other);
        var before = await StateAsync(one, other);
        Assert.Equal("registry.merge-hindered", (await MergeAsync(one, other)).Problem?.Code);
        Assert.Equal(before, await StateAsync(one, other));
    }

    [Fact]
    public async Task Enrolment_in_another_class_on_the_same_days_is_named_and_refused()
    {
        var pupil = office.NextPupil();
        var card = await CardAsync(pupil, isEnrolled: true, isOtherClass: true);
        var refused = await MergeAsync(pupil.Person.Id, card);
        Assert.Equal("registry.merge-hindered", refused.Problem?.Code);
        Assert.Contains(pupil.Class.Name, refused.Problem!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_numbers_are_two_people_to_the_law()
    {
        var pupil = office.NextPupil();
        var card = await CardAsync(pupil, isEnrolled: true);
        await ExecuteAsync("insert into registry.identities (person_id, snils_hash, snils_cipher) values ($1, sha256($1::text::bytea), 'x')", card);
        await SignalAsync(pupil.Person.Id, card);
        Assert.Equal("registry.merge-hindered", (await MergeAsync(pupil.Person.Id, card)).Problem?.Code);
    }

    [Fact]
    public async Task Parting_puts_both_back_and_keeps_what_was_written_since_with_the_survivor()
    {
        var pupil = office.NextPupil();
        var card = await CardAsync(pupil, isEnrolled: true, guardian: true);
        var before = await StateAsync(pupil.Person.Id, card);
        await MergeAsync(pupil.Person.Id, card);
        var later = await GuardianAsync(pupil.Person.Id);
        var merge = await LastMergeAsync(pupil.Person.Id);
        Assert.True((await PartAsync(merge)).IsOk);
        Assert.True((await PartAsync(merge)).IsOk);
        Assert.Equal(1, await CountAsync("select count(*) from registry.guardianships where learner_id = $1 and guardian_id = $2", pupil.Person.Id, later));
        await ExecuteAsync("delete from registry.guardianships where guardian_id = $1", later);
        Assert.Equal(before, await StateAsync(pupil.Person.Id, card));
        await office.DeliveredAsync();
        Assert.Equal(1, await CountAsync("select count(*) from registry.doubles where state = 'open' and $1 in (left_id, right_id) and $2 in (left_id, right_id)", pupil.Person.Id, card));
    }

    [Fact]
    public async Task Merge_is_parted_by_nobody_of_another_school()
    {
        var pupil = office.NextPupil();
        await MergeAsync(pupil.Person.Id, await CardAsync(pupil, isEnrolled: true));
        var merge = await LastMergeAsync(pupil.Person.Id);
        Assert.Equal(404, (await PartAsync(merge, SampleSchool.OtherSchool)).Problem?.Status);
        Assert.DoesNotContain(await office.WithAsync<PartPeople, ImmutableArray<MergeLine>>(async handler =>
            await handler.ListAsync(await office.AdministratorAsync(SampleSchool.OtherSchool), default)), line => line.Id == merge);
    }

    [Fact]
    public async Task Merges_and_partings_in_any_mixture_lose_no_mark_and_end_where_they_began()
    {
        var pupils = Enumerable.Range(0, 3).Select(_ => office.NextPupil()).ToArray();
        await Gen.Select(Gen.Int[0, 2], Gen.Bool, Gen.Bool, Gen.Bool, Gen.Int[0, 31], Gen.Bool).SampleAsync(async (who, isEnrolled, guardian, hasSnils, fields, isEdited) =>
        {
            var pupil = pupils[who];
            var card = await CardAsync(pupil, isEnrolled, guardian);
            if (hasSnils) await ExecuteAsync("update registry.identities set person_id = $2 where person_id = $1", pupil.Person.Id, card);
            await SignalAsync(pupil.Person.Id, card);
            var (before, marks) = (await StateAsync(pupil.Person.Id, card), await MarksAsync(pupil.Person.Id));
            string[] names = ["last_name", "first_name", "middle_name", "birth_date", "gender"];
            var merged = isEnrolled ? await MergeAsync(pupil.Person.Id, card, [.. names.Where((_, i) => (fields >> i & 1) == 1)]) : await MergeByRegionAsync(pupil.Person.Id, card);
            Assert.True(merged.IsOk, merged.Problem?.Message);
            Assert.Equal(marks, await MarksAsync(pupil.Person.Id));
            if (isEdited) await ExecuteAsync("update registry.guardianships set ends_on = ends_on where learner_id = $1", pupil.Person.Id);
            var parted = isEnrolled ? await PartAsync(await LastMergeAsync(pupil.Person.Id)) : await PartByRegionAsync(await LastMergeAsync(pupil.Person.Id));
            Assert.True(parted.IsOk, parted.Problem?.Message);
            Assert.Equal(before, await StateAsync(pupil.Person.Id, card));
            Assert.Equal(marks, await MarksAsync(pupil.Person.Id));
            if (hasSnils) await ExecuteAsync("update registry.identities set person_id = $2 where person_id = $1", card, pupil.Person.Id);
        }, iter: 24, threads: 1);
    }

    [Fact]
    public async Task Page_shows_what_follows_and_merges_by_its_button()
    {
        var pupil = office.NextPupil();
        var card = await CardAsync(pupil, isEnrolled: true, guardian: true);
        var administrator = await office.AdministratorAsync();
        using var browser = await office.Host.SignInAsync(administrator.PersonId, administrator.Hat);
        var address = $"/doubles/{pupil.Person.Id}/{card}/merge";
        var text = await Office.TextAsync(await browser.GetAsync(address));
        Assert.Contains("Родители", text, StringComparison.Ordinal);
        Assert.Contains(Misspell(pupil.Person.Last), text, StringComparison.Ordinal);
        var done = await browser.SubmitAsync(address, address, ("last_name", "survivor"));
        Assert.Equal("/doubles/merged", done.Headers.Location?.ToString());
        Assert.Contains(pupil.Person.FullName, await Office.TextAsync(await browser.GetAsync("/doubles/merged")), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync(address)).StatusCode);
    }

    // A card made beside the pupil's own: misspelled, in the same class from a later day, with a parent of its own.
    private async Task<Guid> CardAsync(Pupil pupil, bool isEnrolled, bool guardian = false, bool isOtherClass = false)
    {
        var id = Ids.New();
        await ExecuteAsync("insert into registry.people (id, last_name, first_name, middle_name, birth_date, source_id) values ($1, $2, $3, $4, $5, $6)",
            id, Misspell(pupil.Person.Last), pupil.Person.First, pupil.Person.Middle, pupil.Person.Birth, $"merge-{id}");
        if (isEnrolled)
            await ExecuteAsync("insert into registry.enrolments (school_id, id, person_id, class_id, starts_on) values ($1, $2, $3, $4, '2026-10-01')",
                SampleSchool.School.Id, Ids.New(), id, (isOtherClass ? office.OtherClass(pupil.Class) : pupil.Class).Id);
        else await ExecuteAsync("insert into registry.memberships (unit_id, id, person_id, role, starts_on) values ($1, $2, $3, 'teacher', '2026-10-01')", SampleSchool.OtherSchool.Id, Ids.New(), id);
        if (guardian) await GuardianAsync(id);
        await office.DeliveredAsync();
        return id;
    }

    private async Task<Guid> GuardianAsync(Guid child)
    {
        var id = Ids.New();
        await ExecuteAsync("insert into registry.people (id, last_name, first_name) values ($1, $2, 'Опекун')", id, "Опекунова");
        await ExecuteAsync("insert into registry.guardianships (learner_id, guardian_id, kinship, starts_on) values ($1, $2, 'other', '2026-10-01')", child, id);
        return id;
    }

    private async Task SignalAsync(Guid one, Guid other)
    {
        await ExecuteAsync("insert into registry.double_signals values (least($1::uuid, $2::uuid), greatest($1::uuid, $2::uuid), 'snils', now())", one, other);
        await office.DeliveredAsync();
    }

    // Everything the registry says of the two, but when it last changed: a parting is a change.
    private async Task<string> StateAsync(Guid one, Guid other)
    {
        string[] rows =
        [
            .. new[] { "people:id", "identities:person_id", "enrolments:person_id", "memberships:person_id", "group_members:person_id", "guardianships:learner_id",
                "guardianships:guardian_id", "teaching_assignments:person_id", "class_leaders:person_id", "movements:person_id", "former_ids:former_id" }
                .Select(table => table.Split(':')).Select(table => $"select '{table[0]} ' || (to_jsonb(t) - 'modified_at')::text as line from registry.{table[0]} t where t.{table[1]} in ($1, $2)"),
        ];
        return await office.Host.Database.ScalarAsync<string>($"select string_agg(line, e'\\n' order by line) from ({string.Join(" union all ", rows)}) w", one, other) ?? "";
    }

    private async Task<string> MarksAsync(Guid person) => await office.Host.Database.ScalarAsync<string>(
        "select coalesce(md5(string_agg(m::text, ';' order by m::text)), '') || count(*) from journal.marks m where learner_id = $1", person) ?? "";

    private Task<long> CountAsync(string sql, params object[] values) => office.Host.Database.ScalarAsync<long>(sql, values);

    private Task<Guid> LastMergeAsync(Guid survivor) =>
        office.Host.Database.ScalarAsync<Guid>("select id from registry.merges where survivor_id = $1 and state = 'merged' order by id desc limit 1", survivor)!;

    private async Task<Result<Guid>> MergeAsync(Guid one, Guid other, params string[] fields) =>
        await office.WithAsync<MergePeople, Result<Guid>>(async handler => await handler.HandleAsync(await office.AdministratorAsync(), one, other, [.. fields], default));

    private async Task<Result<Guid>> MergeByRegionAsync(Guid one, Guid other) =>
        await office.WithAsync<MergePeople, Result<Guid>>(async handler => await handler.HandleAsync(await CoordinatorAsync(), one, other, [], default));

    private async Task<Result<bool>> PartAsync(Guid merge, School? school = null) =>
        await office.WithAsync<PartPeople, Result<bool>>(async handler => await handler.HandleAsync(await office.AdministratorAsync(school), merge, default));

    private async Task<Result<bool>> PartByRegionAsync(Guid merge) =>
        await office.WithAsync<PartPeople, Result<bool>>(async handler => await handler.HandleAsync(await CoordinatorAsync(), merge, default));

    private async Task<Actor> CoordinatorAsync()
    {
        var regional = SampleSchool.Office(Roles.RegionalCoordinator);
        return await office.ActorAsync(regional.Person.Id, regional.Role, regional.Unit.Id);
    }

    private async Task ExecuteAsync(string sql, params object[] values)
    {
        await using var command = office.Host.Database.Owner.CreateCommand(sql);
        foreach (var value in values) command.Parameters.AddWithValue(value);
        await command.ExecuteNonQueryAsync();
    }

    private static string Misspell(string name) => name[..2] + 'ъ' + name[2..];
}
