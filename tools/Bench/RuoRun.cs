namespace MySchool.Bench;

/// <summary>Look-ups of ГИС РУО by an authorised system of the region, of people who have consented.</summary>
internal static class RuoRun
{
    /// <summary>Writes the system, its token and the consents; answers what it asks.</summary>
    public static async Task<IReadOnlyList<(string Token, string Path)>> PrepareAsync(People people, CancellationToken cancel)
    {
        var token = await people.SystemAsync("ruo.read", cancel);
        return [.. (await people.ConsentedOidsAsync(200, cancel)).Select(oid => (token, $"/api/ruo/v1/persons/{oid}"))];
    }
}
