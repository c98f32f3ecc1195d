using System.Buffers.Binary;

namespace MySchool.Generator;

/// <summary>Random choices that come out the same for the same seed on any machine (SplitMix64).</summary>
public sealed class Dice(ulong seed)
{
    private ulong state = seed;

    /// <summary>An independent source for a part of the work, so that parts may be made in any order.</summary>
    public static Dice For(int seed, string part, int number)
    {
        // FNV-1a: string.GetHashCode differs from run to run.
        var hash = 14695981039346656037UL;
        foreach (var c in part) hash = (hash ^ c) * 1099511628211UL;
        var dice = new Dice(hash ^ ((ulong)(uint)seed << 32) ^ (uint)number);
        dice.Next();
        return dice;
    }

    /// <summary>64 random bits.</summary>
    public ulong Next()
    {
        state += 0x9E3779B97F4A7C15UL;
        var z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }

    /// <summary>0 to <paramref name="limit"/> − 1.</summary>
    public int Below(int limit) => (int)((Next() >> 32) * (ulong)limit >> 32);

    /// <summary>From <paramref name="low"/> to <paramref name="high"/>, both included.</summary>
    public int Between(int low, int high) => low + Below(high - low + 1);

    /// <summary>From 0 to 1.</summary>
    public double Share() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>True with the given probability.</summary>
    public bool Chance(double probability) => Share() < probability;

    /// <summary>One of the items.</summary>
    public T Pick<T>(IReadOnlyList<T> items) => items[Below(items.Count)];

    /// <summary>Normal, mean 0 and deviation 1 (twelve uniform ones summed: tails end at ±6, which suits marks).</summary>
    public double Normal()
    {
        var sum = -6.0;
        for (var i = 0; i < 12; i++) sum += Share();
        return sum;
    }

    /// <summary>A random order, in place.</summary>
    public void Shuffle<T>(IList<T> items)
    {
        for (var i = items.Count - 1; i > 0; i--)
        {
            var j = Below(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }
}

/// <summary>UUIDv7 by seed: valid layout, ordered by time, the same at each run.</summary>
/// <param name="dice">Gives the random bits.</param>
/// <param name="start">Time part of the first id; each id is 1/256 of a millisecond later.</param>
public sealed class IdSource(Dice dice, DateTimeOffset start)
{
    private long ticks = start.ToUnixTimeMilliseconds() << 8;

    /// <summary>The next id.</summary>
    public Guid Next()
    {
        ticks++;
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, (ticks >> 8) << 16);
        var high = dice.Next();
        // rand_a carries the fraction of the millisecond (RFC 9562, 6.2, method 3), then random bits.
        BinaryPrimitives.WriteUInt16BigEndian(bytes[6..], (ushort)(0x7000 | ((int)(ticks & 0xFF) << 4) | (int)(high >> 60)));
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], (dice.Next() & 0x3FFFFFFFFFFFFFFFUL) | 0x8000000000000000UL);
        return new Guid(bytes, bigEndian: true);
    }
}
