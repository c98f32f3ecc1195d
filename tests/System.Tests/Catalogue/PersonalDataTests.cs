using System.Runtime.Versioning;
using Microsoft.Extensions.DependencyInjection;
using MySchool.Access.Copies;
using MySchool.Contracts.Access;
using MySchool.System.Tests.Canary;
using MySchool.System.Tests.Permissions;
using Xunit;

namespace MySchool.System.Tests.Catalogue;

/// <summary>Whatever is kept about a person is in the person's copy, or is left out with a reason: found in the database's own catalogue.</summary>
[SupportedOSPlatform("linux")]
public sealed class PersonalDataTests(RegionPlatform platform) : IClassFixture<RegionPlatform>
{
    private List<IPersonalData> Modules => [.. platform.Services.GetServices<IPersonalData>()];

    [Fact]
    public async Task Every_column_that_holds_a_person_is_copied_or_exempt_with_a_reason()
    {
        var known = Modules.SelectMany(module => module.Copied.Concat(module.Exempt.Keys)).ToHashSet();
        var columns = await ColumnsAsync();
        Assert.True(columns.Count > 40, $"only {columns.Count} columns");
        Faults.None(columns.Except(known).Select(column => $"{column} holds a person and is neither copied nor exempt: name it in the module's PersonalData"));
    }

    [Fact]
    public async Task No_list_names_a_column_that_is_gone()
    {
        var columns = (await ColumnsAsync()).ToHashSet();
        Faults.None(Modules.SelectMany(module => module.Copied.Concat(module.Exempt.Keys)).Where(column => !columns.Contains(column)).Select(column => $"{column} is listed and holds no person"));
    }

    [Fact]
    public void Every_exemption_says_why_and_nothing_is_both() => Assert.All(Modules, module =>
    {
        Assert.All(module.Exempt, exempt => Assert.True(exempt.Value.Length is > 10 and < 150 && !exempt.Value.Contains('\n'), exempt.Key));
        Assert.Empty(module.Copied.Intersect(module.Exempt.Keys));
    });

    [Fact]
    public void A_column_that_is_copied_stands_in_the_statement() => Assert.All(Modules.Cast<PersonalTables>().SelectMany(module => module.Tables), table =>
        Assert.All(table.Of, of =>
        {
            var parts = of.Split('.');
            Assert.Contains($"{parts[0]}.{parts[1]}", table.Sql, StringComparison.Ordinal);
            Assert.Matches($@"\b{parts[2]} = \$1", table.Sql);
        }));

    /// <summary>The school's marker stands in every text of the school: a copy holds none of another school, and a child's copy names nobody but the child.</summary>
    [Fact]
    public async Task A_copy_holds_nothing_of_other_people()
    {
        var faults = new List<string>();
        foreach (var school in platform.Region.Schools.Take(2))
        {
            var (child, guardian, teacher) = (school.School.Anna, school.Of(Roles.Guardian).Subject.PersonId(), school.Of(Roles.Teacher).Subject.PersonId());
            string[] others = [.. school.Residents.Select(resident => resident.Subject.Name), school.School.Boris.Name, school.School.Vera.Name, "Запасной", "Запасная"];
            // One of the teachers is called as the group is, which the child's copy does name.
            foreach (var of in (PersonalCopy[])[new(child.Id, guardian), new(guardian, guardian), new(teacher, teacher)])
            {
                var text = string.Concat(await Task.WhenAll(Modules.Select(async module => global::System.Text.Encoding.UTF8.GetString(CopyPages.ToJson(module, await module.CollectAsync(of, default))))));
                Assert.Contains(school.Mark, text, StringComparison.Ordinal);
                faults.AddRange(platform.Region.Schools.Where(other => other != school && text.Contains(other.Mark, StringComparison.Ordinal)).Select(other => $"a copy of school {school.Number} speaks of {other.Number}"));
                if (of.PersonId == child.Id) faults.AddRange(others.Where(name => name != child.Name && name != "подгруппа" && text.Contains($"{school.Mark} {name}", StringComparison.Ordinal)).Select(name => $"a child's copy names {name}"));
            }
        }
        Faults.None(faults);
    }

    [Fact]
    public async Task Whoever_asks_for_a_child_gets_the_child()
    {
        var school = platform.Region.Schools[0];
        var filled = new List<string>();
        foreach (var module in Modules)
            foreach (var section in await module.CollectAsync(new(school.School.Anna.Id, school.Of(Roles.Guardian).Subject.PersonId()), default))
                if (section.Rows.Length > 0) filled.Add($"{module.Name}.{section.Key}");
        foreach (var wanted in (string[])["registry.person", "registry.identity", "registry.enrolments", "registry.groups", "registry.guardians", "journal.marks", "journal.absences", "journal.changes", "access.consents"])
            Assert.Contains(wanted, filled);
    }

    private Task<IReadOnlyList<string>> ColumnsAsync() => PersonColumns.ReadAsync(platform);
}

/// <summary>Every uuid column of the platform that holds a person: by its name, or by a foreign key to people.</summary>
internal static class PersonColumns
{
    private static readonly string[] Names =
    [
        "person_id", "learner_id", "guardian_id", "subject_id", "actor_id", "giver_id", "asker_id", "author_id", "owner_id", "by_person",
    ];

    public static Task<IReadOnlyList<string>> ReadAsync(RegionPlatform platform) => platform.ListAsync($"""
        select distinct n.nspname || '.' || c.relname || '.' || a.attname
          from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
         where n.nspname in ('access', 'registry', 'journal', 'connection', 'support', 'federation', 'notices', 'works', 'kernel') and c.relkind in ('r', 'p') and not c.relispartition
           and a.attnum > 0 and not a.attisdropped and a.atttypid = 'uuid'::regtype
           and (a.attname = any ('{"{"}{string.Join(',', Names)}{"}"}') or a.attname ~ '_by$' or c.oid = 'registry.people'::regclass and a.attname = 'id'
             or exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'f' and k.confrelid = 'registry.people'::regclass and a.attnum = any (k.conkey)))
        """);
}
