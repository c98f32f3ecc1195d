using MySchool.Registry.Resources;
using static MySchool.Registry.Features.Exchange.OneRoster.RosterKind;

namespace MySchool.Registry.Features.Exchange.OneRoster;

/// <summary>
/// The registry in the words of OneRoster 1.2 (Rostering Service, 1EdTech, 2022). Ids are the registry's own and never change,
/// whatever a file called the same thing. Years that ended within <see cref="DaysAfterYear"/> are still shown, as summers need.
/// A fact that is over stays with its end date and the status <c>tobedeleted</c>.
/// </summary>
internal static class RosterCollections
{
    private const string DaysAfterYear = "120";

    private const string Years = $"join registry.academic_years y on y.school_id = c.school_id and y.year = c.year and y.ends_on > $2 - {DaysAfterYear}";

    private const string Ties = $"""
        select e.person_id, e.school_id, 'student' as role, e.starts_on, e.ends_on, c.grade, e.modified_at
          from registry.enrolments e join registry.classes c on c.school_id = e.school_id and c.id = e.class_id {Years} where e.school_id = any($1)
        union all
        select m.person_id, m.unit_id, case m.role when 'head' then 'principal' when 'deputy' then 'ext:deputy' when 'school-administrator' then 'siteAdministrator'
                 when 'psychologist' then 'counselor' when 'technician' then 'systemAdministrator' else m.role end, m.starts_on, m.ends_on, null, m.modified_at
          from registry.memberships m where m.unit_id = any($1) and (m.ends_on is null or m.ends_on > $2 - {DaysAfterYear})
        union all
        select g.guardian_id, e.school_id, case when g.kinship in ('mother', 'father') then 'parent' else 'guardian' end, g.starts_on, g.ends_on, null, g.modified_at
          from registry.enrolments e join registry.classes c on c.school_id = e.school_id and c.id = e.class_id {Years}
          join registry.guardianships g on g.learner_id = e.person_id and g.restriction is null where e.school_id = any($1)
        """;

    // Whose data was erased is told as deleted by the feed and shown no more; a handful of rows of an index of their own.
    private const string Shown = "person_id <> all (array(select id from registry.people where erased_at is not null))";

    private const string Status = "case when x.active then 'active' else 'tobedeleted' end";

    private static readonly RosterField Modified = new("dateLastModified", "x.modified_at", Instant, Csv: "");

    /// <summary>Organisations: the schools and what is above them.</summary>
    public static readonly RosterCollection Orgs = new("orgs", "org", """
        (select o.*, o.closed_on is null as active, case o.kind when 'country' then 'national' when 'region' then 'state' when 'municipality' then 'district' else 'school' end as type
           from registry.organisations o where o.id in (select ancestor_id from registry.unit_closure where descendant_id = any($1)))
        """,
    [
        new("sourcedId", "x.id::text"), new("status", Status, Csv: ""), Modified, new("name", "x.name"), new("type", "x.type"), new("identifier", "x.ogrn"),
        new("parent", "x.parent_id::text", Reference, "org"), new("metadata.shortName", "x.short_name"), new("metadata.oktmo", "x.oktmo"), new("metadata.inn", "x.inn"),
        new("metadata.ogrn", "x.ogrn"), new("metadata.address", "x.address"), new("metadata.timeZone", "x.time_zone"),
    ]);

    /// <summary>School years and their terms (четверти, триместры).</summary>
    public static readonly RosterCollection Sessions = new("academicSessions", "academicSession", $"""
        (select c.school_id, c.school_id || '.' || c.year as id, c.year || '/' || (c.year + 1) as title, 'schoolYear' as type, c.starts_on, c.ends_on,
                null as parent, (c.year + 1)::text as school_year, c.modified_at, true as active
           from registry.academic_years c where c.school_id = any($1) and c.ends_on > $2 - {DaysAfterYear}
         union all
         select c.school_id, c.id::text, c.name, 'term', c.starts_on, c.ends_on, c.school_id || '.' || c.year, (c.year + 1)::text, c.modified_at, true
           from registry.terms c {Years} where c.school_id = any($1))
        """,
    [
        new("sourcedId", "x.id"), new("status", Status, Csv: ""), Modified, new("title", "x.title"), new("type", "x.type"), new("startDate", "x.starts_on", Date),
        new("endDate", "x.ends_on", Date), new("parent", "x.parent", Reference, "academicSession"), new("schoolYear", "x.school_year"),
    ]);

