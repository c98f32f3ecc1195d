using MySchool.Kernel.Secrets;
using MySchool.Registry.Resources;

namespace MySchool.Registry.Features.ImportOneRoster;

/// <summary>A file of the format: what it must have and how a row of it becomes a row of a temporary table.</summary>
/// <param name="Name">File name.</param>
/// <param name="Table">Temporary table with its columns, for COPY.</param>
/// <param name="IsRequired">Whether an import without it makes no sense.</param>
/// <param name="Columns">Columns it must have.</param>
/// <param name="Fill">Checks one row and writes it.</param>
internal sealed record OneRosterFile(string Name, string Table, bool IsRequired, string[] Columns, Action<CsvTable, StageWriter> Fill)
{
    private const int IdLength = 255;
    private const int FirstSchoolYear = 2000;
    private const int FirstBirthYear = 1900;
    private const int LastYear = 2099;

    /// <summary>In the order of reading: what others name comes before them.</summary>
    public static IReadOnlyList<OneRosterFile> All(IdentifierVault vault, SourceLines lines) =>
    [
        new("orgs.csv", "i_orgs", true, ["sourcedId", "name", "type"], (row, to) => FillOrg(row, to, lines)),
        new("academicSessions.csv", "i_sessions", true, ["sourcedId", "title", "type", "startDate", "endDate"], (row, to) => FillSession(row, to, lines)),
        new("courses.csv", "i_courses", false, ["sourcedId", "title"], (row, to) => FillCourse(row, to, lines)),
        new("classes.csv", "i_classes", true, ["sourcedId", "title", "classType", "schoolSourcedId", "termSourcedIds"], (row, to) => OneRosterClass.Fill(row, to, lines)),
        new("users.csv", "i_users", true, ["sourcedId", "givenName", "familyName"], new OneRosterUser(vault, lines).Fill),
        new("roles.csv", "i_roles", false, ["userSourcedId", "role", "orgSourcedId"], (row, to) => FillRole(row, to, lines)),
        new("demographics.csv", "i_demographics", false, ["sourcedId"], (row, to) => FillDemographics(row, to, lines)),
        new("enrollments.csv", "i_enrolments", true, ["sourcedId", "classSourcedId", "userSourcedId", "role"], (row, to) => FillEnrolment(row, to, lines)),
    ];

    /// <summary>Reads the id; refuses rows that a full export should not have.</summary>
    public static string? Id(CsvTable row)
    {
        if (row.Choice("status", OneRosterWords.Statuses) == "gone") row.Refuse("status", Texts.BadDeleted);
        return row.Text("sourcedId", IdLength, isRequired: true);
    }

    private static void FillOrg(CsvTable row, StageWriter to, SourceLines lines)
    {
        var name = row.Text("name", 400, isRequired: true);
        if (name is { Length: < 2 }) row.Refuse("name", Texts.BadTooShort);
        var id = Id(row);
        var ogrn = Digits(row, row.Has("metadata.ogrn") ? "metadata.ogrn" : "identifier", 13, 15);
        if (!lines.IsFirst(row, "sourcedId", id, Texts.BadDuplicateId) || !lines.IsFirst(row, "metadata.ogrn", ogrn, Texts.BadDuplicateOgrn)) return;
        to.Start(row.Line);
        to.Text(id);
        to.Text(name);
        to.Text(row.Text("metadata.shortName", 120));
        to.Text(row.Choice("type", OneRosterWords.OrgTypes, isRequired: true));
        to.Text(row.Text("parentSourcedId", IdLength));
        to.Text(Digits(row, "metadata.oktmo", 8, 11));
        to.Text(Digits(row, "metadata.inn", 10, 12));
        to.Text(ogrn);
        to.Text(row.Text("metadata.address", 500));
        to.Text(Zone(row));
    }

    // «identifier» may hold any number of the sender's; only one that looks like ОГРН is taken from it.
    private static string? Digits(CsvTable row, string column, int shorter, int longer)
    {
        var text = row.Text(column, 60);
        if (text is null || ((text.Length == shorter || text.Length == longer) && text.All(char.IsAsciiDigit))) return text;
        if (column != "identifier") row.Refuse(column, string.Format(null, Texts.BadDigits, shorter, longer));
        return null;
    }

    private static string? Zone(CsvTable row)
    {
        var text = row.Text("metadata.timeZone", 60);
        if (text is null || TimeZoneInfo.TryFindSystemTimeZoneById(text, out _)) return text;
        row.Refuse("metadata.timeZone", Texts.BadTimeZone);
        return null;
    }

