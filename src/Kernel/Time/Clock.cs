namespace MySchool.Kernel;

/// <summary>The only source of time: real in production, set by hand in tests.</summary>
public interface IClock
{
    /// <summary>The present instant, offset zero.</summary>
    DateTimeOffset Now { get; }
}

/// <summary>Reads the machine's clock.</summary>
public sealed class SystemClock(TimeProvider provider) : IClock
{
    /// <inheritdoc/>
    public DateTimeOffset Now => provider.GetUtcNow();
}

/// <summary>Dates as schools live them.</summary>
public static class ClockExtensions
{
    /// <summary>Today's date in a school's time zone.</summary>
    /// <param name="clock">The clock.</param>
    /// <param name="timeZone">IANA name, e.g. <c>Europe/Moscow</c>; Russia has eleven zones.</param>
    /// <exception cref="TimeZoneNotFoundException">The zone is unknown to the machine.</exception>
    public static DateOnly TodayIn(this IClock clock, string timeZone) =>
        DateOnly.FromDateTime(clock.NowIn(timeZone).DateTime);

    /// <summary>The present moment as the school's wall clock shows it.</summary>
    /// <param name="clock">The clock.</param>
    /// <param name="timeZone">IANA name of the zone.</param>
    public static DateTimeOffset NowIn(this IClock clock, string timeZone) =>
        TimeZoneInfo.ConvertTime(clock.Now, TimeZoneInfo.FindSystemTimeZoneById(timeZone));
}

/// <summary>IANA names of time zones.</summary>
public static class TimeZones
{
    /// <summary>The capital's: for what stands in no school.</summary>
    public const string Capital = "Europe/Moscow";

    /// <summary>The zone, or the capital's when it is not known.</summary>
    public static string OrCapital(string? zone) => string.IsNullOrEmpty(zone) ? Capital : zone;
}

/// <summary>Identifiers of the platform.</summary>
public static class Ids
{
    /// <summary>A new UUIDv7 (RFC 9562): ordered by time, so that indexes grow at one end.</summary>
    public static Guid New() => Guid.CreateVersion7();
}