    /// <summary>Subjects as each school teaches them, and the homeroom that the standard wants a course for.</summary>
    public static readonly RosterCollection Courses = new("courses", "course", $"""
        (select c.school_id, c.school_id || '.' || c.subject_id as id, s.name as title, s.code, s.name as subject, max(c.modified_at) as modified_at, true as active
           from registry.teaching_groups c join registry.subjects s on s.id = c.subject_id {Years} where c.school_id = any($1) group by c.school_id, c.subject_id, s.name, s.code
         union all
         select c.school_id, c.school_id || '.homeroom', '{Texts.RosterHomeroom}', null, null, max(c.modified_at), true from registry.classes c {Years} where c.school_id = any($1) group by c.school_id)
        """,
    [
        new("sourcedId", "x.id"), new("status", Status, Csv: ""), Modified, new("title", "x.title"), new("courseCode", "x.code"), new("org", "x.school_id::text", Reference, "org"),
        new("subjects", "array_remove(array[x.subject], null)", Strings), new("subjectCodes", "array_remove(array[x.code], null)", Strings),
    ]);

    /// <summary>Classes (<c>homeroom</c>) and classes or parts of them at subjects (<c>scheduled</c>).</summary>
    public static readonly RosterCollection Classes = new("classes", "class", $"""
        (select c.school_id, c.id::text as id, c.grade || c.letter as title, 'homeroom' as type, c.grade, c.school_id || '.homeroom' as course, null as subject, null as code,
                c.shift, null as home, null as part, c.year, c.modified_at, true as active
           from registry.classes c {Years} where c.school_id = any($1)
         union all
         select c.school_id, c.id::text, h.grade || h.letter || ' ' || s.name || case when c.name = '' then '' else ', ' || c.name end, 'scheduled', h.grade,
                c.school_id || '.' || c.subject_id, s.name, s.code, h.shift, h.id::text, nullif(c.name, ''), c.year, greatest(c.modified_at, h.modified_at), true
           from registry.teaching_groups c join registry.subjects s on s.id = c.subject_id join registry.classes h on h.school_id = c.school_id and h.id = c.class_id {Years}
          where c.school_id = any($1))
        """,
    [
        new("sourcedId", "x.id"), new("status", Status, Csv: ""), Modified, new("title", "x.title"), new("classCode", "x.code"), new("classType", "x.type"), new("grades", "array[x.grade::text]", Strings),
        new("subjects", "array_remove(array[x.subject], null)", Strings), new("subjectCodes", "array_remove(array[x.code], null)", Strings), new("course", "x.course", Reference, "course"),
        new("school", "x.school_id::text", Reference, "org"),
        new("terms", "array(select t.id::text from registry.terms t where t.school_id = x.school_id and t.year = x.year order by t.number)", References, "academicSession"),
        new("metadata.shift", "x.shift::text"), new("metadata.homeroomSourcedId", "x.home"), new("metadata.groupName", "x.part"),
    ]);

    /// <summary>Learners, staff and the representatives of learners.</summary>
    public static readonly RosterCollection Users = new("users", "user", $"""
        (select p.id, p.last_name, p.first_name, p.middle_name, bool_or(t.ends_on is null or t.ends_on >= $2) as active, greatest(p.modified_at, max(t.modified_at)) as modified_at,
                array_agg(distinct t.role) as roles, array_agg(distinct t.grade::text) filter (where t.grade is not null) as grades,
                (array_agg(t.school_id order by t.ends_on nulls first, t.starts_on desc, t.school_id))[1] as school_id,
                (select jsonb_agg(distinct jsonb_strip_nulls(jsonb_build_object('roleType', case when r.role = 'parent' or r.role = 'guardian' then 'secondary' else 'primary' end,
                   'role', r.role, 'org', jsonb_build_object('href', $3 || '/orgs/' || r.school_id, 'sourcedId', r.school_id, 'type', 'org'), 'beginDate', r.starts_on, 'endDate', r.ends_on)))
                   from unnest(array_agg(t.role), array_agg(t.school_id), array_agg(t.starts_on), array_agg(t.ends_on)) r (role, school_id, starts_on, ends_on)) as role_list
           from ({Ties}) t join registry.people p on p.id = t.person_id and p.erased_at is null group by p.id)
        """,
    [
        new("sourcedId", "x.id::text"), new("status", Status, Csv: ""), Modified, new("enabledUser", "case when x.active then 'true' else 'false' end"), new("username", "x.id::text"),
        new("givenName", "x.first_name"), new("familyName", "x.last_name"), new("middleName", "nullif(x.middle_name, '')"), new("roles", "x.role_list", Json, Csv: ""),
        new("agents", "array(select g.guardian_id::text from registry.guardianships g where g.learner_id = x.id and g.restriction is null and (g.ends_on is null or g.ends_on >= $2) order by 1)", References, "user"),
        new("primaryOrg", "x.school_id::text", Reference, "org"), new("grades", "x.grades", Strings),
    ]);

