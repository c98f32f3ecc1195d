using MySchool.Kernel;
using MySchool.Kernel.Sheets;
using MySchool.Modules.Tests.Kernel;
using MySchool.Registry.Features.ImportLists;
using MySchool.Registry.Features.RehearseImport;
using MySchool.Testing;
using Xunit;
using Sheet = MySchool.Kernel.Sheets.Sheet;

namespace MySchool.Modules.Tests.Registry;

/// <summary>Lists as schools have them, over a school imported before.</summary>
public sealed class ListImportTests : IAsyncLifetime
{
    private TestDatabase database = null!;
    private RehearsalRig rig = null!;
    private Actor administrator = null!;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateEmptyAsync();
        Assert.True((await new RosterFiles().ImportAsync(database)).Value.IsDone);
        rig = new RehearsalRig(database);
        administrator = RehearsalRig.Administrator(await rig.SchoolAsync("s1"));
    }

    public async ValueTask DisposeAsync()
    {
        await rig.DisposeAsync();
        await database.DisposeAsync();
    }

    [Fact]
    public async Task A_list_with_a_title_above_and_columns_in_any_order_is_understood()
    {
        var shown = await RehearseAsync(Xlsx.Of(
            ["Список обучающихся МБОУ СОШ № 1"], [null], ["№ п/п", "Класс", "Дата рожд.", "Фамилия, имя, отчество", "Мать", "СНИЛС", "Телефон"],
            ["1", "7 «А»", "01.02.2013", "Котова Мария Львовна", "Котова Ирина Павловна", "123-456-789 64", "123"],
            ["2", "8-б", "2012-03-04", "Львов Олег", "", "", ""], ["Итого:", null, null]));
        Assert.Equal("ready", shown.State);
        Assert.Equal(["Котова Ирина Павловна", "Котова Мария Львовна", "Львов Олег"], Of(shown, "people", "new"));
        Assert.Equal(["Котова Мария Львовна 7А", "Львов Олег 8Б"], shown.Lines.Where(line => line.Table == "enrolments").Select(line => $"{line.Title} {line.Note}"));
        Assert.Equal(["8Б"], Of(shown, "classes", "new"));
        Assert.Equal(["Котова Ирина Павловна"], Of(shown, "guardianships", "new"));
        Assert.Contains(shown.Notes, note => note.Contains("Телефон", StringComparison.Ordinal));
        await rig.ApplyAsync(administrator, shown);
        Assert.Equal(1, await database.ScalarAsync<long>("select count(*) from registry.identities x join registry.people p on p.id = x.person_id where p.last_name = 'Котова'"));
        Assert.Equal("mother", await database.ScalarAsync<string>("select kinship from registry.guardianships g join registry.people p on p.id = g.guardian_id where p.first_name = 'Ирина'"));
    }

    [Fact]
    public async Task The_same_list_again_changes_nothing()
    {
        var list = Xlsx.Of(["Фамилия", "Имя", "Отчество", "Дата рождения", "Класс", "Отец"], ["Котова", "Мария", "Львовна", "01.02.2013", "7А", "Котов Лев Ильич"], ["Котов", "Илья", "Львович", "05.06.2014", "6А", "Котов Лев Ильич"]);
        var first = await rig.ApplyAsync(administrator, await RehearseAsync(list));
        Assert.Equal(3, first.Counts.Single(count => count.Table == "people").New);
        Assert.Equal(0, (await RehearseAsync(list)).Total);
    }

    [Theory]
    [InlineData("Петров", "Пётр"), InlineData("ПЕТРОВ", "Петр"), InlineData("Пет ров", "Пётр")]
    public async Task A_learner_known_by_name_and_birth_date_is_not_made_twice(string last, string first)
    {
        var shown = await RehearseAsync(Xlsx.Of(["Фамилия", "Имя", "Дата рождения", "Класс"], [last, first, "05.05.2013", "7А"]));
        Assert.Empty(Of(shown, "people", "new"));
        Assert.Empty(Of(shown, "enrolments", "new"));
    }

    [Fact]
    public async Task A_namesake_born_on_another_day_is_somebody_else()
    {
        var shown = await RehearseAsync(Xlsx.Of(["Фамилия", "Имя", "Дата рождения", "Класс"], ["Петров", "Пётр", "06.05.2013", "7А"]));
        Assert.Equal(["Петров Пётр"], Of(shown, "people", "new"));
    }

    [Fact]
    public async Task A_learner_named_in_another_class_moves_there()
    {
        var shown = await RehearseAsync(Xlsx.Of(["ФИО", "Дата рождения", "Класс"], ["Петров Пётр", "05.05.2013", "7Б"]));
        await rig.ApplyAsync(administrator, shown);
        Assert.Equal(1, await database.ScalarAsync<long>("select count(*) from registry.enrolments e join registry.people p on p.id = e.person_id where p.source_id = 'u2' and e.ends_on is null"));
        Assert.Equal(SampleSchool.Today, await database.ScalarAsync<DateOnly>("select starts_on from registry.enrolments e join registry.people p on p.id = e.person_id where p.source_id = 'u2' and e.ends_on is null"));
        Assert.Equal(SampleSchool.Today.AddDays(-1), await database.ScalarAsync<DateOnly>("select ends_on from registry.enrolments e join registry.people p on p.id = e.person_id where p.source_id = 'u2' and e.ends_on is not null"));
    }

    [Fact]
    public async Task Staff_get_the_roles_of_their_positions_and_others_are_told_of()
    {
        var shown = await RehearseAsync(Xlsx.Of(["ФИО", "Должность"], ["Зуева Нина Петровна", "учитель математики"], ["Зуева Нина Петровна", "Заместитель директора по УВР"], ["Лапин Фёдор Ильич", "повар"]));
        Assert.Equal(["Завуч", "Учитель"], shown.Lines.Where(line => line.Table == "memberships").SelectMany(line => line.Fields).Where(field => field.Field == "Роль").Select(field => field.After).Order());
        Assert.Equal(["Зуева Нина Петровна"], Of(shown, "people", "new"));
        Assert.Contains(shown.Notes, note => note.Contains("повар (1)", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_header_of_two_rows_under_a_merged_title_is_understood()
    {
        var shown = await RehearseAsync(new Xlsx(
            Xlsx.Rows([["Обучающийся", null, "Класс", "Мать", null, null], ["Фамилия", "Имя", null, "Фамилия", "Имя", "Отчество"], ["Котова", "Мария", "7А", "Котова", "Ирина", "Павловна"]]),
            """<mergeCells><mergeCell ref="A1:B1"/><mergeCell ref="D1:F1"/><mergeCell ref="C1:C2"/></mergeCells>"""));
        Assert.Equal(["Котова Ирина Павловна", "Котова Мария"], Of(shown, "people", "new"));
    }

    [Fact]
    public async Task The_class_may_stand_above_the_list()
    {
        var shown = await RehearseAsync(Xlsx.Of(["Список 7 «Б» класса"], ["№", "ФИО", "Дата рождения"], ["1", "Котова Мария", "01.02.2013"]));
        Assert.Equal(["7Б"], Of(shown, "classes", "new"));
    }

    [Fact]
    public async Task The_template_comes_back_filled_in_and_its_examples_are_nobody()
    {
        using var empty = new MemoryStream();
        GiveTemplate.Write(empty, SampleSchool.Today);
        var untouched = await rig.RehearseAsync(administrator, empty.ToArray(), "шаблон.xlsx");
        Assert.Equal(("refused", "В таблице нет людей. Заполните строки под названиями столбцов."), (untouched.State, untouched.Refusal));

        SheetColumn[] person = [new("Фамилия"), new("Имя"), new("Отчество"), new("Дата рождения"), new("Пол"), new("СНИЛС")];
        using var filled = new MemoryStream();
        SheetWriter.Write(filled,
            new Sheet("Сотрудники", [.. person, new("Должность")], [["Пример", "а", "б", null, null, null, "Учитель"], ["Зуева", "Нина", "Петровна", new DateOnly(1980, 1, 2), "жен.", "", "Учитель"]]),
            new Sheet("Классы", [new("Класс"), new("Смена"), new("Классный руководитель")], [["Пример 7Б", "1", "Иванова Мария"], ["5А", "2", "Зуева Нина Петровна"]]),
            new Sheet("Обучающиеся", [.. person, new("Класс")], [["Котова", "Мария", "Львовна", new DateOnly(2013, 2, 1), "жен.", "", "5А"]]),
            new Sheet("Родители", [new("Фамилия"), new("Имя"), new("Отчество"), new("Кем приходится"), new("ФИО ребёнка"), new("Класс")], [["Котова", "Ирина", "Павловна", "мама", "Котова Мария Львовна", "5А"]]),
            new Sheet("Как заполнять", [new("Как заполнять")], []));
        var shown = await rig.RehearseAsync(administrator, filled.ToArray(), "шаблон.xlsx");
        Assert.Equal("template", shown.Source);
        Assert.Equal(["Зуева Нина Петровна", "Котова Ирина Павловна", "Котова Мария Львовна"], Of(shown, "people", "new"));
        Assert.Equal(["Зуева Нина Петровна"], Of(shown, "class_leaders", "new"));
        Assert.Equal(["Котова Ирина Павловна"], Of(shown, "guardianships", "new"));
        Assert.Equal("applied", (await rig.ApplyAsync(administrator, shown)).State);
    }

    [Fact]
    public async Task What_is_wrong_in_a_list_is_told_by_its_own_sheet_row_and_column()
    {
        var shown = await RehearseAsync(Xlsx.Of(["ФИО", "Дата рожд.", "Класс", "СНИЛС"], ["Котова М. Л.", "01.02.2013", "7А", ""], ["Львов Олег", "31.02.2013", "7А", ""], ["Орлов Олег", "01.02.2013", "13Я", ""],
            ["Зуев Олег", "01.02.2013", "7А", "123"], ["Белов Олег", "01.02.2013", "7А", ""], ["Белов Олег", "01.02.2013", "7А", ""]));
        Assert.Equal("refused", shown.State);
        Assert.Equal(["2 ФИО", "3 Дата рожд.", "4 Класс", "5 СНИЛС", "7 ФИО"], shown.BadRows.Select(bad => $"{bad.Line} {bad.Field}"));
        Assert.All(shown.BadRows, bad => Assert.Equal("Лист1", bad.File));
    }

    [Fact]
    public async Task Formulas_are_taken_by_value_and_told_of()
    {
        var shown = await RehearseAsync(new Xlsx(Xlsx.Rows([["ФИО", "Класс"]]) + """<row><c t="str"><f>A9</f><v>Котова Мария</v></c><c t="str"><v>7А</v></c></row>"""));
        Assert.Equal(["Котова Мария"], Of(shown, "people", "new"));
        Assert.Contains(shown.Notes, note => note.StartsWith("В таблице есть формулы (1)", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Columns_once_explained_are_understood_from_then_on()
    {
        var list = Xlsx.Of(["Кто", "Куда ходит"], ["Котова Мария", "7А"]);
        var asked = await RehearseAsync(list);
        Assert.Equal("refused", asked.State);
        Assert.Equal(["Кто", "Куда ходит"], Assert.Single(asked.Columns).Columns.Select(column => column.Title));
        Assert.Equal("registry.list-no-name", (await rig.Choose.HandleAsync(administrator, asked.Id, 0, new Dictionary<int, string> { [1] = "Class" }, RehearsalRig.Cancel)).Problem?.Code);
        Assert.True((await rig.Choose.HandleAsync(administrator, asked.Id, 0, new Dictionary<int, string> { [0] = "FullName", [1] = "Class" }, RehearsalRig.Cancel)).IsOk);
        Assert.Equal(["Котова Мария"], Of(await RehearseAsync(list), "people", "new"));
        Assert.Equal(404, (await rig.Choose.HandleAsync(RehearsalRig.Administrator(Guid.CreateVersion7()), asked.Id, 0, new Dictionary<int, string>(), RehearsalRig.Cancel)).Problem?.Status);
    }

    private Task<RehearsalScreen> RehearseAsync(Xlsx book) => rig.RehearseAsync(administrator, book.Bytes(), "список.xlsx");

    private static IEnumerable<string> Of(RehearsalScreen shown, string table, string kind)
    {
        Assert.True(shown.State == "ready", shown.Refusal + string.Join('\n', shown.BadRows));
        return shown.Lines.Where(line => line.Table == table && line.Kind == kind).Select(line => line.Title);
    }
}
