using System.Runtime.Versioning;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.DependencyInjection;
using MySchool.Host;
using MySchool.Kernel.Data;
using MySchool.System.Tests.Canary;
using Xunit;

namespace MySchool.System.Tests.Catalogue;

/// <summary>What the database itself says of its walls.</summary>
[SupportedOSPlatform("linux")]
public sealed class CatalogueTests(RegionPlatform platform) : IClassFixture<RegionPlatform>
{
    private const string Ours = "n.nspname in ('access', 'registry', 'journal', 'connection', 'support', 'federation', 'notices', 'works', 'kernel')";

    /// <summary>Tables without row-level security, and why.</summary>
    private static readonly Dictionary<string, string> WithoutPolicies = new()
    {
        ["kernel.outbox"] = "requests may only insert; only the worker, which serves every school, reads and deletes",
        ["registry.subjects"] = "the country's list of school subjects, the same for everybody",
    };

    /// <summary>Functions that run with their owner's rights, and why.</summary>
    private static readonly Dictionary<string, string> OwnersFunctions = new()
    {
        ["registry.note_change"] = "whoever changes a fact moves its epoch and can do nothing else to it",
        ["registry.note_person"] = "the same for a change of name, which concerns rows the writer may not see",
        ["registry.tell_units_changed"] = "whoever changes a fact says so in the outbox and can read nothing there",
        ["registry.note_objects"] = "whoever changes a fact leaves word for systems that keep a copy and can read nothing of it",
        ["registry.note_fields"] = "whoever changes a person leaves the history of the field and can write it in no other way",
        ["registry.note_identities"] = "the same, of numbers that requests may not read",
        ["registry.keeps_card"] = "a policy on people cannot ask tables that ask people; yes or no about the administrator's own school",
        ["registry.note_doubles"] = "whoever changes a person leaves a note for the search for doubles and can read nothing of it",
        ["connection.keep_flags"] = "a trigger on figures that only the worker writes; reads the definitions",
        ["connection.keep_sums"] = "the sums of territories above, which nobody writes by hand",
        ["connection.redefine"] = "the operator changes two numbers; the flags that follow from them are not the operator's to write",
        ["connection.place_row"] = "puts a row where the tree says it belongs, whatever its writer claims",
        ["registry.is_adult_here"] = "a policy on memberships cannot read memberships; answers yes or no about the administrator's own school only",
        ["registry.learns_here"] = "the same, of enrolments",
        ["registry.may_enrol"] = "a policy on enrolments cannot read enrolments; whether the administrator's own school may enrol somebody",
        ["registry.learns_elsewhere"] = "whether another school has the learner that the own school may enrol: no more than yes or no",
        ["registry.moved_elsewhere_since"] = "the same, of a later order",
    };

    [Fact]
    public async Task Every_table_is_under_forced_row_level_security() => Assert.Empty((await platform.ListAsync($"""
        select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where {Ours} and c.relkind in ('r', 'p') and not (c.relrowsecurity and c.relforcerowsecurity)
        """)).Except(WithoutPolicies.Keys));

    [Fact]
    public async Task Listed_tables_are_closed_to_reading_by_requests_or_hold_no_person() =>
        Assert.Empty(await platform.ListAsync("select t from unnest(array['kernel.outbox']) t where has_table_privilege('myschool_app', t, 'select')"));

    [Fact]
    public async Task No_partition_is_open_by_its_own_name() => Assert.Empty(await platform.ListAsync($"""
        select r || ' may ' || p || ' ' || n.nspname || '.' || c.relname
          from pg_class c join pg_namespace n on n.oid = c.relnamespace,
               unnest(array['myschool_app', 'myschool_facts', 'myschool_worker']) r, unnest(array['select', 'insert', 'update', 'delete', 'truncate']) p
         where {Ours} and c.relispartition and c.relkind = 'r' and has_table_privilege(r, c.oid, p)
        """));

    /// <summary>Tables of the registry that no kept fact rests on, and why.</summary>
    private static readonly Dictionary<string, string> Unwatched = new()
    {
        ["registry.identities"] = "found at sign-in only",
        ["registry.unit_closure"] = "ties name a territory, never what lies under it",
        ["registry.bells"] = "no fact shows a bell",
        ["registry.history"] = "the past",
        ["registry.appointments"] = "answers to orders, which no fact rests on",
        ["registry.epochs"] = "the version itself",
        ["registry.movements"] = "an order changes facts that are watched themselves",
        ["registry.transfers"] = "papers on the way open nothing",
        ["registry.rollovers"] = "a plan opens nothing; applied, it changes facts that are watched",
        ["registry.imports"] = "what may become facts, and not before it is written",
        ["registry.import_changes"] = "the same",
        ["registry.import_secrets"] = "the same",
        ["registry.changes"] = "what systems are told of, after it has changed",
        ["registry.changes_floor"] = "how far back that goes",
        ["registry.double_pending"] = "who is to be looked at for doubles",
        ["registry.double_keys"] = "what doubles are sought under",
        ["registry.double_signals"] = "clashes of identifiers, which open nothing",
        ["registry.doubles"] = "a pair to decide opens nothing else",
        ["registry.merges"] = "a merge changes facts that are watched themselves",
        ["registry.merge_rows"] = "what a merge puts back when it is parted",
        ["registry.field_changes"] = "the past of a field; its present is watched",
        ["registry.field_secrets"] = "the same, of numbers",
        ["registry.field_truth"] = "which source is believed opens nothing",
        ["registry.field_proposals"] = "what waits changes no card",
        ["registry.former_ids"] = "old ids, resolved when they are asked for",
        ["registry.kept_names"] = "sealed names that open nothing",
        ["registry.import_mappings"] = "how titles of columns are read",
    };

