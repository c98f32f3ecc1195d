using System.Collections.Immutable;
using CsCheck;
using Microsoft.Extensions.DependencyInjection;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Generator.People;
using MySchool.Journal.Domain;
using MySchool.Journal.Features;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Registry.Features.Doubles;
using MySchool.Testing;
using Xunit;

namespace MySchool.Modules.Tests.Registry;

/// <summary>Two cards of one pupil, both in use: every module follows, and comes back.</summary>
public sealed class UsedMergeTests(Office office) : IClassFixture<Office>
{
    [Fact]
    public async Task Whatever_two_used_cards_carry_follows_and_parting_leaves_every_table_as_before()
    {
        var pupils = Enumerable.Range(0, 3).Select(_ => office.NextPupil()).ToArray();
        await Gen.Select(Gen.Int[0, 2], Gen.Int[0, (int)Carries.All], Gen.Bool).SampleAsync(async (who, carries, isToldAgain) =>
        {
            // The account goes on by a merge, and its card stays: then the pupil's own card is the one that goes.
            var (pupil, what) = (pupils[who], (Carries)carries & ~Carries.Account);
            var card = await UsedCard.MakeAsync(office, pupil, what);
            var (before, mine, its) = (await StateAsync(pupil, card), await UsedCard.CountAsync(office, pupil.Person.Id), await UsedCard.CountAsync(office, card));
            var drift = await DriftAsync();
            var merged = await MergeAsync(pupil.Person.Id, card);
            Assert.True(merged.IsOk, merged.Problem?.Message);
            await office.DeliveredAsync();
            if (isToldAgain) await TellAsync(await LastMergeAsync(merged.Value));
            var former = merged.Value == card ? pupil.Person.Id : card;
            Assert.All(await UsedCard.CountAsync(office, former), left => Assert.Equal((left.Key, 0L), (left.Key, left.Value)));
            var all = await UsedCard.CountAsync(office, merged.Value);
            foreach (var (table, count) in all.Where(row => !Folding.Contains(row.Key))) Assert.Equal((table, mine[table] + its[table]), (table, count));
            Assert.Equal(drift, await DriftAsync());
            await RecountAsync();
            var merge = await LastMergeAsync(merged.Value);
            Assert.True((await PartAsync(merge)).IsOk);
            await office.DeliveredAsync();
            Assert.Equal(before, await StateAsync(pupil, card));
            foreach (var schema in (string[])["journal", "access", "support", "connection"]) Assert.Equal(0, await CountAsync($"select count(*) from {schema}.merge_rows where merge_id = $1", merge));
            await ForgetAsync(card);
        }, iter: 6, threads: 1);
    }

    [Fact]
    public async Task Account_goes_to_the_card_that_stays_and_back_and_sessions_of_the_other_end()
    {
        var pupil = office.NextPupil();
        var card = await UsedCard.MakeAsync(office, pupil, Carries.Account | Carries.Consents);
        var survivor = (await MergeAsync(pupil.Person.Id, card)).Value;
        await office.DeliveredAsync();
        var registry = office.Host.Services.GetRequiredService<IRegistry>();
        Assert.Equal(survivor, await registry.FindByEsiaAsync(card.ToString(), default));
        var former = survivor == card ? pupil.Person.Id : card;
        Assert.Equal(0, await CountAsync("select count(*) from access.sessions where person_id = $1 and ended_at is null", former));
        Assert.True((await PartAsync(await LastMergeAsync(survivor))).IsOk);
        await office.DeliveredAsync();
        Assert.Equal(card, await registry.FindByEsiaAsync(card.ToString(), default));
        Assert.Equal(0, await CountAsync("select count(*) from access.sessions where person_id = $1 and ended_at is null", card));
    }

    [Fact]
    public async Task Consent_stands_for_the_card_that_stays_word_for_word_and_the_line_as_given_is_kept()
    {
        var pupil = office.NextPupil();
        var card = await UsedCard.MakeAsync(office, pupil, Carries.Consents);
        const string Words = "select string_agg(id || text_hash || at || expires_at || purpose || text_version, ';' order by id) from access.consents where subject_id = $1 and giver_id = any($2)";
        var said = await office.Host.Database.ScalarAsync<string>(Words, card, new[] { card, pupil.Person.Id });
        var survivor = (await MergeAsync(pupil.Person.Id, card)).Value;
        await office.DeliveredAsync();
        Assert.Equal(said, await office.Host.Database.ScalarAsync<string>(Words, survivor, new[] { survivor }));
        Assert.Equal(await CountAsync("select count(*) from access.consents where subject_id = $1", survivor),
            await CountAsync("select count(*) from access.merge_rows where table_name = 'consents' and column_name = 'subject_id' and row ->> 'subject_id' = $1::text", card));
        await Assert.ThrowsAsync<Npgsql.PostgresException>(async () =>
        {
            await using var change = office.Host.Services.GetRequiredService<WorkerDb>().Source.CreateCommand("update access.consents set text_hash = ''");
            await change.ExecuteNonQueryAsync();
        });
    }

