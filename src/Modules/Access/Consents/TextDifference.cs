using System.Text.RegularExpressions;

namespace MySchool.Access.Consents;

/// <summary>What became of a piece of text.</summary>
internal enum PieceKind
{
    Kept,
    Removed,
    Added,
}

/// <summary>A run of characters that stayed, went or came.</summary>
internal sealed record Piece(PieceKind Kind, string Text);

/// <summary>
/// Compares two versions of a text word by word: the longest common subsequence, so that what is shown as changed is as little as
/// can be. Kept and removed pieces together are the old text, kept and added the new one, to the character.
/// </summary>
internal static partial class TextDifference
{
    // Four million cells of two bytes; two texts without a common beginning or end of 2,000 words each. Beyond, the middle is shown whole.
    private const long MostCells = 4_000_000;

    public static IReadOnlyList<Piece> Of(string before, string after)
    {
        string[] old = Words(before), @new = Words(after);
        var head = 0;
        while (head < old.Length && head < @new.Length && old[head] == @new[head]) head++;
        var tail = 0;
        while (tail < old.Length - head && tail < @new.Length - head && old[^(tail + 1)] == @new[^(tail + 1)]) tail++;
        var pieces = new List<(PieceKind, string)>(old[..head].Select(word => (PieceKind.Kept, word)));
        pieces.AddRange(Middle(old[head..(old.Length - tail)], @new[head..(@new.Length - tail)]));
        pieces.AddRange(old[(old.Length - tail)..].Select(word => (PieceKind.Kept, word)));
        return Join(pieces);
    }

    private static List<(PieceKind, string)> Middle(string[] old, string[] @new)
    {
        if ((long)(old.Length + 1) * (@new.Length + 1) > MostCells)
            return [.. old.Select(word => (PieceKind.Removed, word)), .. @new.Select(word => (PieceKind.Added, word))];
        var longest = Table(old, @new);
        var pieces = new List<(PieceKind, string)>(old.Length + @new.Length);
        int i = 0, j = 0;
        while (i < old.Length && j < @new.Length)
        {
            if (old[i] == @new[j])
            {
                pieces.Add((PieceKind.Kept, old[i]));
                (i, j) = (i + 1, j + 1);
            }
            else if (longest[i + 1, j] >= longest[i, j + 1]) pieces.Add((PieceKind.Removed, old[i++]));
            else pieces.Add((PieceKind.Added, @new[j++]));
        }
        while (i < old.Length) pieces.Add((PieceKind.Removed, old[i++]));
        while (j < @new.Length) pieces.Add((PieceKind.Added, @new[j++]));
        return pieces;
    }

    // Length of the longest common subsequence of what follows i and j.
    private static ushort[,] Table(string[] old, string[] @new)
    {
        var longest = new ushort[old.Length + 1, @new.Length + 1];
        for (var i = old.Length - 1; i >= 0; i--)
            for (var j = @new.Length - 1; j >= 0; j--)
                longest[i, j] = old[i] == @new[j] ? (ushort)(longest[i + 1, j + 1] + 1) : Math.Max(longest[i + 1, j], longest[i, j + 1]);
        return longest;
    }

    private static List<Piece> Join(List<(PieceKind Kind, string Text)> pieces)
    {
        var joined = new List<Piece>();
        var at = 0;
        while (at < pieces.Count)
        {
            var end = at;
            while (end < pieces.Count && pieces[end].Kind == pieces[at].Kind) end++;
            joined.Add(new(pieces[at].Kind, string.Concat(pieces[at..end].Select(piece => piece.Text))));
            at = end;
        }
        return joined;
    }

    private static string[] Words(string text) => [.. Word().Matches(text.ReplaceLineEndings("\n")).Select(match => match.Value)];

    [GeneratedRegex(@"\s+|\w+|[^\w\s]")]
    private static partial Regex Word();
}
