using System.Collections.Immutable;
using MySchool.Kernel;

namespace MySchool.Contracts.Access;

/// <summary>What becomes of rows about a person whose data is erased.</summary>
public enum Fate
{
    /// <summary>They go at once.</summary>
    Erased,

    /// <summary>They stay, and nothing in them leads to the person any more.</summary>
    Anonymised,

    /// <summary>A law wants them for a term; they go by themselves when it ends.</summary>
    Kept,
}

/// <summary>
/// What one module does with a person's data when it is to be erased (152-ФЗ, ст. 21). The sibling of <see cref="IPersonalData"/>:
/// a test compares <see cref="Rules"/> and <see cref="LeftAlone"/> with the database's own catalogue, so no column is forgotten.
/// </summary>
public interface IPersonalErasure
{
    /// <summary>Names the module in orders and lines: <c>journal</c>.</summary>
    string Name { get; }

    /// <summary>What people call it, in Russian: «Журнал».</summary>
    string Title { get; }

    /// <summary>What happens to each kind of rows, in the order it is carried out.</summary>
    IReadOnlyList<ErasureRule> Rules { get; }

    /// <summary>Columns that hold a person's id and stay as they are, each with its reason in one line.</summary>
    IReadOnlyDictionary<string, string> LeftAlone { get; }

    /// <summary>What people call the rows of a rule, in Russian: «Отметки».</summary>
    /// <param name="key">The rule.</param>
    string Say(string key);

    /// <summary>Looks beforehand and changes nothing. For jobs and for whoever the caller has judged.</summary>
    /// <param name="personId">Whose data.</param>
    /// <param name="cancel">Cancels waiting.</param>
    Task<ErasureOutlook> LookAsync(Guid personId, CancellationToken cancel);
}

/// <summary>What happens to rows of one kind. In each statement <c>$1</c> is the person.</summary>
/// <param name="Key">Names the rule; the module's texts call it <c>Erase_{key}</c>.</param>
/// <param name="Fate">What becomes of the rows.</param>
/// <param name="Count">Answers how many there are and, where a term runs, the last day they speak of.</param>
/// <param name="Statements">Carry it out; again is as good as once. Of kept rows, when the term has ended.</param>
/// <param name="Of">Columns that are dealt with: <c>journal.marks.learner_id</c>.</param>
public sealed record ErasureRule(string Key, Fate Fate, string Count, ImmutableArray<string> Statements, params ImmutableArray<string> Of)
{
    /// <summary>Of kept rows: by which term, one of <see cref="RetentionTerms"/>.</summary>
    public string? Term { get; init; }

    /// <summary>Rows that a module keeps as they were before two cards became one: the way back goes with the person. Key <c>merges</c>.</summary>
    /// <param name="schema">The module's schema, which <c>kernel.keep_merges</c> has prepared.</param>
    public static ErasureRule OfMerges(string schema)
    {
        var own = $"{schema}.merge_rows where merge_id in (select merge_id from {schema}.merges where survivor_id = $1 or former_id = $1)";
        return new ErasureRule("merges", Fate.Erased, $"select count(*) from {own}", [$"delete from {own}"]);
    }
}

/// <summary>Names of the terms for which laws and archives want rows kept. Years and acts are data, the operator's to edit.</summary>
public static class RetentionTerms
{
    /// <summary>Классный журнал.</summary>
    public const string ClassJournal = "class-journal";

    /// <summary>Сводная ведомость успеваемости.</summary>
    public const string MarkSummary = "mark-summary";

    /// <summary>Приказы о зачислении, переводе и отчислении.</summary>
    public const string EnrolmentOrders = "enrolment-orders";

    /// <summary>Документы по личному составу.</summary>
    public const string StaffRecords = "staff-records";

    /// <summary>Согласия на обработку.</summary>
    public const string Consents = "consents";

    /// <summary>Акт об уничтожении и журнал к нему.</summary>
    public const string Acts = "erasure-acts";

    /// <summary>As long as the longest other term: what tells whose the kept rows are.</summary>
    public const string Longest = "longest";
}

/// <summary>What a module has of a person, and what stands in the way of erasing it.</summary>
/// <param name="Found">A line a rule.</param>
/// <param name="Obstacles">Sentences for people: what is in the way and what to do about it. Empty: nothing.</param>
public sealed record ErasureOutlook(ImmutableArray<ErasureFound> Found, ImmutableArray<string> Obstacles);

/// <summary>Rows of one rule.</summary>
/// <param name="Key">The rule.</param>
/// <param name="Rows">How many.</param>
/// <param name="LastDay">The last day they speak of, from which a term runs.</param>
public sealed record ErasureFound(string Key, long Rows, DateOnly? LastDay);

/// <summary>One module is to carry out some of its rules for a person. A module is a transaction; the next is ordered when this one has answered.</summary>
/// <param name="EventId">Identity.</param>
/// <param name="OccurredAt">When.</param>
/// <param name="ErasureId">The request it belongs to.</param>
/// <param name="PersonId">Whose data.</param>
/// <param name="Module">Who is to do it; the others pass it by.</param>
/// <param name="Rules">Keys of the rules.</param>
public sealed record ErasureOrdered(Guid EventId, DateTimeOffset OccurredAt, Guid ErasureId, Guid PersonId, string Module, ImmutableArray<string> Rules) : IModuleEvent
{
    /// <inheritdoc/>
    public Guid? SchoolId => null;
}

/// <summary>A module has carried out an order; committed with the rows themselves.</summary>
/// <param name="EventId">Identity.</param>
/// <param name="OccurredAt">When.</param>
/// <param name="ErasureId">The request.</param>
/// <param name="Module">Who did it.</param>
/// <param name="Rows">Rows touched by each rule.</param>
public sealed record ErasureCarriedOut(Guid EventId, DateTimeOffset OccurredAt, Guid ErasureId, string Module, IReadOnlyDictionary<string, long> Rows) : IModuleEvent
{
    /// <inheritdoc/>
    public Guid? SchoolId => null;
}
