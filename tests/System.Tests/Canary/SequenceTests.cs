using System.Runtime.Versioning;
using CsCheck;
using Microsoft.Extensions.DependencyInjection;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.System.Tests.Permissions;
using Xunit;

namespace MySchool.System.Tests.Canary;

/// <summary>Rights come and go in any order, and the very next request knows.</summary>
[SupportedOSPlatform("linux")]
public sealed class SequenceTests(RegionPlatform platform) : IClassFixture<RegionPlatform>
{
    private const int Seconds = 20;

    private enum Step { TeacherGiven, TeacherEnded, HeadGiven, HeadEnded, GroupGiven, GroupEnded, ClassGiven, ClassEnded, ChildGiven, ChildEnded, ChildBarred, SessionEnded, SessionOpened }

    /// <summary>What the person holds, as the school's office would keep it on paper.</summary>
    private sealed record Paper(bool Teacher = false, bool Head = false, bool Group = false, bool Class = false, bool Child = false, bool Session = true)
    {
        public bool Holds(string role) => role switch { Roles.Teacher => Teacher, Roles.Head => Head, _ => Child };

        public Paper After(Step step) => step switch
        {
            Step.TeacherGiven => this with { Teacher = true },
            Step.TeacherEnded => this with { Teacher = false },
            Step.HeadGiven => this with { Head = true },
            Step.HeadEnded => this with { Head = false },
            Step.GroupGiven => this with { Group = true },
            Step.GroupEnded => this with { Group = false },
            Step.ClassGiven => this with { Class = true },
            Step.ClassEnded => this with { Class = false },
            Step.ChildGiven => this with { Child = true },
            Step.ChildEnded or Step.ChildBarred => this with { Child = false },
            Step.SessionEnded => this with { Session = false },
            _ => this with { Session = true },
        };
    }

    private MarkedSchool Home => platform.Region.Schools[2];

    [Fact]
    public async Task The_next_request_agrees_with_the_oracle_after_every_step()
    {
        var walked = 0;
        string[] roles = [Roles.Teacher, Roles.Head, Roles.Guardian];
        await Gen.Enum<Step>().Array[6, 12].SampleAsync(async steps =>
        {
            var who = await SettleAsync();
            var paper = new Paper();
            foreach (var step in steps)
            {
                // In turn: a step that spoils another role is met by one of the next.
                var role = roles[walked++ % roles.Length];
                // Before and after under one role: what the platform keeps of a person must not outlive the step.
                await CompareAsync(who, paper, role, string.Join(' ', steps));
                await TakeAsync(step, who);
                paper = paper.After(step);
                await CompareAsync(who, paper, role, string.Join(' ', steps));
            }
        }, time: Seconds, threads: 1);
        Assert.True(walked >= 6, $"only {walked} steps");
    }

