using System.Runtime.Versioning;
using Microsoft.Extensions.DependencyInjection;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.System.Tests.Canary;
using MySchool.System.Tests.Permissions;
using Npgsql;
using Xunit;

namespace MySchool.System.Tests.Catalogue;

/// <summary>The second wall alone, brick by brick: no row of a foreign school is read, and every policy taken away is missed.</summary>
[SupportedOSPlatform("linux")]
public sealed class PolicyTests(RegionPlatform platform) : IClassFixture<RegionPlatform>
{
    /// <summary>Policies that open rows of other schools by intent, and why.</summary>
    private static readonly Dictionary<string, string> Open = new()
    {
        ["registry.organisations"] = "the tree of organisations is public, as the open registry of schools is",
        ["registry.unit_closure"] = "the same tree",
        ["registry.field_truth"] = "which source is believed about a field, the same for everybody",
        ["access.consent_texts"] = "published documents, the same for everybody",
        ["access.retention_terms"] = "for how long laws want rows kept, the same for everybody",
        ["support.terms"] = "within how many hours each level answers, the same for everybody",
        ["support.articles"] = "published articles are everybody's; drafts hold no person and are the operator's",
        ["support.article_versions"] = "the same drafts, no person and no school in them",
        ["connection.definitions"] = "what the figures mean, the same for everybody",
        ["journal.programmes"] = "sections of federal programmes with hours, the same for everybody",
        ["kernel.idempotency"] = "empty in this world; its policy is the person's own id, the same as of preferences",
    };

    [Fact]
    public async Task No_row_of_a_foreign_school_is_read()
    {
        var tables = await TablesAsync();
        Assert.True(tables.Count > 25, $"only {tables.Count} tables");
        foreach (var role in Roles.All.Where(role => role is not (Roles.MunicipalCoordinator or Roles.RegionalCoordinator or Roles.Operator)))
            Faults.None((await ForeignAsync(await ActorAsync(platform.Region.Schools[0].Of(role)), tables)).Select(table => $"{role} reads foreign rows of {table}"));
    }

    [Fact]
    public async Task A_read_policy_taken_away_is_missed()
    {
        var actor = await ActorAsync(platform.Region.Schools[0].Of(Roles.Head));
        var unnoticed = new List<string>();
        var policies = await platform.ListAsync("""
            select schemaname || '.' || tablename || '|' || policyname || '|' || replace(qual, E'\n', ' ') from pg_policies
             where schemaname in ('access', 'registry', 'journal', 'connection', 'support', 'federation', 'notices', 'works', 'kernel') and cmd in ('SELECT', 'ALL') and 'myschool_app' = any(roles)
            """);
        foreach (var policy in policies.Select(line => line.Split('|', 3)).Where(policy => !Open.ContainsKey(policy[0])))
        {
            await platform.AskAsync($"alter policy {policy[1]} on {policy[0]} using (true)");
            if ((await ForeignAsync(actor, [policy[0]])).Count == 0) unnoticed.Add($"{policy[1]} on {policy[0]}");
            await platform.AskAsync($"alter policy {policy[1]} on {policy[0]} using ({policy[2]})");
        }
        Faults.None(unnoticed);
        Assert.True(policies.Count > 25, $"only {policies.Count} policies");
    }

    [Fact]
    public async Task Row_level_security_switched_off_is_missed()
    {
        var actor = await ActorAsync(platform.Region.Schools[0].Of(Roles.Head));
        var unnoticed = new List<string>();
        foreach (var table in await TablesAsync())
        {
            await platform.AskAsync($"alter table {table} disable row level security");
            if ((await ForeignAsync(actor, [table])).Count == 0) unnoticed.Add(table);
            await platform.AskAsync($"alter table {table} enable row level security");
        }
        Faults.None(unnoticed);
    }

    [Fact]
    public async Task Only_its_teacher_writes_the_history_of_a_lesson_and_under_the_own_name()
    {
        var school = platform.Region.Schools[0];
        Assert.True(await WritesAsync(school.Residents.First(r => r.Subject.Teaches.Count > 0), null));
        Assert.False(await WritesAsync(school.Residents.First(r => r.Subject.Teaches.Count > 0), school.Spare));
        foreach (var role in (string[])[Roles.Learner, Roles.Guardian, Roles.Head, Roles.Deputy]) Assert.False(await WritesAsync(school.Of(role), null), role);

        async Task<bool> WritesAsync(Resident who, Guid? signed)
        {
            var actor = await ActorAsync(who);
            try
            {
                await using var transaction = await platform.Services.GetRequiredService<AppDb>().BeginAsync(actor, default);
                await transaction.RunAsync(batch => batch.Add("""
                    insert into journal.lesson_history (school_year, school_id, lesson_id, version, field, new_value, at, by_person)
                    select l.school_year, l.school_id, l.id, 77, 'topic', 'чужое', now(), $2 from journal.lessons l where l.id = $1
                    """, school.School.Algebra.Lesson, signed ?? actor.PersonId), default);
                return true;
            }
            catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
            {
                return false;
            }
        }
    }

    private async Task<IReadOnlyList<string>> TablesAsync() => [.. (await platform.ListAsync("""
        select schemaname || '.' || tablename from pg_tables join pg_class c on c.oid = (schemaname || '.' || tablename)::regclass
         where schemaname in ('access', 'registry', 'journal', 'connection', 'support', 'federation', 'notices', 'works', 'kernel') and not c.relispartition and c.relrowsecurity
           and has_any_column_privilege('myschool_app', c.oid, 'select')
        """)).Where(table => !Open.ContainsKey(table))];

    /// <summary>Tables in which the actor reads a row that speaks of the twelfth school.</summary>
    private async Task<IReadOnlyList<string>> ForeignAsync(Actor actor, IReadOnlyList<string> tables)
    {
        var far = platform.Region.Schools[^1];
        var ids = string.Join('|', far.Everything.Append(far.School.Municipality.Id).Concat(far.Residents.Select(r => r.Subject.PersonId())).Concat(far.School.Groups.Select(g => g.Id)));
        return await platform.Services.GetRequiredService<AppDb>().ReadAsync(actor, batch =>
        {
            foreach (var table in tables) batch.Add($"select count(*)::int from {table} t where t::text ~ $1", ids);
        }, async (reader, cancel) =>
        {
            var seen = new List<string>();
            foreach (var table in tables)
                if (await reader.ReadFirstAsync(row => row.GetInt32(0), cancel) > 0) seen.Add(table);
            return seen;
        }, default);
    }

    private async Task<Actor> ActorAsync(Resident resident)
    {
        var facts = await platform.Services.GetRequiredService<IRegistry>().GetFactsAsync(resident.Subject.PersonId(), resident.Subject.Hat(), TimeProvider.System.GetUtcNow(), default);
        Assert.Equal(resident.Subject.Hat(), facts?.Worn);
        return new Actor(resident.Subject.PersonId(), resident.SessionId, resident.Subject.Hat(), facts!.Ties, platform.Today);
    }
}
