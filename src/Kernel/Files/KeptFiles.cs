using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using MySchool.Kernel.Secrets;

namespace MySchool.Kernel.Files;

/// <summary>
/// Files of a form that was refused for another reason: they are in the store already and need not be chosen again. The form carries
/// them sealed, for the same person and for less time than the sweeper leaves them lying.
/// </summary>
/// <param name="vault">Seals.</param>
/// <param name="clock">The clock.</param>
public sealed class KeptFiles(IdentifierVault vault, IClock clock)
{
    private static readonly TimeSpan Lasting = TimeSpan.FromMinutes(50);
    private readonly Lazy<Sealer> sealer = new(() => vault.SealerFor("kept files"));

    private sealed record Note(Guid Person, DateTimeOffset Until, IReadOnlyList<TakenFile> Files);

    /// <summary>What the form carries; empty when there are none.</summary>
    public string Keep(Actor actor, IReadOnlyList<TakenFile> files)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(files);
        return files.Count == 0 ? "" : WebEncoders.Base64UrlEncode(sealer.Value.Seal(JsonSerializer.SerializeToUtf8Bytes(new Note(actor.PersonId, clock.Now + Lasting, files), Json.Options)));
    }

    /// <summary>The files again; none when it is not ours, another person's, or too old.</summary>
    public IReadOnlyList<TakenFile> Open(Actor actor, string? kept)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (string.IsNullOrEmpty(kept)) return [];
        try
        {
            var note = JsonSerializer.Deserialize<Note>(sealer.Value.Open(WebEncoders.Base64UrlDecode(kept)), Json.Options)!;
            return note.Person == actor.PersonId && note.Until > clock.Now ? note.Files : [];
        }
        catch (Exception notOurs) when (notOurs is FormatException or CryptographicException or JsonException)
        {
            return [];
        }
    }
}
