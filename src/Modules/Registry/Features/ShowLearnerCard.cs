using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Journal;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Secrets;
using MySchool.Kernel.Web;
using MySchool.Registry.Features.Doubles;
using MySchool.Registry.Features.Fields;
using MySchool.Registry.Pages;
using MySchool.Ui;
using Npgsql;

namespace MySchool.Registry.Features;

/// <summary>A class or school the learner was enrolled in.</summary>
internal sealed record CardEnrolment(Guid SchoolId, string SchoolName, Guid ClassId, string ClassName, DateOnly From, DateOnly? To, string? OrderNo, bool IsCurrent);

/// <summary>A parent or other representative.</summary>
internal sealed record CardGuardian(Guid PersonId, PersonName Name, string Kinship, DateOnly From, DateOnly? To, bool IsBarred);

/// <summary>A teaching group with today's teacher.</summary>
internal sealed record CardGroup(Guid GroupId, string Subject, string GroupName, string TeacherName);

/// <summary>What is known of a learner, cut down to what the reader may see.</summary>
internal sealed record LearnerCard(
    Guid PersonId, PersonName Name, DateOnly? BirthDate, ImmutableArray<CardEnrolment> Enrolments, ImmutableArray<CardGuardian> Guardians,
    ImmutableArray<CardGroup> Groups, string? SnilsEnding, bool ShowsGuardians, bool ShowsDiary, bool ShowsViews, bool ManagesGuardians)
{
    /// <summary>Whether the reader keeps the book of movement of a school the learner is or was of.</summary>
    public bool ManagesMovement { get; init; }

    /// <summary>What sources say otherwise than the card; for whoever keeps it.</summary>
    public ImmutableArray<FieldProposal> Proposals { get; init; } = [];

    /// <summary>Whether the reader keeps the card's fields.</summary>
    public bool ManagesFields { get; init; }

    public string? Gender { get; init; }

    public CardEnrolment? Current => Enrolments.FirstOrDefault(e => e.IsCurrent);

    /// <summary>Every place the learner stands at; a past school keeps the card of those it taught.</summary>
    public Coordinate[] Places =>
    [
        new(Contracts.Access.Places.Person, PersonId),
        .. Enrolments.Select(e => new Coordinate(Contracts.Access.Places.School, e.SchoolId)).Distinct(),
        .. Enrolments.Where(e => e.IsCurrent).Select(e => new Coordinate(Contracts.Access.Places.Class, e.ClassId)),
        .. Groups.Select(g => new Coordinate(Contracts.Access.Places.Group, g.GroupId)),
    ];

    /// <summary>Where the learner stands today: what a past school no longer sees.</summary>
    public Coordinate[] PlacesNow =>
    [
        .. Places.Where(place => place.Kind != Contracts.Access.Places.School),
        .. Enrolments.Where(e => e.IsCurrent).Select(e => new Coordinate(Contracts.Access.Places.School, e.SchoolId)).Distinct(),
    ];

    public bool IsCurrentAt(Guid school) => Enrolments.Any(e => e.IsCurrent && e.SchoolId == school);
}

