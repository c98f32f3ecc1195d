using System.Collections.Immutable;
using System.Text.Json;
using MySchool.Contracts.Access;
using MySchool.Kernel;
using MySchool.Kernel.Web;

namespace MySchool.Federation.Asking;

/// <summary>A place of the reader's family as ГИС РУО tells it: only the region matters here.</summary>
internal sealed record ToldPlace(string? Region, string? RegionCode);

/// <summary>Where the reader's family is.</summary>
/// <param name="Regions">Regions of this node's list.</param>
/// <param name="Unknown">Names of regions this node does not ask.</param>
/// <param name="Fault">Why ГИС РУО did not tell now.</param>
/// <param name="CopyAt">The moment of what was kept, when it is used.</param>
internal sealed record FamilyPlaces(ImmutableArray<Region> Regions, ImmutableArray<string> Unknown, FaultKind? Fault, DateTimeOffset? CopyAt)
{
    /// <summary>What is to be kept of it: nothing told takes back what was; null when it was not told now.</summary>
    public byte[]? Body { get; init; }
}

/// <summary>Asks ГИС РУО by ЕСИА id in which regions a person is, over the wire of <c>/api/ruo/v1</c>.</summary>
internal sealed class AskPlaces(OutgoingHttp http, Tokens tokens, Patience patience, CopyBook copies, RegionBook regions, FederationOptions options) : IKnownElsewhere
{
    private const int MostBytes = 64 * 1024;
    private const int MostPlaces = 50;
    private static readonly (Guid Id, int Version) Ruo = (Guid.Empty, 0);

    public async Task<string?> FindPageAsync(string esiaOid, CancellationToken cancel)
    {
        if (!options.IsFederal) return null;
        return (await HandleAsync(new(esiaOid, null), cancel)).Regions.Length > 0 ? StrangerPages.RegionalDiary : null;
    }

    public async Task<FamilyPlaces> HandleAsync(Reader reader, CancellationToken cancel)
    {
        try
        {
            var (body, places) = await patience.AskAsync(Ruo, options.Ruo.DeadlineMs, token => AskAsync(reader.Oid, token), cancel);
            return (await MatchAsync(places, null, null, cancel)) with { Body = places.Count > 0 ? body : [] };
        }
        catch (RegionFault fault)
        {
            return await copies.FindPlacesAsync(reader, cancel) is { } kept
                ? await MatchAsync(Read(kept.Told), fault.Kind, kept.At, cancel) : new([], [], fault.Kind, null);
        }
    }

    private async Task<(byte[] Body, List<ToldPlace> Places)> AskAsync(string oid, CancellationToken cancel)
    {
        var root = options.Ruo.Address.TrimEnd('/');
        var tokenAddress = new Uri($"{root}/connect/token");
        for (var attempt = 1; ; attempt++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"{root}/api/ruo/v1/persons/{Uri.EscapeDataString(oid)}"));
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {await tokens.GetAsync(tokenAddress, options.Ruo.ClientId, options.Ruo.Secret, ApiScopes.Ruo, cancel)}");
            var answer = await http.SendAsync(request, MostBytes, cancel);
            if (answer.Status == 200) return (answer.Body, Read(answer.Body));
            if (answer.Status == 401 && attempt == 1) tokens.Forget(tokenAddress, options.Ruo.ClientId, ApiScopes.Ruo);
            else throw new RegionFault(answer.Status is >= 400 and < 500 ? FaultKind.Refused : FaultKind.Away);
        }
    }

    private static List<ToldPlace> Read(byte[] body)
    {
        try
        {
            return [.. (JsonSerializer.Deserialize<List<ToldPlace?>>(body, Json.Options) ?? []).OfType<ToldPlace>().Take(MostPlaces)];
        }
        catch (JsonException other)
        {
            throw new RegionFault(FaultKind.Garbled, other);
        }
    }

    private async Task<FamilyPlaces> MatchAsync(List<ToldPlace> places, FaultKind? fault, DateTimeOffset? at, CancellationToken cancel)
    {
        var all = await regions.ListAsync(cancel);
        var matched = places.Select(place => (place.Region, Found: Match(all, place))).ToList();
        return new(
            [.. matched.Select(each => each.Found).OfType<Region>().Where(region => region.IsOn).DistinctBy(region => region.Id).OrderBy(region => region.Name, StringComparer.Ordinal)],
            [.. matched.Where(each => each.Found is null or { IsOn: false }).Select(each => each.Found?.Name ?? each.Region).OfType<string>().Where(name => name.Length is > 0 and <= 120).Distinct()], fault, at);
    }

    private static Region? Match(IReadOnlyList<Region> all, ToldPlace place) =>
        all.FirstOrDefault(region => region.Code == place.RegionCode)
        ?? all.FirstOrDefault(region => string.Equals(region.Name, place.Region?.Trim(), StringComparison.OrdinalIgnoreCase));
}
