using System.Collections.Immutable;
using System.Resources;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Contracts.Access;

/// <summary>
/// One statement of a copy. Names of columns are the keys for programs; what people read stands in the module's texts under
/// <c>Copy_{key}</c>: the section's title, then a heading a column, divided by bars.
/// </summary>
/// <param name="Key">Names the section.</param>
/// <param name="Sql">Reads the rows; <c>$1</c> is the person, <c>$2</c> whoever asks.</param>
/// <param name="Of">Columns whose rows it reads: <c>journal.marks.learner_id</c>.</param>
public sealed record PersonalTable(string Key, string Sql, params ImmutableArray<string> Of)
{
    /// <summary>Columns that hold codes; the texts say what they mean under <c>Copy_word_{column}</c>: <c>code=word|code=word</c>.</summary>
    public ImmutableArray<string> Coded { get; init; } = [];
}

/// <summary>A module's tables, read under the worker's role in one round trip.</summary>
/// <param name="db">The worker's door.</param>
/// <param name="texts">The module's texts; <c>Copy_title</c> is what people call the module.</param>
public abstract class PersonalTables(WorkerDb db, ResourceManager texts) : IPersonalData
{
    /// <summary>The worker's door.</summary>
    protected WorkerDb Db { get; } = db;

    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public string Title => Say("title");

    /// <inheritdoc/>
    public IEnumerable<string> Copied => Tables.SelectMany(table => table.Of);

    /// <inheritdoc/>
    public abstract IReadOnlyDictionary<string, string> Exempt { get; }

    /// <summary>What is read, in the order of the pages.</summary>
    public abstract IReadOnlyList<PersonalTable> Tables { get; }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<PersonalSection>> CollectAsync(PersonalCopy of, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(of);
        var open = await OpenAsync(of, cancel);
        await using var connection = await Db.Source.OpenConnectionAsync(cancel);
        await using var batch = connection.CreateBatch();
        foreach (var table in Tables) batch.Add(table.Sql, of.PersonId, of.AskerId);
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var sections = new List<PersonalSection>();
        foreach (var table in Tables)
        {
            var columns = ColumnsOf(table, reader);
            sections.Add(new(table.Key, Say(table.Key).Split('|')[0], columns, [.. await reader.ReadAllAsync(row => RowOf(row, columns, open), cancel)]));
        }
        return sections;
    }

    /// <summary>Prepares what turns a kept value into a readable one: a number out of its cipher, an id into a name.</summary>
    /// <returns>Takes the column's key and the value; answers the value to show.</returns>
    protected virtual Task<Func<string, object, object?>> OpenAsync(PersonalCopy of, CancellationToken cancel) =>
        Task.FromResult<Func<string, object, object?>>((_, value) => value);

    private ImmutableArray<PersonalColumn> ColumnsOf(PersonalTable table, NpgsqlDataReader reader)
    {
        var titles = Say(table.Key).Split('|');
        if (titles.Length != reader.FieldCount + 1) throw new InvalidOperationException($"Copy_{table.Key} names {titles.Length - 1} columns of {reader.FieldCount}");
        return [.. Enumerable.Range(0, reader.FieldCount).Select(i => new PersonalColumn(reader.GetName(i), titles[i + 1], WordsOf(table, reader.GetName(i))))];
    }

    private ImmutableDictionary<string, string> WordsOf(PersonalTable table, string column) => table.Coded.Contains(column)
        ? Say($"word_{column}").Split('|').Select(pair => pair.Split('=', 2)).ToImmutableDictionary(pair => pair[0].Trim(), pair => pair[^1].Trim())
        : ImmutableDictionary<string, string>.Empty;

    private static ImmutableArray<object?> RowOf(NpgsqlDataReader row, ImmutableArray<PersonalColumn> columns, Func<string, object, object?> open) =>
    [
        .. Enumerable.Range(0, columns.Length).Select(i => row.IsDBNull(i) ? null : open(columns[i].Key, row.GetDataTypeName(i) switch
        {
            "date" => row.GetFieldValue<DateOnly>(i),
            "timestamp with time zone" => row.GetFieldValue<DateTimeOffset>(i),
            _ => row.GetValue(i),
        })),
    ];

    private string Say(string key) => texts.GetString($"Copy_{key}", System.Globalization.CultureInfo.GetCultureInfo("ru-RU"))
        ?? throw new InvalidOperationException($"Copy_{key} has no words");
}
