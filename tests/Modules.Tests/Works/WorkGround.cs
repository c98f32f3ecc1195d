using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Files;
using MySchool.Testing;
using Npgsql;
using Xunit;

namespace MySchool.Modules.Tests.Works;

/// <summary>A lesson of algebra today, the next one in two days, and those who meet there.</summary>
public abstract partial class WorkGround : IAsyncLifetime
{
    protected static readonly Guid Group = SampleSchool.Algebra.Id;
    protected static readonly Guid Child = SampleSchool.Pupil.Id;
    protected static readonly DateOnly Today = SampleSchool.Today;
    private readonly ClamStandIn clam = new();

    protected TestHost Host { get; private set; } = null!;

    protected Guid Lesson { get; } = Ids.New();

    protected Guid NextLesson { get; } = Ids.New();

    protected string LessonPage => $"/journal/{Group}/lessons/{Lesson}";

    internal ClamStandIn Clam => clam;

    public async ValueTask InitializeAsync()
    {
        Host = await TestHost.StartAsync(settings: new Dictionary<string, string> { ["Files:Scanner"] = clam.Address });
        await Host.ConsentAsync(SampleSchool.Mother.Id);
        // What the sample's own pupils have handed in would be counted too.
        foreach (var table in (string[])["works", "drafts", "steps", "files", "layers"]) await RunAsync($"delete from works.{table}");
        // The sample's own lessons after today would be nearer.
        await RunAsync("delete from journal.lessons where group_id = $1 and date > $2", Group, Today);
        foreach (var (id, day) in ((Guid, DateOnly)[])[(Lesson, Today), (NextLesson, Today.AddDays(2))])
            await RunAsync("insert into journal.lessons (school_year, school_id, id, group_id, date, number, starts_at, ends_at) values (2026, $1, $2, $3, $4, 9, '16:00', '16:45')", SampleSchool.School.Id, id, Group, day);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Host.DisposeAsync();
        clam.Dispose();
    }

    protected Task<TestBrowser> TeacherAsync() => Host.SignInAsync(SampleSchool.Teacher.Id, new Hat(Roles.Teacher, SampleSchool.School.Id));

    protected Task<TestBrowser> OtherTeacherAsync() => Host.SignInAsync(SampleSchool.ClassTeacher.Id, new Hat(Roles.Teacher, SampleSchool.School.Id));

    protected Task<TestBrowser> PupilAsync() => Host.SignInAsync(Child, new Hat(Roles.Learner, SampleSchool.School.Id));

    protected Task<TestBrowser> MotherAsync() => Host.SignInAsync(SampleSchool.Mother.Id, new Hat(Roles.Guardian, Guid.Empty));

    /// <summary>Gives homework that takes work; answers its id.</summary>
    protected async Task<Guid> GiveAsync(string text = "Решить № 215", IEnumerable<(string, string)>? more = null, params IEnumerable<(string, byte[])> files)
    {
        using var teacher = await TeacherAsync();
        using var given = await teacher.SendFilesAsync($"{LessonPage}/homework", $"{LessonPage}/homework", [("version", "0"), ("text", text), ("takesWork", "true"), .. more ?? []], files);
        Assert.Equal(HttpStatusCode.Found, given.StatusCode);
        return await AskAsync<Guid>("select id from journal.homework where text = $1 and group_id = $2", text, Group);
    }

    /// <summary>The pupil sends a work.</summary>
    protected static Task<HttpResponseMessage> SendAsync(TestBrowser pupil, Guid homework, string text, string what = "hand-in", params IEnumerable<(string, byte[])> files) =>
        pupil.SendFilesAsync($"/works/{homework}", $"/works/{homework}", [("text", text), ("do", what)], files);

    protected async Task<HttpResponseMessage> CheckAsync(TestBrowser teacher, Guid homework, string deed, params (string, string)[] fields)
    {
        var page = $"/works/{Group}/{homework}/{Child}";
        var html = await teacher.ReadAsync(page);
        // Each form sends its own fields and no other's.
        (string, string)[] own = deed == "mark" ? [("key", Hidden(html, "key")), ("base", Hidden(html, "base"))] : [];
        return await teacher.SubmitAsync(page, $"{page}/{deed}", [.. own, ("version", Hidden(html, "version")), .. fields]);
    }

    protected static string Hidden(string html, string name) => Regex.Match(html, $"name=\"{name}\" value=\"([^\"]*)\"").Groups[1].Value;

    protected static async Task<string> TextAsync(TestBrowser browser, string path) => WebUtility.HtmlDecode(Tags().Replace(await browser.ReadAsync(path), " "));

    protected static async Task<string> TextAsync(HttpResponseMessage answer) => WebUtility.HtmlDecode(Tags().Replace(await answer.Content.ReadAsStringAsync(), " "));

    protected Task<T?> AskAsync<T>(string sql, params object[] values) => Host.Database.ScalarAsync<T>(sql, values);

    protected async Task RunAsync(string sql, params object[] values)
    {
        await using var command = Host.Database.Owner.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync();
    }

    protected KeepFiles Keeper => Host.Services.GetRequiredService<KeepFiles>();

    [GeneratedRegex("<[^>]+>")]
    private static partial Regex Tags();
}
