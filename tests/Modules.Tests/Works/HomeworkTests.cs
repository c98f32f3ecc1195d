using System.Net;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Testing;
using Xunit;

namespace MySchool.Modules.Tests.Works;

/// <summary>Homework in the full: for whom, until when, how long, with what.</summary>
public sealed class HomeworkTests : WorkGround
{
    [Fact]
    public async Task Homework_for_chosen_pupils_is_nobody_elses()
    {
        var other = SampleSchool.Class.Pupils.First(pupil => pupil.Person.Id != Child).Person.Id;
        var homework = await GiveAsync("Только Артёму", [("audience", "chosen"), ("learners", Child.ToString())]);
        using var pupil = await PupilAsync();
        using var classmate = await Host.SignInAsync(other, new Hat(Roles.Learner, SampleSchool.School.Id));
        var week = $"/diary?view=week&date={Today.AddDays(2):yyyy-MM-dd}";
        Assert.Contains("Только Артёму", await TextAsync(pupil, week), StringComparison.Ordinal);
        Assert.DoesNotContain("Только Артёму", await TextAsync(classmate, week), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, await classmate.StatusAsync($"/works/{homework}"));
        using (var ticked = await classmate.SubmitAsync("/today", $"/diary/{other}/homework/{homework}", ("done", "true"))) Assert.Equal(HttpStatusCode.NotFound, ticked.StatusCode);
        Assert.Equal(1, await AskAsync<int>("select jsonb_array_length(payload -> 'learners') from kernel.outbox where type = 'HomeworkGiven' union all select 1 limit 1"));
        // The second wall alone.
        Assert.Equal((1, 0), (await SeenAsync(Child, homework), await SeenAsync(other, homework)));
    }

