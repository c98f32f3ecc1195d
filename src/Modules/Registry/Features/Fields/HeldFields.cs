namespace MySchool.Registry.Features.Fields;

/// <summary>
/// What an import says of fields that a stronger source holds, as sets: such a word changes nothing and waits as a proposal. The
/// judgement is the one of <see cref="Domain.FieldTruth"/>; a test compares the two.
/// </summary>
internal static class HeldFields
{
    /// <summary>Fields of <c>{told}</c> that may not change those of <c>{held}</c>, both rows of people; only rows that differ are taken apart.</summary>
    /// <param name="told">Alias of what is told.</param>
    /// <param name="held">Alias of <c>registry.people</c>.</param>
    /// <param name="source">Expression of whose word it is.</param>
    private static string Fields(string told, string held, string source) => $"""
        cross join lateral (values ('last_name', {told}.last_name, {held}.last_name), ('first_name', {told}.first_name, {held}.first_name), ('middle_name', {told}.middle_name, {held}.middle_name),
          ('birth_date', {told}.birth_date::text, {held}.birth_date::text), ('gender', {told}.gender, {held}.gender)) f (field, told, held)
          join registry.field_truth w on w.field = f.field
         where ({told}.last_name, {told}.first_name, {told}.middle_name, {told}.birth_date, {told}.gender)
               is distinct from ({held}.last_name, {held}.first_name, {held}.middle_name, {held}.birth_date, {held}.gender)
           and f.told is distinct from f.held and coalesce(f.held, '') <> ''
           and not registry.outranks({source}, registry.field_holder({held}.id, f.field, {held}.origin), w.sources)
        """;

    /// <summary>Takes them out of the plan of an import, into <c>n_told</c>.</summary>
    public static string PlanSql => $"""
        create temp table n_told on commit drop as
        select p.id as person_id, f.field, coalesce(f.told, '') as value, f.held from p_people p join registry.people t on t.id = p.id {Fields("p", "t", "registry.said('source')")};
        update p_people p set last_name = coalesce(n.held ->> 'last_name', p.last_name), first_name = coalesce(n.held ->> 'first_name', p.first_name),
               middle_name = coalesce(n.held ->> 'middle_name', p.middle_name), birth_date = coalesce((n.held ->> 'birth_date')::date, p.birth_date), gender = coalesce(n.held ->> 'gender', p.gender)
          from (select person_id, jsonb_object_agg(field, held) as held from n_told group by person_id) n where n.person_id = p.id
        """;

    /// <summary>Keeps <c>n_told</c> as proposals of an import that writes at once.</summary>
    public static string ProposeSql => $"""
        update registry.field_proposals p set state = 'overtaken', decided_at = registry.said('at')::timestamptz
          from n_told n where p.person_id = n.person_id and p.field = n.field and p.source = registry.said('source') and p.state = 'open' and n.value not in ('', p.value);
        {Insert("n_told", "open")}
        """;

    /// <summary>Keeps <c>n_told</c> beside the rehearsal, until it is written.</summary>
    public static string RehearseSql => Insert("n_told", "rehearsed");

    /// <summary>The same of a kept difference: $1 the school, $2 the import.</summary>
    private static string Kept => $"""
        select c.number, r.id as person_id, f.field, coalesce(f.told, '') as value, f.held
          from registry.import_changes c cross join lateral jsonb_populate_record(null::registry.people, c.new_row) r join registry.people t on t.id = r.id {Fields("r", "t", "registry.said('source')")}
           and c.school_id = $1 and c.import_id = $2 and c.table_name = 'people' and c.kind = 'changed'
        """;

    /// <summary>How many fields of a kept difference a stronger source has come to hold.</summary>
    public static string KeptCountSql => $"select count(*) from ({Kept}) k";

    /// <summary>Takes them out of the kept difference.</summary>
    public static string KeptSql => $"""
        {Insert($"({Kept})", "rehearsed")};
        update registry.import_changes d set new_row = d.new_row || n.held from (select number, jsonb_object_agg(field, held) as held from ({Kept}) k group by number) n
         where d.school_id = $1 and d.import_id = $2 and d.number = n.number
        """;

    /// <summary>The import is written: its words are asked about, instead of what its source said before. $2 the import, $3 when.</summary>
    public const string OpenSql = """
        update registry.field_proposals o set state = 'overtaken', decided_at = $3 from registry.field_proposals n
         where n.import_id = $2 and n.state = 'rehearsed' and o.state = 'open' and o.person_id = n.person_id and o.field = n.field and o.source = n.source;
        update registry.field_proposals set state = 'open' where import_id = $2 and state = 'rehearsed'
        """;

    /// <summary>The import is dropped, or taken back: what it said was not said.</summary>
    public const string ForgetSql = "delete from registry.field_proposals where import_id = $2 and state in ('rehearsed', 'open')";

    // What was refused is not asked again.
    private static string Insert(string from, string state) => $"""
        insert into registry.field_proposals (person_id, id, field, source, value, at, by_person, school_id, import_id, state)
        select n.person_id, registry.uuid7(), n.field, registry.said('source'), n.value, registry.said('at')::timestamptz, registry.said('by')::uuid, registry.said('school')::uuid, registry.said('import')::uuid, '{state}'
          from {from} n where n.value <> '' and not exists (select from registry.field_proposals p
           where p.person_id = n.person_id and p.field = n.field and p.source = registry.said('source') and p.value = n.value and p.state in ('open', 'refused'))
        """;
}
