using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Files;
using MySchool.Modules.Tests.Support;
using MySchool.Testing;
using MySchool.Works;
using Npgsql;
using Xunit;

namespace MySchool.Modules.Tests.Works;

/// <summary>A work from the diary's line to the mark, with everything that may go otherwise.</summary>
public sealed class WorkTests : WorkGround
{
    [Fact]
    public async Task A_work_goes_from_a_telephone_to_the_cell_of_the_journal()
    {
        var homework = await GiveAsync(files: [("задача.pdf", PaperFiles.Pdf())]);
        using var pupil = await PupilAsync();
        Assert.Contains($"/works/{homework}?learner={Child}", await pupil.ReadAsync($"/diary?view=week&date={Today:yyyy-MM-dd}"), StringComparison.Ordinal);
        var page = await pupil.ReadAsync($"/works/{homework}");
        Assert.Contains("задача.pdf", page, StringComparison.Ordinal);

        using (var saved = await SendAsync(pupil, homework, "Черновик", "save", ("стр 1.jpg", Drawings.LoadedJpeg(60, 40)))) Assert.Equal(HttpStatusCode.Found, saved.StatusCode);
        using var teacher = await TeacherAsync();
        var list = $"/works/{Group}/{homework}";
        Assert.Contains("Сдали 0 из", await TextAsync(teacher, list), StringComparison.Ordinal);
        Assert.Contains("пока ничего не сдал", await TextAsync(teacher, $"{list}/{Child}"), StringComparison.Ordinal);

        // The same photograph again is the same file.
        using (var handed = await SendAsync(pupil, homework, "Ответ: 42", "hand-in", ("стр 1.jpg", Drawings.LoadedJpeg(60, 40)))) Assert.EndsWith("done=handed", handed.Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, await AskAsync<long>("select count(*) from works.files"));
        Assert.Contains("Сдали 1 из", await TextAsync(teacher, list), StringComparison.Ordinal);
        Assert.Contains("1 работа", await TextAsync(teacher, "/works"), StringComparison.Ordinal);
        Assert.Contains("Ответ: 42", await TextAsync(teacher, $"{list}/{Child}"), StringComparison.Ordinal);

        using (var marked = await CheckAsync(teacher, homework, "mark", ("value", "5"), ("comment", "Чисто решено"))) Assert.Equal(HttpStatusCode.Found, marked.StatusCode);
        Assert.Equal("5|Чисто решено", await AskAsync<string>("select value || '|' || comment from journal.marks where lesson_id = $1 and learner_id = $2", Lesson, Child));
        Assert.True(await AskAsync<long>("select count(*) from journal.cell_history where lesson_id = $1 and learner_id = $2", Lesson, Child) >= 1);
        Assert.Equal(1, await AskAsync<long>("select count(*) from kernel.audit where action = 'works.check' and subject_id = $1", Child));
        var read = await TextAsync(pupil, $"/works/{homework}");
        Assert.Contains("проверена", read, StringComparison.Ordinal);
        Assert.Contains("Чисто решено", read, StringComparison.Ordinal);
        using var late = await SendAsync(pupil, homework, "Поправлю");
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
    }

