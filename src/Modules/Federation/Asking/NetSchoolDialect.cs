using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MySchool.Federation.Wire;
using MySchool.Kernel;
using MySchool.Kernel.Web;

namespace MySchool.Federation.Asking;

/// <summary>
/// A region with «Сетевой Город. Образование»: a service account signs in, students of a person are asked by ЕСИА id, a student's week
/// by its own id. It signs nothing, so a copy of its words proves nothing and is believed by our own seal alone.
/// </summary>
internal sealed class NetSchoolDialect(OutgoingHttp http, NetSchoolSessions sessions, IClock clock) : IRegionalDiary
{
    private const int MostBytes = 1024 * 1024;

    public string Dialect => Dialects.NetSchool;

    public bool Proves(Region region, RegionAnswer answer) => answer.Proof is null;

    public async Task<RegionAnswer> AskAsync(Region region, DiaryQuestion question, CancellationToken cancel)
    {
        try
        {
            return await ReadAsync(region, question, cancel);
        }
        catch (Exception other) when (other is JsonException or InvalidOperationException or FormatException or KeyNotFoundException or OverflowException)
        {
            throw new RegionFault(FaultKind.Garbled, other);
        }
    }

    private async Task<RegionAnswer> ReadAsync(Region region, DiaryQuestion question, CancellationToken cancel)
    {
        using var students = await GetAsync(region, $"/webapi/esia/persons/{Uri.EscapeDataString(question.Oid)}/students", cancel);
        var all = students.RootElement.EnumerateArray().Take(30).Select(NetSchoolWords.StudentOf).ToList();
        var open = all.Where(student => student.HasConsent).Select(student => student.Learner).ToImmutableArray();
        var chosen = question.IsListOnly ? null : open.FirstOrDefault(learner => question.Child is null || learner.Id == question.Child);
        ToldWeek? week = null;
        if (chosen is not null)
        {
            using var diary = await GetAsync(region,
                $"/webapi/student/diary?studentId={Uri.EscapeDataString(chosen.Id)}&weekStart={question.Monday:yyyy-MM-dd}&weekEnd={question.Monday.AddDays(6):yyyy-MM-dd}&withLaAssigns=true", cancel);
            week = NetSchoolWords.WeekOf(diary.RootElement, chosen.Id, question.Monday, clock.TodayIn(TimeZones.Capital));
        }
        var told = new DiaryTold(DiaryTold.Current, clock.Now, open.Length < all.Count || all.Count == 0, open, week);
        return new(told, told.Write(), null);
    }

    private async Task<JsonDocument> GetAsync(Region region, string path, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            var session = await sessions.GetAsync(region, cancel);
            using var request = new HttpRequestMessage(HttpMethod.Get, region.At(path));
            request.Headers.TryAddWithoutValidation("Cookie", session.Cookie);
            request.Headers.TryAddWithoutValidation("at", session.At);
            var answer = await http.SendAsync(request, MostBytes, cancel);
            if (answer.Status == 200) return JsonDocument.Parse(answer.Body);
            if (answer.Status == 401 && attempt == 1) sessions.Forget(region);
            else throw new RegionFault(answer.Status is >= 400 and < 500 ? FaultKind.Refused : FaultKind.Away);
        }
    }
}

/// <summary>A session of the service account.</summary>
internal sealed record NetSchoolSession(string Cookie, string At);

/// <summary>Sessions of service accounts, one a region, opened anew when the region forgets them.</summary>
internal sealed class NetSchoolSessions(OutgoingHttp http)
{
    private const int MostBytes = 64 * 1024;
    private readonly System.Collections.Concurrent.ConcurrentDictionary<(Guid Id, int Version), NetSchoolSession> kept = new();

