using Microsoft.AspNetCore.DataProtection;
using MySchool.Access.Provider;
using MySchool.Kernel.Data;
using MySchool.Testing;
using Xunit;

namespace MySchool.Modules.Tests.Access;

/// <summary>Signing keys turn over in time and are never shown bare.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class KeyBookTests : IAsyncLifetime
{
    private readonly TestClock clock = new();
    private readonly EphemeralDataProtectionProvider protection = new();
    private TestDatabase database = null!;
    private FactsDb facts = null!;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateEmptyAsync();
        facts = new FactsDb(database.Options);
    }

    public async ValueTask DisposeAsync()
    {
        await facts.DisposeAsync();
        await database.DisposeAsync();
    }

    [Fact]
    public void Next_key_is_shown_a_week_before_it_signs_and_the_old_one_a_week_after()
    {
        using var keys = Open();
        var first = Ids(keys).Single();
        clock.Advance(KeyBook.Term - KeyBook.Shown - TimeSpan.FromMinutes(1));
        Assert.Equal([first], Turn(keys));
        clock.Advance(TimeSpan.FromMinutes(2));
        var shown = Turn(keys);
        Assert.Equal((2, first), (shown.Count, shown[0]));
        clock.Advance(KeyBook.Shown);
        Assert.Equal([shown[1], first], Turn(keys));
        clock.Advance(KeyBook.Shown);
        Assert.Equal([shown[1]], Turn(keys));
    }

    [Fact]
    public void Installation_that_slept_for_a_year_wakes_with_a_fresh_key()
    {
        using var keys = Open();
        var first = Ids(keys).Single();
        clock.Advance(TimeSpan.FromDays(365));
        Assert.DoesNotContain(first, Turn(keys));
        Assert.Single(Ids(keys));
    }

    [Fact]
    public void Nodes_share_keys_and_pairwise_ids_and_a_stranger_with_the_table_reads_none()
    {
        using var one = Open();
        using var two = Open();
        Assert.Equal(Ids(one), Ids(two));
        var person = Guid.CreateVersion7();
        Assert.Equal(new PairwiseIds(one).OfPerson("a", person), new PairwiseIds(two).OfPerson("a", person));
        Assert.NotEqual(new PairwiseIds(one).OfPerson("a", person), new PairwiseIds(two).OfPerson("b", person));
        Assert.NotEqual(new PairwiseIds(one).OfPerson("a", person), new PairwiseIds(one).OfSession("a", person));
        using var thief = new KeyBook(facts, new EphemeralDataProtectionProvider(), clock);
        Assert.ThrowsAny<System.Security.Cryptography.CryptographicException>(() => thief.Current);
    }

    [Fact]
    public void Change_is_told_once()
    {
        using var keys = Open();
        _ = keys.Current;
        var told = 0;
        using var heard = keys.Changes.RegisterChangeCallback(_ => told++, null);
        keys.Refresh();
        Assert.Equal(0, told);
        clock.Advance(KeyBook.Term);
        keys.Refresh();
        Assert.Equal(1, told);
    }

    private KeyBook Open() => new(facts, protection, clock);

    private static List<string> Turn(KeyBook keys)
    {
        keys.Refresh();
        return Ids(keys);
    }

    private static List<string> Ids(KeyBook keys) => [.. keys.Current.Signing.Select(key => key.KeyId)];
}
