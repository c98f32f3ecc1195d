using System.Globalization;
using MySchool.Registry.Resources;

namespace MySchool.Registry.Features.ImportOneRoster;

/// <summary>A row of classes.csv: «homeroom» is a class, «scheduled» a class or a part of it at a subject.</summary>
internal static class OneRosterClass
{
    private const int IdLength = 255;
    private const short MaxGrade = 12;

    public static void Fill(CsvTable row, StageWriter to, SourceLines lines)
    {
        var kind = row.Choice("classType", OneRosterWords.ClassTypes, isRequired: true);
        var title = row.Text("title", 200, isRequired: true);
        var sessions = row.List("termSourcedIds", IdLength);
        if (sessions.Length == 0) row.Refuse("termSourcedIds", Texts.BadEmpty);
        var isClass = kind == "class";
        var (grade, letter) = isClass ? GradeAndLetter(row, title) : (null, null);
        var id = OneRosterFile.Id(row);
        var school = row.Text("schoolSourcedId", IdLength, isRequired: true);
        if (!lines.IsFirst(row, "sourcedId", id, Texts.BadDuplicateId)) return;
        if (id is not null) lines.Classes[id] = new SourceLines.Class((int)row.Line, !isClass, school);
        to.Start(row.Line);
        to.Text(id);
        to.Text(kind);
        to.Text(title);
        to.Text(row.Text("courseSourcedId", IdLength, isRequired: !isClass));
        to.Text(school);
        to.Texts(sessions);
        to.Number(grade);
        to.Text(letter);
        to.Number(row.Number("metadata.shift", 1, 2));
        to.Text(row.Text("metadata.homeroomSourcedId", IdLength));
        to.Text(row.Text("metadata.groupName", 60) ?? PartOf(title));
    }

    private static (short? Grade, string? Letter) GradeAndLetter(CsvTable row, string? title)
    {
        var grades = row.List("grades", 10);
        var digits = string.Concat((title ?? "").TakeWhile(char.IsAsciiDigit));
        var text = grades.Length > 0 ? grades[0] : digits;
        if (!short.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var grade) || grade < 1 || grade > MaxGrade)
        {
            row.Refuse("grades", string.Format(CultureInfo.InvariantCulture, Texts.BadNumber, 1, MaxGrade));
            return (null, null);
        }
        var letter = LetterOf(title ?? "");
        if (letter.Length <= 20) return (grade, letter);
        row.Refuse("title", string.Format(CultureInfo.InvariantCulture, Texts.BadTooLong, 20));
        return (grade, null);
    }

    /// <summary>«Б» of «7Б», «7-б», «7 «Б»»; «ИНЖ» of «10 ИНЖ».</summary>
    internal static string LetterOf(string title)
    {
        var rest = title.TrimStart().TrimStart('0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
        var letter = rest.Replace(" класс", "", StringComparison.OrdinalIgnoreCase).Trim(' ', '-', '–', '«', '»', '"', '\'', '.');
        return letter.Length == 1 ? letter.ToUpperInvariant() : letter;
    }

    /// <summary>«1-я подгруппа» of «7Б Английский язык, 1-я подгруппа»; the whole title when there is no comma.</summary>
    internal static string PartOf(string? title)
    {
        var text = title ?? "";
        var part = text[(text.LastIndexOf(',') + 1)..].Trim();
        return part.Length <= 60 ? part : part[..60];
    }
}
