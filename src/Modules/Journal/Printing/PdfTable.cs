namespace MySchool.Journal.Printing;

/// <summary>A column of a table on paper.</summary>
/// <param name="Title">Its header.</param>
/// <param name="Width">In points.</param>
/// <param name="Align">How its cells stand.</param>
internal sealed record PdfColumn(string Title, float Width, PdfAlign Align = PdfAlign.Left);

/// <summary>Tables whose cells wrap and whose rows go on to as many pages as they need, under the same head.</summary>
internal static class PdfTable
{
    private const float Size = 7.5f;
    private const float LineHeight = 9.5f;
    private const float Padding = 3;
    private const float Head = 24;

    /// <summary>Adds the table; answers the number of its first page.</summary>
    /// <param name="book">The book.</param>
    /// <param name="ruler">Measures.</param>
    /// <param name="title">Over the table, on each page.</param>
    /// <param name="columns">Columns; together as wide as the page at the most.</param>
    /// <param name="rows">A text a column.</param>
    public static int Add(PdfBook book, PdfRuler ruler, string title, IReadOnlyList<PdfColumn> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        var first = book.Count + 1;
        var page = new List<(IReadOnlyList<string>[] Cells, float Height)>();
        var used = HeadHeight(ruler, columns);
        var room = PdfBook.Bottom - PdfBook.Top - Head;
        foreach (var row in rows)
        {
            IReadOnlyList<string>[] cells = [.. row.Select((text, at) => ruler.Wrap(text, columns[at].Width - 2 * Padding, Size))];
            var height = cells.Max(lines => lines.Count) * LineHeight + Padding;
            if (used + height > room && page.Count > 0) Flush();
            page.Add((cells, height));
            used += height;
        }
        if (page.Count > 0 || book.Count < first) Flush();
        return first;

        void Flush()
        {
            var (held, head) = (page, HeadHeight(ruler, columns));
            book.Add(to => Draw(to, ruler, title, columns, held, head));
            page = [];
            used = head;
        }
    }

    private static float HeadHeight(PdfRuler ruler, IReadOnlyList<PdfColumn> columns) =>
        columns.Max(column => ruler.Wrap(column.Title, column.Width - 2 * Padding, Size).Count) * LineHeight + Padding;

    private static void Draw(PdfPage page, PdfRuler ruler, string title, IReadOnlyList<PdfColumn> columns, List<(IReadOnlyList<string>[] Cells, float Height)> rows, float head)
    {
        page.Text(title, PdfBook.Left, PdfBook.Top + 4, 11, isBold: true);
        var y = PdfBook.Top + Head;
        Row([.. columns.Select(column => ruler.Wrap(column.Title, column.Width - 2 * Padding, Size))], head, isHead: true);
        foreach (var (cells, height) in rows) Row(cells, height, isHead: false);

        void Row(IReadOnlyList<string>[] cells, float height, bool isHead)
        {
            var x = PdfBook.Left;
            for (var at = 0; at < columns.Count; at++)
            {
                var column = columns[at];
                page.Box(x, y, column.Width, height, isHead);
                var textX = column.Align switch { PdfAlign.Centre => x + column.Width / 2, PdfAlign.Right => x + column.Width - Padding, _ => x + Padding };
                for (var line = 0; line < cells[at].Count; line++) page.Text(cells[at][line], textX, y + LineHeight * (line + 1) - 1, Size, isHead, column.Align);
                x += column.Width;
            }
            y += height;
        }
    }
}
