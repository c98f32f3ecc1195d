using MySchool.Kernel;

namespace MySchool.Testing;

/// <summary>A clock set by hand; it stands at <see cref="SampleSchool.Now"/> until moved.</summary>
public sealed class TestClock : IClock
{
    /// <inheritdoc/>
    public DateTimeOffset Now { get; set; } = SampleSchool.Now;

    /// <summary>Lets time pass.</summary>
    public void Advance(TimeSpan time) => Now += time;
}
