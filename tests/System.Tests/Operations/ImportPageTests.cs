using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Testing;
using Xunit;

namespace MySchool.System.Tests.Operations;

/// <summary>The import page behind the real gate, with the real limits of bodies.</summary>
public sealed class ImportPageTests(ImportPageTests.Platform platform) : IClassFixture<ImportPageTests.Platform>
{
    /// <summary>The platform over the sample.</summary>
    public sealed class Platform : IAsyncLifetime
    {
        public TestHost Host { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Host = await TestHost.StartAsync();

        public ValueTask DisposeAsync() => Host.DisposeAsync();
    }

    private const string Page = "/school/import";
    private const int Megabyte = 1 << 20;
    private readonly TestHost host = platform.Host;

    [Fact]
    public async Task An_administrator_uploads_more_than_an_ordinary_request_may_hold_sees_what_would_change_writes_it_and_undoes_it()
    {
        var before = await AuditsAsync();
        using var browser = await SignInAsync(Roles.SchoolAdministrator);
        var (address, html) = await RehearseAsync(browser, Zip("8Я"));
        Assert.Contains("Новиков Игорь", html, StringComparison.Ordinal);
        Assert.Contains("Записать", html, StringComparison.Ordinal);
        Assert.Equal(0, await EnrolledAsync());
        Assert.Equal(before + 1, await AuditsAsync());

        using var applied = await browser.SubmitAsync(address, $"{address}/apply", ("version", "1"));
        Assert.Equal(HttpStatusCode.Found, applied.StatusCode);
        Assert.Equal(1, await EnrolledAsync());
        Assert.Contains("Отменить импорт", WebUtility.HtmlDecode(await browser.ReadAsync(address)), StringComparison.Ordinal);
        using var undone = await browser.SubmitAsync(address, $"{address}/undo");
        Assert.Equal(HttpStatusCode.Found, undone.StatusCode);
        Assert.Equal(0, await EnrolledAsync());
        Assert.Equal(before + 3, await AuditsAsync());
    }

    [Fact]
    public async Task An_administrator_sees_every_wrong_row_and_takes_the_list_away()
    {
        using var browser = await SignInAsync(Roles.SchoolAdministrator);
        var (address, html) = await RehearseAsync(browser, Zip("99Я"));
        Assert.Contains("classes.csv", html, StringComparison.Ordinal);
        Assert.Contains("Нужно целое число от 1 до 12", html, StringComparison.Ordinal);
        Assert.Contains("Нужно целое число от 1 до 12", await browser.ReadAsync($"{address}/errors"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_template_is_a_workbook_that_opens()
    {
        using var browser = await SignInAsync(Roles.SchoolAdministrator);
        using var answer = await browser.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/school/import/template"), "*/*");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await using var file = await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        await using var archive = await ZipArchive.CreateAsync(file, ZipArchiveMode.Read, false, null, TestContext.Current.CancellationToken);
        Assert.Contains(archive.Entries, entry => entry.FullName == "xl/workbook.xml");
    }

    // A machine under load reads longer than the page waits: then the page is asked again, as a browser would.
    private static async Task<(string Address, string Html)> RehearseAsync(TestBrowser browser, HttpContent file)
    {
        using var answer = await browser.UploadAsync(Page, Page, "file", file);
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        var address = answer.Headers.Location!.ToString();
        while (true)
        {
            var html = WebUtility.HtmlDecode(await browser.ReadAsync(address));
            if (!html.Contains("Читаем файл", StringComparison.Ordinal)) return (address, html);
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }
    }

    private Task<long> EnrolledAsync() => host.Database.ScalarAsync<long>(
        "select count(*) from registry.enrolments e join registry.classes c on c.id = e.class_id where c.school_id = $1 and c.grade = 8 and c.letter = 'Я'", SampleSchool.School.Id)!;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_over_the_limit_is_refused_in_words(bool isLengthTold)
    {
        using var browser = await SignInAsync(Roles.SchoolAdministrator);
        using var answer = await browser.UploadAsync(Page, Page, "file", new Zeros(202L * Megabyte, isLengthTold));
        var html = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Contains("Слишком большой", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_without_its_token_is_refused()
    {
        var before = await AuditsAsync();
        using var browser = await SignInAsync(Roles.SchoolAdministrator);
        using var form = new MultipartFormDataContent { { Zip("8Я"), "file", "file.zip" } };
        using var answer = await browser.SendAsync(new HttpRequestMessage(HttpMethod.Post, Page) { Content = form }, "text/html");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(before, await AuditsAsync());
    }

    [Fact]
    public async Task A_teacher_finds_no_such_page()
    {
        var before = await AuditsAsync();
        using var browser = await SignInAsync(Roles.Teacher);
        Assert.Equal(HttpStatusCode.NotFound, await browser.StatusAsync(Page));
        using var answer = await browser.UploadAsync("/today", Page, "file", Zip("8Я"));
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal(before, await AuditsAsync());
    }

    private Task<TestBrowser> SignInAsync(string role) =>
        host.SignInAsync((role == Roles.Teacher ? SampleSchool.Teacher : SampleSchool.Staff(role)).Id, new Hat(role, SampleSchool.School.Id));

    private Task<long> AuditsAsync() => host.Database.ScalarAsync<long>("select count(*) from kernel.audit where action = 'registry.import'")!;

    // One more class of the first school, and a file nobody reads that makes the whole larger than a megabyte.
    private static ByteArrayContent Zip(string className)
    {
        var calendar = SampleSchool.Calendar;
        using var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add("manifest.csv", "propertyName,value\noneroster.version,1.2\n"u8);
            Add("orgs.csv", global::System.Text.Encoding.UTF8.GetBytes($"sourcedId,name,type,identifier\ns,{SampleSchool.School.Plan.Place.Name},school,{SampleSchool.School.Plan.Place.Ogrn}\n"));
            Add("academicSessions.csv", global::System.Text.Encoding.UTF8.GetBytes($"sourcedId,title,type,startDate,endDate\ny,Год,schoolYear,{calendar.Starts:yyyy-MM-dd},{calendar.Ends:yyyy-MM-dd}\n"));
            Add("classes.csv", global::System.Text.Encoding.UTF8.GetBytes($"sourcedId,title,classType,schoolSourcedId,termSourcedIds\nk,{className},homeroom,s,y\n"));
            Add("users.csv", "sourcedId,familyName,givenName\nu,Новиков,Игорь\n"u8);
            Add("enrollments.csv", "sourcedId,classSourcedId,userSourcedId,role\ne,k,u,student\n"u8);
            Add("padding.bin", RandomNumberGenerator.GetBytes(Megabyte * 3 / 2));

            void Add(string name, ReadOnlySpan<byte> bytes)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(bytes);
            }
        }
        return new ByteArrayContent(memory.ToArray());
    }

    /// <summary>A large file that takes no memory; with its length told it need not even be sent.</summary>
    private sealed class Zeros(long length, bool isLengthTold) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var portion = new byte[Megabyte];
            for (var left = length; left > 0; left -= portion.Length) await stream.WriteAsync(portion);
        }

        protected override bool TryComputeLength(out long told)
        {
            told = length;
            return isLengthTold;
        }
    }
}
