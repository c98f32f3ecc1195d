using System.Collections.Immutable;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using Npgsql;

namespace MySchool.Registry.Features.Demo;

/// <summary>Fills a demonstration school, so that whoever opens it finds classes, families, colleagues and lessons of their own.</summary>
internal static class FillDemoSchool
{
    private const int Classes = 3;
    private const int Subjects = 5;
    private const int DaysAround = 28;

    /// <summary>Adds the rows and the word to the other modules; they belong into the transaction that adds the school.</summary>
    public static void AddTo(NpgsqlBatch batch, Guid school, Guid byPerson, DateOnly today, DateTimeOffset now)
    {
        var year = (short)(today.Month >= 8 ? today.Year : today.Year - 1);
        var groups = Enumerable.Range(0, Classes * Subjects).Select(_ => Ids.New()).ToArray();
        batch.Add("select registry.fill_demo_school($1, $2, $3, $4, $5)", school, year, byPerson, Enumerable.Range(0, Classes).Select(_ => Ids.New()).ToArray(), groups);
        batch.AddEvent(new DemoSchoolOpened(Ids.New(), school, year, [.. groups.Chunk(Subjects).Select(of => of.ToImmutableArray())],
            today.AddDays(-DaysAround), today.AddDays(DaysAround), now));
    }
}
