using MySchool.Kernel.Secrets;
using MySchool.Registry.Domain;
using MySchool.Registry.Resources;

namespace MySchool.Registry.Features.ImportOneRoster;

/// <summary>A row of users.csv. СНИЛС leaves this class only as a keyed hash and a cipher.</summary>
internal sealed class OneRosterUser(IdentifierVault vault, SourceLines lines)
{
    private const int IdLength = 255;
    private const int NameLength = 100;

    public void Fill(CsvTable row, StageWriter to)
    {
        var roles = RolesOf(row);
        var snils = SnilsOf(row);
        var id = OneRosterFile.Id(row);
        if (!lines.IsFirst(row, "sourcedId", id, Texts.BadDuplicateId)) return;
        if (!lines.IsFirst(row, "userIds", snils?.Digits, Texts.BadDuplicateSnils)) snils = null;
        to.Start(row.Line);
        to.Text(id);
        to.Text(row.Text("familyName", NameLength, isRequired: true));
        to.Text(row.Text("givenName", NameLength, isRequired: true));
        to.Text(row.Text("middleName", NameLength) ?? "");
        to.Texts(roles);
        to.Texts(OrgsOf(row, isNeeded: roles.Length > 0));
        to.Texts(row.List("agentSourcedIds", IdLength));
        to.Bytes(snils is { } number ? vault.Hash(number.Digits) : null);
        to.Bytes(snils is { } again ? vault.Encrypt(again.Digits) : null);
    }

    private static string[] RolesOf(CsvTable row)
    {
        var column = row.Has("roles") ? "roles" : "role";
        var words = row.List(column, 60);
        var known = new List<string>(words.Length);
        foreach (var word in words)
            if (OneRosterWords.UserRoles.TryGetValue(word, out var role)) known.Add(role);
            else row.Refuse(column, string.Format(null, Texts.BadChoice, string.Join(", ", OneRosterWords.UserRoles.Keys.Order(StringComparer.Ordinal))));
        return [.. known];
    }

    private static string[] OrgsOf(CsvTable row, bool isNeeded)
    {
        var orgs = row.List("orgSourcedIds", IdLength);
        if (orgs.Length == 0 && row.Text("primaryOrgSourcedId", IdLength) is { } primary) orgs = [primary];
        if (isNeeded && orgs.Length == 0) row.Refuse("primaryOrgSourcedId", Texts.BadEmpty);
        return orgs;
    }

    // userIds: {SNILS:112-233-445 95},{Type:Id}. Other types are other systems' business.
    private static Snils? SnilsOf(CsvTable row)
    {
        foreach (var item in row.List("userIds", IdLength))
        {
            var inside = item.Trim('{', '}', ' ');
            var colon = inside.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0) continue;
            var type = inside[..colon].Trim();
            if (!type.Equals("SNILS", StringComparison.OrdinalIgnoreCase) && !type.Equals("СНИЛС", StringComparison.OrdinalIgnoreCase)) continue;
            if (Snils.TryParse(inside[(colon + 1)..].Trim(), out var snils)) return snils;
            row.Refuse("userIds", Texts.BadSnils);
            return null;
        }
        return null;
    }
}
