using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using MySchool.CommandLine;
using MySchool.CommandLine.Launch;
using MySchool.CommandLine.Postgres;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.System.Tests.Kills;

/// <summary>A teacher of the kill test: a group of her own, so that every conflict and duplicate would be the platform's doing.</summary>
internal sealed record KillTeacher(Guid Person, string Token, Guid Group, Guid[] Lessons, Guid[] Learners);

/// <summary>A pupil of the kill test and the homeworks that wait for works.</summary>
internal sealed record KillPupil(Guid Person, string Token, Guid[] Homeworks);

/// <summary>A durable cluster and the platform as processes of their own, to be killed and started again.</summary>
[SupportedOSPlatform("linux")]
internal sealed class KillGround : IAsyncDisposable
{
    private const short Year = 2026;
    private readonly string folder = Directory.CreateTempSubdirectory("kill-").FullName;
    private readonly DataFolder data;
    private PostgresCluster cluster;
    private Process? host;

    public KillGround()
    {
        data = DataFolder.Open(folder);
        data.Hold();
        cluster = Cluster();
    }

    public DatabaseOptions Database { get; private set; } = new();

    public Uri Address { get; } = new($"http://localhost:{FreePort()}");

    public async Task<IReadOnlyList<KillTeacher>> PrepareAsync(int teachers, bool isSynchronous)
    {
        await cluster.StartAsync(default);
        Database = await cluster.PrepareDatabaseAsync();
        Migrator.Migrate(Database.Owner, PlatformDatabase.Modules);
        var school = Guid.CreateVersion7();
        var today = new SystemClock(TimeProvider.System).TodayIn("Europe/Moscow");
        var sql = new StringBuilder();
        Add($"insert into registry.organisations (id, kind, name, short_name) values ('{school}', 'school', 'Школа', 'Школа')");
        Add($"insert into registry.subjects (id, name, short_name) values ('{Guid.CreateVersion7()}', 'Алгебра', 'Алг')");
        Add($"insert into journal.work_types values ('{school}', 1, 'Ответ', 'О', 1)");
        Add($"insert into journal.absence_codes values ('{school}', 'Н', 'Не был', 'unknown', 1)");
        var made = Enumerable.Range(0, teachers).Select(i => AddTeacher(i, school, today, Add)).ToList();
        if (!isSynchronous) Add("alter role myschool_app set synchronous_commit = off");
        await using var owner = new NpgsqlConnection(isSynchronous ? Database.Owner : cluster.SuperuserConnection.Replace("Database=postgres", "Database=" + new NpgsqlConnectionStringBuilder(Database.Owner).Database, StringComparison.OrdinalIgnoreCase));
        await owner.OpenAsync();
        await using var command = new NpgsqlCommand(sql.ToString(), owner);
        await command.ExecuteNonQueryAsync();
        await StartHostAsync();
        return made;

        void Add(string statement) => sql.Append(statement).Append(";\n");
    }

    /// <summary>Where the platform keeps bytes of files.</summary>
    public string FilesFolder => Path.Combine(folder, "files");

