using MySchool.Generator.Load;

namespace MySchool.Bench;

/// <summary>Dashboards of a country of 40,000 schools: as its operator opens them.</summary>
internal static class ConnectionRun
{
    /// <summary>Writes the country and its operator; answers who opens what.</summary>
    public static async Task<IReadOnlyList<(string Token, string Path)>> PrepareAsync(Platform platform, People people, CancellationToken cancel)
    {
        await CountryFigures.WriteAsync(platform.Database.Owner, cancel);
        var token = await people.OperatorAsync(CountryFigures.CountryId, cancel);
        return [(token, "/connection"), (token, "/connection/units/0c000000-0000-7001-8000-000000000007"), (token, "/connection/units/0c000000-0000-7002-8000-000000000100"), (token, "/connection/rows?only=lagging")];
    }
}