    public async Task<NetSchoolSession> GetAsync(Region region, CancellationToken cancel)
    {
        if (kept.TryGetValue((region.Id, region.Version), out var known)) return known;
        using var ask = new HttpRequestMessage(HttpMethod.Get, region.At("/webapi/auth/getdata"));
        using var data = JsonDocument.Parse((await http.SendAsync(ask, MostBytes, cancel)).Body);
        string Part(string name) => data.RootElement.GetProperty(name).GetString() ?? throw new FormatException(name);
        using var login = new HttpRequestMessage(HttpMethod.Post, region.At("/webapi/login"))
        {
            Content = new FormUrlEncodedContent([KeyValuePair.Create("LoginType", "1"), KeyValuePair.Create("UN", region.Account), KeyValuePair.Create("lt", Part("lt")),
                KeyValuePair.Create("ver", Part("ver")), KeyValuePair.Create("pw2", Md5(Part("salt") + Md5(region.Secret)))]),
        };
        var answer = await http.SendAsync(login, MostBytes, cancel);
        if (answer.Status != 200) throw new RegionFault(FaultKind.Refused);
        using var opened = JsonDocument.Parse(answer.Body);
        var cookie = (answer.Header("Set-Cookie") ?? "").Split(';')[0];
        var at = opened.RootElement.GetProperty("at").GetString() ?? "";
        if (!IsToken(cookie) || !IsToken(at)) throw new RegionFault(FaultKind.Garbled);
        return kept[(region.Id, region.Version)] = new(cookie, at);
    }

    public void Forget(Region region) => kept.TryRemove((region.Id, region.Version), out _);

    // Ours to send on as it is.
    private static bool IsToken(string text) => text.Length is > 0 and <= 500 && text.All(letter => letter is > ' ' and <= '~');

    // The protocol's own way to hide a password; the channel is what protects it.
#pragma warning disable CA5351
    private static string Md5(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5351
}

/// <summary>The foreign journal's words turned into ours.</summary>
internal static class NetSchoolWords
{
    private const int Homework = 3;

    public static (ToldLearner Learner, bool HasConsent) StudentOf(JsonElement student) => (
        new(student.GetProperty("studentId").GetInt64().ToString(CultureInfo.InvariantCulture), Text(student, "nickName"), Text(student, "className"), Text(student, "schoolName")),
        student.TryGetProperty("consent", out var consent) && consent.ValueKind == JsonValueKind.True);

    public static ToldWeek WeekOf(JsonElement diary, string student, DateOnly monday, DateOnly today) => new(
        student, monday, today, null,
        [.. from day in diary.GetProperty("weekDays").EnumerateArray().Take(7)
            let date = DateOnly.FromDateTime(day.GetProperty("date").GetDateTime())
            from lesson in day.GetProperty("lessons").EnumerateArray().Take(15)
            select LessonOf(date, lesson)],
        []);

    private static ToldLesson LessonOf(DateOnly date, JsonElement lesson)
    {
        var assignments = lesson.TryGetProperty("assignments", out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray().Take(20).ToList() : [];
        return new(
            date, lesson.GetProperty("number").GetInt16(), Time(lesson, "startTime"), Time(lesson, "endTime"), Text(lesson, "subjectName"), "", "", Text(lesson, "room"), false, null,
            [.. assignments.Where(HasMark).Select(MarkOf)], null,
            [.. assignments.Where(work => work.GetProperty("typeId").GetInt32() == Homework).Select(work => new ToldHomework(Text(work, "assignmentName"), false))]);
    }

    private static bool HasMark(JsonElement work) => work.TryGetProperty("mark", out var mark) && mark.ValueKind == JsonValueKind.Object && (IsDuty(mark) || Figure(mark) is not null);

    // dutyMark: задолженность, work that must still be handed in.
    private static ToldMark MarkOf(JsonElement work)
    {
        var mark = work.GetProperty("mark");
        return new(IsDuty(mark) ? Resources.Texts.DutyMark : Figure(mark)!.Value.ToString(CultureInfo.InvariantCulture), 1, Text(work, "assignmentName"),
            work.TryGetProperty("markComment", out var comment) && comment.ValueKind == JsonValueKind.Object ? Text(comment, "name") : null);
    }

    private static bool IsDuty(JsonElement mark) => mark.TryGetProperty("dutyMark", out var duty) && duty.ValueKind == JsonValueKind.True;

    private static int? Figure(JsonElement mark) => mark.TryGetProperty("mark", out var figure) && figure.ValueKind == JsonValueKind.Number ? figure.GetInt32() : null;

    private static string Text(JsonElement of, string name) => of.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : "";

    private static TimeOnly? Time(JsonElement of, string name) =>
        TimeOnly.TryParseExact(Text(of, name), "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;
}
