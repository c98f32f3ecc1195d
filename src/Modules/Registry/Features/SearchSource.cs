using MySchool.Contracts.Access;
using MySchool.Contracts.Journal;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Registry.Domain;
using Npgsql;

namespace MySchool.Registry.Features;

/// <summary>
/// One kind of results and the statement that finds it. Row-level security forbids indexes on names (LIKE may leak), so
/// each statement starts from a small open set: a school's enrolments (a thousand or two), taught classes, staff.
/// </summary>
internal sealed record SearchSource(Action<NpgsqlBatch, Actor, SearchWords> Add, Func<NpgsqlDataReader, Found> Read)
{
    private const string Holds = "starts_on <= $2 and (ends_on is null or ends_on >= $2)";
    private const string Last = "translate(lower(p.last_name), 'ё', 'е')";
    private const string First = "translate(lower(p.first_name), 'ё', 'е')";
    private const string Middle = "translate(lower(p.middle_name), 'ё', 'е')";

    // Every word begins some part of the name, and the first word the last name or the first name.
    private const string NameMatches = $"""
        ({Last} like $1[1] or {First} like $1[1])
        and (select bool_and({Last} like w or {First} like w or {Middle} like w) from unnest($1) w)
        """;

    private const string ByName = $"order by not ({Last} like $1[1]), p.last_name, p.first_name, p.middle_name limit 20";

    /// <summary>What the role worn may search. Each source is decided here and walled again by row-level security.</summary>
    public static IReadOnlyList<SearchSource> For(Actor actor)
    {
        var school = new Coordinate(Places.School, actor.Hat.UnitId);
        var sources = new List<SearchSource>();
        if (Decide.Allows(actor, RegistryActions.SearchLearners, school)) sources.Add(SchoolLearners);
        else if (Decide.CouldAllow(actor, RegistryActions.ReadCard)) sources.Add(OwnLearners);
        if (Decide.CouldAllow(actor, JournalLinks.OpenJournal)) sources.Add(Groups(Decide.Allows(actor, JournalLinks.OpenJournal, school)));
        if (Decide.CouldAllow(actor, RegistryActions.ReadClass)) sources.Add(Classes(Decide.Allows(actor, RegistryActions.ReadClass, school)));
        if (Decide.CouldAllow(actor, RegistryActions.ReadStaff)) sources.Add(Staff);
        if (Decide.Allows(actor, RegistryActions.ReadGuardians, school)) sources.Add(Guardians);
        if (Decide.CouldAllow(actor, RegistryActions.SearchSchools)) sources.Add(Schools);
        return sources;
    }

    private static Found Learner(NpgsqlDataReader row) => new(
        FoundKind.Learners, RegistryRows.Name(row, 1).Full, row.Text(4), $"/people/{row.GetGuid(0)}");

    private static readonly SearchSource SchoolLearners = new((batch, actor, words) => batch.Add($"""
        select p.id, p.last_name, p.first_name, p.middle_name, c.grade || c.letter
          from registry.enrolments e join registry.people p on p.id = e.person_id
          join registry.classes c on c.school_id = e.school_id and c.id = e.class_id
         where e.school_id = $3 and e.starts_on <= $2 and (e.ends_on is null or e.ends_on >= $2) and {NameMatches} {ByName}
        """, words.Prefixes.ToArray(), actor.Today, actor.Hat.UnitId), Learner);

    private static readonly SearchSource OwnLearners = new((batch, actor, words) => batch.Add($"""
        with mine as (
          select person_id, class_id from registry.enrolments where class_id = any($3) and {Holds}
          union select m.person_id, t.class_id from registry.group_members m join registry.teaching_groups t on t.id = m.group_id
           where m.group_id = any($4) and m.starts_on <= $2 and (m.ends_on is null or m.ends_on >= $2)
          union select person_id, class_id from registry.enrolments where person_id = any($5) and {Holds})
        select p.id, p.last_name, p.first_name, p.middle_name, c.grade || c.letter
          from mine join registry.people p on p.id = mine.person_id join registry.classes c on c.id = mine.class_id
         where {NameMatches} {ByName}
        """, words.Prefixes.ToArray(), actor.Today,
        actor.Targets(Relations.Teaches, Places.Class).Concat(actor.Targets(Relations.Leads, Places.Class)).ToArray(),
        actor.Targets(Relations.Teaches, Places.Group).ToArray(),
        actor.Targets(Relations.Self, Places.Person).Concat(actor.Targets(Relations.Guardian, Places.Person)).ToArray()), Learner);

    private static readonly SearchSource Staff = new((batch, actor, words) => batch.Add($"""
        select p.id, p.last_name, p.first_name, p.middle_name, array_agg(distinct m.role), min(o.short_name)
          from registry.memberships m join registry.people p on p.id = m.person_id join registry.organisations o on o.id = m.unit_id
         where m.unit_id = any($3) and m.starts_on <= $2 and (m.ends_on is null or m.ends_on >= $2) and {NameMatches}
         group by p.id, p.last_name, p.first_name, p.middle_name {ByName}
        """, words.Prefixes.ToArray(), actor.Today, StaffSchools(actor)),
        row => new Found(FoundKind.Staff, RegistryRows.Name(row, 1).Full,
            string.Join(", ", row.GetFieldValue<string[]>(4).Select(Words.Role)), $"/staff/{row.GetGuid(0)}"));

