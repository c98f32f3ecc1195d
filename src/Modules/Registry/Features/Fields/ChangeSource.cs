using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Registry.Features.Fields;

/// <summary>Whose word a change of people is. Said once a transaction; the triggers that keep the history of fields read it.</summary>
/// <param name="Source">One of <see cref="Domain.FieldTruth"/>.</param>
/// <param name="At">When.</param>
/// <param name="Why">What was done: <c>correct</c>, <c>restore</c>, <c>accept</c>, <c>import</c>…</param>
internal sealed record ChangeSource(string Source, DateTimeOffset At, string Why)
{
    /// <summary>Who spoke for the source, if it was a person.</summary>
    public Guid? By { get; init; }

    /// <summary>At which school.</summary>
    public Guid? School { get; init; }

    /// <summary>By which import.</summary>
    public Guid? Import { get; init; }

    /// <summary>Says it to the transaction of the batch.</summary>
    public void AddTo(NpgsqlBatch batch) => batch.Add("""
        select set_config('change.source', $1, true), set_config('change.at', $2, true), set_config('change.why', $3, true),
               set_config('change.by', $4, true), set_config('change.school', $5, true), set_config('change.import', $6, true)
        """, Source, At.ToString("O"), Why, Text(By), Text(School), Text(Import));

    private static string Text(Guid? id) => id?.ToString() ?? "";
}
