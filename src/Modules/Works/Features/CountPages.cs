using MySchool.Kernel.Data;
using MySchool.Kernel.Files;

namespace MySchool.Works.Features;

/// <summary>Counts the pages of a PDF once somebody wants to look at it.</summary>
internal sealed class CountPages(WorkerDb db, ByteStore store)
{
    /// <summary>The files with the pages of those that had not been counted. For files that were found open to whoever asks.</summary>
    public async Task<WholeWork> HandleAsync(WholeWork whole, CancellationToken cancel)
    {
        if (whole.Files.All(file => !Lacks(file))) return whole;
        var counted = new List<WorkFile>();
        foreach (var file in whole.Files) counted.Add(Lacks(file) ? file with { Pages = await CountAsync(file.Id, cancel) } : file);
        return whole with { Files = [.. counted] };
    }

    private static bool Lacks(WorkFile file) => file is { IsPdf: true, IsOpen: true, Pages: null };

    private async Task<short> CountAsync(Guid fileId, CancellationToken cancel)
    {
        await using var find = db.Source.CreateCommand("select address, sealed_key from works.files where id = $1");
        find.Parameters.Add(new() { Value = fileId });
        (string Address, byte[] Key)? row;
        await using (var reader = await find.ExecuteReaderAsync(cancel)) row = await reader.ReadFirstAsync(r => ((string, byte[])?)(r.GetString(0), r.GetFieldValue<byte[]>(1)), cancel);
        if (row is not var (address, key) || !store.Has(address)) return 0;
        var pages = (short)await PdfPages.CountAsync(await store.ReadAsync(address, key, cancel), cancel);
        await using var keep = db.Source.CreateCommand("update works.files set pages = $2 where id = $1");
        keep.Parameters.Add(new() { Value = fileId });
        keep.Parameters.Add(new() { Value = pages });
        await keep.ExecuteNonQueryAsync(cancel);
        return pages;
    }
}