    // A parent of three children is one line with three names; it leads to the card of the youngest.
    private static readonly SearchSource Guardians = new((batch, actor, words) => batch.Add($"""
        select p.id, p.last_name, p.first_name, p.middle_name, array_agg(k.id order by c.grade, k.first_name), array_agg(g.kinship order by c.grade, k.first_name),
               array_agg(k.last_name || ' ' || k.first_name || ', ' || c.grade || c.letter order by c.grade, k.first_name)
          from registry.enrolments e join registry.guardianships g on g.learner_id = e.person_id
          join registry.people p on p.id = g.guardian_id join registry.people k on k.id = e.person_id
          join registry.classes c on c.school_id = e.school_id and c.id = e.class_id
         where e.school_id = $3 and e.starts_on <= $2 and (e.ends_on is null or e.ends_on >= $2)
           and g.starts_on <= $2 and (g.ends_on is null or g.ends_on >= $2) and {NameMatches}
         group by p.id, p.last_name, p.first_name, p.middle_name {ByName}
        """, words.Prefixes.ToArray(), actor.Today, actor.Hat.UnitId),
        row => new Found(FoundKind.Guardians, RegistryRows.Name(row, 1).Full,
            Children(row.GetFieldValue<string[]>(5), row.GetFieldValue<string[]>(6)), $"/people/{row.GetFieldValue<Guid[]>(4)[0]}"));

    // «7Б», «алгебра», «7б алг»: every word begins the class's name or a word of the subject's.
    private static SearchSource Groups(bool isWholeSchool) => new((batch, actor, words) => batch.Add($"""
        select t.id, c.grade || c.letter, t.name, s.name
          from registry.teaching_groups t join registry.classes c on c.school_id = t.school_id and c.id = t.class_id
          join registry.subjects s on s.id = t.subject_id
          join registry.academic_years y on y.school_id = t.school_id and y.year = t.year and $2 between y.starts_on and y.ends_on
         where {(isWholeSchool ? "t.school_id = $3" : "t.id = any($3)")}
           and (select bool_and(lower(c.grade || c.letter) like w or translate(lower(s.name), 'ё', 'е') like w
                or translate(lower(s.name), 'ё', 'е') like '% ' || w) from unnest($1) w)
         order by c.grade, c.letter, s.name, t.name limit 20
        """, words.Prefixes.ToArray(), actor.Today, isWholeSchool ? actor.Hat.UnitId
            : actor.Targets(Relations.Teaches, Places.Group).Concat(actor.Targets(Relations.Leads, Places.Group)).ToArray()),
        row => new Found(FoundKind.Groups, $"{row.GetString(3)}, {RegistryRows.GroupName(row.GetString(1), row.GetString(2))}",
            null, $"/journal/{row.GetGuid(0)}"));

    private static SearchSource Classes(bool isWholeSchool) => new((batch, actor, words) => batch.Add($"""
        select c.id, c.grade || c.letter from registry.classes c
          join registry.academic_years y on y.school_id = c.school_id and y.year = c.year and $2 between y.starts_on and y.ends_on
         where {(isWholeSchool ? "c.school_id = $3" : "c.id = any($3)")} and lower(c.grade || c.letter) like $1[1]
         order by c.grade, c.letter limit 20
        """, words.Prefixes.ToArray(), actor.Today, isWholeSchool ? actor.Hat.UnitId
            : actor.Targets(Relations.Teaches, Places.Class).Concat(actor.Targets(Relations.Leads, Places.Class)).ToArray()),
        row => new Found(FoundKind.Classes, row.GetString(1), null, $"/school/classes/{row.GetGuid(0)}"));

    private static readonly SearchSource Schools = new((batch, actor, words) => batch.Add("""
        select o.id, o.short_name, coalesce(o.address, u.short_name) from registry.unit_closure c
          join registry.organisations o on o.id = c.descendant_id and o.kind = 'school' and o.closed_on is null
          left join registry.organisations u on u.id = o.parent_id
         where c.ancestor_id = any($2)
           and (select bool_and(translate(lower(o.short_name || ' ' || o.name), 'ё', 'е') like '%' || w) from unnest($1) w)
         order by o.short_name limit 20
        """, words.Prefixes.ToArray(),
        actor.Targets(Relations.Coordinates, Places.Territory).Concat(actor.Targets(Relations.Operates, Places.Territory)).ToArray()),
        row => new Found(FoundKind.Schools, row.GetString(1), row.Text(2), null));

    // «мама: Иванова Анна, 2А; Иванов Пётр, 7Б»
    private static string Children(string[] kinships, string[] children) => string.Join("; ", kinships.Zip(children)
        .GroupBy(child => child.First, child => child.Second).Select(kin => $"{Words.Kinship(kin.Key)}: {string.Join("; ", kin)}"));

    private static Guid[] StaffSchools(Actor actor) =>
        [.. actor.Ties.Where(tie => tie.Target.Kind == Places.School && RegistryActions.ReadStaff.Relations.Contains(tie.Relation)).Select(tie => tie.Target.Id).Distinct()];
}
