using System.Collections.Immutable;

namespace MySchool.Contracts.Access;

/// <summary>
/// What one module keeps about people. A person's copy of their data is made of every module's answers (152-ФЗ, ст. 14); a test
/// compares <see cref="Copied"/> and <see cref="Exempt"/> with the database's own catalogue, so nothing is forgotten.
/// </summary>
public interface IPersonalData
{
    /// <summary>Names the module's files in the copy: <c>journal</c>.</summary>
    string Name { get; }

    /// <summary>What people call it, in Russian: «Журнал».</summary>
    string Title { get; }

    /// <summary>Columns that hold a person's id and whose rows are copied: <c>journal.marks.learner_id</c>.</summary>
    IEnumerable<string> Copied { get; }

    /// <summary>Columns that hold a person's id and are left out, each with its reason in one line.</summary>
    IReadOnlyDictionary<string, string> Exempt { get; }

    /// <summary>Collects all of it. For jobs: whoever asks has been judged by the caller.</summary>
    /// <param name="of">Whose data, and for whom.</param>
    /// <param name="cancel">Cancels waiting.</param>
    Task<IReadOnlyList<PersonalSection>> CollectAsync(PersonalCopy of, CancellationToken cancel);
}

/// <summary>Whose data is copied and for whom. A representative's copy leaves out what belongs to other people.</summary>
/// <param name="PersonId">Whose data.</param>
/// <param name="AskerId">Who gets it: the person, or a representative of a child.</param>
public sealed record PersonalCopy(Guid PersonId, Guid AskerId)
{
    /// <summary>Whether the person asks about themself.</summary>
    public bool IsOwn => PersonId == AskerId;
}

/// <summary>Rows of one kind.</summary>
/// <param name="Key">Names it for programs: <c>marks</c>.</param>
/// <param name="Title">Names it for people, in Russian.</param>
/// <param name="Columns">In order.</param>
/// <param name="Rows">A value a column: text, number, <see cref="bool"/>, <see cref="DateOnly"/>, <see cref="DateTimeOffset"/> or null.</param>
public sealed record PersonalSection(string Key, string Title, ImmutableArray<PersonalColumn> Columns, ImmutableArray<ImmutableArray<object?>> Rows);

/// <summary>A column of a section.</summary>
/// <param name="Key">For programs: <c>recorded_at</c>.</param>
/// <param name="Title">For people, in Russian.</param>
/// <param name="Words">What codes of this column mean in Russian; empty when its values are words already.</param>
public sealed record PersonalColumn(string Key, string Title, IReadOnlyDictionary<string, string> Words);
