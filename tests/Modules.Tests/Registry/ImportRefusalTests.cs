using System.Text;
using MySchool.Contracts.Registry;
using MySchool.Registry.Features.ImportOneRoster;
using MySchool.Testing;
using Xunit;

namespace MySchool.Modules.Tests.Registry;

/// <summary>What is wrong with the files is told by file, line and field, and nothing of them is kept.</summary>
public sealed class ImportRefusalTests(ImportRefusalTests.EmptyRegistry registry) : IClassFixture<ImportRefusalTests.EmptyRegistry>
{
    /// <summary>A database that every refused import must leave as empty as it was.</summary>
    public sealed class EmptyRegistry : IAsyncLifetime
    {
        public TestDatabase Database { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Database = await TestDatabase.CreateEmptyAsync();

        public ValueTask DisposeAsync() => Database.DisposeAsync();
    }

    [Theory]
    // The same id, number, class twice.
    [InlineData("orgs.csv", "s1,Школа", "r1,Школа", 3, "sourcedId", "Такой sourcedId уже есть в строке 2")]
    [InlineData("academicSessions.csv", "\nt1,", "\ny1,", 3, "sourcedId", "Такой sourcedId уже есть")]
    [InlineData("courses.csv", "c2,", "c1,", 3, "sourcedId", "Такой sourcedId уже есть")]
    [InlineData("classes.csv", "\ng2,", "\ng1,", 4, "sourcedId", "Такой sourcedId уже есть в строке 3")]
    [InlineData("users.csv", "\nu4,", "\nu1,", 5, "sourcedId", "Такой sourcedId уже есть в строке 2")]
    [InlineData("roles.csv", "\nr4,", "\nr1,", 5, "sourcedId", "Такой sourcedId уже есть в строке 2")]
    [InlineData("demographics.csv", "\nu3,", "\nu2,", 3, "sourcedId", "Такой sourcedId уже есть в строке 2")]
    [InlineData("enrollments.csv", "\ne7,", "\ne5,", 8, "sourcedId", "Такой sourcedId уже есть в строке 6")]
    [InlineData("users.csv", "Пётр,,,", "Пётр,,{SNILS:11223344595},", 3, "userIds", "Этот СНИЛС уже стоит в строке 2")]
    [InlineData("classes.csv", "\ng1,7А Алгебра,scheduled,s1,t1,7,c1", "\ng1,7-а,homeroom,s1,t1,7,", 3, "title", "Такой класс")]
    // References to nobody.
    [InlineData("orgs.csv", "school,r1", "school,r9", 3, "parentSourcedId", "В orgs.csv нет организации «r9»")]
    [InlineData("academicSessions.csv", "2026-10-25,y1", "2026-10-25,y9", 3, "parentSourcedId", "")]
    [InlineData("classes.csv", "homeroom,s1", "homeroom,s9", 2, "schoolSourcedId", "В orgs.csv нет школы «s9»")]
    [InlineData("classes.csv", "homeroom,s1,t1", "homeroom,s1,t9", 2, "termSourcedIds", "В academicSessions.csv нет периода «t9»")]
    [InlineData("classes.csv", "7,c2", "7,c9", 4, "courseSourcedId", "В courses.csv нет курса «c9»")]
    [InlineData("users.csv", ",u3,s1", ",u9,s1", 3, "agentSourcedIds", "В users.csv нет человека «u9»")]
    [InlineData("users.csv", ",u3,s1", ",u2,s1", 3, "agentSourcedIds", "Человек не может быть представителем самого себя")]
    [InlineData("roles.csv", "r3,u3", "r3,u9", 4, "userSourcedId", "В users.csv нет человека «u9»")]
    [InlineData("roles.csv", "student,s1,,\nr3", "student,s9,,\nr3", 3, "orgSourcedId", "В orgs.csv нет организации «s9»")]
    [InlineData("demographics.csv", "\nu3,", "\nu9,", 3, "sourcedId", "В users.csv нет человека «u9»")]
    [InlineData("enrollments.csv", "e5,g1", "e5,g9", 6, "classSourcedId", "В classes.csv нет класса «g9»")]
    [InlineData("enrollments.csv", "e5,g1,s1,u2", "e5,g1,s1,u9", 6, "userSourcedId", "В users.csv нет человека «u9»")]
    [InlineData("enrollments.csv", "e5,g1,s1", "e5,g1,r1", 6, "schoolSourcedId", "")]
    // Dates.
    [InlineData("academicSessions.csv", "2026-09-01,2027-05-31", "2027-05-31,2026-09-01", 2, "endDate", "Конец раньше начала")]
    [InlineData("academicSessions.csv", "2026-09-01,2026-10-25", "2026-08-01,2026-10-25", 3, "startDate", "Даты выходят за учебный год")]
    [InlineData("roles.csv", "2020-09-01,", "2020-09-01,2019-09-01", 2, "endDate", "Конец раньше начала")]
    [InlineData("enrollments.csv", "e1,k1,s1,u2,student,,", "e1,k1,s1,u2,student,2026-08-01,", 2, "beginDate", "Даты выходят за учебный год")]
    [InlineData("enrollments.csv", "e5,g1,s1,u2,student,,", "e5,g1,s1,u2,student,2026-08-01,", 6, "beginDate", "Даты выходят за учебный год")]
    [InlineData("enrollments.csv", "e5,g1,s1,u2,student,,", "e5,g1,s1,u2,student,,2027-06-01", 6, "endDate", "Даты выходят за учебный год")]
    [InlineData("enrollments.csv", "e7,g2,s1,u2,student,,", "e7,g2,s1,u2,student,,2026-08-31", 8, "endDate", "")]
    [InlineData("demographics.csv", "2013-05-05", "05.05.2013", 2, "birthDate", "Не дата")]
    // Fields.
    [InlineData("users.csv", "445 95", "445 96", 2, "userIds", "Номер СНИЛС не сходится с контрольными цифрами")]
    [InlineData("users.csv", "Пётр,", "\"П\u202Eётр\",", 3, "givenName", "Недопустимые знаки")]
    [InlineData("users.csv", "Ильин,", ",", 5, "familyName", "Поле пустое")]
    [InlineData("roles.csv", "teacher", "wizard", 2, "role", "Неизвестное слово")]
    [InlineData("classes.csv", "t1,7,\n", "t1,13,\n", 2, "grades", "Нужно целое число")]
    [InlineData("enrollments.csv", "e5,g1", "e5,=cmd|'/C calc'!A0", 6, "classSourcedId", "В classes.csv нет класса «=cmd|'/C calc'!A0»")]
    // Columns and forms of files.
    [InlineData("users.csv", "familyName", "family", 1, "familyName", "")]
    [InlineData("enrollments.csv", "userSourcedId", "user", 1, "userSourcedId", "")]
    [InlineData("manifest.csv", "file.users,bulk", "file.users,delta", 3, "value", "")]
    [InlineData("manifest.csv", ",1.2", ",2.0", 2, "value", "")]
    public Task A_wrong_row_is_told(string file, string from, string to, int line, string field, string reason) =>
        RefuseAsync(new RosterFiles().Change(file, from, to), file, line, field, reason);

