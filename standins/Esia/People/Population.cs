using System.Text.Json;
using Microsoft.Extensions.Options;

namespace MySchool.StandIns.Esia.People;

/// <summary>Finds people in the file, which is read again when it changes.</summary>
internal sealed class Population(IOptions<Settings> settings, ILogger<Population> log)
{
    private readonly Lock gate = new();
    private Task<PeopleIndex> loading = Task.FromResult(PeopleIndex.Empty);
    private (DateTime Written, long Length) seen;

    public async Task<Person?> FindAsync(string oid) => (await CurrentAsync()).Find(oid);

    public async Task<IReadOnlyList<Person>> SearchAsync(string query) => (await CurrentAsync()).Search(query);

    public async Task<IReadOnlyList<Person>> ShortlistAsync() => (await CurrentAsync()).Shortlist();

    /// <summary>Starts reading, so that the first visitor waits less.</summary>
    public void Warm() => _ = CurrentAsync();

    private Task<PeopleIndex> CurrentAsync()
    {
        var file = new FileInfo(settings.Value.PeopleFile.Length == 0 ? "people.jsonl" : settings.Value.PeopleFile);
        if (!file.Exists) return Task.FromResult(PeopleIndex.Empty);
        lock (gate)
        {
            if (seen == (file.LastWriteTimeUtc, file.Length)) return loading;
            seen = (file.LastWriteTimeUtc, file.Length);
            return loading = LoadAsync(file.FullName);
        }
    }

    private async Task<PeopleIndex> LoadAsync(string path)
    {
        try
        {
            var index = await Task.Run(() => PeopleIndex.Load(path));
            log.LogInformation("{Count} people in {Path}", index.Count, path);
            return index;
        }
        catch (Exception broken) when (broken is JsonException or IOException)
        {
            log.LogError("People file {Path} cannot be read: {Reason}", path, broken.Message);
            return PeopleIndex.Empty;
        }
    }
}
