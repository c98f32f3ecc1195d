using System.Globalization;

namespace MySchool.Journal.Domain;

/// <summary>Dates and counts as people say them.</summary>
internal static class Words
{
    public static readonly CultureInfo Russian = CultureInfo.GetCultureInfo("ru-RU");

    /// <summary>«26 ноября».</summary>
    public static string Date(DateOnly date) => date.ToString("d MMMM", Russian);

    /// <summary>«чт, 26 ноября».</summary>
    public static string WeekDate(DateOnly date) => date.ToString("ddd, d MMMM", Russian);

    /// <summary>«сегодня», «завтра», «вчера» or «чт, 26 ноября».</summary>
    public static string Relative(DateOnly date, DateOnly today) => (date.DayNumber - today.DayNumber) switch
    {
        0 => Resources.Texts.Today,
        1 => Resources.Texts.Tomorrow,
        -1 => Resources.Texts.Yesterday,
        _ => WeekDate(date),
    };

    /// <summary>«сегодня», «24 ноября» or «24 ноября – 2 декабря».</summary>
    public static string Days(DateOnly from, DateOnly to, DateOnly today) => from == to ? Relative(from, today) : $"{Date(from)} – {Date(to)}";

    /// <summary>«24 ноября, 8:10» by the school's clock.</summary>
    public static string Moment(DateTimeOffset at, string timeZone) =>
        TimeZoneInfo.ConvertTime(at, TimeZoneInfo.FindSystemTimeZoneById(timeZone)).ToString("d MMMM, H:mm", Russian);

    /// <summary>«, каб. 214» or «, спортзал»; nothing for a lesson without a room.</summary>
    public static string Room(string room) => room.Length == 0 ? "" : char.IsDigit(room[0]) ? string.Format(Russian, Resources.Texts.RoomNumber, room) : $", {room}";

    /// <summary>«каб. 214» or «спортзал»; empty for a lesson without a room.</summary>
    public static string Place(string room) => Room(room).TrimStart(',', ' ');

    /// <summary>Picks the form for a count out of «урок|урока|уроков»: 1 урок, 2 урока, 5 уроков.</summary>
    public static string Plural(int count, string forms)
    {
        var tens = Math.Abs(count) % 100;
        var units = tens % 10;
        var word = forms.Split('|')[tens is > 10 and < 20 ? 2 : units == 1 ? 0 : units is > 1 and < 5 ? 1 : 2];
        return $"{count} {word}";
    }
}
