namespace MySchool.Generator;

/// <summary>Sizes of the demo region.</summary>
public enum RegionSize { Small, District, Region }