    [Fact]
    public async Task A_lesson_has_several_works_and_the_quick_field_keeps_the_first()
    {
        await GiveAsync("Первое");
        await GiveAsync("Второе", [("minutes", "20"), ("links", "resh.edu.ru/subject/16/")]);
        using var teacher = await TeacherAsync();
        var page = await TextAsync(teacher, LessonPage);
        Assert.Contains("Первое", page, StringComparison.Ordinal);
        Assert.Contains("Второе", page, StringComparison.Ordinal);
        using (await teacher.SubmitAsync(LessonPage, LessonPage, ("topic", "Тема"), ("work", "1"), ("homework", "Первое, исправлено"), ("dueOn", $"{Today.AddDays(2):yyyy-MM-dd}"), ("version", Hidden(await teacher.ReadAsync(LessonPage), "version")))) { }
        Assert.Equal(["Второе", "Первое, исправлено"], (await AskAsync<string[]>("select array_agg(text order by text) from journal.homework where lesson_id = $1", Lesson))!);
        Assert.Contains("Первое, исправлено", WebUtility.HtmlDecode(await teacher.ReadAsync($"/journal/{Group}")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Homework_goes_where_its_lesson_goes()
    {
        var homework = await GiveAsync();
        Assert.Equal(Today.AddDays(2), await DueAsync(homework));
        await RunAsync("update journal.lessons set date = $2 where id = $1", NextLesson, Today.AddDays(4));
        Assert.Equal(Today.AddDays(4), await DueAsync(homework));
        var after = Ids.New();
        await RunAsync("insert into journal.lessons (school_year, school_id, id, group_id, date, number, starts_at, ends_at) values (2026, $1, $2, $3, $4, 2, '09:00', '09:45')", SampleSchool.School.Id, after, Group, Today.AddDays(7));
        await RunAsync("update journal.lessons set is_cancelled = true where id = $1", NextLesson);
        Assert.Equal(Today.AddDays(7), await DueAsync(homework));
        Assert.Equal(after, await AskAsync<Guid>("select due_lesson_id from journal.homework where id = $1", homework));
    }

    [Fact]
    public async Task A_teacher_is_warned_of_too_much_and_has_the_last_word()
    {
        await RunAsync("update journal.homework set minutes = null where due_on = $1", Today.AddDays(2));
        await GiveAsync("Много", [("minutes", "140")]);
        using var teacher = await TeacherAsync();
        (string, string)[] typed = [("version", "0"), ("text", "Ещё больше"), ("minutes", "30")];
        using var warned = await teacher.SendFilesAsync($"{LessonPage}/homework", $"{LessonPage}/homework", typed, ("условие.pdf", PaperFiles.Pdf()));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, warned.StatusCode);
        var html = await warned.Content.ReadAsStringAsync();
        Assert.Contains("170 мин, норма 150", WebUtility.HtmlDecode(html), StringComparison.Ordinal);
        Assert.Contains("Ещё больше", WebUtility.HtmlDecode(html), StringComparison.Ordinal);
        Assert.Equal(0, await AskAsync<long>("select count(*) from journal.homework where text = 'Ещё больше'"));
        // The file need not be chosen again.
        using var given = await teacher.SendFilesAsync($"{LessonPage}/homework", $"{LessonPage}/homework", [.. typed, ("overruled", WebUtility.HtmlDecode(Hidden(html, "overruled"))), ("kept", Hidden(html, "kept"))]);
        Assert.Equal(HttpStatusCode.Found, given.StatusCode);
        Assert.Equal("условие.pdf", await AskAsync<string>("select f.name from journal.homework_files f join journal.homework h on h.id = f.homework_id where h.text = 'Ещё больше'"));
        // Kept files are of the one who sent them.
        using var other = await OtherTeacherAsync();
        Assert.Equal(HttpStatusCode.NotFound, await other.StatusAsync($"{LessonPage}/homework"));
    }

    [Fact]
    public async Task Files_of_homework_are_for_those_it_is_addressed_to()
    {
        var homework = await GiveAsync("С файлом", [("audience", "chosen"), ("learners", Child.ToString())], ("план.pdf", PaperFiles.Pdf()));
        var file = await AskAsync<Guid>("select id from journal.homework_files");
        using var mother = await MotherAsync();
        Assert.Equal(HttpStatusCode.OK, await mother.StatusAsync($"/diary/{Child}/homework/{homework}/files/{file}"));
        using var teacher = await TeacherAsync();
        Assert.Equal(HttpStatusCode.OK, await teacher.StatusAsync($"/journal/{Group}/homework/{homework}/files/{file}"));
        var other = SampleSchool.Class.Pupils.First(pupil => pupil.Person.Id != Child).Person.Id;
        using var classmate = await Host.SignInAsync(other, new Hat(Roles.Learner, SampleSchool.School.Id));
        Assert.Equal(HttpStatusCode.NotFound, await classmate.StatusAsync($"/diary/{other}/homework/{homework}/files/{file}"));
        Assert.Equal(HttpStatusCode.NotFound, await classmate.StatusAsync($"/diary/{Child}/homework/{homework}/files/{file}"));
        var far = SampleSchool.OtherSchool;
        using var stranger = await Host.SignInAsync(far.Memberships.First(m => m.Role == Roles.Teacher).Person.Id, new Hat(Roles.Teacher, far.Id));
        Assert.Equal(HttpStatusCode.NotFound, await stranger.StatusAsync($"/journal/{Group}/homework/{homework}/files/{file}"));
    }

    [Fact]
    public async Task A_change_over_a_colleagues_is_refused_and_dropped_homework_is_gone_from_diaries()
    {
        var homework = await GiveAsync("Исходное");
        using var teacher = await TeacherAsync();
        var page = $"{LessonPage}/homework/{homework}";
        using (var changed = await teacher.SendFilesAsync(page, page, [("version", "1"), ("text", "Новое")])) Assert.Equal(HttpStatusCode.Found, changed.StatusCode);
        using (var stale = await teacher.SendFilesAsync(page, page, [("version", "1"), ("text", "Поверх")])) Assert.Equal(HttpStatusCode.Conflict, stale.StatusCode);
        Assert.Equal("Новое", await AskAsync<string>("select text from journal.homework where id = $1", homework));
        using (var dropped = await teacher.SubmitAsync(page, $"{page}/drop", ("version", "2"))) Assert.Equal(HttpStatusCode.Found, dropped.StatusCode);
        using var pupil = await PupilAsync();
        Assert.DoesNotContain("Новое", await TextAsync(pupil, $"/diary?view=week&date={Today.AddDays(2):yyyy-MM-dd}"), StringComparison.Ordinal);
        Assert.True(await AskAsync<long>("select count(*) from journal.lesson_history where lesson_id = $1 and field = 'homework'", Lesson) >= 3);
    }

    private Task<DateOnly> DueAsync(Guid homework) => AskAsync<DateOnly>("select due_on from journal.homework where id = $1", homework);

    private async Task<int> SeenAsync(Guid learner, Guid homework)
    {
        await using var connection = new Npgsql.NpgsqlConnection(Host.Database.Options.App);
        await connection.OpenAsync();
        await using var batch = new Npgsql.NpgsqlBatch(connection);
        batch.BatchCommands.Add(new($"select set_config('app.person', '{learner}', true), set_config('app.learners', '{learner}', true), set_config('app.own_learners', '{learner}', true), set_config('app.learner_groups', '{Group}', true)"));
        batch.BatchCommands.Add(new($"select count(*)::int from journal.homework where school_year = 2026 and id = '{homework}'"));
        await using var reader = await batch.ExecuteReaderAsync();
        await reader.NextResultAsync();
        await reader.ReadAsync();
        return reader.GetInt32(0);
    }
}
