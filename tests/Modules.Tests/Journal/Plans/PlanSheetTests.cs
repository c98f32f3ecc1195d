using MySchool.Journal.Domain;
using MySchool.Kernel;
using Xunit;

namespace MySchool.Modules.Tests.Journal.Plans;

/// <summary>Files of КТП in the shapes teachers really have.</summary>
public sealed class PlanSheetTests
{
    private static readonly (short, string, string)[] Kinds = [(1, "Изучение нового", "Новое"), (2, "Закрепление", "Закр"), (4, "Контрольная работа", "КР"), (9, "Резерв", "Рез")];

    [Fact]
    public void A_table_with_a_title_above_merged_sections_and_totals_is_read()
    {
        var sheet = Find(
            "Календарно-тематическое планирование по алгебре, 7 класс",
            "№ п/п|Тема урока|Кол-во часов|Тип урока|Дата по плану|Дата по факту|Д/з",
            "=Раздел 1. Числа и вычисления (25 ч)",
            "1|Понятие рационального числа|1|УНЗ|01.09||§ 1, № 3",
            "2-3|Арифметические действия||комбинированный|02.09||§ 2",
            "=I четверть (16 ч)",
            "4|Контрольная работа № 1|1|к/р|||",
            "=Повторение",
            "5|Резерв|2 ч||||",
            "|Итого|102||||");
        Assert.Equal([PlanField.Number, PlanField.Title, PlanField.Hours, PlanField.Kind, PlanField.Date, PlanField.Date, PlanField.Homework], sheet.Columns.Select(column => column.Field));
        var read = PlanReading.Of(sheet, Kinds, Ids.New);
        Assert.Equal(["# Раздел 1. Числа и вычисления", "Понятие рационального числа 1 1 § 1, № 3", "Арифметические действия 2 2 § 2", "Контрольная работа № 1 1 4 ", "# Повторение", "Резерв 2 9 "],
            read.Rows.Select(row => row.IsSection ? $"# {row.Title}".Replace("# Раздел 1. Числа и вычисления", "# Раздел 1. Числа и вычисления", StringComparison.Ordinal) : $"{row.Title} {row.Hours} {row.Kind} {row.Homework}"));
        Assert.Empty(read.Remarks);
    }

    [Fact]
    public void Sections_may_stand_in_a_column_and_columns_in_any_order()
    {
        var sheet = Find("Домашнее задание|Часы|Раздел|Тема", "§ 1|1|Клетка|Строение клетки", "|2||Ткани", "§ 5|1|Растения|Корень");
        Assert.Equal(["# Клетка", "Строение клетки", "Ткани", "# Растения", "Корень"], PlanReading.Of(sheet, Kinds, Ids.New).Rows.Select(row => row.IsSection ? $"# {row.Title}" : row.Title));
    }

    [Fact]
    public void What_is_not_understood_is_said_and_never_lost()
    {
        var read = PlanReading.Of(Find("№|Тема|Часы|Тип урока", "1|Доли|два|игра", "2||1|"), Kinds, Ids.New);
        Assert.Equal(1, read.Rows.Single().Hours);
        Assert.Null(read.Rows.Single().Kind);
        Assert.Equal(["Строка 2: часы «два» не прочитаны, взят 1 час", "Строка 2: тип урока «игра» не узнан, оставлен пустым", "Строка 3: нет темы, строка пропущена"], read.Remarks);
    }

    [Fact]
    public void Columns_without_known_words_are_explained_by_hand()
    {
        var sheet = Find("Что|Сколько", "Доли|2", "Проценты|1");
        Assert.False(sheet.HasTitles);
        var read = PlanReading.Of(sheet.With(new Dictionary<int, PlanField> { [0] = PlanField.Title, [1] = PlanField.Hours }), Kinds, Ids.New);
        Assert.Equal(["Доли 2", "Проценты 1"], read.Rows.Select(row => $"{row.Title} {row.Hours}"));
    }

    [Theory]
    [InlineData("2", 2)]
    [InlineData("2 ч", 2)]
    [InlineData("3 часа", 3)]
    [InlineData("1.0", 1)]
    [InlineData("0", null)]
    [InlineData("много", null)]
    public void Hours_as_people_write_them(string text, int? hours) => Assert.Equal(hours, PlanWords.HoursOf(text));

    [Theory]
    [InlineData("Раздел 2. Дроби (48 ч)", "Раздел 2. Дроби")]
    [InlineData("Давление – 21 час", "Давление")]
    [InlineData("Класс 7", "Класс 7")]
    [InlineData("Закон Ома", "Закон Ома")]
    public void A_section_is_named_without_its_hours(string text, string name) => Assert.Equal(name, PlanWords.WithoutHours(text));

    // «=» begins a row whose one cell is merged over all columns.
    private static PlanSheet Find(params string[] rows) => PlanSheet.Find([.. rows.Select((row, at) => new PlanSheetLine(at + 1,
        [.. row.TrimStart('=').Split('|').Select((text, column) => new PlanSheetCell(column, text)).Where(cell => cell.Text.Length > 0)], row.StartsWith('=')))])!;
}
