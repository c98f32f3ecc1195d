using System.Collections.Immutable;

namespace MySchool.Contracts.Registry;

/// <summary>How far an import has come.</summary>
/// <param name="Stage">What is being done, in Russian, e.g. «users.csv».</param>
/// <param name="Rows">Rows read so far, all files together.</param>
public sealed record ImportProgress(string Stage, long Rows);

/// <summary>A row that cannot be imported.</summary>
/// <param name="File">File name, e.g. <c>users.csv</c>.</param>
/// <param name="Line">Line of the file, the header being 1; 0 when the whole file is meant.</param>
/// <param name="Field">Column, or empty when the whole row is meant.</param>
/// <param name="Reason">What is wrong and what to do, in Russian. Ids at most, never personal data.</param>
public sealed record ImportBadRow(string File, long Line, string Field, string Reason);

/// <summary>Rows of one kind that an import wrote.</summary>
/// <param name="Kind">Table of the registry, e.g. <c>people</c>.</param>
/// <param name="Read">Rows of that kind in the import.</param>
/// <param name="Added">New.</param>
/// <param name="Changed">Known before and different.</param>
public sealed record ImportCount(string Kind, long Read, long Added, long Changed);

/// <summary>What came of an import. Either there are bad rows and nothing was written, or everything was.</summary>
/// <param name="BadRows">By file, line and field; at most 10,000.</param>
/// <param name="BadRowCount">All bad rows, also those beyond the list.</param>
/// <param name="Counts">What was written, empty when there are bad rows.</param>
/// <param name="People">People in the import.</param>
/// <param name="Elapsed">From the first byte read to the commit.</param>
public sealed record ImportReport(
    ImmutableArray<ImportBadRow> BadRows, int BadRowCount, ImmutableArray<ImportCount> Counts, long People, TimeSpan Elapsed)
{
    /// <summary>True when everything was written.</summary>
    public bool IsDone => BadRowCount == 0;
}
