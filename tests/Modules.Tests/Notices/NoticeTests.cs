using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Mail;
using MySchool.Notices.Features;
using MySchool.Testing;
using Xunit;

namespace MySchool.Modules.Tests.Notices;

/// <summary>From a teacher's key to a mother's letter or telephone, by a clock set by hand.</summary>
public sealed class NoticeTests : IAsyncLifetime
{
    private static readonly Guid Child = SampleSchool.Pupil.Id;
    private readonly Letterbox letters = new();
    private readonly Guid lesson = Ids.New();
    private TestHost host = null!;

    public async ValueTask InitializeAsync()
    {
        host = await TestHost.StartAsync(replace: services => services.Replace(ServiceDescriptor.Singleton<IMailer>(letters)), settings: new Dictionary<string, string> { ["Notices:PushMayBeInside"] = "true" });
        await host.ConsentAsync(SampleSchool.Mother.Id);
        await RunAsync("insert into access.letter_addresses values ($1, 'mother@example.ru', now())", SampleSchool.Mother.Id);
        await RunAsync("""
            insert into access.consents (id, event, subject_id, giver_id, purpose, text_version, text_hash, at, expires_at)
            select gen_random_uuid(), 'given', $1, $1, purpose, version, hash, $2, $2 + interval '1 year' from access.consent_texts where purpose = 'notifications' order by version desc limit 1
            """, SampleSchool.Mother.Id, host.Clock.Now);
        await RunAsync("insert into journal.lessons (school_year, school_id, id, group_id, date, number, starts_at, ends_at) values (2026, $1, $2, $3, $4, 9, '16:00', '16:45')",
            SampleSchool.School.Id, lesson, SampleSchool.Algebra.Id, SampleSchool.Today);
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task A_mark_corrected_within_the_window_leaves_as_its_last_value_in_the_letter_of_the_day()
    {
        await MarkAsync("5");
        host.Clock.Advance(TimeSpan.FromMinutes(5));
        await MarkAsync("4");
        host.Clock.Advance(TimeSpan.FromMinutes(4));
        await TickAsync();
        Assert.Equal(0, await LinesAsync());
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        await TickAsync();
        Assert.Equal(1, await LinesAsync());

        // 18:00 in Moscow, not a minute before.
        host.Clock.Now = SampleSchool.Now.AddHours(5).AddMinutes(59);
        await TickAsync();
        Assert.Empty(letters.Sent);
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        await TickAsync();
        var letter = Assert.Single(letters.Sent);
        Assert.Equal(("mother@example.ru", "Дневник за день: Артём"), (letter.To, letter.Subject));
        Assert.Contains("Алгебра, 23 ноября: отметка 4", letter.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("отметка 5", letter.Text, StringComparison.Ordinal);
        await TickAsync();
        Assert.Single(letters.Sent);
    }

    [Fact]
    public async Task A_mark_changed_and_changed_back_within_the_window_is_no_news()
    {
        await MarkAsync("4");
        host.Clock.Advance(TimeSpan.FromMinutes(11));
        await TickAsync();
        Assert.Equal(1, await LinesAsync());
        await MarkAsync("2");
        host.Clock.Advance(TimeSpan.FromMinutes(2));
        await MarkAsync("4");
        host.Clock.Advance(TimeSpan.FromMinutes(11));
        await TickAsync();
        Assert.Equal(1, await LinesAsync());
        await MarkAsync("5");
        host.Clock.Advance(TimeSpan.FromMinutes(11));
        await TickAsync();
        Assert.Equal(2, await LinesAsync());
    }

    [Fact]
    public async Task A_mark_set_and_cleared_within_the_window_has_never_been()
    {
        await MarkAsync("2");
        host.Clock.Advance(TimeSpan.FromMinutes(2));
        await MarkAsync(null);
        host.Clock.Advance(TimeSpan.FromHours(8));
        await TickAsync();
        Assert.Empty(letters.Sent);

        await MarkAsync("3");
        host.Clock.Advance(TimeSpan.FromMinutes(11));
        await TickAsync();
        await MarkAsync(null);
        for (var day = 0; day < 2; day++)
        {
            host.Clock.Advance(TimeSpan.FromDays(1));
            await TickAsync();
        }
        Assert.Contains(letters.Sent, letter => letter.Text.Contains("Алгебра, 23 ноября: отметка убрана", StringComparison.Ordinal));
    }

    [Fact]
    public async Task At_once_is_quiet_at_night_and_never_is_never()
    {
        await SettleForAsync("now", "never");
        host.Clock.Now = SampleSchool.Now.AddHours(10); // 22:00
        await MarkAsync("5");
        await AbsenceAsync("Н");
        host.Clock.Advance(TimeSpan.FromHours(1));
        await TickAsync();
        Assert.Empty(letters.Sent);
        host.Clock.Now = SampleSchool.Now.AddHours(20); // 8:00
        await TickAsync();
        var letter = Assert.Single(letters.Sent);
        Assert.Equal("Дневник: Артём", letter.Subject);
        Assert.DoesNotContain("пропуск", letter.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_children_stand_in_one_letter_with_homework_and_absences()
    {
        var sibling = await host.Database.ScalarAsync<Guid>("select learner_id from registry.guardianships g where guardian_id = $1 and learner_id <> $2 and exists (select from registry.enrolments e where e.person_id = g.learner_id and e.school_id = $3) limit 1",
            SampleSchool.Mother.Id, Child, SampleSchool.School.Id);
        await AbsenceAsync("Н");
        using (var teacher = await TeacherAsync())
        {
            using var saved = await teacher.SubmitAsync($"/journal/{SampleSchool.Algebra.Id}/lessons/{lesson}", $"/journal/{SampleSchool.Algebra.Id}/lessons/{lesson}",
                ("version", "1"), ("topic", "Степени"), ("work", "1"), ("homework", "№ 241, 243"), ("dueOn", $"{SampleSchool.Today.AddDays(2):yyyy-MM-dd}"));
            Assert.Equal(HttpStatusCode.Found, saved.StatusCode);
        }
        await host.DeliveredAsync();
        await RunAsync("""
            insert into notices.pending (id, learner_id, school_id, lesson_id, kind, subject, day, value, had_before, happened_at, due_at)
            values (gen_random_uuid(), $1, $2, $3, 'mark', 'Музыка', $4, '5', false, $5, $5)
            """, sibling, SampleSchool.School.Id, Ids.New(), SampleSchool.Today, host.Clock.Now);
        host.Clock.Advance(TimeSpan.FromMinutes(10));
        await TickAsync();
        host.Clock.Advance(TimeSpan.FromHours(8));
        await TickAsync();
        var letter = Assert.Single(letters.Sent);
        Assert.Contains("Алгебра, 23 ноября: пропуск «Н»", letter.Text, StringComparison.Ordinal);
        Assert.Contains("Алгебра, к 25 ноября: № 241, 243", letter.Text, StringComparison.Ordinal);
        Assert.Contains("Музыка, 23 ноября: отметка 5", letter.Text, StringComparison.Ordinal);
        Assert.Contains("/account/notices", letter.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_sent_once_a_consent_is_withdrawn_of_the_diary_or_of_letters()
    {
        foreach (var purpose in (string[])["diary", "notifications"])
        {
            await MarkAsync(purpose == "diary" ? "5" : "4");
            host.Clock.Advance(TimeSpan.FromMinutes(11));
            await TickAsync();
            Assert.Equal(1, await LinesAsync());
            await RunAsync("update access.consents set expires_at = $2 where purpose = $1 and event = 'given'", purpose, host.Clock.Now.AddSeconds(-1));
            host.Clock.Now = new DateTimeOffset(host.Clock.Now.UtcDateTime.Date, TimeSpan.Zero).AddHours(15).AddMinutes(1);
            await TickAsync();
            Assert.Equal(0, await LinesAsync());
            Assert.Empty(letters.Sent);
            await RunAsync("update access.consents set expires_at = $2 where purpose = $1 and event = 'given'", purpose, host.Clock.Now.AddDays(100));
            host.Clock.Now = SampleSchool.Now.AddHours(1);
        }
    }

    [Fact]
    public async Task The_school_sets_the_window_and_nobody_else()
    {
        using var head = await host.SignInAsync(SampleSchool.Staff(Roles.Head).Id, new Hat(Roles.Head, SampleSchool.School.Id));
        using var wrong = await head.SubmitAsync("/school/notices", "/school/notices", ("minutes", "121"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        using var saved = await head.SubmitAsync("/school/notices", "/school/notices", ("minutes", "0"));
        Assert.Equal(HttpStatusCode.Found, saved.StatusCode);
        using var mother = await MotherAsync();
        Assert.Equal(HttpStatusCode.NotFound, await mother.StatusAsync("/school/notices"));
        await MarkAsync("5");
        await TickAsync();
        Assert.Equal(1, await LinesAsync());
    }

    [Fact]
    public async Task A_message_reaches_a_device_encrypted_and_signed_and_a_dead_device_is_dropped()
    {
        await using var push = await PushStandIn.StartAsync();
        await SettleForAsync("now", "never");
        using var mother = await MotherAsync();
        using (var added = await mother.SendJsonAsync("/account/notices", "/account/notices/devices", push.Subscription("1")))
            Assert.Equal(HttpStatusCode.OK, added.StatusCode);
        Assert.Contains("Chrome", WebUtility.HtmlDecode(await mother.ReadAsync("/account/notices")), StringComparison.Ordinal);
        await MarkAsync("5");
        host.Clock.Advance(TimeSpan.FromMinutes(10));
        await TickAsync();
        Assert.True(push.Heard.TryDequeue(out var heard));
        Assert.Equal("Дневник: Артём", heard.Message.GetProperty("title").GetString());
        Assert.Contains("отметка 5", heard.Message.GetProperty("body").GetString(), StringComparison.Ordinal);
        Assert.True(push.IsSigned(heard.Authorization, host.Clock.Now));
        Assert.Equal("86400", heard.Ttl);
        Assert.Empty(letters.Sent);

        push.Answer = 410;
        await MarkAsync("4");
        host.Clock.Advance(TimeSpan.FromMinutes(10));
        await TickAsync();
        Assert.Equal(0, await host.Database.ScalarAsync<long>("select count(*) from notices.devices"));
        // Without a device a letter goes.
        await MarkAsync("3");
        host.Clock.Advance(TimeSpan.FromMinutes(10));
        await TickAsync();
        Assert.Contains("отметка 3", Assert.Single(letters.Sent).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ftp://push.example/1", true, true)]
    [InlineData("not an address", true, true)]
    [InlineData(null, true, true)]
    [InlineData("https://push.example/1", false, true)]
    [InlineData("https://push.example/1", true, false)]
    public async Task A_device_with_a_wrong_address_or_key_is_refused(string? endpoint, bool hasKey, bool hasSecret)
    {
        using var mother = await MotherAsync();
        using var refused = await mother.SendJsonAsync("/account/notices", "/account/notices/devices", new
        { endpoint, keys = new { p256dh = hasKey ? "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4" : new string('B', 87), auth = hasSecret ? "BTBZMqHH6r4Tts7J_aSIgg" : "x" } });
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    private async Task SettleForAsync(string marks, string absences)
    {
        using var mother = await MotherAsync();
        using var saved = await mother.SubmitAsync("/account/notices", "/account/notices",
            ("marks", marks), ("absences", absences), ("homework", "digest"), ("digestAt", "18:00"), ("quietFrom", "21:00"), ("quietTo", "08:00"));
        Assert.Equal(HttpStatusCode.Found, saved.StatusCode);
    }

    private Task MarkAsync(string? value) => CellAsync("mark", value);

    private Task AbsenceAsync(string? value) => CellAsync("absence", value);

    private async Task CellAsync(string kind, string? value)
    {
        using var teacher = await TeacherAsync();
        var seen = await host.Database.ScalarAsync<int?>(kind == "mark" ? "select version from journal.marks where lesson_id = $1 and learner_id = $2" : "select version from journal.absences where lesson_id = $1 and learner_id = $2", lesson, Child) ?? 0;
        using var saved = await teacher.SendJsonAsync($"/journal/{SampleSchool.Algebra.Id}", $"/journal/{SampleSchool.Algebra.Id}/marks",
            new { key = Ids.New(), changes = new[] { new { lesson, learner = Child, kind, value, @base = seen } } });
        Assert.Contains("saved", await saved.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await host.DeliveredAsync();
    }

    private async Task TickAsync()
    {
        await host.Services.GetRequiredService<SettlePending>().HandleAsync(default);
        await host.Services.GetRequiredService<SendNotices>().HandleAsync(default);
        await host.DeliveredAsync();
    }

    private Task<long> LinesAsync() => host.Database.ScalarAsync<long>("select count(*) from notices.lines where person_id = $1", SampleSchool.Mother.Id);

    private Task<TestBrowser> MotherAsync() => host.SignInAsync(SampleSchool.Mother.Id, new Hat(Roles.Guardian, Guid.Empty));

    private Task<TestBrowser> TeacherAsync() => host.SignInAsync(SampleSchool.Teacher.Id, new Hat(Roles.Teacher, SampleSchool.School.Id));

    private async Task RunAsync(string sql, params object[] values)
    {
        await using var command = host.Database.Owner.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync();
    }

    private sealed class Letterbox : IMailer
    {
        public ConcurrentQueue<Letter> Sent { get; } = new();

        public Task SendAsync(IReadOnlyList<Letter> letters, CancellationToken cancel)
        {
            foreach (var letter in letters) Sent.Enqueue(letter);
            return Task.CompletedTask;
        }
    }
}
