namespace MySchool.Connection.Domain;

/// <summary>What the figures of pages mean; edited by the operator.</summary>
/// <param name="LeastStaff">Fewest members of staff of a connected school.</param>
/// <param name="UseDays">A school uses the journal when it has marks in so many last days.</param>
internal sealed record Definitions(short LeastStaff, short UseDays);

/// <summary>Sums of the schools under a territory.</summary>
internal sealed record TerritoryFigures(
    Guid Id, string Kind, string ShortName, string? Oktmo, IReadOnlyList<Guid> Above, int Coordinators, int Schools, int Administered, int Connected, int Uses,
    IReadOnlyList<int> Bands, int Staff, int StaffCame, int Learners)
{
    /// <summary>Band of the share of schools connected: 1 to 4, or 0 when there are none to connect.</summary>
    public int ConnectedBand => Schools == 0 ? 0 : Words.Percent(Connected, Schools) switch { <= 25 => 1, <= 50 => 2, <= 75 => 3, _ => 4 };
}

/// <summary>Figures of one school.</summary>
internal sealed record SchoolFigures(
    Guid Id, string Name, string ShortName, string? Ogrn, IReadOnlyList<Guid> Above, bool IsDemo, IReadOnlyList<string> Missing,
    int Administrators, int AdministratorsCame, DateOnly? AdministeredUntil, int Bells, int Terms, int Classes, int Staff, int StaffCame,
    int Learners, int WithGuardian, DateOnly? FirstMarkOn, DateOnly? LastMarkOn, bool IsConnected, bool IsUsed, int Band, DateTimeOffset? RemindedAt);

/// <summary>A day of the past.</summary>
internal sealed record FigurePoint(DateOnly Date, int Schools, int Connected, int Uses);

/// <summary>Figures of few people would tell of each of them: coordinators read «менее 10».</summary>
internal static class SmallNumbers
{
    public const int Smallest = 10;

    public static string Count(int people) => people is > 0 and < Smallest ? Resources.Texts.FewerThanTen : Words.Number(people);

    public static string Share(int part, int whole) => whole < Smallest ? "—" : Words.Share(part, whole);

    /// <summary>For a sheet: the number, or nothing.</summary>
    public static int? Cell(int people) => people is > 0 and < Smallest ? null : people;
}
