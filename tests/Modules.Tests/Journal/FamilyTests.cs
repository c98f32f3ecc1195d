using System.Net;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Testing;
using Xunit;

namespace MySchool.Modules.Tests.Journal;

/// <summary>The family's side of the diary: absence notes, «просмотрено», subjects.</summary>
public sealed class FamilyTests : IAsyncLifetime
{
    private static readonly Guid Child = SampleSchool.Pupil.Id;
    private static readonly string Today = $"{SampleSchool.Today:yyyy-MM-dd}";
    private static readonly string Tomorrow = $"{SampleSchool.Today.AddDays(1):yyyy-MM-dd}";
    private static readonly Guid Lesson = Ids.New();
    private TestHost host = null!;

    public async ValueTask InitializeAsync()
    {
        host = await TestHost.StartAsync();
        await host.ConsentAsync(SampleSchool.Mother.Id);
        await RunAsync("""
            insert into journal.lessons (school_year, school_id, id, group_id, date, number, starts_at, ends_at) values (2026, $1, $2, $3, $4, 9, '16:00', '16:45')
            """, SampleSchool.School.Id, Lesson, SampleSchool.Algebra.Id, SampleSchool.Today);
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task A_note_is_seen_by_the_class_teacher_at_once_and_by_teachers_without_the_words()
    {
        using var mother = await MotherAsync();
        Assert.Contains($"/diary/{Child}/absence", await mother.ReadAsync("/today"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Found, await ReportAsync(mother, Today, "illness", "Температура с утра"));
        // The same taps again are the same note.
        Assert.Equal(HttpStatusCode.Found, await ReportAsync(mother, Today, "illness", "Температура с утра"));
        Assert.Equal(1, await host.Database.ScalarAsync<long>("select count(*) from journal.absence_notes"));

        using var leader = await LeaderAsync();
        var today = await TextAsync(leader, "/today");
        Assert.Contains("Сообщения семей об отсутствии", today, StringComparison.Ordinal);
        Assert.Contains("Температура с утра", today, StringComparison.Ordinal);
        Assert.Contains("новые сообщения семей", today, StringComparison.Ordinal);

        using var teacher = await TeacherAsync();
        var journal = await TextAsync(teacher, $"/journal/{SampleSchool.Algebra.Id}");
        Assert.Contains("Семьи сообщили, что сегодня не придут:", journal, StringComparison.Ordinal);
        Assert.DoesNotContain("Температура", journal, StringComparison.Ordinal);
        Assert.Contains("семья сообщила: болезнь", await TextAsync(teacher, $"/journal/{SampleSchool.Algebra.Id}/lessons/{Lesson}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_learner_cannot_excuse_themself_nor_a_stranger_the_child()
    {
        using var pupil = await host.SignInAsync(Child, new Hat(Roles.Learner, SampleSchool.School.Id));
        Assert.Equal(HttpStatusCode.NotFound, await pupil.StatusAsync($"/diary/{Child}/absence"));
        using var sent = await pupil.SubmitAsync("/today", $"/diary/{Child}/absence", ("day", Today), ("reason", "illness"));
        Assert.Equal(HttpStatusCode.NotFound, sent.StatusCode);
        using var barred = await host.SignInAsync(SampleSchool.BarredFather.Id);
        Assert.NotEqual(HttpStatusCode.OK, await barred.StatusAsync($"/diary/{Child}/absence"));
        Assert.Equal(0, await host.Database.ScalarAsync<long>("select count(*) from journal.absence_notes"));
    }

    [Fact]
    public async Task A_note_is_taken_back_before_its_day_and_not_after_it_was_accepted_on_its_day()
    {
        using var mother = await MotherAsync();
        using var leader = await LeaderAsync();
        await ReportAsync(mother, Tomorrow, "doctor");
        await AnswerAsync(leader, await NoteAsync(), excuses: false);
        Assert.Equal(HttpStatusCode.Found, await WithdrawAsync(mother, await NoteAsync()));
        Assert.DoesNotContain("Сообщения семей", await TextAsync(leader, "/today"), StringComparison.Ordinal);

        await ReportAsync(mother, Today, "family");
        var note = await NoteAsync();
        await AnswerAsync(leader, note, excuses: false);
        Assert.Equal(HttpStatusCode.Conflict, await WithdrawAsync(mother, note));
        Assert.Contains("Принято", await TextAsync(mother, $"/diary/{Child}/absence"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_tap_gives_the_absences_of_the_day_their_reason_with_history_and_event()
    {
        await RunAsync("delete from journal.absences where learner_id = $1", Child);
        await RunAsync("delete from journal.cell_history where learner_id = $1 and kind = 'absence'", Child);
        await RunAsync("""
            insert into journal.absences (school_year, school_id, group_id, lesson_id, learner_id, lesson_date, code, version, recorded_by, recorded_at)
            values (2026, $1, $2, $3, $4, $5, 'Н', 7, $6, now())
            """, SampleSchool.School.Id, SampleSchool.Algebra.Id, Lesson, Child, SampleSchool.Today, SampleSchool.Teacher.Id);
        using var mother = await MotherAsync();
        using var leader = await LeaderAsync();
        await ReportAsync(mother, Today, "illness");
        Assert.Contains("Указать причину: 1 пропуск", await TextAsync(leader, "/today"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Found, await AnswerAsync(leader, await NoteAsync(), excuses: true));
        Assert.Equal("Б/8", await host.Database.ScalarAsync<string>("select code || '/' || version from journal.absences where learner_id = $1 and lesson_id = $2", Child, Lesson));
        Assert.Equal("Н→Б по сообщению семьи: болезнь", await host.Database.ScalarAsync<string>(
            "select old_value || '→' || new_value || ' ' || why from journal.cell_history where learner_id = $1 and lesson_id = $2 and kind = 'absence' and version = 8 and by_person = $3", Child, Lesson, SampleSchool.ClassTeacher.Id));
        await host.DeliveredAsync();
        using var teacher = await TeacherAsync();
        Assert.DoesNotContain("Указать причину", await TextAsync(leader, "/today"), StringComparison.Ordinal);
        // Not the class teacher of the child: no answer, whatever the id.
        using var stranger = await host.SignInAsync(SampleSchool.Staff(Roles.Head).Id, new Hat(Roles.Head, SampleSchool.School.Id));
        Assert.Equal(HttpStatusCode.NotFound, await AnswerAsync(stranger, await NoteAsync(), excuses: true));
    }

    [Fact]
    public async Task A_refused_note_keeps_what_was_typed()
    {
        using var mother = await MotherAsync();
        using var answer = await mother.SubmitAsync($"/diary/{Child}/absence", $"/diary/{Child}/absence", ("day", "other"), ("from", Tomorrow), ("to", Today), ("reason", "family"), ("text", "Свадьба сестры"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var page = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
        Assert.Contains("Поменяйте даты местами", page, StringComparison.Ordinal);
        Assert.Contains("Свадьба сестры", page, StringComparison.Ordinal);
        Assert.Contains($"value=\"{Tomorrow}\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_week_is_confirmed_once_and_the_class_teacher_sees_who_has_read_it()
    {
        using var mother = await MotherAsync();
        var page = $"/diary?learner={Child}";
        Assert.Contains("Дневник просмотрен", await TextAsync(mother, page), StringComparison.Ordinal);
        for (var i = 0; i < 2; i++)
        {
            using var said = await mother.SubmitAsync(page, $"/diary/{Child}/seen", ("week", Today));
            Assert.Equal(HttpStatusCode.Found, said.StatusCode);
        }
        Assert.Equal(1, await host.Database.ScalarAsync<long>("select count(*) from journal.diary_views where learner_id = $1 and by_person = $2 and week = $3", Child, SampleSchool.Mother.Id, SampleSchool.Today));
        Assert.Contains("Вы просмотрели эту неделю", await TextAsync(mother, page), StringComparison.Ordinal);
        using var leader = await LeaderAsync();
        Assert.Contains("Просмотрели 1 из", await TextAsync(leader, "/journal/diaries"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, await mother.StatusAsync("/journal/diaries"));
        using var ahead = await mother.SubmitAsync(page, $"/diary/{Child}/seen", ("week", $"{SampleSchool.Today.AddDays(7):yyyy-MM-dd}"));
        Assert.Equal(HttpStatusCode.NotFound, ahead.StatusCode);
    }

    [Fact]
    public async Task A_term_leads_to_a_subject_with_every_mark_and_the_figure_of_the_group()
    {
        using var mother = await MotherAsync();
        var term = await TextAsync(mother, $"/diary?learner={Child}&view=term");
        Assert.Contains($"/diary/{Child}/subjects/{SampleSchool.Algebra.Id}", term, StringComparison.Ordinal);
        Assert.Contains("sparkline", term, StringComparison.Ordinal);
        var subject = await TextAsync(mother, $"/diary/{Child}/subjects/{SampleSchool.Algebra.Id}");
        Assert.Contains("role=\"img\"", subject, StringComparison.Ordinal);
        Assert.Contains("Те же числа таблицей", subject, StringComparison.Ordinal);
        var learners = await host.Database.ScalarAsync<long>("select count(distinct learner_id) from journal.marks where group_id = $1 and lesson_date >= '2026-11-01' and value ~ '^[1-5](/[1-5])?$'", SampleSchool.Algebra.Id);
        // Behind a figure stand ten learners or nobody.
        Assert.Equal(learners >= 10, subject.Contains("В среднем по группе", StringComparison.Ordinal));
        await RunAsync("""
            insert into journal.marks (school_year, school_id, group_id, lesson_id, learner_id, lesson_date, value, work_type, weight, version, recorded_by, recorded_at)
            select 2026, $1, $2, $3, gen_random_uuid(), $4, '4', 1, 1, 1, $5, now() from generate_series(1, 10)
            """, SampleSchool.School.Id, SampleSchool.Algebra.Id, Lesson, SampleSchool.Today, SampleSchool.Teacher.Id);
        Assert.Contains("В среднем по группе", await TextAsync(mother, $"/diary/{Child}/subjects/{SampleSchool.Algebra.Id}"), StringComparison.Ordinal);
        var other = SampleSchool.School.Groups.First(g => g.Class != SampleSchool.Class).Id;
        Assert.Equal(HttpStatusCode.NotFound, await mother.StatusAsync($"/diary/{Child}/subjects/{other}"));
    }

    private Task<TestBrowser> MotherAsync() => host.SignInAsync(SampleSchool.Mother.Id, new Hat(Roles.Guardian, Guid.Empty));

    private Task<TestBrowser> LeaderAsync() => host.SignInAsync(SampleSchool.ClassTeacher.Id, new Hat(Roles.Teacher, SampleSchool.School.Id));

    private Task<TestBrowser> TeacherAsync() => host.SignInAsync(SampleSchool.Teacher.Id, new Hat(Roles.Teacher, SampleSchool.School.Id));

    private static async Task<string> TextAsync(TestBrowser browser, string page) => WebUtility.HtmlDecode(await browser.ReadAsync(page));

    private static async Task<HttpStatusCode> ReportAsync(TestBrowser browser, string day, string reason, string text = "")
    {
        using var answer = await browser.SubmitAsync($"/diary/{Child}/absence", $"/diary/{Child}/absence", ("day", day), ("reason", reason), ("text", text));
        return answer.StatusCode;
    }

    private static async Task<HttpStatusCode> WithdrawAsync(TestBrowser browser, Guid note)
    {
        using var answer = await browser.SubmitAsync($"/diary/{Child}/absence", $"/diary/{Child}/absence/{note}/withdraw");
        return answer.StatusCode;
    }

    private static async Task<HttpStatusCode> AnswerAsync(TestBrowser browser, Guid note, bool excuses)
    {
        using var answer = await browser.SubmitAsync("/account", $"/journal/absences/{note}", excuses ? [("excuses", "true")] : []);
        return answer.StatusCode;
    }

    private async Task<Guid> NoteAsync() => await host.Database.ScalarAsync<Guid>("select id from journal.absence_notes order by sent_at desc, id desc limit 1");

    private async Task RunAsync(string sql, params object[] values)
    {
        await using var command = host.Database.Owner.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync();
    }
}
