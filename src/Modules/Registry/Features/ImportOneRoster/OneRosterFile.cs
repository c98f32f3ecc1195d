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

    public static IReadOnlyList<OneRosterFile> All(IdentifierVault vault) =>
    [
        new("orgs.csv", "i_orgs", true, ["sourcedId", "name", "type"], FillOrg),
        new("academicSessions.csv", "i_sessions", true, ["sourcedId", "title", "type", "startDate", "endDate"], FillSession),
        new("courses.csv", "i_courses", false, ["sourcedId", "title"], FillCourse),
        new("classes.csv", "i_classes", true, ["sourcedId", "title", "classType", "schoolSourcedId", "termSourcedIds"], OneRosterClass.Fill),
        new("users.csv", "i_users", true, ["sourcedId", "givenName", "familyName"], new OneRosterUser(vault).Fill),
        new("roles.csv", "i_roles", false, ["userSourcedId", "role", "orgSourcedId"], FillRole),
        new("enrollments.csv", "i_enrolments", true, ["sourcedId", "classSourcedId", "userSourcedId", "role"], FillEnrolment),
        new("demographics.csv", "i_demographics", false, ["sourcedId"], FillDemographics),
    ];

    /// <summary>Reads the id; refuses rows that a full export should not have.</summary>
    public static string? Id(CsvTable row, string column = "sourcedId")
    {
        if (row.Choice("status", OneRosterWords.Statuses) == "gone") row.Refuse("status", Texts.BadDeleted);
        return row.Text(column, IdLength, isRequired: true);
    }

    private static void FillOrg(CsvTable row, StageWriter to)
    {
        var name = row.Text("name", 400, isRequired: true);
        if (name is { Length: < 2 }) row.Refuse("name", Texts.BadTooShort);
        to.Start(row.Line);
        to.Text(Id(row));
        to.Text(name);
        to.Text(row.Text("metadata.shortName", 120));
        to.Text(row.Choice("type", OneRosterWords.OrgTypes, isRequired: true));
        to.Text(row.Text("parentSourcedId", IdLength));
        to.Text(Digits(row, "metadata.oktmo", 8, 11));
        to.Text(Digits(row, "metadata.inn", 10, 12));
        to.Text(Digits(row, row.Has("metadata.ogrn") ? "metadata.ogrn" : "identifier", 13, 15));
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

    private static void FillSession(CsvTable row, StageWriter to)
    {
        var starts = row.Date("startDate", FirstSchoolYear, LastYear, isRequired: true);
        var ends = row.Date("endDate", FirstSchoolYear, LastYear, isRequired: true);
        if (starts >= ends) row.Refuse("endDate", Texts.BadDateOrder);
        to.Start(row.Line);
        to.Text(Id(row));
        to.Text(row.Text("title", 100, isRequired: true));
        to.Text(row.Choice("type", OneRosterWords.SessionTypes, isRequired: true));
        to.Date(starts);
        to.Date(ends);
        to.Text(row.Text("parentSourcedId", IdLength));
    }

    private static void FillCourse(CsvTable row, StageWriter to)
    {
        var subjects = row.List("subjects", 200);
        var codes = row.List("subjectCodes", 100);
        var title = row.Text("title", 200, isRequired: true);
        to.Start(row.Line);
        to.Text(Id(row));
        to.Text(subjects.Length > 0 ? subjects[0] : title);
        to.Text(codes.Length > 0 ? codes[0] : null);
    }

    private static void FillRole(CsvTable row, StageWriter to)
    {
        var begins = row.Date("beginDate", FirstBirthYear, LastYear);
        var ends = row.Date("endDate", FirstBirthYear, LastYear);
        if (begins > ends) row.Refuse("endDate", Texts.BadDateOrder);
        var isGone = row.Choice("status", OneRosterWords.Statuses) == "gone";
        to.Start(row.Line);
        to.Text(row.Text("sourcedId", IdLength));
        to.Text(row.Text("userSourcedId", IdLength, isRequired: true));
        to.Text(row.Choice("role", OneRosterWords.UserRoles, isRequired: true));
        to.Text(row.Text("orgSourcedId", IdLength, isRequired: true));
        to.Date(begins);
        to.Date(ends);
        to.Flag(isGone);
    }

    private static void FillEnrolment(CsvTable row, StageWriter to)
    {
        var begins = row.Date("beginDate", FirstSchoolYear, LastYear);
        var ends = row.Date("endDate", FirstSchoolYear, LastYear);
        if (begins > ends) row.Refuse("endDate", Texts.BadDateOrder);
        var isGone = row.Choice("status", OneRosterWords.Statuses) == "gone";
        to.Start(row.Line);
        to.Text(row.Text("sourcedId", IdLength, isRequired: true));
        to.Text(row.Text("classSourcedId", IdLength, isRequired: true));
        to.Text(row.Text("schoolSourcedId", IdLength));
        to.Text(row.Text("userSourcedId", IdLength, isRequired: true));
        to.Text(row.Choice("role", OneRosterWords.EnrolmentRoles, isRequired: true));
        to.Date(begins);
        to.Date(ends);
        to.Flag(isGone);
    }

    private static void FillDemographics(CsvTable row, StageWriter to)
    {
        to.Start(row.Line);
        to.Text(Id(row));
        to.Date(row.Date("birthDate", FirstBirthYear, LastYear));
        var sex = row.Choice("sex", OneRosterWords.Sexes);
        to.Text(string.IsNullOrEmpty(sex) ? null : sex);
    }
}