    [Fact]
    public async Task A_representative_sees_and_hands_in_nothing_and_a_stranger_sees_nothing()
    {
        var homework = await GiveAsync();
        using var pupil = await PupilAsync();
        using (var handed = await SendAsync(pupil, homework, "Ответ", "hand-in", ("a.pdf", PaperFiles.Pdf()))) Assert.Equal(HttpStatusCode.Found, handed.StatusCode);
        var file = await AskAsync<Guid>("select id from works.files");
        using var mother = await MotherAsync();
        Assert.Contains("Ответ", await TextAsync(mother, $"/works/{homework}?learner={Child}"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await mother.StatusAsync($"/works/files/{file}"));
        using (var sent = await SendAsync(mother, homework, "За ребёнка")) Assert.Equal(HttpStatusCode.NotFound, sent.StatusCode);
        using (var taken = await mother.SubmitAsync("/today", $"/works/{homework}/withdraw")) Assert.Equal(HttpStatusCode.NotFound, taken.StatusCode);

        using var other = await OtherTeacherAsync();
        foreach (var path in (string[])[$"/works/{Group}/{homework}", $"/works/{Group}/{homework}/{Child}", $"/works/files/{file}", $"/works/files/{file}/pages/1"])
            Assert.Equal(HttpStatusCode.NotFound, await other.StatusAsync(path));
        using var barred = await Host.SignInAsync(SampleSchool.BarredFather.Id);
        Assert.NotEqual(HttpStatusCode.OK, await barred.StatusAsync($"/works/files/{file}"));
        using var head = await Host.SignInAsync(SampleSchool.Staff(Roles.Head).Id, new Hat(Roles.Head, SampleSchool.School.Id));
        Assert.Equal(HttpStatusCode.NotFound, await head.StatusAsync($"/works/files/{file}"));
        // Without consent the representative sees nothing either.
        await RunAsync("delete from access.consents where giver_id = $1", SampleSchool.Mother.Id);
        using var again = await MotherAsync();
        Assert.NotEqual(HttpStatusCode.OK, await again.StatusAsync($"/works/files/{file}"));
        Assert.Equal(HttpStatusCode.Found, await again.StatusAsync($"/works/{homework}?learner={Child}"));
    }

    [Fact]
    public async Task A_work_is_returned_with_its_reason_and_handed_in_again_beside_the_first()
    {
        var homework = await GiveAsync();
        using var pupil = await PupilAsync();
        using (await SendAsync(pupil, homework, "Первая попытка", "hand-in", ("1.png", Drawings.Png(40, 40)))) { }
        using var teacher = await TeacherAsync();
        var first = await AskAsync<Guid>("select id from works.files");
        Assert.Equal(1, await DrawAsync(teacher, homework, first, 0, """{"items":[{"kind":"pin","colour":0,"x":5000,"y":5000,"text":"Знак!"}]}"""));
        Assert.DoesNotContain("Знак!", await pupil.ReadAsync($"/works/{homework}/files/{first}"), StringComparison.Ordinal);

        using (var empty = await CheckAsync(teacher, homework, "return", ("reason", " "))) Assert.Equal(HttpStatusCode.UnprocessableEntity, empty.StatusCode);
        using (var returned = await CheckAsync(teacher, homework, "return", ("reason", "Проверь знак"))) Assert.Equal(HttpStatusCode.Found, returned.StatusCode);
        Assert.Contains("Проверь знак", await TextAsync(pupil, $"/works/{homework}"), StringComparison.Ordinal);
        Assert.Contains("Знак!", await pupil.ReadAsync($"/works/{homework}/files/{first}"), StringComparison.Ordinal);
        Assert.Equal(1, await AskAsync<long>("select count(*) from kernel.audit where action = 'works.check' and detail like '%returned'"));

        // What was handed in stays; what is new is the teacher's only when it is handed in.
        using (var removed = await pupil.SubmitAsync($"/works/{homework}", $"/works/{homework}/files/{first}/remove")) Assert.Equal(HttpStatusCode.Conflict, removed.StatusCode);
        using (await SendAsync(pupil, homework, "Вторая попытка", "save", ("2.png", Drawings.Png(50, 50)))) { }
        var second = await AskAsync<Guid>("select id from works.files where attempt = 2");
        Assert.Equal(HttpStatusCode.NotFound, await teacher.StatusAsync($"/works/files/{second}"));
        Assert.DoesNotContain("Вторая попытка", await TextAsync(teacher, $"/works/{Group}/{homework}/{Child}"), StringComparison.Ordinal);
        using (await SendAsync(pupil, homework, "Вторая попытка")) { }
        Assert.Equal(HttpStatusCode.OK, await teacher.StatusAsync($"/works/files/{second}"));
        Assert.Contains("Вторая попытка", await TextAsync(teacher, $"/works/{Group}/{homework}/{Child}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_work_may_be_taken_back_until_it_is_marked_and_the_teacher_is_told()
    {
        var homework = await GiveAsync();
        using var pupil = await PupilAsync();
        using (var nothing = await SendAsync(pupil, homework, "")) Assert.Contains("Сдавать нечего", await TextAsync(nothing), StringComparison.Ordinal);
        using (await SendAsync(pupil, homework, "Ответ")) { }
        using var teacher = await TeacherAsync();
        var page = await teacher.ReadAsync($"/works/{Group}/{homework}/{Child}");
        using (var taken = await pupil.SubmitAsync($"/works/{homework}", $"/works/{homework}/withdraw")) Assert.Equal(HttpStatusCode.Found, taken.StatusCode);
        using (var marked = await teacher.SubmitAsync("/works", $"/works/{Group}/{homework}/{Child}/mark", ("key", Hidden(page, "key")), ("base", "0"), ("version", Hidden(page, "version")), ("value", "5")))
            Assert.Equal(HttpStatusCode.Conflict, marked.StatusCode);
        Assert.Equal(0, await AskAsync<long>("select count(*) from journal.marks where lesson_id = $1 and learner_id = $2", Lesson, Child));
    }

    [Fact]
    public async Task What_comes_after_the_lesson_has_begun_is_late()
    {
        var homework = await GiveAsync();
        // 16:00 in Moscow of the day it falls due.
        Host.Clock.Now = new DateTimeOffset(Today.AddDays(2).ToDateTime(new TimeOnly(13, 0)), TimeSpan.Zero).AddMinutes(1);
        using var pupil = await PupilAsync();
        using (await SendAsync(pupil, homework, "Простите")) { }
        Assert.Contains("сдана позже срока", await TextAsync(pupil, $"/works/{homework}"), StringComparison.Ordinal);
        using var teacher = await TeacherAsync();
        Assert.Contains("сдана позже срока", await TextAsync(teacher, $"/works/{Group}/{homework}"), StringComparison.Ordinal);
        // It goes into the cell of the lesson it fell due at.
        using (await CheckAsync(teacher, homework, "mark", ("value", "4"))) { }
        Assert.Equal(NextLesson, await AskAsync<Guid>("select lesson_id from journal.marks where learner_id = $1 and value = '4' and lesson_id in ($2, $3)", Child, Lesson, NextLesson));
    }

    [Fact]
    public async Task A_file_that_nobody_has_looked_at_is_given_to_nobody_until_somebody_has()
    {
        var homework = await GiveAsync();
        Clam.Says = "busy";
        using var pupil = await PupilAsync();
        using (await SendAsync(pupil, homework, "", "hand-in", ("a.pdf", PaperFiles.Pdf()))) { }
        var file = await AskAsync<Guid>("select id from works.files where state = 'waiting'");
        using var teacher = await TeacherAsync();
        Assert.Contains("ждёт проверки на вирусы", await TextAsync(teacher, $"/works/{Group}/{homework}/{Child}"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, await teacher.StatusAsync($"/works/files/{file}"));
        Assert.Equal(HttpStatusCode.NotFound, await pupil.StatusAsync($"/works/files/{file}"));
        Assert.Equal(0, await Keeper.ScanWaitingAsync(default));
        Clam.Says = null;
        Assert.Equal(1, await Keeper.ScanWaitingAsync(default));
        using var given = await teacher.GetAsync($"/works/files/{file}");
        Assert.Equal(HttpStatusCode.OK, given.StatusCode);
        Assert.Equal("default-src 'none'; sandbox; frame-ancestors 'none'", given.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("nosniff", given.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("attachment", given.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal(PaperFiles.Pdf(), await given.Content.ReadAsByteArrayAsync());

        Clam.Says = "busy";
        using (await pupil.SubmitAsync($"/works/{homework}", $"/works/{homework}/withdraw")) { }
        using (await SendAsync(pupil, homework, "", "save", ("b.pdf", PaperFiles.Pdf(2)))) { }
        Clam.Says = "stream: Test FOUND";
        Assert.Equal(1, await Keeper.ScanWaitingAsync(default));
        Assert.Contains("найден вирус", await TextAsync(pupil, $"/works/{homework}"), StringComparison.Ordinal);
        Assert.Equal(0, await AskAsync<int>("select octet_length(sealed_key) from works.files where state = 'refused'"));
    }

    [Fact]
    public async Task A_bad_file_is_refused_in_words_and_the_rest_is_kept()
    {
        var homework = await GiveAsync();
        using var pupil = await PupilAsync();
        using (var refused = await SendAsync(pupil, homework, "Мой ответ", "hand-in", ("фото.jpg", Drawings.Jpeg(40, 40)), ("программа.exe", "MZ not a picture"u8.ToArray())))
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            var said = await TextAsync(refused);
            Assert.Contains("«программа.exe» не подходит", said, StringComparison.Ordinal);
            Assert.Contains("Мой ответ", said, StringComparison.Ordinal);
            Assert.Contains("фото.jpg", said, StringComparison.Ordinal);
        }
        Assert.Equal("draft", await AskAsync<string>("select state from works.works"));
        using (var virus = await SendAsync(pupil, homework, "Мой ответ", "save", ("a.pdf", [.. PaperFiles.Pdf(), .. ClamStandIn.Eicar]))) Assert.Contains("найден вирус", await TextAsync(virus), StringComparison.Ordinal);
        // A form without its token, and with another's.
        foreach (var token in (string[])["", "CfDJ8-not-a-token"])
        {
            using var form = new MultipartFormDataContent { { new StringContent(token), "__RequestVerificationToken" }, { new StringContent("x"), "text" } };
            using var forged = await pupil.SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri($"/works/{homework}", UriKind.Relative)) { Content = form }, "text/html");
            Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        }
        Assert.Equal(1, await AskAsync<long>("select count(*) from works.files"));
    }

    [Fact]
    public async Task A_layer_over_a_newer_one_is_a_conflict_and_a_pupil_draws_nothing()
    {
        var homework = await GiveAsync();
        using var pupil = await PupilAsync();
        using (await SendAsync(pupil, homework, "", "hand-in", ("1.pdf", PaperFiles.Pdf(2)))) { }
        var file = await AskAsync<Guid>("select id from works.files");
        using var teacher = await TeacherAsync();
        const string Pen = """{"items":[{"kind":"pen","colour":1,"points":[0,0,100,100]}]}""";
        Assert.Equal(1, await DrawAsync(teacher, homework, file, 0, Pen));
        Assert.Equal(2, await DrawAsync(teacher, homework, file, 1, Pen));
        Assert.Equal(-409, await DrawAsync(teacher, homework, file, 1, Pen));
        Assert.Equal(-409, await DrawAsync(teacher, homework, file, 0, Pen));
        Assert.Equal(-400, await DrawAsync(teacher, homework, file, 2, """{"items":[{"kind":"<svg>","colour":1}]}"""));
        Assert.Equal(-404, await DrawAsync(pupil, homework, file, 2, Pen));
        using var other = await OtherTeacherAsync();
        Assert.Equal(-404, await DrawAsync(other, homework, file, 2, Pen));
        if (!Sandbox.Has("pdftoppm")) return;
        Assert.Contains("Страница 1 из 2", await TextAsync(teacher, $"/works/{Group}/{homework}/{Child}"), StringComparison.Ordinal);
        using var page = await teacher.GetAsync($"/works/files/{file}/pages/2");
        Assert.Equal("image/jpeg", page.Content.Headers.ContentType!.MediaType);
        Assert.Equal(1, await AskAsync<long>("select count(*) from works.pages"));
        Assert.Equal(HttpStatusCode.NotFound, await teacher.StatusAsync($"/works/files/{file}/pages/9"));
    }

    [Fact]
    public async Task Erased_works_take_their_bytes_off_the_disk_and_what_is_named_stays()
    {
        var homework = await GiveAsync(files: [("условие.pdf", PaperFiles.Pdf())]);
        using var pupil = await PupilAsync();
        using (await SendAsync(pupil, homework, "Ответ", "hand-in", ("1.pdf", PaperFiles.Pdf(2)), ("2.png", Drawings.Png(30, 30)))) { }
        var store = Host.Services.GetRequiredService<ByteStore>();
        var gone = (await AskAsync<string[]>("select array_agg(address) from works.files"))!;
        var stays = (await AskAsync<string>("select address from journal.homework_files"))!;
        Assert.True(gone.Length == 2 && gone.All(store.Has) && store.Has(stays));
        Assert.Equal(0, await Keeper.SweepEverythingAsync(TimeSpan.FromDays(-3650), default));
        await using (var connection = await Host.Database.Owner.OpenConnectionAsync())
            foreach (var sql in Host.Services.GetRequiredService<WorksErasure>().Rules.SelectMany(rule => rule.Statements))
            {
                await using var erase = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = Child } } };
                await erase.ExecuteNonQueryAsync();
            }
        Assert.Equal(2, await Keeper.SweepEverythingAsync(TimeSpan.FromDays(-3650), default));
        Assert.True(!gone.Any(store.Has) && store.Has(stays));
    }

    private async Task<int> DrawAsync(TestBrowser who, Guid homework, Guid file, int version, string layer)
    {
        using var drawn = await who.SendJsonAsync("/today", $"/works/{Group}/{homework}/{Child}/layers/{file}/1", new { version, layer });
        return drawn.StatusCode == HttpStatusCode.OK ? (await drawn.Content.ReadFromJsonAsync<DrawnNow>())!.Version : -(int)drawn.StatusCode;
    }

    private sealed record DrawnNow(int Version);
}
