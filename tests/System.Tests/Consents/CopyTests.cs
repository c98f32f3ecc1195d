using System.IO.Compression;
using System.Net;
using System.Runtime.Versioning;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using MySchool.Access.Copies;
using MySchool.Contracts.Access;
using MySchool.Kernel.Data;
using MySchool.System.Tests.Provider;
using MySchool.Testing;
using Npgsql;
using Xunit;

namespace MySchool.System.Tests.Consents;

/// <summary>A copy of all data: asked for, made once and whole, kept sealed for three days, given to who asked and to nobody else.</summary>
[SupportedOSPlatform("linux")]
public sealed partial class CopyTests(ProviderPlatform platform) : IClassFixture<ProviderPlatform>, IAsyncLifetime
{
    private const string Place = "/account/copies";
    private static readonly Guid Son = SampleSchool.Pupil.Id;
    private static readonly Guid Mother = SampleSchool.Mother.Id;
    private static CancellationToken Stop => TestContext.Current.CancellationToken;
    private ConsentPages Pages => new(platform);
    private CopyWork Work => platform.Host.Services.GetRequiredService<CopyWork>();

    public async ValueTask InitializeAsync()
    {
        await Pages.ForgetAsync();
        await Pages.BornAsync(Son, SampleSchool.Today.AddYears(-13));
        await Pages.RunAsync("truncate access.copies cascade");
        await Pages.RunAsync("delete from access.letter_addresses; delete from kernel.outbox");
        await Pages.RunAsync("update registry.guardianships set restriction = null where guardian_id = $1", Mother);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_guardian_downloads_a_childs_copy_with_pages_and_rows_of_every_module()
    {
        using var mother = await Pages.GuardianAsync(Mother);
        await AskAsync(mother, Son);
        Assert.Contains("готова", await ReadAsync(mother, "/account"), StringComparison.Ordinal);
        var files = await TakeAsync(mother);
        Assert.Equal(["access", "connection", "federation", "journal", "notices", "registry", "support", "works"], files.Keys.Where(name => name.EndsWith(".json", StringComparison.Ordinal)).Select(name => name[..^5]).Order());
        Assert.All(files.Keys.Where(name => name.EndsWith(".html", StringComparison.Ordinal)), name => Assert.StartsWith("<!doctype html>\n<html lang=\"ru\">", files[name], StringComparison.Ordinal));
        Assert.Contains(SampleSchool.Pupil.FullName, files["index.html"], StringComparison.Ordinal);
        Assert.Contains("Алгебра, 7", files["journal.html"], StringComparison.Ordinal);
        Assert.Equal(await CountAsync("select count(*) from journal.marks where learner_id = $1", Son), RowsOf(files["journal.json"], "marks"));
        Assert.Equal(1, await CountAsync("select count(*) from kernel.audit where action = 'access.ask-copy' and actor_id = $1 and subject_id = $2 and detail = $3", Mother, Son, await CopyAsync()));
        Assert.Equal(1, await CountAsync("select count(*) from kernel.audit where action = 'access.take-copy' and actor_id = $1 and subject_id = $2 and detail = $3", Mother, Son, await CopyAsync()));
    }

    [Fact]
    public async Task A_guardians_copy_leaves_out_other_people_and_where_the_child_has_been()
    {
        await Pages.RunAsync("update access.sessions set address = '203.0.113.77', user_agent = 'Mozilla/5.0 (Linux; Android 14) Kiwi' where person_id = $1", Son);
        (await platform.Host.SignInAsync(Son)).Dispose();
        await Pages.RunAsync("update access.sessions set address = '203.0.113.77', user_agent = 'Kiwi' where person_id = $1", Son);
        await Pages.RunAsync("insert into access.letter_addresses values ($1, 'father@example.ru', now())", ConsentPages.Father);
        using var father = await Pages.GuardianAsync(ConsentPages.Father);
        Assert.Equal(HttpStatusCode.Found, await Pages.GiveAsync(father, ConsentPurposes.Diary, Son));
        using var mother = await Pages.GuardianAsync(Mother);
        await AskAsync(mother, Son);
        var files = await TakeAsync(mother);
        Assert.All(files.Values, text => Assert.All((string[])["Алексеевич", "father@example.ru", "203.0.113.77", "Kiwi"], other => Assert.DoesNotContain(other, text, StringComparison.Ordinal)));
        Assert.Contains("другой представитель", files["access.html"], StringComparison.Ordinal);
        Assert.Equal(2, RowsOf(files["registry.json"], "guardians"));
    }

    [Fact]
    public async Task Nobody_but_who_asked_takes_it_and_it_rests_sealed()
    {
        using var mother = await Pages.GuardianAsync(Mother);
        await AskAsync(mother, Son);
        var copy = await platform.Host.Database.ScalarAsync<Guid>("select id from access.copies where state = 'ready'");
        using var father = await Pages.GuardianAsync(ConsentPages.Father);
        using var son = await Pages.LearnerAsync(Son);
        using var office = await platform.OperatorAsync();
        foreach (var who in (TestBrowser[])[father, son, office])
        {
            Assert.Equal(HttpStatusCode.NotFound, await who.StatusAsync($"{Place}/{copy}/file"));
            using var dropped = await who.SubmitAsync(Place, $"{Place}/drop", ("id", copy.ToString()));
            Assert.Equal(HttpStatusCode.NotFound, dropped.StatusCode);
        }
        Assert.Equal(0, await CountAsync("select count(*) from access.copy_files where position(convert_to($1, 'UTF8') in sealed) > 0 or position('html'::bytea in sealed) > 0", "Кузнецов"));
        Assert.Equal(17, await CountAsync("select count(*) from access.copy_files where copy_id = $1", copy));
    }

    [Fact]
    public async Task One_is_made_at_a_time_and_one_is_kept_of_a_subject()
    {
        using var mother = await Pages.GuardianAsync(Mother);
        await AskAsync(mother, Son);
        using (var again = await mother.SubmitAsync(Place, Place, ("subject", Son.ToString())))
        {
            Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
            Assert.Contains("Копия уже собирается или ждёт вас", WebUtility.HtmlDecode(await again.Content.ReadAsStringAsync(Stop)), StringComparison.Ordinal);
        }
        await AskAsync(mother, Mother);
        Assert.Equal(2, await CountAsync("select count(*) from access.copies where asker_id = $1 and state = 'ready'", Mother));
        using var dropped = await mother.SubmitAsync(Place, $"{Place}/drop", ("id", (await platform.Host.Database.ScalarAsync<Guid>("select id from access.copies where subject_id = $1", Son)).ToString()));
        Assert.Equal(HttpStatusCode.Found, dropped.StatusCode);
        Assert.Equal(17, await CountAsync("select count(*) from access.copy_files"));
        await AskAsync(mother, Son);
    }

    [Fact]
    public async Task A_court_closes_the_asking_the_making_and_a_copy_that_is_ready()
    {
        using var mother = await Pages.GuardianAsync(Mother);
        await AskAsync(mother, Son);
        var copy = await platform.Host.Database.ScalarAsync<Guid>("select id from access.copies where state = 'ready'");
        await Pages.RunAsync("update registry.guardianships set restriction = 'Решение суда' where guardian_id = $1 and learner_id = $2", Mother, Son);
        Assert.Equal(HttpStatusCode.NotFound, await mother.StatusAsync($"{Place}/{copy}/file"));
        using (var refused = await mother.SubmitAsync(Place, Place, ("subject", Son.ToString()))) Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);

        await Pages.RunAsync("delete from access.copy_files");
        await Pages.RunAsync("update access.copies set state = 'asked', ready_until = null where id = $1", copy);
        while (await Work.MakeNextAsync(Stop)) { }
        Assert.Equal("gone", await platform.Host.Database.ScalarAsync<string>("select state from access.copies where id = $1", copy));
        Assert.Equal(0, await CountAsync("select count(*) from access.copy_files"));
    }