    /// <summary>Who learns and teaches where. A class at a subject has all learners of the class; a part of it, those listed.</summary>
    public static readonly RosterCollection Enrollments = new("enrollments", "enrollment", $"""
        (select a.*, a.ends_on is null or a.ends_on >= $2 as active from (
           select e.school_id, e.id::text as id, 'student' as role, e.class_id as class, e.person_id, e.starts_on, e.ends_on, e.modified_at
             from registry.enrolments e join registry.classes c on c.school_id = e.school_id and c.id = e.class_id {Years} where e.school_id = any($1)
           union all
           select e.school_id, e.id || '.' || c.id, 'student', c.id, e.person_id, e.starts_on, e.ends_on, greatest(e.modified_at, c.modified_at)
             from registry.enrolments e join registry.teaching_groups c on c.school_id = e.school_id and c.class_id = e.class_id and c.kind = 'class' {Years} where e.school_id = any($1)
           union all
           select m.school_id, m.group_id || '.' || m.person_id || '.' || m.starts_on, 'student', m.group_id, m.person_id, m.starts_on, m.ends_on, m.modified_at
             from registry.group_members m join registry.teaching_groups c on c.school_id = m.school_id and c.id = m.group_id {Years} where m.school_id = any($1)
           union all
           select t.school_id, t.id::text, 'teacher', t.group_id, t.person_id, t.starts_on, t.ends_on, t.modified_at
             from registry.teaching_assignments t join registry.teaching_groups c on c.school_id = t.school_id and c.id = t.group_id {Years} where t.school_id = any($1)
           union all
           select l.school_id, l.id::text, 'teacher', l.class_id, l.person_id, l.starts_on, l.ends_on, l.modified_at
             from registry.class_leaders l join registry.classes c on c.school_id = l.school_id and c.id = l.class_id {Years} where l.school_id = any($1)) a where a.{Shown})
        """,
    [
        new("sourcedId", "x.id"), new("status", Status, Csv: ""), Modified, new("role", "x.role"), new("class", "x.class::text", Reference, "class"), new("user", "x.person_id::text", Reference, "user"),
        new("school", "x.school_id::text", Reference, "org"), new("beginDate", "x.starts_on", Date), new("endDate", "x.ends_on", Date),
    ]);

    /// <summary>Birth date and sex of learners and staff; representatives have none here.</summary>
    public static readonly RosterCollection Demographics = new("demographics", "demographics", $"""
        (select p.id, p.birth_date, p.gender, p.modified_at, true as active from registry.people p
          where p.erased_at is null and p.id in (select t.person_id from ({Ties}) t where t.role not in ('parent', 'guardian')))
        """,
    [
        new("sourcedId", "x.id::text"), new("status", Status, Csv: ""), Modified, new("birthDate", "x.birth_date", Date), new("sex", "x.gender"),
    ]);

    /// <summary>The file roles.csv, which the REST binding keeps inside users.</summary>
    public static readonly RosterCollection RoleRows = new("roles", "role", $"""
        (select distinct t.person_id || '.' || t.role || '.' || t.school_id || '.' || t.starts_on as id, t.person_id, t.role, t.school_id, t.starts_on, t.ends_on, true as active from ({Ties}) t where t.{Shown})
        """,
    [
        new("sourcedId", "x.id"), new("user", "x.person_id::text", Reference, "user"), new("roleType", "case when x.role in ('parent', 'guardian') then 'secondary' else 'primary' end"), new("role", "x.role"),
        new("beginDate", "x.starts_on", Date), new("endDate", "x.ends_on", Date), new("org", "x.school_id::text", Reference, "org"),
    ]);

    /// <summary>A file of the CSV binding each, in the order of their references.</summary>
    public static readonly IReadOnlyList<RosterCollection> Files = [Orgs, Sessions, Courses, Classes, Users, RoleRows, Enrollments, Demographics];
}