    [Fact]
    public async Task Two_accounts_and_two_marks_at_one_lesson_are_named_and_nothing_is_merged()
    {
        var pupil = office.NextPupil();
        var card = await UsedCard.MakeAsync(office, pupil, Carries.Marks | Carries.Account);
        await UsedCard.RunAsync(office, "insert into registry.identities (person_id, esia_oid) values ($1, $1::text) on conflict (person_id) do update set esia_oid = excluded.esia_oid", pupil.Person.Id);
        await MarkAsync(pupil.Person.Id, card);
        var plan = (await office.WithAsync<MergePeople, string>(async handler =>
        {
            var refused = await handler.HandleAsync(await office.AdministratorAsync(), pupil.Person.Id, card, [], default);
            Assert.Equal("registry.merge-hindered", refused.Problem?.Code);
            return refused.Problem!.Message;
        }), await office.WithAsync<PlanMerge, MergePlan>(async handler => await handler.HandleAsync((await LineAsync(pupil.Person.Id, card))!, default)));
        Assert.Contains("учётные записи разные", plan.Item1, StringComparison.Ordinal);
        Assert.Contains(plan.Item2.Obstacles, obstacle => obstacle.Contains("у одной карточки отметка 5, у другой 4", StringComparison.Ordinal) || obstacle.Contains("у одной карточки отметка 4, у другой 5", StringComparison.Ordinal));
        Assert.Equal(0, await CountAsync("select count(*) from registry.merges where survivor_id in ($1, $2)", pupil.Person.Id, card));
    }

    [Fact]
    public async Task Mark_saved_under_the_former_id_in_the_moment_of_the_merge_is_found_by_the_second_telling()
    {
        var pupil = office.NextPupil();
        var card = await UsedCard.MakeAsync(office, pupil, Carries.Nothing);
        Assert.Equal(pupil.Person.Id, (await MergeAsync(pupil.Person.Id, card)).Value);
        await office.DeliveredAsync();
        await LateMarksAsync(pupil, card);
        office.Host.Clock.Advance(TimeSpan.FromMinutes(3));
        await office.DeliveredAsync();
        Assert.Equal(0, await CountAsync("select count(*) from journal.marks where learner_id = $1", card));
        Assert.Equal(3, await CountAsync("select count(*) from journal.marks where learner_id = $1 and recorded_by = $2 and value = '4'", pupil.Person.Id, card));
    }

    [Fact]
    public async Task Mark_saved_in_that_moment_at_a_lesson_where_the_other_card_has_one_stands_beside_it()
    {
        var pupil = office.NextPupil();
        var card = await UsedCard.MakeAsync(office, pupil, Carries.Nothing);
        await MergeAsync(pupil.Person.Id, card);
        await office.DeliveredAsync();
        await LateMarksAsync(pupil, card);
        await MarkAsync(pupil.Person.Id, card);
        office.Host.Clock.Advance(TimeSpan.FromMinutes(3));
        await office.DeliveredAsync();
        Assert.Equal(1, await CountAsync("select count(*) from journal.marks m join journal.marks s on s.lesson_id = m.lesson_id and s.learner_id = m.learner_id where m.learner_id = $1 and m.slot = 1 and m.value = '5' and s.slot = 2 and s.value = '4'", pupil.Person.Id));
    }

