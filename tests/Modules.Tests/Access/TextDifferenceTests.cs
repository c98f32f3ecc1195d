using CsCheck;
using MySchool.Access.Consents;
using Xunit;

namespace MySchool.Modules.Tests.Access;

public sealed class TextDifferenceTests
{
    private static readonly string[] Pieces = ["срок ", "год", "два ", "школа", ", ", "\n\n", "данные ", "Ё"];
    private static readonly Gen<string> Text = Gen.Int[0, Pieces.Length - 1].Select(at => Pieces[at]).Array[0, 30].Select(string.Concat);

    [Fact]
    public void Both_texts_can_be_read_back_from_the_difference() => Gen.Select(Text, Text).Sample((before, after) =>
    {
        var pieces = TextDifference.Of(before, after);
        Assert.Equal(before, string.Concat(pieces.Where(piece => piece.Kind != PieceKind.Added).Select(piece => piece.Text)));
        Assert.Equal(after, string.Concat(pieces.Where(piece => piece.Kind != PieceKind.Removed).Select(piece => piece.Text)));
    });

    [Fact]
    public void A_text_does_not_differ_from_itself() => Text.Sample(text => Assert.DoesNotContain(TextDifference.Of(text, text), piece => piece.Kind != PieceKind.Kept));

    [Fact]
    public void A_changed_word_is_all_that_is_shown() => Assert.Equal(
        [new(PieceKind.Kept, "Срок: "), new(PieceKind.Removed, "один"), new(PieceKind.Added, "два"), new(PieceKind.Kept, " года.")],
        TextDifference.Of("Срок: один года.", "Срок: два года."));

    [Fact]
    public void Texts_too_long_to_compare_are_shown_whole()
    {
        var (before, after) = (string.Concat(Enumerable.Range(0, 3000).Select(n => $"а{n} ")), string.Concat(Enumerable.Range(0, 3000).Select(n => $"б{n} ")));
        Assert.Equal([new(PieceKind.Removed, before.TrimEnd()), new(PieceKind.Added, after.TrimEnd()), new(PieceKind.Kept, " ")], TextDifference.Of(before, after));
    }
}
