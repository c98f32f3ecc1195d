namespace MySchool.Notices.Domain;

/// <summary>Kinds of what a family is told of.</summary>
internal static class Kinds
{
    public const string Mark = "mark";
    public const string Absence = "absence";
    public const string Homework = "homework";

    /// <summary>A work sent back for correction; told of as homework is.</summary>
    public const string Work = "work";
}

/// <summary>When a kind is told of.</summary>
internal static class Modes
{
    public const string Now = "now";
    public const string Digest = "digest";
    public const string Never = "never";

    public static readonly IReadOnlyList<string> All = [Now, Digest, Never];
}

/// <summary>How a person wants to be told. Minutes are of the day, by the school's clock.</summary>
internal sealed record NoticeSettings(string Marks, string Absences, string Homework, int DigestAt, int QuietFrom, int QuietTo)
{
    /// <summary>Calm: one letter a day at six in the evening, and nothing at night.</summary>
    public static readonly NoticeSettings Default = new(Modes.Digest, Modes.Digest, Modes.Digest, 18 * 60, 21 * 60, 8 * 60);

    public string Of(string kind) => kind switch { Kinds.Mark => Marks, Kinds.Absence => Absences, _ => Homework };

    /// <summary>The moment a line of a kind leaves at, or null when it never does.</summary>
    public DateTimeOffset? LeavesAt(string kind, DateTimeOffset now, string timeZone) => Of(kind) switch
    {
        Modes.Never => null,
        Modes.Digest => Next(now, timeZone, DigestAt),
        _ => IsQuiet(now, timeZone) ? Next(now, timeZone, QuietTo) : now,
    };

    /// <summary>Whether the moment falls into quiet hours; equal ends are none.</summary>
    public bool IsQuiet(DateTimeOffset now, string timeZone)
    {
        var minute = (int)TimeZoneInfo.ConvertTime(now, TimeZoneInfo.FindSystemTimeZoneById(timeZone)).TimeOfDay.TotalMinutes;
        return QuietFrom <= QuietTo ? minute >= QuietFrom && minute < QuietTo : minute >= QuietFrom || minute < QuietTo;
    }

    /// <summary>The first moment after now at which the school's clock shows that minute.</summary>
    private static DateTimeOffset Next(DateTimeOffset now, string timeZone, int minute)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(timeZone);
        var today = TimeZoneInfo.ConvertTime(now, zone).Date;
        for (var day = today; ; day = day.AddDays(1))
        {
            var wall = DateTime.SpecifyKind(day.AddMinutes(minute), DateTimeKind.Unspecified);
            if (zone.IsInvalidTime(wall)) continue;
            var at = new DateTimeOffset(wall, zone.GetUtcOffset(wall));
            if (at > now) return at.ToUniversalTime();
        }
    }
}
