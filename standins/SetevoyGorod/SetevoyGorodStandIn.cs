using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace MySchool.StandIns.SetevoyGorod;

/// <summary>
/// A web API in the manner of «Сетевой Город. Образование» on loopback: sign-in of a service account by salt, a session cookie with
/// the header <c>at</c>, a week of a student's diary. All data is invented. Never a part of production.
/// </summary>
public static class SetevoyGorodStandIn
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.Create(System.Text.Unicode.UnicodeRanges.All) };

    /// <summary>Builds the server; the caller runs or starts it.</summary>
    /// <param name="args">Command line: <c>--urls … --NetSchool:Login portal --NetSchool:Password … --NetSchool:StudentsFile students.json</c>.</param>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        var settings = builder.Configuration.GetSection("NetSchool").Get<Settings>() ?? new();
        var salts = new ConcurrentDictionary<string, string>();
        var sessions = new ConcurrentDictionary<string, string>();
        var app = builder.Build();
        app.MapGet("/health/ready", () => "ready");
        app.MapGet("/webapi/auth/getdata", () =>
        {
            var (lt, salt) = (RandomNumberGenerator.GetHexString(16, lowercase: true), RandomNumberGenerator.GetString("0123456789", 9));
            salts[lt] = salt;
            return Results.Json(new { lt, ver = "1", salt }, Json);
        });
        app.MapPost("/webapi/login", async (HttpContext http) =>
        {
            var form = await http.Request.ReadFormAsync();
            if (!salts.TryRemove(form["lt"].ToString(), out var salt) || form["UN"] != settings.Login || form["pw2"] != Md5(salt + Md5(settings.Password)))
                return Results.Json(new { message = "Неправильный пароль или имя пользователя" }, Json, statusCode: 409);
            var (session, at) = (RandomNumberGenerator.GetHexString(32, lowercase: true), RandomNumberGenerator.GetString("0123456789", 18));
            sessions[session] = at;
            http.Response.Headers.SetCookie = $"NSSESSIONID={session}; path=/; HttpOnly";
            return Results.Json(new { at, timeOut = 3600000 }, Json);
        });
        app.MapGet("/webapi/esia/persons/{oid}/students", (string oid, HttpContext http) =>
            IsOpen(http, sessions) ? Results.Json(settings.Read().Where(student => student.Esia.Contains(oid)).Select(student => new { student.StudentId, student.NickName, student.ClassName, student.SchoolName, student.Consent }), Json) : Results.StatusCode(401));
        app.MapGet("/webapi/student/diary", (int studentId, string weekStart, string weekEnd, HttpContext http) =>
        {
            if (!IsOpen(http, sessions)) return Results.StatusCode(401);
            if (settings.Read().Find(student => student.StudentId == studentId) is not { Consent: true } student) return Results.StatusCode(403);
            return DateOnly.TryParse(weekStart, CultureInfo.InvariantCulture, out var from) ? Results.Json(InventedWeek.Of(student.StudentId, student.ClassName, from), Json) : Results.StatusCode(400);
        });
        return app;
    }

    private static bool IsOpen(HttpContext http, ConcurrentDictionary<string, string> sessions) =>
        http.Request.Cookies["NSSESSIONID"] is { } session && sessions.TryGetValue(session, out var at) && http.Request.Headers["at"] == at;

    // The protocol's own, made in the nineties.
#pragma warning disable CA5351
    private static string Md5(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5351

    private sealed class Settings
    {
        public string Login { get; set; } = "";

        public string Password { get; set; } = "";

        /// <summary>A JSON array of students, each with ЕСИА ids of those who may see them.</summary>
        public string StudentsFile { get; set; } = "";

        public List<Student> Read() => File.Exists(StudentsFile) ? JsonSerializer.Deserialize<List<Student>>(File.ReadAllText(StudentsFile), Json) ?? [] : [];
    }

    private sealed record Student(int StudentId, string NickName, string ClassName, string SchoolName, bool Consent, string[] Esia);
}
