using System.Globalization;
using System.Text;

namespace MySchool.Journal.Domain;

/// <summary>One event of a calendar, in the school's wall clock.</summary>
/// <param name="Uid">Stable while the lesson is the same (RFC 5545 §3.8.4.7).</param>
/// <param name="Date">Day.</param>
/// <param name="StartsAt">Beginning.</param>
/// <param name="EndsAt">End.</param>
/// <param name="Summary">Title.</param>
/// <param name="Location">Place, or empty.</param>
/// <param name="Description">Lines, or empty.</param>
/// <param name="IsCancelled">Said as STATUS:CANCELLED.</param>
internal sealed record IcsEvent(string Uid, DateOnly Date, TimeOnly StartsAt, TimeOnly EndsAt, string Summary, string Location, string Description, bool IsCancelled);

/// <summary>Writes a calendar by RFC 5545: lines of 75 octets folded between characters, texts escaped, the zone told in the file.</summary>
internal static class IcsCalendar
{
    private const int LongestLine = 75;
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <param name="name">What a calendar program calls it.</param>
    /// <param name="timeZone">IANA zone of the school.</param>
    /// <param name="stamp">DTSTAMP of every event (UTC). The same stamp and events make the same bytes.</param>
    /// <param name="events">Events in order.</param>
    /// <param name="from">First day told of: the zone's rules are given from it.</param>
    /// <param name="to">Last day told of.</param>
    public static byte[] Write(string name, string timeZone, DateTimeOffset stamp, IEnumerable<IcsEvent> events, DateOnly from, DateOnly to)
    {
        var text = new StringBuilder();
        Add(text, "BEGIN", "VCALENDAR");
        Add(text, "VERSION", "2.0");
        Add(text, "PRODID", "-//MySchool//Diary//RU");
        Add(text, "CALSCALE", "GREGORIAN");
        Add(text, "METHOD", "PUBLISH");
        // RFC 7986 and the names that programs knew before it.
        Add(text, "NAME", Escape(name));
        Add(text, "X-WR-CALNAME", Escape(name));
        Add(text, "X-WR-TIMEZONE", timeZone);
        Add(text, "REFRESH-INTERVAL;VALUE=DURATION", "PT1H");
        Add(text, "X-PUBLISHED-TTL", "PT1H");
        AddZone(text, timeZone, from, to);
        foreach (var each in events) AddEvent(text, each, timeZone, stamp);
        Add(text, "END", "VCALENDAR");
        return Utf8.GetBytes(text.ToString());
    }

    // An observance for each offset that holds within the days told of. No zone of the country has changed its clock since 2016,
    // but a law may, and then the day of the change begins the next one.
    private static void AddZone(StringBuilder text, string timeZone, DateOnly from, DateOnly to)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(timeZone);
        Add(text, "BEGIN", "VTIMEZONE");
        Add(text, "TZID", timeZone);
        TimeSpan? before = null;
        for (var day = from; day <= to; day = day.AddDays(1))
        {
            var offset = zone.GetUtcOffset(day.ToDateTime(new TimeOnly(12, 0)));
            if (offset == before) continue;
            Add(text, "BEGIN", "STANDARD");
            Add(text, "DTSTART", before is null ? "19700101T000000" : Wall(day, TimeOnly.MinValue));
            Add(text, "TZOFFSETFROM", Offset(before ?? offset));
            Add(text, "TZOFFSETTO", Offset(offset));
            Add(text, "END", "STANDARD");
            before = offset;
        }
        Add(text, "END", "VTIMEZONE");
    }

    private static void AddEvent(StringBuilder text, IcsEvent each, string timeZone, DateTimeOffset stamp)
    {
        Add(text, "BEGIN", "VEVENT");
        Add(text, "UID", each.Uid);
        Add(text, "DTSTAMP", stamp.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture));
        Add(text, $"DTSTART;TZID={timeZone}", Wall(each.Date, each.StartsAt));
        Add(text, $"DTEND;TZID={timeZone}", Wall(each.Date, each.EndsAt));
        Add(text, "SUMMARY", Escape(each.Summary));
        if (each.Location.Length > 0) Add(text, "LOCATION", Escape(each.Location));
        if (each.Description.Length > 0) Add(text, "DESCRIPTION", Escape(each.Description));
        Add(text, "STATUS", each.IsCancelled ? "CANCELLED" : "CONFIRMED");
        Add(text, "CLASS", "PRIVATE");
        Add(text, "END", "VEVENT");
    }

    private static string Wall(DateOnly day, TimeOnly time) => day.ToDateTime(time).ToString("yyyyMMdd'T'HHmmss", CultureInfo.InvariantCulture);

    private static string Offset(TimeSpan offset) => $"{(offset < TimeSpan.Zero ? '-' : '+')}{offset:hhmm}";

    /// <summary>RFC 5545 §3.3.11; control characters other than line breaks are not text.</summary>
    internal static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length + 8);
        foreach (var letter in text.ReplaceLineEndings("\n"))
            escaped.Append(letter switch
            {
                '\\' => "\\\\", ';' => "\\;", ',' => "\\,", '\n' => "\\n",
                _ when char.IsControl(letter) => " ",
                _ => letter.ToString(),
            });
        return escaped.ToString();
    }

    // §3.1: at most 75 octets a line without its break; a fold never parts a character.
    private static void Add(StringBuilder text, string name, string value)
    {
        var octets = 0;
        foreach (var rune in $"{name}:{value}".EnumerateRunes())
        {
            if (octets + rune.Utf8SequenceLength > LongestLine)
            {
                text.Append("\r\n ");
                octets = 1;
            }
            text.Append(rune.ToString());
            octets += rune.Utf8SequenceLength;
        }
        text.Append("\r\n");
    }
}