/// <summary>Shows a learner's card; every reading is audited.</summary>
internal sealed class ShowLearnerCard(AppDb db, FactsDb facts, IdentifierVault vault, IClock clock)
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/people/{id:guid}", async (Guid id, HttpContext context, ShowLearnerCard handler, FormerIds former, CancellationToken cancel) =>
        {
            var card = await handler.HandleAsync(context.RequireActor(), id, cancel);
            // An old link leads on, for those to whom the card is open.
            if (!card.IsOk && await former.ResolveAsync(id, cancel) is { } now && (await handler.HandleAsync(context.RequireActor(), now, cancel)).IsOk)
                return Results.Redirect($"/people/{now}");
            return card.IsOk ? Page.Of<LearnerCardPage>(new { Data = card.Value }) : card.Problem!.ToPage();
        }).Allow(RegistryActions.ReadCard);

    public async Task<Result<LearnerCard>> HandleAsync(Actor actor, Guid personId, CancellationToken cancel)
    {
        var read = await db.ReadAuditedAsync(actor, async transaction =>
        {
            var card = await transaction.RunAsync(batch => Add(batch, personId, actor.Today, KeepsFields(actor)),
                (reader, token) => ReadAsync(reader, personId, actor.Today, KeepsFields(actor), token), cancel);
            return card is not null && Decide.Allows(actor, RegistryActions.ReadCard, card.Places) ? Cut(card, actor) : null;
        }, (batch, card) => batch.AddAudit(actor, RegistryActions.ReadCard, clock.Now, SchoolOf(card, actor), personId), cancel);
        if (!read.IsOk || !Decide.Allows(actor, RegistryActions.ReadSnils, read.Value.PlacesNow)) return read;
        return read.Value with { SnilsEnding = await SnilsEndingAsync(personId, cancel) };
    }

    // Which school the reading is told of: the reader's own, when the learner is of it.
    private static Guid? SchoolOf(LearnerCard card, Actor actor) =>
        (card.Enrolments.FirstOrDefault(e => e.SchoolId == actor.Hat.UnitId) ?? card.Current ?? card.Enrolments.FirstOrDefault())?.SchoolId;

    private static LearnerCard Cut(LearnerCard card, Actor actor)
    {
        var showsGuardians = Decide.Allows(actor, RegistryActions.ReadGuardians, card.PlacesNow);
        return card with
        {
            ShowsGuardians = showsGuardians,
            Guardians = showsGuardians ? card.Guardians : [],
            ShowsDiary = Decide.Allows(actor, JournalLinks.OpenDiary, card.PlacesNow),
            ShowsViews = Decide.Allows(actor, RegistryActions.ReadViews, card.Places),
            ManagesGuardians = card.IsCurrentAt(actor.Hat.UnitId) && Decide.Allows(actor, RegistryActions.ManageGuardians, card.Places),
            ManagesFields = Decide.Allows(actor, RegistryActions.CorrectFields, card.PlacesNow),
            ManagesMovement = Decide.Allows(actor, RegistryActions.ManageMovement, card.Places),
        };
    }

    // Only an administrator's reading asks what waits to be decided.
    private static bool KeepsFields(Actor actor) => Administration.SchoolOf(actor, RegistryActions.CorrectFields) is not null;

    private static void Add(NpgsqlBatch batch, Guid personId, DateOnly today, bool keepsFields)
    {
        batch.Add("select last_name, first_name, middle_name, birth_date, gender from registry.people where id = $1", personId);
        batch.Add("""
            select e.school_id, o.short_name, e.class_id, c.grade || c.letter, e.starts_on, e.ends_on, e.order_no
              from registry.enrolments e join registry.organisations o on o.id = e.school_id
              join registry.classes c on c.school_id = e.school_id and c.id = e.class_id
             where e.person_id = $1 and (e.ends_on is null or e.ends_on >= e.starts_on) order by e.starts_on desc
            """, personId);
        batch.Add("""
            select g.guardian_id, p.last_name, p.first_name, p.middle_name, g.kinship, g.starts_on, g.ends_on, g.restriction is not null
              from registry.guardianships g join registry.people p on p.id = g.guardian_id
             where g.learner_id = $1 order by g.ends_on nulls first, p.last_name, p.first_name
            """, personId);
        batch.Add("""
            select t.id, s.name, t.name, coalesce((
                     select p.last_name || ' ' || p.first_name || ' ' || p.middle_name
                       from registry.teaching_assignments a join registry.people p on p.id = a.person_id
                      where a.group_id = t.id and a.starts_on <= $2 and (a.ends_on is null or a.ends_on >= $2) order by a.basis desc limit 1), '')
              from registry.enrolments e
              join registry.teaching_groups t on t.school_id = e.school_id and t.class_id = e.class_id
              join registry.subjects s on s.id = t.subject_id
             where e.person_id = $1 and e.starts_on <= $2 and (e.ends_on is null or e.ends_on >= $2)
               and (t.kind = 'class' or exists (select from registry.group_members m
                      where m.group_id = t.id and m.person_id = $1 and m.starts_on <= $2 and (m.ends_on is null or m.ends_on >= $2)))
            union
            select t.id, s.name, t.name, ''
              from registry.group_members m join registry.teaching_groups t on t.id = m.group_id join registry.subjects s on s.id = t.subject_id
             where m.person_id = $1 and m.starts_on <= $2 and (m.ends_on is null or m.ends_on >= $2)
               and not exists (select from registry.enrolments e where e.person_id = $1 and e.class_id = t.class_id)
             order by 2, 3
            """, personId, today);
        if (keepsFields) FieldProposal.AddRead(batch, personId);
    }

    private static async Task<LearnerCard?> ReadAsync(NpgsqlDataReader reader, Guid personId, DateOnly today, bool keepsFields, CancellationToken cancel)
    {
        var person = await reader.ReadFirstAsync(r => ((PersonName Name, DateOnly? Born, string? Gender)?)(RegistryRows.Name(r, 0), r.Maybe<DateOnly>(3), r.Text(4)), cancel);
        var enrolments = await reader.ReadAllAsync(r => new CardEnrolment(
            r.GetGuid(0), r.GetString(1), r.GetGuid(2), r.GetString(3), r.GetFieldValue<DateOnly>(4), r.Maybe<DateOnly>(5), r.Text(6),
            r.GetFieldValue<DateOnly>(4) <= today && (r.IsDBNull(5) || r.GetFieldValue<DateOnly>(5) >= today)), cancel);
        var guardians = await reader.ReadAllAsync(r => new CardGuardian(
            r.GetGuid(0), RegistryRows.Name(r, 1), r.GetString(4), r.GetFieldValue<DateOnly>(5), r.Maybe<DateOnly>(6), r.GetBoolean(7)), cancel);
        var groups = await reader.ReadAllAsync(r => new CardGroup(r.GetGuid(0), r.GetString(1), r.GetString(2), r.GetString(3).Trim()), cancel);
        var proposals = keepsFields ? await reader.ReadAllAsync(FieldProposal.Of, cancel) : [];
        // A person without any open enrolment or group is no learner to this reader.
        if (person is null || (enrolments.Count == 0 && groups.Count == 0)) return null;
        return new LearnerCard(
            personId, person.Value.Name, person.Value.Born, [.. enrolments], [.. guardians], [.. groups.DistinctBy(g => g.GroupId)], null, false, false, false, false)
        { Gender = person.Value.Gender, Proposals = [.. proposals] };
    }

    // People's requests cannot read identities; the authoriser's role can, and only the last digits leave this method.
    private async Task<string?> SnilsEndingAsync(Guid personId, CancellationToken cancel)
    {
        await using var command = facts.Source.CreateCommand("select snils_cipher from registry.identities where person_id = $1");
        command.Parameters.Add(new() { Value = personId });
        return await command.ExecuteScalarAsync(cancel) is byte[] cipher ? vault.Decrypt(cipher)[^5..] : null;
    }
}