    private static void FillSession(CsvTable row, StageWriter to, SourceLines lines)
    {
        var starts = row.Date("startDate", FirstSchoolYear, LastYear, isRequired: true);
        var ends = row.Date("endDate", FirstSchoolYear, LastYear, isRequired: true);
        if (starts >= ends) row.Refuse("endDate", Texts.BadDateOrder);
        var id = Id(row);
        if (!lines.IsFirst(row, "sourcedId", id, Texts.BadDuplicateId)) return;
        to.Start(row.Line);
        to.Text(id);
        to.Text(row.Text("title", 100, isRequired: true));
        to.Text(row.Choice("type", OneRosterWords.SessionTypes, isRequired: true));
        to.Date(starts);
        to.Date(ends);
        to.Text(row.Text("parentSourcedId", IdLength));
    }

    private static void FillCourse(CsvTable row, StageWriter to, SourceLines lines)
    {
        var subjects = row.List("subjects", 200);
        var codes = row.List("subjectCodes", 100);
        var title = row.Text("title", 200, isRequired: true);
        var id = Id(row);
        if (!lines.IsFirst(row, "sourcedId", id, Texts.BadDuplicateId)) return;
        to.Start(row.Line);
        to.Text(id);
        to.Text(subjects.Length > 0 ? subjects[0] : title);
        to.Text(codes.Length > 0 ? codes[0] : null);
    }

    private static void FillRole(CsvTable row, StageWriter to, SourceLines lines)
    {
        var begins = row.Date("beginDate", FirstBirthYear, LastYear);
        var ends = row.Date("endDate", FirstBirthYear, LastYear);
        if (begins > ends) row.Refuse("endDate", Texts.BadDateOrder);
        var isGone = row.Choice("status", OneRosterWords.Statuses) == "gone";
        var person = row.Text("userSourcedId", IdLength, isRequired: true);
        var role = row.Choice("role", OneRosterWords.UserRoles, isRequired: true);
        var org = row.Text("orgSourcedId", IdLength, isRequired: true);
        var id = row.Text("sourcedId", IdLength);
        if (!lines.IsFirst(row, "sourcedId", id, Texts.BadDuplicateId)) return;
        to.Start(row.Line);
        to.Text(id);
        to.Text(id is null ? $"{person}:{role}:{org}" : null);
        Reference(to, lines.User(person), person);
        to.Text(role);
        Reference(to, lines.Org(org), org);
        to.Date(begins);
        to.Date(ends);
        to.Flag(isGone);
    }

    private static void FillEnrolment(CsvTable row, StageWriter to, SourceLines lines)
    {
        var begins = row.Date("beginDate", FirstSchoolYear, LastYear);
        var ends = row.Date("endDate", FirstSchoolYear, LastYear);
        if (begins > ends) row.Refuse("endDate", Texts.BadDateOrder);
        var isGone = row.Choice("status", OneRosterWords.Statuses) == "gone";
        var id = row.Text("sourcedId", IdLength, isRequired: true);
        if (!lines.IsFirst(row, "sourcedId", id, Texts.BadDuplicateId)) return;
        var name = row.Text("classSourcedId", IdLength, isRequired: true);
        var found = name is not null && lines.Classes.TryGetValue(name, out var known) ? known : (SourceLines.Class?)null;
        var person = row.Text("userSourcedId", IdLength, isRequired: true);
        var personLine = lines.User(person);
        var school = row.Text("schoolSourcedId", IdLength);
        if (found is null || school == found.Value.School) school = null;
        var role = row.Choice("role", OneRosterWords.EnrolmentRoles, isRequired: true);
        if (role == "student" && found is { } its && personLine is { } who)
        {
            var learning = new Learning((int)row.Line, its.Line, who, begins, ends, isGone);
            if (!its.IsGroup) lines.Attendance.AddToClass(learning);
            else
            {
                lines.Attendance.AddToGroup(learning);
                if (school is null) return;
            }
        }
        to.Start(row.Line);
        to.Text(id);
        Reference(to, found?.Line, name);
        Reference(to, personLine, person);
        to.Text(school);
        to.Text(role);
        to.Date(begins);
        to.Date(ends);
        to.Flag(isGone);
    }

    private static void FillDemographics(CsvTable row, StageWriter to, SourceLines lines)
    {
        var id = Id(row);
        if (!lines.IsFirst(row, "sourcedId", id, Texts.BadDuplicateId)) return;
        to.Start(row.Line);
        to.Text(id);
        to.Integer(lines.User(id));
        to.Date(row.Date("birthDate", FirstBirthYear, LastYear));
        var sex = row.Choice("sex", OneRosterWords.Sexes);
        to.Text(string.IsNullOrEmpty(sex) ? null : sex);
    }

    // The line of the row meant; its name only when there is no such row, for the report.
    private static void Reference(StageWriter to, int? line, string? name)
    {
        to.Integer(line);
        to.Text(line is null ? name : null);
    }
}
