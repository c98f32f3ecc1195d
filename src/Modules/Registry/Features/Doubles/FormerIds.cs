using MySchool.Kernel.Data;

namespace MySchool.Registry.Features.Doubles;

/// <summary>Resolves ids that people were known by before they were merged. Whether the person is open to the reader is for the reader's handler to say.</summary>
internal sealed class FormerIds(WorkerDb db)
{
    /// <summary>The person an id stands for now, or null when it is no former id. Follows merges of merges.</summary>
    public async Task<Guid?> ResolveAsync(Guid id, CancellationToken cancel)
    {
        await using var find = db.Source.CreateCommand("""
            with recursive up as (
              select person_id, 1 as depth from registry.former_ids where former_id = $1
              union all
              select f.person_id, depth + 1 from up join registry.former_ids f on f.former_id = up.person_id where depth < 20)
            select person_id from up order by depth desc limit 1
            """);
        find.Parameters.Add(new() { Value = id });
        return await find.ExecuteScalarAsync(cancel) as Guid?;
    }
}
