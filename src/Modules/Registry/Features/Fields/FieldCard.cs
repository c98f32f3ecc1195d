using System.Collections.Immutable;
using MySchool.Contracts.Access;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Registry.Domain;
using Npgsql;

namespace MySchool.Registry.Features.Fields;

/// <summary>A word of a source that waits for a person to decide.</summary>
internal sealed record FieldProposal(Guid Id, string Field, string Source, string Value, string Holder)
{
    /// <summary>Whether whoever keeps the card may take the word: what ЕСИА has proven the school does not correct by itself.</summary>
    public bool CanBeAccepted => Source != FieldTruth.School || Holder != FieldTruth.Esia;

    /// <summary>Adds the question: open ones about a person, newest first.</summary>
    public static void AddRead(NpgsqlBatch batch, Guid person) => batch.Add("""
        select w.id, w.field, w.source, w.value, registry.field_holder(w.person_id, w.field, p.origin)
          from registry.field_proposals w join registry.people p on p.id = w.person_id where w.person_id = $1 and w.state = 'open' order by w.id desc limit 20
        """, person);

    public static FieldProposal Of(NpgsqlDataReader row) => new(row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4));
}

/// <summary>What waits beside a card: on its page and among its fields.</summary>
/// <param name="PersonId">Whose card.</param>
/// <param name="Proposals">What sources say.</param>
/// <param name="Held">What the card says of a field.</param>
internal sealed record ProposalsPart(Guid PersonId, ImmutableArray<FieldProposal> Proposals, Func<string, string> Held);

/// <summary>A card opened for its fields by whoever keeps it.</summary>
/// <param name="PersonId">Whose.</param>
/// <param name="SchoolId">The school that keeps it.</param>
/// <param name="Fields">What it says.</param>
/// <param name="LastChange">The last change seen: whoever corrects says what they saw.</param>
/// <param name="IsLearner">Whether the card is a learner's.</param>
internal sealed record FieldCard(Guid PersonId, Guid SchoolId, ImmutableArray<PersonField> Fields, Guid? LastChange, bool IsLearner)
{
    public PersonName Name => new(Fields[0].Value, Fields[1].Value, Fields[2].Value);

    /// <summary>Opens the card within a transaction; null when the actor does not keep it.</summary>
    public static async Task<FieldCard?> OpenAsync(AppTransaction transaction, Actor actor, AppAction action, Guid person, bool isHeld, CancellationToken cancel)
    {
        var found = await transaction.RunAsync(batch =>
        {
            batch.Add(PlacesSql, person, actor.Today);
            PersonFields.AddRead(batch, person, isHeld);
            batch.Add("select id from registry.field_changes where person_id = $1 order by id desc limit 1", person);
        }, async (reader, token) =>
        {
            var places = await reader.ReadAllAsync(r => (School: r.GetGuid(0), IsLearner: r.GetBoolean(1)), token);
            var fields = await PersonFields.ReadAsync(reader, token);
            return (places, fields, last: await reader.ReadFirstAsync(r => (Guid?)r.GetGuid(0), token));
        }, cancel);
        if (found.fields is not { } read || !Decide.Allows(actor, action, [.. found.places.Select(place => new Coordinate(Places.School, place.School))])) return null;
        return new FieldCard(person, actor.Hat.UnitId, read, found.last, found.places.Any(place => place.IsLearner));
    }

    // Where the person learns, works or represents a child today.
    private const string PlacesSql = """
        select e.school_id, true from registry.enrolments e where e.person_id = $1 and (e.ends_on is null or e.ends_on >= $2)
        union
        select m.unit_id, false from registry.memberships m where m.person_id = $1 and (m.ends_on is null or m.ends_on >= $2)
        union
        select e.school_id, false from registry.guardianships g join registry.enrolments e on e.person_id = g.learner_id and (e.ends_on is null or e.ends_on >= $2)
         where g.guardian_id = $1 and (g.ends_on is null or g.ends_on >= $2)
        """;
}