    [Fact]
    public async Task A_stream_of_the_diary_ends_with_the_consent()
    {
        var mother = platform.Region.Schools[3].Of(Roles.Guardian);
        var (visitor, child) = (platform.Visit(mother), platform.Region.Schools[3].School.Anna.Id);
        Assert.Equal(200, (await visitor.GetAsync($"/diary/{child}/live")).Status);
        var done = await visitor.PostFormAsync("/account/consents/withdraw", [new("id", platform.Region.Schools[3].Consent.ToString())]);
        Assert.Equal(302, done.Status);
        Assert.Equal(403, (await visitor.GetAsync($"/diary/{child}/live")).Status);
        Assert.Contains("/consents/needed", (await visitor.GetAsync($"/diary?learner={child}")).Headers, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_open_stream_ends_within_five_seconds_of_its_session()
    {
        var mother = platform.Region.Schools[1].Of(Roles.Guardian);
        var stream = platform.Visit(mother).ReadToEndAsync($"/diary/{platform.Region.Schools[1].School.Anna.Id}/live");
        await Task.Delay(TimeSpan.FromSeconds(4));
        Assert.False(stream.IsCompleted, "the stream of a living session was cut");
        await platform.AskAsync($"update access.sessions set ended_at = now() where id = '{mother.SessionId}'");
        Assert.Contains("hello", await stream.WaitAsync(TimeSpan.FromSeconds(5)), StringComparison.Ordinal);
        await platform.AskAsync($"update access.sessions set ended_at = null where id = '{mother.SessionId}'");
    }

    private async Task CompareAsync(Resident who, Paper paper, string role, string steps)
    {
        var hat = new Hat(role, role == Roles.Guardian ? Guid.Empty : Home.School.Id);
        await platform.AskAsync($"update access.sessions set role = '{hat.Role}', unit_id = '{hat.UnitId}' where id = '{who.SessionId}'");
        var facts = await platform.Services.GetRequiredService<IRegistry>().GetFactsAsync(who.Subject.Id, hat, TimeProvider.System.GetUtcNow(), default);
        // A role no longer held leaves whichever of the others is offered; none leaves nothing.
        var worn = facts?.Worn;
        Assert.True(worn is null ? !paper.Teacher && !paper.Head && !paper.Child : paper.Holds(worn.Value.Role), $"{steps}: wears {worn}");
        Assert.True(!paper.Holds(role) || worn == hat, $"{steps}: {role} is held and not worn");
        var (school, anna) = (Home.School, Home.School.Anna);
        var subject = new Subject("странник", worn?.Role ?? "", school)
        {
            Children = worn?.Role == Roles.Guardian && paper.Child ? [anna] : [],
            Teaches = worn?.Role == Roles.Teacher && paper.Group ? [school.Algebra] : [],
            Leads = worn?.Role == Roles.Teacher && paper.Class ? school.ClassA : null,
        };
        var visitor = platform.Visit(who);
        var journal = await visitor.GetAsync($"/journal/{school.Algebra.Id}");
        var diary = await visitor.GetAsync($"/diary?learner={anna.Id}");
        Assert.True(journal.Status == 200 == (paper.Session && Oracle.OpensJournal(subject, school, school.Algebra)), $"{steps}: {role}: journal {journal.Status}");
        Assert.True(diary.Status == 200 == (paper.Session && Oracle.OpensDiary(subject, school, anna)), $"{steps}: {role}: diary {diary.Status}");
        var actor = new Actor(who.Subject.Id, who.SessionId, worn ?? new Hat("", Guid.Empty), facts?.Ties ?? [], platform.Today);
        var marks = await platform.Services.GetRequiredService<AppDb>().ReadAsync(actor,
            batch => batch.Add("select count(*)::int from journal.marks where learner_id = $1 and group_id = $2", anna.Id, school.Algebra.Id),
            (reader, cancel) => reader.ReadFirstAsync(row => row.GetInt32(0), cancel), default);
        Assert.True(marks > 0 == Oracle.ReadsMarks(subject, school, anna, school.Algebra), $"{steps}: {role}: {marks} marks behind the second wall");
    }

    /// <summary>A person with a session, a consent and nothing else.</summary>
    private async Task<Resident> SettleAsync()
    {
        var who = new Resident(new Subject("странник", Roles.Guardian), [Home]);
        await platform.AskAsync($"""
            insert into registry.people (id, last_name, first_name) values ('{who.Subject.Id}', 'Странник', 'Имя');
            insert into access.sessions (id, token_hash, person_id, authenticated_at, started_at, last_seen_at, expires_at)
              values ('{who.SessionId}', sha256('{who.Token}'), '{who.Subject.Id}', now(), now(), now(), now() + interval '1 day');
            insert into access.consents (id, event, subject_id, giver_id, purpose, text_version, text_hash, at, expires_at)
              select gen_random_uuid(), 'given', '{Home.School.Anna.Id}', '{who.Subject.Id}', purpose, version, hash, now(), now() + interval '1 year' from access.consent_texts where purpose = 'diary'
            """);
        return who;
    }

    private Task<string> TakeAsync(Step step, Resident who)
    {
        var (school, person) = (Home.School, who.Subject.Id);
        const string open = "(ends_on is null or ends_on >= current_date - 1)";
        var ended = $"update registry.TABLE set ends_on = current_date - 2 where {open} and PERSON = '{person}'";
        string End(string table, string column = "person_id") => ended.Replace("TABLE", table, StringComparison.Ordinal).Replace("PERSON", column, StringComparison.Ordinal);
        string Role(string role) => $"insert into registry.memberships (unit_id, id, person_id, role, starts_on) values ('{school.Id}', gen_random_uuid(), '{person}', '{role}', current_date - 10)";
        return platform.AskAsync(step switch
        {
            Step.TeacherGiven => Role(Roles.Teacher),
            Step.TeacherEnded => $"{End("memberships")} and role = 'teacher'",
            Step.HeadGiven => Role(Roles.Head),
            Step.HeadEnded => $"{End("memberships")} and role = 'head'",
            Step.GroupGiven => $"insert into registry.teaching_assignments (school_id, id, group_id, person_id, starts_on) values ('{school.Id}', gen_random_uuid(), '{school.Algebra.Id}', '{person}', current_date - 10)",
            Step.GroupEnded => End("teaching_assignments"),
            Step.ClassGiven => $"insert into registry.class_leaders (school_id, id, class_id, person_id, starts_on) values ('{school.Id}', gen_random_uuid(), '{school.ClassA}', '{person}', current_date - 10)",
            Step.ClassEnded => End("class_leaders"),
            Step.ChildGiven => $"insert into registry.guardianships values ('{school.Anna.Id}', '{person}', 'mother', current_date - 10 - (select count(*)::int from registry.guardianships where guardian_id = '{person}'), null, null)",
            Step.ChildEnded => End("guardianships", "guardian_id"),
            Step.ChildBarred => $"update registry.guardianships set restriction = 'решение суда' where guardian_id = '{person}'",
            Step.SessionEnded => $"update access.sessions set ended_at = now() where id = '{who.SessionId}'",
            _ => $"update access.sessions set ended_at = null where id = '{who.SessionId}'",
        });
    }
}
