using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Journal.Data;

/// <summary>Statements over tables that are partitioned by school year.</summary>
internal static partial class YearStatements
{
    private static readonly ConcurrentDictionary<(string Sql, short Year), string> Texts = new();

    /// <summary>
    /// Adds a statement whose <c>$1</c> is the school year. The year is written into the text, so that its plan holds one
    /// partition: with a parameter each execution locks and sets up all of them, which costs more than finding the rows.
    /// </summary>
    public static NpgsqlBatchCommand AddOfYear(this NpgsqlBatch batch, string sql, short year, params ReadOnlySpan<object?> values) =>
        batch.Add(Texts.GetOrAdd((sql, year), static key => Parameter().Replace(key.Sql, found =>
        {
            var number = int.Parse(found.ValueSpan[1..], CultureInfo.InvariantCulture);
            return number == 1 ? key.Year.ToString(CultureInfo.InvariantCulture) : $"${number - 1}";
        })), values);

    [GeneratedRegex(@"\$\d+")]
    private static partial Regex Parameter();
}
