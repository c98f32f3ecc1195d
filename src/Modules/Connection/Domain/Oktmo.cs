namespace MySchool.Connection.Domain;

/// <summary>
/// Numbers of territories by ОК 033-2013: two digits of the region, three of the municipality, three of the settlement, three of its part;
/// zeros where a number names something larger.
/// </summary>
internal static class Oktmo
{
    /// <summary>8 or 11 digits.</summary>
    public static bool IsNumber(string text) => text.Length is 8 or 11 && text.All(char.IsAsciiDigit);

    /// <summary>Whether a place lies in a territory; a territory without a number holds everything.</summary>
    public static bool Lies(string place, string? territory) => territory is null || place.StartsWith(Meant(territory), StringComparison.Ordinal);

    // Without the zeros that only fill the number up, group by group.
    private static string Meant(string territory)
    {
        foreach (var length in (int[])[2, 5, 8])
            if (length < territory.Length && territory.AsSpan(length).TrimStart('0').IsEmpty) return territory[..length];
        return territory;
    }
}
