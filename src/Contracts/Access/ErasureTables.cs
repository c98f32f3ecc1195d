using System.Collections.Immutable;
using System.Resources;
using Microsoft.Extensions.DependencyInjection;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Contracts.Access;

/// <summary>A module's rules as statements, carried out in the transaction that takes the order off the outbox and tells of the deed.</summary>
/// <param name="db">The worker's door, for looking beforehand.</param>
/// <param name="texts">The module's texts: <c>Erase_title</c> is the module, <c>Erase_{key}</c> a rule.</param>
/// <param name="clock">The clock.</param>
public abstract class ErasureTables(WorkerDb db, ResourceManager texts, IClock clock) : IPersonalErasure, IEventHandler<ErasureOrdered>
{
    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public string Title => Say("title");

    /// <inheritdoc/>
    public abstract IReadOnlyList<ErasureRule> Rules { get; }

    /// <inheritdoc/>
    public abstract IReadOnlyDictionary<string, string> LeftAlone { get; }

    /// <summary>The clock.</summary>
    protected IClock Clock { get; } = clock;

    /// <inheritdoc/>
    public string Say(string key) => texts.GetString($"Erase_{key}", System.Globalization.CultureInfo.GetCultureInfo("ru-RU"))
        ?? throw new InvalidOperationException($"Erase_{key} has no words");

    /// <inheritdoc/>
    public async Task<ErasureOutlook> LookAsync(Guid personId, CancellationToken cancel)
    {
        await using var connection = await db.Source.OpenConnectionAsync(cancel);
        await using var batch = connection.CreateBatch();
        foreach (var rule in Rules) batch.Add(rule.Count, personId);
        var found = new List<ErasureFound>();
        await using (var reader = await batch.ExecuteReaderAsync(cancel))
            foreach (var rule in Rules)
                found.Add(await reader.ReadFirstAsync(row => new ErasureFound(rule.Key, row.GetInt64(0), row.FieldCount > 1 ? row.Maybe<DateOnly>(1) : null), cancel) ?? new(rule.Key, 0, null));
        return new([.. found], await FindObstaclesAsync(personId, connection, cancel));
    }

    /// <inheritdoc/>
    public async Task HandleAsync(IReadOnlyList<ErasureOrdered> happened, NpgsqlConnection connection, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(happened);
        foreach (var order in happened.Where(order => order.Module == Name))
        {
            await BeforeAsync(order, connection, cancel);
            var rows = await CarryOutAsync(order, connection, cancel);
            await using var tell = new NpgsqlBatch(connection);
            tell.AddEvent(new ErasureCarriedOut(Ids.New(), Clock.Now, order.ErasureId, Name, rows));
            await tell.ExecuteNonQueryAsync(cancel);
        }
    }

    /// <summary>What must be settled first; sentences for people.</summary>
    protected virtual Task<ImmutableArray<string>> FindObstaclesAsync(Guid personId, NpgsqlConnection connection, CancellationToken cancel) =>
        Task.FromResult(ImmutableArray<string>.Empty);

    /// <summary>Puts aside, in the same transaction, what must outlive the rows.</summary>
    protected virtual Task BeforeAsync(ErasureOrdered order, NpgsqlConnection connection, CancellationToken cancel) => Task.CompletedTask;

    private async Task<IReadOnlyDictionary<string, long>> CarryOutAsync(ErasureOrdered order, NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection);
        var ordered = Rules.Where(rule => order.Rules.Contains(rule.Key)).SelectMany(rule => rule.Statements.Select(sql => (rule.Key, Command: batch.Add(sql, order.PersonId)))).ToList();
        if (ordered.Count > 0) await batch.ExecuteNonQueryAsync(cancel);
        return ordered.GroupBy(each => each.Key).ToDictionary(rule => rule.Key, rule => rule.Sum(each => (long)each.Command.Rows));
    }
}

/// <summary>How a module registers its rules.</summary>
public static class ErasureServices
{
    /// <summary>Registers the module's rules, both to be looked at and to be ordered.</summary>
    public static IServiceCollection AddErasure<TErasure>(this IServiceCollection services) where TErasure : ErasureTables
    {
        services.AddSingleton<TErasure>();
        services.AddSingleton<IPersonalErasure>(provider => provider.GetRequiredService<TErasure>());
        return services.Hear<ErasureOrdered, TErasure>();
    }
}
