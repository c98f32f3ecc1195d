using MySchool.Kernel.Mail;
using MySchool.Connection.Resources;

namespace MySchool.Connection.Domain;

/// <summary>One person to invite, as a line of the form says.</summary>
/// <param name="Number">Line, from 1.</param>
/// <param name="Name">ФИО.</param>
/// <param name="Email">Address, or null.</param>
/// <param name="Role">A role of the school's staff, or null.</param>
/// <param name="UnitNumber">ОГРН of a school or ОКТМО of a territory, or null.</param>
internal sealed record PastedLine(int Number, string Name, string? Email, string? Role, string? UnitNumber);

/// <summary>Reads lines «ФИО; e-mail; роль» or «ФИО; e-mail; ОГРН школы», pasted from a letter or a spreadsheet.</summary>
internal static class PastedLines
{
    public const int Most = 300;

    /// <summary>Lines in order, and what is wrong with those that could not be read.</summary>
    public static (IReadOnlyList<PastedLine> Lines, IReadOnlyList<string> Faults) Read(string text)
    {
        var (lines, faults) = (new List<PastedLine>(), new List<string>());
        var number = 0;
        foreach (var raw in text.ReplaceLineEndings("\n").Split('\n'))
        {
            number++;
            if (string.IsNullOrWhiteSpace(raw)) continue;
            if (lines.Count == Most)
            {
                faults.Add(Words.Say(Texts.TooManyLines, Most));
                break;
            }
            var (line, fault) = ReadLine(number, raw);
            if (fault is not null) faults.Add(Words.Say(Texts.LineFault, number, fault));
            if (line is not null) lines.Add(line);
        }
        return (lines, faults);
    }

    private static (PastedLine? Line, string? Fault) ReadLine(int number, string raw)
    {
        var cells = raw.Split(';', '\t').Select(cell => string.Join(' ', cell.Split(' ', StringSplitOptions.RemoveEmptyEntries))).ToArray();
        if (!Names.IsName(cells[0])) return (null, Texts.NameUnread);
        string? email = null, role = null, unit = null;
        foreach (var cell in cells.Skip(1).Where(cell => cell.Length > 0))
        {
            if (cell.Contains('@', StringComparison.Ordinal))
            {
                if (!MailAddresses.IsValid(cell)) return (null, Words.Say(Texts.EmailUnread, cell));
                email = cell;
            }
            else if (cell.Length is 8 or 11 or 13 && cell.All(char.IsAsciiDigit)) unit = cell;
            else if (FindRole(cell) is { } known) role = known;
            else return (null, Words.Say(Texts.CellUnread, cell));
        }
        return (new PastedLine(number, cells[0], email, role, unit), null);
    }

    private static string? FindRole(string word) =>
        InvitationRules.StaffRoles.FirstOrDefault(role => Words.RoleWords(role).Any(known => word.Contains(known, StringComparison.OrdinalIgnoreCase)));
}
