using System.Net;
using System.Text.RegularExpressions;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Testing;
using Xunit;

namespace MySchool.Modules.Tests.Journal;

/// <summary>Absence of a day: all lessons of a learner and no other, nothing overwritten, taken back in one step.</summary>
public sealed partial class DayAbsenceTests : IAsyncLifetime
{
    private static readonly Guid Child = SampleSchool.Pupil.Id;
    private static readonly Guid Class = SampleSchool.Class.Id;
    private static readonly string Day = $"{SampleSchool.Today:yyyy-MM-dd}";
    private TestHost host = null!;

    public async ValueTask InitializeAsync()
    {
        host = await TestHost.StartAsync();
        await RunAsync("delete from journal.marks where learner_id = $1 and lesson_date = $2", Child, SampleSchool.Today);
        await RunAsync("delete from journal.absences where learner_id = $1 and lesson_date = $2", Child, SampleSchool.Today);
        await RunAsync("delete from journal.cell_history where learner_id = $1", Child);
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task The_class_teacher_marks_a_whole_day_over_the_learners_own_groups_with_history_and_event()
    {
        using var leader = await LeaderAsync();
        Assert.Contains("Отметить отсутствие на день", await TextAsync(leader, "/today"), StringComparison.Ordinal);
        var key = Ids.New();
        var page = await MarkAsync(leader, key, "1", "Б");
        var lessons = await LessonsAsync();
        Assert.True(lessons > 3);
        Assert.Contains($"Отмечено уроков: {lessons}", page, StringComparison.Ordinal);
        Assert.Equal(lessons, await CountAsync());
        Assert.Equal(lessons, await host.Database.ScalarAsync<long>("select count(*) from journal.cell_history where learner_id = $1 and kind = 'absence' and new_value = 'Б' and why = 'Отсутствие на день' and by_person = $2 and request_key = $3", Child, SampleSchool.ClassTeacher.Id, key));
        // The same request again is answered the same and writes nothing.
        Assert.Contains($"Отмечено уроков: {lessons}", await MarkAsync(leader, key, "1", "Б"), StringComparison.Ordinal);
        await host.DeliveredAsync();
        var journal = await leader.ReadAsync($"/journal/{await GroupAsync()}");
        Assert.Contains($"<tr data-learner=\"{Child}\">", journal, StringComparison.Ordinal);
        Assert.Contains("data-av=\"1\"><span class=\"a\">Б</span>", journal, StringComparison.Ordinal);
        // Figures of the day have heard of it as of any save.
        Assert.True(await host.Database.ScalarAsync<int>("select absences from journal.day_totals where school_id = $1 and date = $2", SampleSchool.School.Id, SampleSchool.Today) >= lessons);

        // One step back, and the cells are empty with their history.
        var deed = Deed().Match(page).Groups[1].Value;
        using var undone = await leader.SubmitAsync(Page, "/journal/absent/undo", ("key", $"{Ids.New()}"), ("deed", deed), ("of", $"{Class}"), ("day", Day));
        Assert.Equal(HttpStatusCode.Found, undone.StatusCode);
        Assert.Contains($"Снято отметок об отсутствии: {lessons}", await TextAsync(leader, undone.Headers.Location!.ToString()), StringComparison.Ordinal);
        Assert.Equal(0, await CountAsync());
        Assert.Equal(2 * lessons, await host.Database.ScalarAsync<long>("select count(*) from journal.cell_history where learner_id = $1 and kind = 'absence'", Child));
    }

    [Fact]
    public async Task Marks_and_other_codes_stand_and_are_named()
    {
        await RunAsync("""
            insert into journal.marks (school_year, school_id, group_id, lesson_id, learner_id, lesson_date, value, work_type, weight, version, recorded_by, recorded_at)
            select 2026, school_id, group_id, id, $1, date, '4', 1, 1, 1, $2, now() from journal.lessons where group_id = $3 and date = $4 limit 1
            """, Child, SampleSchool.Teacher.Id, await GroupAsync(), SampleSchool.Today);
        using var leader = await LeaderAsync();
        var page = await MarkAsync(leader, Ids.New(), "1", "Н");
        var lessons = await LessonsAsync();
        Assert.Contains($"Отмечено уроков: {lessons - 1}", page, StringComparison.Ordinal);
        Assert.Contains("в ячейке уже стоит «4»", page, StringComparison.Ordinal);
        // Another code meets the first, cell by cell.
        Assert.Contains("Ни одна ячейка не изменена", await MarkAsync(leader, Ids.New(), "1", "Б"), StringComparison.Ordinal);
        Assert.Equal(lessons - 1, await host.Database.ScalarAsync<long>("select count(*) from journal.absences where learner_id = $1 and lesson_date = $2 and code = 'Н'", Child, SampleSchool.Today));
    }

    [Fact]
    public async Task From_a_lesson_on_leaves_the_first_ones_alone()
    {
        using var leader = await LeaderAsync();
        await MarkAsync(leader, Ids.New(), "3", "У");
        Assert.Equal(0, await host.Database.ScalarAsync<long>("select count(*) from journal.absences a join journal.lessons l on l.id = a.lesson_id where a.learner_id = $1 and a.lesson_date = $2 and l.number < 3", Child, SampleSchool.Today));
        Assert.True(await CountAsync() > 0);
    }

    [Fact]
    public async Task A_closed_term_stays_closed_and_a_code_of_no_dictionary_is_refused()
    {
        using var leader = await LeaderAsync();
        Assert.Contains("Такого кода пропуска в школе нет", await MarkAsync(leader, Ids.New(), "1", "Щ"), StringComparison.Ordinal);
        await RunAsync("insert into journal.closed_terms values (2026, $1, $2, 2, now(), $3, null)", SampleSchool.School.Id, Class, SampleSchool.Staff(Roles.Head).Id);
        Assert.Contains("закрыт", await MarkAsync(leader, Ids.New(), "1", "Б"), StringComparison.Ordinal);
        Assert.Equal(0, await CountAsync());
    }

    [Fact]
    public async Task The_deputy_marks_any_class_and_a_subject_teacher_none()
    {
        using var deputy = await host.SignInAsync(SampleSchool.Staff(Roles.Deputy).Id, new Hat(Roles.Deputy, SampleSchool.School.Id));
        Assert.Contains("Отмечено уроков", await MarkAsync(deputy, Ids.New(), "1", "Б"), StringComparison.Ordinal);
        using var leader = await LeaderAsync();
        // Whose deed it is takes it back: the class teacher does not see the deputy's among the own.
        Assert.DoesNotContain("name=\"deed\"", await leader.ReadAsync(Page), StringComparison.Ordinal);
        var stranger = SampleSchool.School.Classes.First(c => c.Grade == 7).Leader!.Person.Id == SampleSchool.Teacher.Id ? SampleSchool.ClassTeacher : SampleSchool.Teacher;
        using var teacher = await host.SignInAsync(stranger.Id, new Hat(Roles.Teacher, SampleSchool.School.Id));
        Assert.Equal(HttpStatusCode.NotFound, await teacher.StatusAsync(Page));
    }

    private static string Page => $"/journal/absent?class={Class}&on={Day}";

    private Task<TestBrowser> LeaderAsync() => host.SignInAsync(SampleSchool.ClassTeacher.Id, new Hat(Roles.Teacher, SampleSchool.School.Id));

    private static async Task<string> TextAsync(TestBrowser browser, string page) => WebUtility.HtmlDecode(await browser.ReadAsync(page));

    private static async Task<string> MarkAsync(TestBrowser browser, Guid key, string first, string code)
    {
        using var answer = await browser.SubmitAsync(Page, "/journal/absent", ("key", $"{key}"), ("of", $"{Class}"), ("day", Day), ("first", first), ("code", code), ("learner", $"{Child}"));
        return WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
    }

    private Task<long> CountAsync() => host.Database.ScalarAsync<long>("select count(*) from journal.absences where learner_id = $1 and lesson_date = $2", Child, SampleSchool.Today);

    private const string OwnGroups = """
        (select t.id from registry.teaching_groups t join registry.enrolments e on e.class_id = t.class_id where e.person_id = $1 and t.kind = 'class' union select group_id from registry.group_members where person_id = $1)
        """;

    private Task<long> LessonsAsync() => host.Database.ScalarAsync<long>($"select count(*) from journal.lessons where date = $2 and not is_cancelled and group_id in {OwnGroups}", Child, SampleSchool.Today);

    private Task<Guid> GroupAsync() => host.Database.ScalarAsync<Guid>($"select group_id from journal.lessons where date = $2 and group_id in {OwnGroups} order by number limit 1", Child, SampleSchool.Today);

    private async Task RunAsync(string sql, params object[] values)
    {
        await using var command = host.Database.Owner.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync();
    }

    [GeneratedRegex("name=\"deed\" value=\"([0-9a-f-]{36})\"")]
    private static partial Regex Deed();
}