    [Fact]
    public async Task Page_that_was_open_before_the_merge_saves_to_the_card_that_stays_under_the_id_it_knows()
    {
        var pupil = office.NextPupil();
        var card = await UsedCard.MakeAsync(office, pupil, Carries.Nothing);
        var (group, lesson, teacher) = await LessonAsync(pupil, card);
        await MergeAsync(pupil.Person.Id, card);
        await office.DeliveredAsync();
        var actor = await office.ActorAsync(teacher, Roles.Teacher, SampleSchool.School.Id);
        var request = new RecordMarksRequest(Ids.New(), [new CellChange(lesson, card, CellKind.Mark, "5", null, 0)]);
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var saved = await office.WithAsync<RecordMarks, Result<RecordMarksAnswer>>(handler => handler.HandleAsync(actor, group, request, default));
            Assert.Equal((card, "saved"), (saved.Value.Cells[0].Learner, saved.Value.Cells[0].State));
        }
        Assert.Equal(1, await CountAsync("select count(*) from journal.marks where learner_id = $1 and lesson_id = $2 and value = '5'", pupil.Person.Id, lesson));
    }

    [Fact]
    public async Task Parting_told_before_the_merge_moves_nothing()
    {
        var pupil = office.NextPupil();
        var card = await UsedCard.MakeAsync(office, pupil, Carries.Marks);
        var (merge, before) = (Ids.New(), await StateAsync(pupil, card));
        await DeliverAsync(new PeopleParted(Ids.New(), merge, pupil.Person.Id, card, [SampleSchool.School.Id], office.Host.Clock.Now));
        await DeliverAsync(new PeopleMerged(Ids.New(), merge, pupil.Person.Id, card, [SampleSchool.School.Id], await GroupsAsync(), false, office.Host.Clock.Now));
        Assert.Equal(before, await StateAsync(pupil, card));
    }

    [Fact]
    public async Task Page_says_while_other_modules_have_not_followed_yet()
    {
        var pupil = office.NextPupil();
        var survivor = (await MergeAsync(pupil.Person.Id, await UsedCard.MakeAsync(office, pupil, Carries.Nothing))).Value;
        await office.DeliveredAsync();
        var administrator = await office.AdministratorAsync();
        using var browser = await office.Host.SignInAsync(administrator.PersonId, administrator.Hat);
        Assert.DoesNotContain("ещё переносятся", await Office.TextAsync(await browser.GetAsync("/doubles/merged")), StringComparison.Ordinal);
        await UsedCard.RunAsync(office, "insert into kernel.outbox (id, type, payload, occurred_at, due_at) values (gen_random_uuid(), 'PeopleMerged', jsonb_build_object('mergeId', $1::uuid, 'isAgain', false), now(), 'infinity')", await LastMergeAsync(survivor));
        Assert.Contains("ещё переносятся", await Office.TextAsync(await browser.GetAsync("/doubles/merged")), StringComparison.Ordinal);
        await UsedCard.RunAsync(office, "delete from kernel.outbox where due_at = 'infinity'");
    }

    [Fact]
    public async Task Hand_that_wrote_under_a_card_that_is_no_more_is_called_by_the_one_that_stayed()
    {
        var pupil = office.NextPupil();
        var card = await UsedCard.MakeAsync(office, pupil, Carries.Nothing);
        await MergeAsync(pupil.Person.Id, card);
        var registry = office.Host.Services.GetRequiredService<IRegistry>();
        Assert.Equal(pupil.Person.Last, (await registry.GetNamesAsync(await office.AdministratorAsync(), [card], default))[card].Last);
        Assert.Empty(await registry.GetNamesAsync(await office.AdministratorAsync(SampleSchool.OtherSchool), [card], default));
        await office.DeliveredAsync();
    }

    // Tables in which the two may say the same.
    private static readonly HashSet<string> Folding = [.. UsedCard.Tables.Where(table => table.Folds).Select(table => $"{table.Schema}.{table.Name}.{table.Column}")];

    // What the figures say of the school is what its rows say.
    private async Task RecountAsync()
    {
        var before = await office.Host.Database.ScalarAsync<string>("select (to_jsonb(s) - 'counted_on')::text from connection.schools s where school_id = $1", SampleSchool.School.Id);
        await DeliverAsync(new UnitsChanged(Ids.New(), office.Host.Clock.Now, [SampleSchool.School.Id]));
        Assert.Equal(before, await office.Host.Database.ScalarAsync<string>("select (to_jsonb(s) - 'counted_on')::text from connection.schools s where school_id = $1", SampleSchool.School.Id));
    }

    // How far the days' figures are from a count of the rows; the sample begins with days of its own.
    private async Task<string> DriftAsync() => await office.Host.Database.ScalarAsync<string>("""
        select string_agg(d.date || ' ' || d.marks - coalesce(m.n, 0) || ' ' || d.absences - coalesce(a.n, 0), ';' order by d.date) from journal.day_totals d
          left join (select lesson_date, count(*)::int as n from journal.marks where school_id = $1 group by 1) m on m.lesson_date = d.date
          left join (select lesson_date, count(*)::int as n from journal.absences where school_id = $1 group by 1) a on a.lesson_date = d.date where d.school_id = $1
        """, SampleSchool.School.Id) ?? "";

    private async Task LateMarksAsync(Pupil pupil, Guid card)
    {
        // As a save in flight: its roster still had the card.
        await UsedCard.RunAsync(office, """
            insert into journal.marks (school_year, school_id, group_id, lesson_id, learner_id, slot, lesson_date, value, work_type, weight, version, recorded_by, recorded_at)
            select l.school_year, l.school_id, l.group_id, l.id, $1, 1, l.date, '4', 1, 1, 1, $1, now() from journal.lessons l
             where l.school_id = $4 and l.date <= $5 and l.group_id in (select id from registry.teaching_groups where class_id = $3 and kind = 'class')
               and not exists (select from journal.marks m where m.school_year = l.school_year and m.lesson_id = l.id and m.learner_id = $2) order by l.date desc, l.id limit 3
            """, card, pupil.Person.Id, pupil.Class.Id, SampleSchool.School.Id, office.Today);
    }

    // The pupil gets a five where the card has a mark.
    private Task MarkAsync(Guid pupil, Guid card) => UsedCard.RunAsync(office, """
        insert into journal.marks (school_year, school_id, group_id, lesson_id, learner_id, slot, lesson_date, value, work_type, weight, version, recorded_by, recorded_at)
        select school_year, school_id, group_id, lesson_id, $1, 1, lesson_date, '5', 1, 1, 1, $1, now() from journal.marks where learner_id = $2 order by lesson_date, lesson_id limit 1
        """, pupil, card);

    private async Task<(Guid Group, Guid Lesson, Guid Teacher)> LessonAsync(Pupil pupil, Guid card)
    {
        var ids = await office.Host.Database.ScalarAsync<Guid[]>("""
            select array[l.group_id, l.id, a.person_id] from journal.lessons l join registry.teaching_groups g on g.id = l.group_id and g.class_id = $3 and g.kind = 'class'
              join registry.teaching_assignments a on a.group_id = g.id and a.ends_on is null
             where l.school_id = $4 and l.date between $5::date - 5 and $5 and not l.is_cancelled
               and not exists (select from journal.marks m where m.school_year = l.school_year and m.lesson_id = l.id and m.learner_id in ($1, $2))
               and not exists (select from journal.absences m where m.school_year = l.school_year and m.lesson_id = l.id and m.learner_id in ($1, $2)) order by l.date desc, l.id limit 1
            """, card, pupil.Person.Id, pupil.Class.Id, SampleSchool.School.Id, office.Today);
        return (ids![0], ids[1], ids[2]);
    }

    private async Task<ImmutableArray<Guid>> GroupsAsync() => [.. (await office.Host.Database.ScalarAsync<Guid[]>("select array_agg(id) from registry.teaching_groups where school_id = $1", SampleSchool.School.Id))!];

    private async Task TellAsync(Guid merge)
    {
        var (survivor, former) = (await office.Host.Database.ScalarAsync<Guid>("select survivor_id from registry.merges where id = $1", merge), await office.Host.Database.ScalarAsync<Guid>("select former_id from registry.merges where id = $1", merge));
        await DeliverAsync(new PeopleMerged(Ids.New(), merge, survivor, former, [SampleSchool.School.Id], await GroupsAsync(), true, office.Host.Clock.Now));
    }

    private async Task DeliverAsync<T>(T happened) where T : IModuleEvent
    {
        await using (var batch = office.Host.Database.Owner.CreateBatch())
        {
            batch.AddEvent(happened);
            await batch.ExecuteNonQueryAsync();
        }
        await office.DeliveredAsync();
    }

    // A row less for the next sample to meet.
    private async Task ForgetAsync(Guid card)
    {
        await UsedCard.RunAsync(office, "delete from registry.enrolments where person_id = $1", card);
        foreach (var table in (string[])["marks", "absences"])
            await UsedCard.RunAsync(office, $$"""
                with gone as (delete from journal.{{table}} where learner_id = $1 returning school_id, lesson_date)
                update journal.day_totals d set {{table}} = d.{{table}} - n.n from (select school_id, lesson_date, count(*)::int as n from gone group by 1, 2) n where d.school_id = n.school_id and d.date = n.lesson_date
                """, card);
        await UsedCard.RunAsync(office, "delete from journal.cell_history where learner_id = $1", card);
        await UsedCard.RunAsync(office, "delete from connection.arrivals where person_id = $1", card);
        await office.DeliveredAsync();
    }

    private async Task<string> StateAsync(Pupil pupil, Guid card) => await UsedCard.StateAsync(office, pupil.Person.Id, card);

    private async Task<DoubleLine?> LineAsync(Guid one, Guid other) => await office.WithAsync<ShowDoubles, DoubleLine?>(async handler => await handler.FindAsync(await office.AdministratorAsync(), one, other, default));

    private Task<long> CountAsync(string sql, params object[] values) => office.Host.Database.ScalarAsync<long>(sql, values);

    private Task<Guid> LastMergeAsync(Guid survivor) => office.Host.Database.ScalarAsync<Guid>("select id from registry.merges where survivor_id = $1 and state = 'merged' order by id desc limit 1", survivor)!;

    private async Task<Result<Guid>> MergeAsync(Guid one, Guid other) =>
        await office.WithAsync<MergePeople, Result<Guid>>(async handler => await handler.HandleAsync(await office.AdministratorAsync(), one, other, [], default));

    private async Task<Result<bool>> PartAsync(Guid merge) =>
        await office.WithAsync<PartPeople, Result<bool>>(async handler => await handler.HandleAsync(await office.AdministratorAsync(), merge, default));
}
