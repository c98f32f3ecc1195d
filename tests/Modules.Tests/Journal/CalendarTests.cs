using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using CsCheck;
using MySchool.Contracts.Access;
using MySchool.Journal.Domain;
using MySchool.Kernel;
using MySchool.Testing;
using Xunit;

namespace MySchool.Modules.Tests.Journal;

/// <summary>The calendar by a secret link; three parsers of others must read in it just what stands in the diary.</summary>
public sealed partial class CalendarTests : IAsyncLifetime
{
    private static readonly Guid Child = SampleSchool.Pupil.Id;
    private static readonly DateOnly From = SampleSchool.Today.AddDays(-14);
    private static readonly DateOnly To = SampleSchool.Today.AddDays(42);
    private TestHost host = null!;
    private HttpClient program = null!;

    public async ValueTask InitializeAsync()
    {
        host = await TestHost.StartAsync();
        await host.ConsentAsync(SampleSchool.Mother.Id);
        program = new HttpClient { BaseAddress = host.Address };
    }

    public async ValueTask DisposeAsync()
    {
        program.Dispose();
        await host.DisposeAsync();
    }

    [Fact]
    public async Task Three_parsers_agree_on_every_event()
    {
        // A cancelled lesson, and texts with everything the format gives a meaning to.
        await RunAsync("update journal.lessons set is_cancelled = true where group_id = $1 and date = (select min(date) from journal.lessons where group_id = $1 and date > $2)", SampleSchool.Algebra.Id, SampleSchool.Today);
        await RunAsync("update journal.lessons set topic = $2, room = 'каб; 3, корпус \\ «Б»' where group_id = $1 and date = (select max(date) from journal.lessons where group_id = $1 and date <= $3)",
            SampleSchool.Algebra.Id, "Уравнения, системы; обратная \\ черта: «ё»\nвторая строка — 📐 и ещё слова, чтобы строка стала длиннее семидесяти пяти октетов", SampleSchool.Today);
        using var mother = await MotherAsync();
        var ics = await program.GetStringAsync(await LinkAsync(mother));

        var expected = await ExpectedAsync();
        Assert.True(expected.Count > 100, $"only {expected.Count} lessons");
        Assert.Contains(expected, each => each.Status == "CANCELLED");
        foreach (var (parser, events) in JudgeWithNode(ics).Append(("Ical.Net", JudgeWithIcalNet(ics))))
        {
            Assert.True(expected.Count == events.Count, $"{parser}: {events.Count} events of {expected.Count}");
            foreach (var (mine, theirs) in expected.Zip(events)) Assert.True(mine == theirs, $"{parser}: {theirs} instead of {mine}");
        }
        Assert.All(ics.Split("\r\n"), line => Assert.True(Encoding.UTF8.GetByteCount(line) <= 75, line));
        Assert.DoesNotContain("\n", ics.Replace("\r\n", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_has_not_changed_is_not_sent_again()
    {
        using var mother = await MotherAsync();
        var link = await LinkAsync(mother);
        using var first = await program.GetAsync(link);
        Assert.Equal("text/calendar", first.Content.Headers.ContentType?.MediaType);
        using var again = new HttpRequestMessage(HttpMethod.Get, link);
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var same = await program.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        await RunAsync("update journal.lessons set room = 'актовый зал' where group_id = $1 and date > $2", SampleSchool.Algebra.Id, SampleSchool.Today);
        using var later = new HttpRequestMessage(HttpMethod.Get, link);
        later.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var changed = await program.SendAsync(later);
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Assert.Equal(2, await host.Database.ScalarAsync<long>("select count(*) from kernel.audit where action = 'journal.calendar' and subject_id = $1", Child));
    }

    [Fact]
    public async Task A_link_ends_with_its_renewal_its_revocation_its_consent_and_the_guardianship()
    {
        using var mother = await MotherAsync();
        var first = await LinkAsync(mother);
        var second = await LinkAsync(mother);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(first));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(second));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(second[..^10] + "aaaaaa.ics"));

        await RunAsync("update registry.guardianships set restriction = 'решение суда' where guardian_id = $1 and learner_id = $2", SampleSchool.Mother.Id, Child);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(second));
        await RunAsync("update registry.guardianships set restriction = null where guardian_id = $1 and learner_id = $2", SampleSchool.Mother.Id, Child);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(second));

        await RunAsync("update access.consents set expires_at = $1 where giver_id = $2", host.Clock.Now.AddSeconds(-1), SampleSchool.Mother.Id);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(second));
        await host.ConsentAsync(SampleSchool.Mother.Id);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(second));

        var key = await host.Database.ScalarAsync<Guid>("select id from access.read_keys where revoked_at is null");
        using var revoked = await mother.SubmitAsync("/account/keys", "/account/keys/revoke", ("id", key.ToString()));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(second));
    }

    [Fact]
    public async Task A_pupil_has_a_calendar_of_their_own_and_nobody_gets_one_of_a_stranger()
    {
        using var pupil = await host.SignInAsync(Child, new Hat(Roles.Learner, SampleSchool.School.Id));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(await LinkAsync(pupil)));
        using var mother = await MotherAsync();
        var other = await host.Database.ScalarAsync<Guid>("select person_id from registry.enrolments e where not exists (select from registry.guardianships g where g.learner_id = e.person_id and g.guardian_id = $1) limit 1", SampleSchool.Mother.Id);
        using var refused = await mother.SubmitAsync("/account/keys", "/account/keys/calendar", ("learner", other.ToString()));
        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        using var teacher = await host.SignInAsync(SampleSchool.Teacher.Id, new Hat(Roles.Teacher, SampleSchool.School.Id));
        Assert.Equal(HttpStatusCode.NotFound, await teacher.StatusAsync("/account/keys"));
    }

    [Fact]
    public void Any_text_comes_back_from_a_parser_as_it_was() => Gen.String[Gen.OneOf(Gen.Char['а', 'я'], Gen.Char[' ', '~'], Gen.Const('\n'), Gen.Const('ё'))].Sample(text =>
    {
        var day = SampleSchool.Today;
        var file = IcsCalendar.Write("Дневник", "Asia/Vladivostok", host.Clock.Now, [new("1", day, new(8, 30), new(9, 15), $"Урок {text}", "", "", false)], day, day);
        var read = Ical.Net.Calendar.Load(Encoding.UTF8.GetString(file))!.Events.Single();
        return read.Summary == $"Урок {text}" && read.DtStart!.AsUtc == day.ToDateTime(new TimeOnly(8, 30)).AddHours(-10);
    }, iter: 300);

    private sealed record Seen(string Uid, string Start, string End, string Summary, string Location, string Description, string Status);

    private async Task<List<Seen>> ExpectedAsync()
    {
        await using var ask = host.Database.Owner.CreateCommand("""
            select l.id::text, l.date, l.starts_at, l.ends_at, s.name, l.room, l.topic, l.is_cancelled, t.first_name, t.middle_name,
                   (select h.text from journal.homework h where h.school_year = l.school_year and h.school_id = l.school_id and h.group_id = l.group_id and h.due_on = l.date
                      and l.number = (select min(n.number) from journal.lessons n where n.school_year = l.school_year and n.school_id = l.school_id and n.group_id = l.group_id and n.date = l.date) limit 1)
              from journal.lessons l join registry.teaching_groups g on g.school_id = l.school_id and g.id = l.group_id join registry.subjects s on s.id = g.subject_id
              left join registry.teaching_assignments a on a.school_id = l.school_id and a.group_id = g.id and a.ends_on is null left join registry.people t on t.id = a.person_id
             where l.date between $2 and $3 and g.class_id = (select class_id from registry.enrolments where person_id = $1 and ends_on is null)
               and (g.kind = 'class' or exists (select from registry.group_members m where m.group_id = g.id and m.person_id = $1))
            """);
        foreach (var value in (object[])[Child, From, To]) ask.Parameters.Add(new() { Value = value });
        await using var row = await ask.ExecuteReaderAsync();
        var found = new List<Seen>();
        while (await row.ReadAsync())
        {
            var (date, room, isCancelled) = (row.GetFieldValue<DateOnly>(1), row.GetString(5), row.GetBoolean(7));
            string?[] lines = [row.IsDBNull(8) ? null : $"Учитель: {row.GetString(8)} {row.GetString(9)}", row.GetString(6) is { Length: > 0 } topic ? $"Тема: {topic}" : null, row.IsDBNull(10) ? null : $"Д/з: {row.GetString(10)}"];
            found.Add(new(row.GetString(0), Utc(date, row.GetFieldValue<TimeOnly>(2)), Utc(date, row.GetFieldValue<TimeOnly>(3)), row.GetString(4) + (isCancelled ? " (урок отменён)" : ""),
                room.Length > 0 && char.IsDigit(room[0]) ? $"каб. {room}" : room, string.Join('\n', lines.Where(line => line is not null)), isCancelled ? "CANCELLED" : "CONFIRMED"));
        }
        return Sorted(found);

        static string Utc(DateOnly date, TimeOnly time) => $"{date.ToDateTime(time).AddHours(-3):yyyy-MM-ddTHH:mm:ss}.000Z";
    }

    private static List<Seen> JudgeWithIcalNet(string ics) => Sorted(Ical.Net.Calendar.Load(ics)!.Events.Select(each => new Seen(
        each.Uid!, $"{each.DtStart!.AsUtc:yyyy-MM-ddTHH:mm:ss}.000Z", $"{each.DtEnd!.AsUtc:yyyy-MM-ddTHH:mm:ss}.000Z", each.Summary!, each.Location ?? "", each.Description ?? "", each.Status!)));

    private static List<(string Parser, List<Seen> Events)> JudgeWithNode(string ics)
    {
        var folder = Path.Combine(AppContext.BaseDirectory.Split("/tests/")[0], "tests", "ics");
        Assert.True(Directory.Exists(Path.Combine(folder, "node_modules")), "run `npm ci` in tests/ics first; ./test does it");
        var start = new ProcessStartInfo("node", "judge.mjs")
        { WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, StandardInputEncoding = new UTF8Encoding(false), StandardOutputEncoding = Encoding.UTF8 };
        // Whatever zone the machine lives in, the file tells its own.
        start.Environment["TZ"] = "America/New_York";
        using var node = Process.Start(start)!;
        node.StandardInput.Write(ics);
        node.StandardInput.Close();
        var said = node.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(2, said.Count);
        return [.. said.Select(one => (one.GetProperty("parser").GetString()!, Sorted(one.GetProperty("events").Deserialize<List<Seen>>(JsonSerializerOptions.Web)!)))];
    }

    private static List<Seen> Sorted(IEnumerable<Seen> events) => [.. events.OrderBy(each => each.Uid, StringComparer.Ordinal)];

    private static async Task<string> LinkAsync(TestBrowser browser)
    {
        using var answer = await browser.SubmitAsync("/account/keys", "/account/keys/calendar", ("learner", Child.ToString()));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return Link().Match(await answer.Content.ReadAsStringAsync()).Value;
    }

    private async Task<HttpStatusCode> StatusAsync(string link)
    {
        using var answer = await program.GetAsync(link);
        return answer.StatusCode;
    }

    private Task<TestBrowser> MotherAsync() => host.SignInAsync(SampleSchool.Mother.Id, new Hat(Roles.Guardian, Guid.Empty));

    private async Task RunAsync(string sql, params object[] values)
    {
        await using var command = host.Database.Owner.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync();
    }

    [GeneratedRegex(@"/calendar/[\w-]{43}\.ics")]
    private static partial Regex Link();
}
