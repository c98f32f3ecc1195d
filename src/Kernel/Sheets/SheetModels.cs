namespace MySchool.Kernel.Sheets;

/// <summary>What a workbook from outside may hold at most.</summary>
/// <param name="MaxEntries">Parts of the package.</param>
/// <param name="MaxBytes">Bytes read out of all parts together.</param>
/// <param name="MaxRatio">Unpacked bytes for one packed byte, once 64 MiB have been read.</param>
/// <param name="MaxSheets">Sheets of the workbook.</param>
/// <param name="MaxColumns">Columns from the left that may hold something.</param>
/// <param name="MaxRows">Rows of one sheet that hold something.</param>
/// <param name="MaxSharedBytes">Characters of all shared strings together, which are held in memory.</param>
public sealed record SheetLimits(
    int MaxEntries = 2_000, long MaxBytes = 1L << 30, int MaxRatio = 100, int MaxSheets = 50, int MaxColumns = 200,
    int MaxRows = 200_000, int MaxSharedBytes = 64 << 20);

/// <summary>A sheet of a workbook.</summary>
/// <param name="Name">As on its tab.</param>
/// <param name="IsHidden">Whether the author has hidden it.</param>
public sealed record SheetInfo(string Name, bool IsHidden)
{
    internal string Part { get; init; } = "";
}

/// <summary>A cell that holds something.</summary>
/// <param name="Column">0 is A.</param>
/// <param name="Value">string, double, bool, or <see cref="DateTime"/> when the number is shown as a date.</param>
/// <param name="IsFormula">Whether the value is what a formula came to when the file was saved.</param>
/// <param name="IsError">Whether the spreadsheet shows an error there, such as #REF!; then the value is its name.</param>
public readonly record struct SheetCell(int Column, object Value, bool IsFormula = false, bool IsError = false);

/// <summary>Cells shown as one; the value stands in the left upper one.</summary>
/// <param name="FirstRow">1 is the first.</param>
/// <param name="LastRow">Inclusive.</param>
/// <param name="FirstColumn">0 is A.</param>
/// <param name="LastColumn">Inclusive.</param>
public readonly record struct SheetMerge(int FirstRow, int LastRow, int FirstColumn, int LastColumn);

/// <summary>What stops a workbook from being read; caught within this folder.</summary>
internal sealed class SheetFaultException(Problem problem) : Exception(problem.Code)
{
    public Problem Problem => problem;
}