    /// <summary>The first learner of each teacher's group, signed in, with homeworks that take work.</summary>
    public async Task<IReadOnlyList<KillPupil>> AddPupilsAsync(IReadOnlyList<KillTeacher> teachers, int homeworks)
    {
        await using var owner = NpgsqlDataSource.Create(Database.Owner);
        var pupils = teachers.Select(teacher => new KillPupil(teacher.Learners[0],
            Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).TrimEnd('=').Replace('+', '-').Replace('/', '_'), Ids(homeworks))).ToList();
        foreach (var (teacher, pupil) in teachers.Zip(pupils))
        {
            // Up to twenty works a lesson.
            await using var give = owner.CreateCommand("""
                insert into journal.homework (school_year, school_id, id, group_id, lesson_id, given_on, due_on, text, given_by, position, takes_work)
                select l.school_year, l.school_id, x.id, l.group_id, l.id, l.date, l.date + 30, 'Задание', $3, (x.n - 1) % 20 + 1, true
                  from unnest($1) with ordinality as x(id, n) join (select *, row_number() over (order by date) as place from journal.lessons where group_id = $2) l on l.place = (x.n - 1) / 20 + 1
                """);
            foreach (var value in (object[])[pupil.Homeworks, teacher.Group, teacher.Person]) give.Parameters.Add(new() { Value = value });
            await give.ExecuteNonQueryAsync();
            await using var enter = owner.CreateCommand("""
                insert into access.sessions (id, token_hash, person_id, role, unit_id, authenticated_at, started_at, last_seen_at, expires_at)
                select gen_random_uuid(), $1, $2, 'learner', id, now(), now(), now(), now() + interval '1 day' from registry.organisations where kind = 'school'
                """);
            foreach (var value in (object[])[SHA256.HashData(Encoding.ASCII.GetBytes(pupil.Token)), pupil.Person]) enter.Parameters.Add(new() { Value = value });
            await enter.ExecuteNonQueryAsync();
        }
        return pupils;
    }

    /// <summary>A deputy of the school and its classes, with a term to close.</summary>
    public async Task<(string Token, Guid[] Classes)> AddDeputyAsync()
    {
        var (person, token) = (Guid.CreateVersion7(), Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).TrimEnd('=').Replace('+', '-').Replace('/', '_'));
        var hash = Convert.ToHexString(SHA256.HashData(Encoding.ASCII.GetBytes(token)));
        await using var owner = NpgsqlDataSource.Create(Database.Owner);
        await using var write = owner.CreateCommand($"""
            insert into registry.people (id, last_name, first_name) values ('{person}', 'Завуч', 'Имя');
            insert into registry.memberships (unit_id, id, person_id, role, starts_on) select id, '{Guid.CreateVersion7()}', '{person}', 'deputy', '2026-01-01' from registry.organisations where kind = 'school';
            insert into registry.academic_years select id, {Year}, '2026-01-01', '2027-08-31' from registry.organisations where kind = 'school';
            insert into registry.terms (school_id, id, year, number, name, starts_on, ends_on) select id, '{Guid.CreateVersion7()}', {Year}, 1, '1-я четверть', '2026-01-01', '2026-10-31' from registry.organisations where kind = 'school';
            insert into access.sessions (id, token_hash, person_id, role, unit_id, authenticated_at, started_at, last_seen_at, expires_at)
            select '{Guid.CreateVersion7()}', '\x{hash}', '{person}', 'deputy', id, now(), now(), now(), now() + interval '1 day' from registry.organisations where kind = 'school'
            """);
        await write.ExecuteNonQueryAsync();
        await using var read = owner.CreateCommand("select array_agg(id) from registry.classes");
        return (token, (Guid[])(await read.ExecuteScalarAsync())!);
    }

    /// <summary>Kills the server and every backend at the same instant, then starts it again.</summary>
    public async Task KillPostgresAsync()
    {
        var server = cluster.ServerId!.Value;
        foreach (var id in ChildrenOf(server).Append(server)) Kill(id);
        cluster = Cluster();
        await cluster.StartAsync(default);
    }

    /// <summary>Kills the platform and starts it again at the same address.</summary>
    public async Task KillHostAsync()
    {
        host!.Kill();
        await host.WaitForExitAsync();
        host.Dispose();
        await StartHostAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (host is { HasExited: false }) host.Kill();
        host?.Dispose();
        await cluster.DisposeAsync();
        data.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private PostgresCluster Cluster() => new(data, new PostgresSettings { MemoryMiB = 1024 });

    private static KillTeacher AddTeacher(int number, Guid school, DateOnly today, Action<string> add)
    {
        var token = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        var teacher = new KillTeacher(Guid.CreateVersion7(), token, Guid.CreateVersion7(), Ids(10), Ids(30));
        var @class = Guid.CreateVersion7();
        var letter = number.ToString(CultureInfo.InvariantCulture);
        add($"insert into registry.people (id, last_name, first_name) values ('{teacher.Person}', 'Учитель', 'Имя')");
        add($"insert into registry.memberships (unit_id, id, person_id, role, starts_on) values ('{school}', '{Guid.CreateVersion7()}', '{teacher.Person}', 'teacher', '2026-01-01')");
        add($"insert into registry.classes (school_id, id, year, grade, letter) values ('{school}', '{@class}', {Year}, 7, '{letter}')");
        add($"insert into registry.teaching_groups (school_id, id, class_id, subject_id, year, kind) select '{school}', '{teacher.Group}', '{@class}', id, {Year}, 'class' from registry.subjects");
        add($"insert into registry.teaching_assignments (school_id, id, group_id, person_id, starts_on) values ('{school}', '{Guid.CreateVersion7()}', '{teacher.Group}', '{teacher.Person}', '2026-01-01')");
        foreach (var learner in teacher.Learners)
        {
            add($"insert into registry.people (id, last_name, first_name) values ('{learner}', 'Ученик', 'Имя')");
            add($"insert into registry.enrolments (school_id, id, person_id, class_id, starts_on) values ('{school}', '{Guid.CreateVersion7()}', '{learner}', '{@class}', '2026-01-01')");
        }
        for (var i = 0; i < teacher.Lessons.Length; i++)
            add($"insert into journal.lessons (school_year, school_id, id, group_id, date, number, starts_at, ends_at) values ({Year}, '{school}', '{teacher.Lessons[i]}', '{teacher.Group}', '{today.AddDays(-i):yyyy-MM-dd}', 1, '08:30', '09:15')");
        var hash = Convert.ToHexString(SHA256.HashData(Encoding.ASCII.GetBytes(token)));
        add($"insert into access.sessions (id, token_hash, person_id, role, unit_id, authenticated_at, started_at, last_seen_at, expires_at) values ('{Guid.CreateVersion7()}', '\\x{hash}', '{teacher.Person}', 'teacher', '{school}', now(), now(), now(), now() + interval '1 day')");
        return teacher;
    }

    private async Task StartHostAsync()
    {
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = AppContext.BaseDirectory, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("MySchool.Host.dll");
        foreach (var (key, value) in new Dictionary<string, string>
        {
            ["Urls"] = Address.ToString(), ["Database__App"] = Database.App, ["Database__Facts"] = Database.Facts, ["Database__Worker"] = Database.Worker,
            ["Access__AccountPerMinute"] = "0", ["Access__SchoolPerMinute"] = "0", ["Registry__SnilsKeyFile"] = Path.Combine(folder, "snils.key"),
            ["Logging__LogLevel__Default"] = "None", ["Files__Folder"] = FilesFolder,
        }) start.Environment[key] = value;
        host = Process.Start(start)!;
        host.BeginOutputReadLine();
        host.BeginErrorReadLine();
        using var http = new HttpClient { BaseAddress = Address };
        for (var waited = 0; waited < 600; waited++)
        {
            try
            {
                using var ready = await http.GetAsync(new Uri("/health/ready", UriKind.Relative));
                if (ready.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException) { }
            await Task.Delay(100);
        }
        throw new InvalidOperationException("The platform did not become ready within a minute");
    }

    private static List<int> ChildrenOf(int parent) =>
        [.. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName)
            .Where(name => int.TryParse(name, CultureInfo.InvariantCulture, out _)).Select(name => int.Parse(name!, CultureInfo.InvariantCulture))
            .Where(id => ParentOf(id) == parent)];

    private static int ParentOf(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static void Kill(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
        }
        catch (ArgumentException) { /* ended by itself */ }
    }

    private static Guid[] Ids(int count) => [.. Enumerable.Range(0, count).Select(_ => Guid.CreateVersion7())];

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
