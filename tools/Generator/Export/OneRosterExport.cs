using MySchool.Generator.Curriculum;
using MySchool.Generator.People;
using MySchool.Generator.Places;
using MySchool.Generator.Year;

namespace MySchool.Generator.Export;

/// <summary>
/// Writes a generated region as OneRoster 1.2 CSV, school by school. What the standard has no word for goes into
/// <c>metadata.*</c> columns and <c>ext:</c> roles, as it provides.
/// </summary>
public sealed class OneRosterExport : IDisposable
{
    private static readonly Dictionary<string, string> RoleWords = new()
    {
        ["teacher"] = "teacher", ["head"] = "principal", ["deputy"] = "ext:deputy", ["school-administrator"] = "siteAdministrator",
        ["psychologist"] = "counselor", ["technician"] = "systemAdministrator", ["municipal-coordinator"] = "districtAdministrator",
        ["regional-coordinator"] = "ext:regionalCoordinator",
    };

    private readonly Calendar calendar;
    private readonly CsvFile classes;
    private readonly CsvFile users;
    private readonly CsvFile roles;
    private readonly CsvFile enrolments;
    private readonly CsvFile demographics;
    private readonly string folder;
    private int rows;

    private OneRosterExport(string folder, Calendar calendar)
    {
        this.folder = folder;
        this.calendar = calendar;
        classes = new CsvFile(folder, "classes.csv", "sourcedId", "status", "dateLastModified", "title", "grades", "courseSourcedId", "classCode", "classType",
            "location", "schoolSourcedId", "termSourcedIds", "subjects", "subjectCodes", "periods", "metadata.shift", "metadata.homeroomSourcedId", "metadata.groupName");
        users = new CsvFile(folder, "users.csv", "sourcedId", "status", "dateLastModified", "enabledUser", "username", "userIds", "givenName", "familyName", "middleName",
            "identifier", "email", "sms", "phone", "agentSourcedIds", "grades", "password", "userMasterIdentifier", "resourceSourcedIds",
            "preferredGivenName", "preferredMiddleName", "preferredFamilyName", "primaryOrgSourcedId", "pronouns");
        roles = new CsvFile(folder, "roles.csv", "sourcedId", "status", "dateLastModified", "userSourcedId", "roleType", "role", "beginDate", "endDate", "orgSourcedId", "userProfileSourcedId");
        enrolments = new CsvFile(folder, "enrollments.csv", "sourcedId", "status", "dateLastModified", "classSourcedId", "schoolSourcedId", "userSourcedId", "role", "primary", "beginDate", "endDate");
        demographics = new CsvFile(folder, "demographics.csv", "sourcedId", "status", "dateLastModified", "birthDate", "sex");
    }