    [Fact]
    public async Task Strangers_and_children_under_fourteen_ask_in_vain()
    {
        using var mother = await Pages.GuardianAsync(Mother);
        foreach (var subject in (string[])[SampleSchool.Teacher.Id.ToString(), Guid.CreateVersion7().ToString()])
            using (var refused = await mother.SubmitAsync(Place, Place, ("subject", subject))) Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        using var son = await Pages.LearnerAsync(Son);
        using (var young = await son.SubmitAsync(Place, Place, ("subject", Son.ToString()))) Assert.Equal(HttpStatusCode.Forbidden, young.StatusCode);
        Assert.Contains("До 14 лет", await ReadAsync(son, Place), StringComparison.Ordinal);
        Assert.Equal(0, await CountAsync("select count(*) from access.copies"));
        await Pages.BornAsync(Son, SampleSchool.Today.AddYears(-14));
        await AskAsync(son, Son);
        Assert.Contains("Кузнецов", (await TakeAsync(son))["registry.html"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_three_days_it_is_gone_with_its_files()
    {
        using var mother = await Pages.GuardianAsync(Mother);
        await AskAsync(mother, Mother);
        var copy = await platform.Host.Database.ScalarAsync<Guid>("select id from access.copies");
        Assert.Equal(platform.Host.Clock.Now.AddDays(3), await platform.Host.Database.ScalarAsync<DateTime>("select ready_until from access.copies"));
        await Pages.RunAsync("update access.copies set ready_until = $1", platform.Host.Clock.Now);
        Assert.Equal(HttpStatusCode.NotFound, await mother.StatusAsync($"{Place}/{copy}/file"));
        Assert.Contains("Прежние копии", await ReadAsync(mother, Place), StringComparison.Ordinal);
        await Work.SweepAsync(Stop);
        Assert.Equal("gone", await platform.Host.Database.ScalarAsync<string>("select state from access.copies"));
        Assert.Equal(0, await CountAsync("select count(*) from access.copy_files"));
    }

    [Fact]
    public async Task What_a_dead_node_has_written_is_kept_and_two_nodes_make_one_copy()
    {
        var (copy, now) = (Guid.CreateVersion7(), platform.Host.Clock.Now);
        await Pages.RunAsync("insert into access.copies (id, subject_id, asker_id, state, asked_at, taken_until) values ($1, $2, $2, 'making', $3, $4)", copy, Mother, now, now.AddMinutes(5));
        var seal = platform.Host.Services.GetRequiredService<CopySeal>();
        foreach (var name in (string[])["journal.json", "journal.html"])
            await Pages.RunAsync("insert into access.copy_files values ($1, $2, $3)", copy, name, seal.Close(copy, name, "сделано раньше"u8.ToArray()));
        Assert.False(await Work.MakeNextAsync(Stop));

        await Pages.RunAsync("update access.copies set taken_until = $1", now);
        await Task.WhenAll(Work.MakeNextAsync(Stop), Work.MakeNextAsync(Stop));
        await ReadyAsync(copy);
        using var mother = await Pages.GuardianAsync(Mother);
        var files = await TakeAsync(mother);
        Assert.Equal("сделано раньше", files["journal.html"]);
        Assert.Equal(17, files.Count);
    }

    [Fact]
    public async Task A_letter_tells_who_agreed_to_letters_and_names_nobody()
    {
        using var mother = await Pages.GuardianAsync(Mother);
        await Pages.RunAsync("insert into access.letter_addresses values ($1, 'mother@example.ru', now())", Mother);
        Assert.Empty(await LettersAsync());
        Assert.Equal(HttpStatusCode.Found, await Pages.GiveAsync(mother, ConsentPurposes.Notifications, Mother));
        var letter = Assert.Single(await LettersAsync());
        Assert.Contains("mother@example.ru", letter, StringComparison.Ordinal);
        Assert.Contains("/account/copies", letter, StringComparison.Ordinal);
        Assert.DoesNotContain("Кузнецов", letter, StringComparison.Ordinal);
    }

    // In a transaction that never commits: no pump takes the letter before it is read.
    private async Task<List<string>> LettersAsync()
    {
        await using var connection = await platform.Host.Services.GetRequiredService<WorkerDb>().Source.OpenConnectionAsync(Stop);
        await using var transaction = await connection.BeginTransactionAsync(Stop);
        await platform.Host.Services.GetRequiredService<TellCopyReady>().AddAsync(Mother, "завтра", connection, Stop);
        await using var find = new NpgsqlCommand("select payload::text from kernel.outbox where type = 'Letter'", connection);
        await using var reader = await find.ExecuteReaderAsync(Stop);
        return await reader.ReadAllAsync(row => row.GetString(0), Stop);
    }

    private async Task AskAsync(TestBrowser who, Guid subject)
    {
        using var asked = await who.SubmitAsync(Place, Place, ("subject", subject.ToString()));
        Assert.Equal(HttpStatusCode.Found, asked.StatusCode);
        await ReadyAsync(await platform.Host.Database.ScalarAsync<Guid>("select id from access.copies where subject_id = $1 and state <> 'gone'", subject));
    }

    // The platform makes it by itself; the test lends a hand and waits for whoever was first.
    private async Task ReadyAsync(Guid copy)
    {
        while (await platform.Host.Database.ScalarAsync<string>("select state from access.copies where id = $1", copy) != "ready")
        {
            await Work.MakeNextAsync(Stop);
            await Task.Delay(20, Stop);
        }
    }

    private static async Task<Dictionary<string, string>> TakeAsync(TestBrowser who)
    {
        var link = Link().Match(await who.ReadAsync(Place));
        Assert.True(link.Success);
        using var answer = await who.GetAsync(link.Groups[1].Value);
        Assert.Equal("application/zip", answer.Content.Headers.ContentType?.MediaType);
        using var zip = new ZipArchive(await answer.Content.ReadAsStreamAsync(Stop));
        var files = new Dictionary<string, string>();
        foreach (var entry in zip.Entries)
        {
            using var reader = new StreamReader(entry.Open(), Encoding.UTF8);
            files[entry.FullName] = await reader.ReadToEndAsync(Stop);
        }
        return files;
    }

    private static int RowsOf(string json, string section) =>
        global::System.Text.Json.JsonDocument.Parse(json).RootElement.GetProperty("sections").EnumerateArray().Single(one => one.GetProperty("key").GetString() == section).GetProperty("rows").GetArrayLength();

    private async Task<string> CopyAsync() => (await platform.Host.Database.ScalarAsync<string>("select id::text from access.copies"))!;

    private async Task<long> CountAsync(string sql, params object[] values) => await platform.Host.Database.ScalarAsync<long>(sql, values);

    private static async Task<string> ReadAsync(TestBrowser who, string page) => WebUtility.HtmlDecode(await who.ReadAsync(page));

    [GeneratedRegex("href=\"(/account/copies/[0-9a-f-]+/file)\"")]
    private static partial Regex Link();
}