    [Fact]
    public async Task Every_change_of_a_fact_moves_its_epoch() => Assert.Empty((await platform.ListAsync("""
        select 'registry.' || c.relname from pg_class c
         where c.relnamespace = 'registry'::regnamespace and c.relkind = 'r'
           -- tgtype: 4 insert, 8 delete, 16 update. People are only ever renamed under a fact: a new person is in none yet.
           and (select coalesce(bit_or(g.tgtype), 0) & 28 from pg_trigger g where g.tgrelid = c.oid and not g.tgisinternal and g.tgname like '%\_epoch%')
               <> case c.relname when 'people' then 16 else 28 end
        """)).Except(Unwatched.Keys));

    [Fact]
    public async Task No_object_reads_with_its_owners_rights()
    {
        Assert.Empty((await platform.ListAsync($"select n.nspname || '.' || p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace where {Ours} and p.prosecdef")).Except(OwnersFunctions.Keys));
        Assert.Empty(await platform.ListAsync($"""
            select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
             where {Ours} and (c.relkind = 'm' or c.relkind = 'v' and not coalesce(c.reloptions::text like '%security_invoker=true%', false))
            """));
        Assert.Empty(await platform.ListAsync($"""
            select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
             where {Ours} and p.prosecdef and (not coalesce(p.proconfig::text like '%search_path=%', false) or has_function_privilege('public', p.oid, 'execute'))
            """));
    }

    [Fact]
    public async Task Serving_roles_own_nothing_and_pass_no_wall()
    {
        Assert.Empty(await platform.ListAsync("""
            select rolname from pg_roles where rolname in ('myschool_app', 'myschool_facts', 'myschool_worker')
               and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication)
            """));
        Assert.Empty(await platform.ListAsync("select relname from pg_class where pg_get_userbyid(relowner) in ('myschool_app', 'myschool_facts', 'myschool_worker')"));
        Assert.Empty(await platform.ListAsync("select r.rolname || ' in ' || g.rolname from pg_auth_members m join pg_roles r on r.oid = m.member join pg_roles g on g.oid = m.roleid where r.rolname in ('myschool_app', 'myschool_facts', 'myschool_worker')"));
    }

    [Fact]
    public async Task Ledgers_grow_and_are_never_rewritten() => Assert.Empty(await platform.ListAsync($"""
        select r || ' may ' || p || ' ' || n.nspname || '.' || c.relname
          from pg_class c join pg_namespace n on n.oid = c.relnamespace,
               unnest(array['myschool_app', 'myschool_facts']) r, unnest(array['update', 'delete', 'truncate']) p
         where {Ours} and c.relkind in ('r', 'p') and has_table_privilege(r, c.oid, p)
           and (p = 'truncate' or c.relname ~ '^(audit|history|cell_history|lesson_history|consents|consent_texts|idempotency)')
        """));

    [Fact]
    public void Every_entity_equals_its_table()
    {
        using var scope = platform.Services.CreateScope();
        var wrong = new List<string>();
        var contexts = HostApp.Modules.SelectMany(module => module.Assembly.GetTypes()).Where(type => type.IsSubclassOf(typeof(ModuleDbContext))).ToList();
        foreach (var type in contexts)
        {
            using var context = (DbContext)scope.ServiceProvider.GetRequiredService(type);
            foreach (var entity in context.Model.GetEntityTypes()) wrong.AddRange(Differences(entity));
        }
        Faults.None(wrong);
        Assert.NotEmpty(contexts);
    }

    private IEnumerable<string> Differences(IEntityType entity)
    {
        var name = $"{entity.GetSchema()}.{entity.GetTableName()}";
        var columns = platform.ListAsync($"""
            select a.attname || ' ' || format_type(a.atttypid, null) || case when a.attnotnull then '' else ' null' end
              from pg_attribute a where a.attrelid = '{name}'::regclass and a.attnum > 0 and not a.attisdropped
            """).GetAwaiter().GetResult().ToHashSet();
        var table = StoreObjectIdentifier.Table(entity.GetTableName()!, entity.GetSchema());
        foreach (var property in entity.GetProperties())
        {
            var mapped = $"{property.GetColumnName(table)} {property.GetColumnType(table)}{(property.IsNullable ? " null" : "")}";
            if (!columns.Contains(mapped)) yield return $"{name}: {mapped} is none of {string.Join(", ", columns)}";
        }
        var key = string.Join(',', entity.FindPrimaryKey()!.Properties.Select(p => p.GetColumnName(table)).Order(StringComparer.Ordinal));
        var real = platform.AskAsync($"""
            select string_agg(a.attname, ',' order by a.attname collate "C") from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
             where i.indrelid = '{name}'::regclass and i.indisprimary
            """).GetAwaiter().GetResult();
        if (key != real) yield return $"{name}: key {key} is {real}";
    }
}
