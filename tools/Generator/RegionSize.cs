namespace MySchool.Generator;

/// <summary>Sizes of the demo region.</summary>
public enum RegionSize
{
    /// <summary>Two tiny schools with the whole demo cast: for tests.</summary>
    Sample,

    /// <summary>One school of about 700 pupils, and a village one beside it.</summary>
    Small,

    /// <summary>12 schools, about 8,000 pupils.</summary>
    District,

    /// <summary>300 schools, about 200,000 pupils, about 20 million marks.</summary>
    Region,
}