    [Fact]
    public Task A_name_longer_than_its_field_is_told() =>
        RefuseAsync(new RosterFiles().Change("users.csv", "Ильин,", new string('я', 101) + ","), "users.csv", 5, "familyName", "Длиннее 100 знаков");

    [Fact]
    public Task A_quote_left_open_is_told() =>
        RefuseAsync(new RosterFiles().Change("users.csv", "Петров,", "\"Петров,"), "users.csv", 3, "", "");

    [Theory]
    [InlineData("manifest.csv")]
    [InlineData("orgs.csv")]
    [InlineData("academicSessions.csv")]
    [InlineData("classes.csv")]
    [InlineData("users.csv")]
    [InlineData("enrollments.csv")]
    public Task A_file_that_is_missing_is_told(string file) => RefuseAsync(new RosterFiles().Remove(file), file, 0, "", "");

    [Fact]
    public Task Two_encodings_in_one_file_are_told()
    {
        var files = new RosterFiles();
        var halves = files.Text("users.csv").Split("Пётр");
        files.Set("users.csv", [.. Encoding.UTF8.GetBytes(halves[0]), .. ImportFolder.Windows1251.GetBytes("Пётр"), .. Encoding.UTF8.GetBytes(halves[1])]);
        return RefuseAsync(files, "users.csv", 2, "familyName", "Недопустимые знаки");
    }

