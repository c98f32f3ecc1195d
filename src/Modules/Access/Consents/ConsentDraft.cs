using MySchool.Access.Resources;
using MySchool.Kernel;

namespace MySchool.Access.Consents;

/// <summary>A version being written. Only the operator sees it, and nobody agrees to it.</summary>
internal sealed record ConsentDraft
{
    /// <summary>Columns in the order the book reads and writes them.</summary>
    public const string Columns = "purpose, title, body, data_kinds, recipient, legal_basis, term_months, own_age, asks_anew, change_note, revision";

    public required string Purpose { get; init; }
    public string Title { get; init; } = "";
    public string Body { get; init; } = "";
    public string DataKinds { get; init; } = "";
    public string Recipient { get; init; } = "";
    public string LegalBasis { get; init; } = "";
    public short TermMonths { get; init; } = 12;
    public short? OwnAge { get; init; }
    public bool AsksAnew { get; init; }
    public string ChangeNote { get; init; } = "";

    /// <summary>Grows with each saving; 0 has not been saved yet.</summary>
    public int Revision { get; init; }

    /// <summary>A draft that begins as the version in force.</summary>
    public static ConsentDraft From(ConsentText text) => new()
    {
        Purpose = text.Purpose, Title = text.Title, Body = text.Body, DataKinds = text.DataKinds, Recipient = text.Recipient, LegalBasis = text.LegalBasis,
        TermMonths = text.TermMonths, OwnAge = text.OwnAge,
    };

    /// <summary>How it would look once published.</summary>
    public ConsentText ToText(ConsentText current) => new(Purpose, (short)(current.Version + 1), Title, Body, "", current.IsNeeded, TermMonths, default)
    {
        DataKinds = DataKinds, Recipient = Recipient, LegalBasis = LegalBasis, OwnAge = OwnAge, AsksAnew = AsksAnew, ChangeNote = ChangeNote,
    };

    /// <summary>What is wrong with it, or null. The law names what a consent must say (152-ФЗ, ст. 9, ч. 4): nothing of it may be empty.</summary>
    public Problem? Check()
    {
        (string Field, string Value, int Shortest, int Longest)[] fields =
        [
            ("title", Title, 5, 200), ("body", Body, 100, 20_000), ("dataKinds", DataKinds, 5, 2000), ("recipient", Recipient, 5, 1000),
            ("legalBasis", LegalBasis, 5, 1000), ("changeNote", ChangeNote, 5, 1000),
        ];
        foreach (var (field, value, shortest, longest) in fields)
            if (value.Length < shortest || value.Length > longest)
                return new Problem("access.draft-length", string.Format(null, value.Length < shortest ? Texts.DraftTooShort : Texts.DraftTooLong, value.Length < shortest ? shortest : longest, value.Length), field);
        if (TermMonths is < 1 or > 132) return new Problem("access.draft-term", Texts.DraftTermWrong, "termMonths");
        return OwnAge is < 10 or > 18 ? new Problem("access.draft-age", Texts.DraftAgeWrong, "ownAge") : null;
    }
}