    /// <summary>Writes all files of a region.</summary>
    /// <param name="folder">Made when missing; files of an earlier export are replaced.</param>
    /// <param name="size">Size of the region.</param>
    /// <param name="today">Decides the school year.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="progress">Told school by school.</param>
    /// <param name="schools">How many schools get people, from the first; null for all. The tree of organisations is always whole.</param>
    /// <returns>Number of people.</returns>
    public static int Write(string folder, RegionSize size, DateOnly today, int seed, IProgress<Load.LoadProgress>? progress, int? schools = null)
    {
        Directory.CreateDirectory(folder);
        var region = RegionPlan.Create(size, seed);
        var calendar = Calendar.Of(today);
        var population = new Population(region, seed, calendar);
        using var export = new OneRosterExport(folder, calendar);
        export.WriteManifest();
        export.WriteOrganisations(region);
        export.WriteSessions();
        export.WriteCourses(region);
        var people = population.Offices.Count;
        foreach (var office in population.Offices.Where(m => RoleWords.ContainsKey(m.Role)))
        {
            export.WriteUser(office.Person, office.Unit, "");
            export.WriteRole(office.Person, RoleWords[office.Role], office.Unit, office.Since);
        }
        var done = 0;
        var total = Math.Min(schools ?? int.MaxValue, region.Schools.Count);
        foreach (var school in population.MakeSchools().Take(total))
        {
            export.WriteSchool(school);
            people += school.NewPeople.Count;
            progress?.Report(new("Записываю школы", ++done, total));
        }
        return people;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var file in (CsvFile[])[classes, users, roles, enrolments, demographics]) file.Dispose();
    }

    private void WriteManifest()
    {
        using var manifest = new CsvFile(folder, "manifest.csv", "propertyName", "value");
        manifest.Write("manifest.version", "1.0");
        manifest.Write("oneroster.version", "1.2");
        string[] full = ["academicSessions", "classes", "courses", "demographics", "enrollments", "orgs", "roles", "users"];
        string[] none = ["categories", "classResources", "courseResources", "lineItemLearningObjectiveIds", "lineItems", "lineItemScoreScales",
            "resources", "resultLearningObjectiveIds", "results", "resultScoreScales", "scoreScales", "userProfiles", "userResources"];
        foreach (var file in full) manifest.Write($"file.{file}", "bulk");
        foreach (var file in none) manifest.Write($"file.{file}", "absent");
        manifest.Write("source.systemName", "Моя школа");
        manifest.Write("source.systemCode", "myschool");
    }

    private void WriteOrganisations(RegionPlan region)
    {
        using var orgs = new CsvFile(folder, "orgs.csv", "sourcedId", "status", "dateLastModified", "name", "type", "identifier", "parentSourcedId",
            "metadata.shortName", "metadata.oktmo", "metadata.inn", "metadata.ogrn", "metadata.address", "metadata.timeZone");
        foreach (var place in region.All)
            orgs.Write(place.Id, "", "", place.Name, TypeOf(place.Kind), place.Ogrn, place.Parent?.Id, place.ShortName, place.Oktmo, place.Inn, place.Ogrn, place.Address, place.TimeZone);
    }

    private static string TypeOf(string kind) => kind switch { "country" => "national", "region" => "state", "municipality" => "district", _ => "school" };

    private void WriteSessions()
    {
        using var sessions = new CsvFile(folder, "academicSessions.csv", "sourcedId", "status", "dateLastModified", "title", "type", "startDate", "endDate", "parentSourcedId", "schoolYear");
        sessions.Write(YearId, "", "", $"{calendar.StartYear}/{calendar.StartYear + 1}", "schoolYear", calendar.Starts, calendar.Ends, "", calendar.StartYear + 1);
        foreach (var term in calendar.Terms)
            sessions.Write(TermId(term), "", "", term.Name, "term", term.Starts, term.Ends, YearId, calendar.StartYear + 1);
    }

    private void WriteCourses(RegionPlan region)
    {
        using var courses = new CsvFile(folder, "courses.csv", "sourcedId", "status", "dateLastModified", "schoolYearSourcedId", "title", "courseCode", "grades", "orgSourcedId", "subjects", "subjectCodes");
        foreach (var subject in Subjects.All)
            courses.Write(Subjects.Ids[subject.Number], "", "", YearId, subject.Name, subject.Code, "", region.Region.Id, subject.Name, subject.Code);
    }

    private void WriteSchool(School school)
    {
        var place = school.Plan.Place;
        var agents = school.Guardianships.Where(g => g.Restriction is null).ToLookup(g => g.Learner.Id, g => g.Guardian);
        foreach (var person in school.NewPeople)
            WriteUser(person, place, string.Join(',', agents[person.Id].Select(p => p.Id)));
        foreach (var m in school.Memberships) WriteRole(m.Person, RoleWords[m.Role], place, m.Since);
        foreach (var guardian in school.Guardianships.Where(g => g.Restriction is null).Select(g => g.Guardian).Distinct()) WriteRole(guardian, "parent", place, null);
        foreach (var pupil in school.Pupils) WriteRole(pupil.Person, "student", place, calendar.Starts);
        foreach (var schoolClass in school.Classes) WriteClass(school, schoolClass);
        foreach (var group in school.Groups) WriteGroup(school, group);
    }

    private void WriteClass(School school, SchoolClass schoolClass)
    {
        classes.Write(schoolClass.Id, "", "", schoolClass.Name, schoolClass.Grade, "", schoolClass.Name, "homeroom", "", school.Id, YearId, "", "", "", schoolClass.Shift, "", "");
        if (schoolClass.Leader is { } leader) WriteEnrolment(school, schoolClass.LeadershipId, schoolClass.Id, leader.Person, "teacher");
        foreach (var pupil in schoolClass.Pupils) WriteEnrolment(school, pupil.EnrolmentId, schoolClass.Id, pupil.Person, "student");
    }

    private void WriteGroup(School school, TeachingGroup group)
    {
        var name = group.Name.Length == 0 ? "" : $", {group.Name}";
        classes.Write(group.Id, "", "", $"{group.Class.Name} {group.Subject.Name}{name}", group.Class.Grade, Subjects.Ids[group.Subject.Number], "", "scheduled", group.Teacher.Room,
            school.Id, YearId, group.Subject.Name, group.Subject.Code, "", "", group.Class.Id, group.Name);
        WriteEnrolment(school, group.AssignmentId, group.Id, group.Teacher.Person, "teacher");
        foreach (var pupil in group.Pupils) WriteEnrolment(school, null, group.Id, pupil.Person, "student");
    }

    private void WriteUser(Person person, Organisation place, string agents)
    {
        users.Write(person.Id, "", "", "true", person.Id, $"{{SNILS:{CheckDigits.Dashed(person.Snils)}}}", person.First, person.Last, person.Middle,
            "", "", "", "", agents, "", "", "", "", "", "", "", place.Id, "");
        demographics.Write(person.Id, "", "", person.Birth, person.IsMale ? "male" : "female");
    }

    private void WriteRole(Person person, string role, Organisation place, DateOnly? since) =>
        roles.Write($"r{++rows}", "", "", person.Id, "primary", role, since, "", place.Id, "");

    private void WriteEnrolment(School school, Guid? id, Guid classId, Person person, string role) =>
        enrolments.Write(id?.ToString() ?? $"e{++rows}", "", "", classId, school.Id, person.Id, role, role == "teacher" ? "true" : "false", calendar.Starts, "");

    private string YearId => $"year-{calendar.StartYear}";

    private string TermId(Term term) => $"term-{calendar.StartYear}-{term.Number}";
}
