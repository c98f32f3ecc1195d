using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace MySchool.StandIns.Esia.Protocol;

/// <summary>Codes already spent. Without a store of tokens OpenIddict would take one twice.</summary>
internal sealed class UsedCodes(TimeProvider time)
{
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(5);
    private readonly ConcurrentDictionary<string, DateTimeOffset> used = new();

    /// <summary>True the first time a code is shown, false ever after.</summary>
    public bool Spend(string code)
    {
        var now = time.GetUtcNow();
        if (used.Count > 10_000)
            foreach (var (old, at) in used)
                if (now - at > Kept) used.TryRemove(old, out _);
        return used.TryAdd(Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(code))), now);
    }
}
