using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Access;
using MySchool.Contracts.Journal;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Web;
using MySchool.Registry.Pages;
using MySchool.Ui;
using Npgsql;

namespace MySchool.Registry.Features;

/// <summary>A learner of the class today.</summary>
internal sealed record ClassLearner(Guid PersonId, string Name, DateOnly? BirthDate);

/// <summary>A class leader, today's or appointed.</summary>
internal sealed record LeaderLine(Guid Id, Guid PersonId, string Name, DateOnly From, DateOnly? To);

/// <summary>A teacher to choose from.</summary>
internal sealed record TeacherLine(Guid PersonId, string Name);

/// <summary>The page of a class.</summary>
internal sealed record ClassScreen(
    Guid ClassId, Guid SchoolId, string Name, DateOnly Today, ImmutableArray<ClassLearner> Learners, ImmutableArray<LeaderLine> Leaders,
    ImmutableArray<CardGroup> Groups, ImmutableArray<TeacherLine> Teachers, ImmutableHashSet<Guid> OpenJournals, bool Manages, Problem? Refusal);

/// <summary>Shows a class with its learners to those who teach, lead or run it.</summary>
internal sealed class ShowClass(AppDb db, IClock clock)
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/school/classes/{id:guid}", (Guid id, HttpContext context, ShowClass handler, CancellationToken cancel) =>
            handler.PageAsync(context.RequireActor(), id, null, cancel)).Allow(RegistryActions.ReadClass);

    public async Task<IResult> PageAsync(Actor actor, Guid classId, Problem? refusal, CancellationToken cancel)
    {
        if (refusal is { Status: 404 }) return refusal.ToPage();
        var screen = await HandleAsync(actor, classId, cancel);
        return screen.IsOk ? Page.Of<ClassPage>(new { Data = screen.Value with { Refusal = refusal } }, refusal?.Status ?? 200) : screen.Problem!.ToPage();
    }

    public Task<Result<ClassScreen>> HandleAsync(Actor actor, Guid classId, CancellationToken cancel) =>
        db.ReadAuditedAsync(actor, async transaction =>
        {
            var screen = await transaction.RunAsync(batch => Add(batch, classId, actor.Today), (reader, token) => ReadAsync(reader, classId, actor.Today, token), cancel);
            if (screen is null) return null;
            Coordinate[] places = [new(Places.Class, classId), new(Places.School, screen.SchoolId)];
            if (!Decide.Allows(actor, RegistryActions.ReadClass, places)) return null;
            var manages = Decide.Allows(actor, RegistryActions.ManageLeaders, places);
            return screen with
            {
                Manages = manages,
                Teachers = manages ? screen.Teachers : [],
                OpenJournals = [.. screen.Groups.Select(g => g.GroupId).Where(id =>
                    Decide.Allows(actor, JournalLinks.OpenJournal, new Coordinate(Places.Group, id), new Coordinate(Places.School, screen.SchoolId)))],
            };
        }, (batch, screen) => batch.AddAudit(actor, RegistryActions.ReadClass, clock.Now, screen.SchoolId, null, $"class {classId}"), cancel);

    private static void Add(NpgsqlBatch batch, Guid classId, DateOnly today)
    {
        batch.Add("select school_id, grade || letter from registry.classes where id = $1", classId);
        batch.Add("""
            select p.id, p.last_name || ' ' || p.first_name || ' ' || p.middle_name, p.birth_date
              from registry.enrolments e join registry.people p on p.id = e.person_id
             where e.class_id = $1 and e.starts_on <= $2 and (e.ends_on is null or e.ends_on >= $2)
             order by p.last_name, p.first_name, p.middle_name
            """, classId, today);
        batch.Add("""
            select l.id, p.id, p.last_name || ' ' || p.first_name || ' ' || p.middle_name, l.starts_on, l.ends_on
              from registry.class_leaders l join registry.people p on p.id = l.person_id
             where l.class_id = $1 and (l.ends_on is null or l.ends_on >= $2) order by l.starts_on
            """, classId, today);
        batch.Add("""
            select t.id, s.name, t.name, coalesce((
                     select string_agg(distinct p.last_name || ' ' || p.first_name || ' ' || p.middle_name, ', ')
                       from registry.teaching_assignments a join registry.people p on p.id = a.person_id
                      where a.group_id = t.id and a.starts_on <= $2 and (a.ends_on is null or a.ends_on >= $2)), '')
              from registry.teaching_groups t join registry.subjects s on s.id = t.subject_id
             where t.class_id = $1 order by s.name, t.name
            """, classId, today);
        batch.Add("""
            select p.id, p.last_name || ' ' || p.first_name || ' ' || p.middle_name
              from registry.classes c join registry.memberships m on m.unit_id = c.school_id and m.role = 'teacher'
              join registry.people p on p.id = m.person_id
             where c.id = $1 and m.starts_on <= $2 and (m.ends_on is null or m.ends_on >= $2)
             order by p.last_name, p.first_name, p.middle_name
            """, classId, today);
    }

    private static async Task<ClassScreen?> ReadAsync(NpgsqlDataReader reader, Guid classId, DateOnly today, CancellationToken cancel)
    {
        var head = await reader.ReadFirstAsync(r => ((Guid School, string Name)?)(r.GetGuid(0), r.GetString(1)), cancel);
        var learners = await reader.ReadAllAsync(r => new ClassLearner(r.GetGuid(0), r.GetString(1).Trim(), r.Maybe<DateOnly>(2)), cancel);
        var leaders = await reader.ReadAllAsync(r => new LeaderLine(
            r.GetGuid(0), r.GetGuid(1), r.GetString(2).Trim(), r.GetFieldValue<DateOnly>(3), r.Maybe<DateOnly>(4)), cancel);
        var groups = await reader.ReadAllAsync(r => new CardGroup(r.GetGuid(0), r.GetString(1), r.GetString(2), r.GetString(3).Trim()), cancel);
        var teachers = await reader.ReadAllAsync(r => new TeacherLine(r.GetGuid(0), r.GetString(1).Trim()), cancel);
        return head is null ? null : new ClassScreen(
            classId, head.Value.School, head.Value.Name, today, [.. learners], [.. leaders], [.. groups], [.. teachers.DistinctBy(t => t.PersonId)],
            [], false, null);
    }
}