    [Fact]
    public async Task Everything_wrong_is_found_in_one_run()
    {
        var report = await RefusedAsync(new RosterFiles()
            .Change("users.csv", "445 95", "445 96").Change("users.csv", "\nu4,", "\nu1,").Change("roles.csv", "r3,u3", "r3,u9").Change("classes.csv", "7,c2", "7,c9"));
        Assert.Equal(["classes.csv 4", "enrollments.csv 3", "enrollments.csv 7", "roles.csv 4", "roles.csv 5", "users.csv 2", "users.csv 5"], report.BadRows.Select(r => $"{r.File} {r.Line}"));
    }

    [Theory]
    [InlineData("../users.csv", "archive.nested")]
    [InlineData("folder/users.csv", "archive.nested")]
    public async Task A_name_that_leaves_the_folder_is_refused(string name, string code)
    {
        var done = await new RosterFiles().Set(name, "x").ImportAsync(registry.Database);
        Assert.Equal(code, done.Problem?.Code);
        Assert.Equal(0, await RosterFiles.RowsAsync(registry.Database));
    }

    [Fact]
    public async Task A_bomb_is_refused()
    {
        var done = await new RosterFiles().Set("bomb.csv", new byte[300 << 20]).ImportAsync(registry.Database);
        Assert.Equal(("archive.too-big", 413), (done.Problem!.Code, done.Problem.Status));
        Assert.Equal(0, await RosterFiles.RowsAsync(registry.Database));
    }

    [Fact]
    public async Task What_is_no_archive_is_refused()
    {
        using var folder = new ImportFolder();
        var done = await RosterFiles.ImportAsync(registry.Database, folder.Write("a.zip", "not a zip"));
        Assert.Equal("archive.damaged", done.Problem?.Code);
    }

    [Fact]
    public async Task The_report_of_what_was_written_in_the_files_holds_no_formula()
    {
        var report = await RefusedAsync(new RosterFiles().Change("enrollments.csv", "e5,g1", "e5,=1+1").Change("roles.csv", "r3,u3", "r3,@SUM(A1)"));
        var csv = Encoding.UTF8.GetString(await BadRows.ToCsvAsync(report.BadRows, TestContext.Current.CancellationToken));
        Assert.All(csv.Split('\n').SelectMany(row => row.Split(';')), cell => Assert.False(cell.Trim('"', '\r') is ['=' or '+' or '-' or '@', ..], cell));
    }

    private async Task RefuseAsync(RosterFiles files, string file, int line, string field, string reason)
    {
        var report = await RefusedAsync(files);
        Assert.Contains(report.BadRows, r => r.File == file && r.Line == line && r.Field == field && r.Reason.StartsWith(reason, StringComparison.Ordinal) && r.Reason.Length > 10);
    }

    private async Task<ImportReport> RefusedAsync(RosterFiles files)
    {
        var before = await RosterFiles.RowsAsync(registry.Database);
        var done = await files.ImportAsync(registry.Database);
        Assert.True(done.IsOk, done.Problem?.Message);
        Assert.False(done.Value.IsDone);
        Assert.Equal(before, await RosterFiles.RowsAsync(registry.Database));
        return done.Value;
    }
}
