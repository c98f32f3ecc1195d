using System.Globalization;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace MySchool.StandIns.Esia.People;

/// <summary>
/// 600,000 people in about 60 MB: where each line lies in the file, its oid, and its searchable words in one byte
/// a letter, end to end, so that a search is a vectorised scan. Details are read from the file when shown.
/// </summary>
internal sealed class PeopleIndex
{
    public const int Cap = 50;
    private const byte LineEnd = (byte)'\n';
    public static readonly PeopleIndex Empty = new("", [], [], [], [], []);

    private readonly string path;
    private readonly byte[] words;
    private readonly int[] wordEnds;
    private readonly long[] lineStarts;
    private readonly (long Oid, int Line)[] byOid;
    private readonly int[] demo;

    private PeopleIndex(string path, byte[] words, int[] wordEnds, long[] lineStarts, (long Oid, int Line)[] byOid, int[] demo)
    {
        this.path = path;
        this.words = words;
        this.wordEnds = wordEnds;
        this.lineStarts = lineStarts;
        this.byOid = byOid;
        this.demo = demo;
    }

    public int Count => byOid.Length;

    public static PeopleIndex Load(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 20);
        using var reader = new LineReader(file);
        var words = new MemoryStream();
        var (wordEnds, starts, oids, demo) = (new List<int>(), new List<long>(), new List<(long, int)>(), new List<int>());
        while (reader.Next(out var line, out var start))
        {
            if (line.IsEmpty) continue;
            var person = JsonSerializer.Deserialize<Person>(line, Person.Json)!;
            if (person.Demo) demo.Add(starts.Count);
            oids.Add((long.Parse(person.Oid, CultureInfo.InvariantCulture), starts.Count));
            starts.Add(start);
            words.Write(Fold($"{person.FullName} {person.About} {string.Join(' ', person.Roles.Select(r => r.ShortName))} {person.Region}"));
            words.WriteByte(LineEnd);
            wordEnds.Add((int)words.Length);
        }
        starts.Add(file.Length);
        oids.Sort();
        return new(path, words.ToArray(), [.. wordEnds], [.. starts], [.. oids], [.. demo]);
    }

    public Person? Find(string oid)
    {
        if (!long.TryParse(oid, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return null;
        var place = Array.BinarySearch(byOid, (number, 0), Comparer<(long Oid, int Line)>.Create((a, b) => a.Oid.CompareTo(b.Oid)));
        if (place < 0) return null;
        using var file = Open();
        return Read(file, byOid[place].Line);
    }

    public IReadOnlyList<Person> Shortlist() => ReadAll(demo.Take(Cap));

    /// <summary>People whose words contain every word asked for; at most <see cref="Cap"/>.</summary>
    public IReadOnlyList<Person> Search(string query)
    {
        var wanted = query.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Take(8).Select(Fold).OrderByDescending(word => word.Length).ToArray();
        if (wanted.Length == 0) return [];
        var found = new List<int>();
        for (var from = 0; found.Count < Cap;)
        {
            var hit = words.AsSpan(from).IndexOf(wanted[0]);
            if (hit < 0) break;
            var line = LineAt(from + hit);
            var start = line == 0 ? 0 : wordEnds[line - 1];
            if (Array.TrueForAll(wanted, word => words.AsSpan(start, wordEnds[line] - start).IndexOf(word) >= 0)) found.Add(line);
            from = wordEnds[line];
        }
        return ReadAll(found);
    }

    private int LineAt(int position)
    {
        var place = Array.BinarySearch(wordEnds, position + 1);
        return place >= 0 ? place : ~place;
    }

    private List<Person> ReadAll(IEnumerable<int> lines)
    {
        if (Count == 0) return [];
        using var file = Open();
        return [.. lines.Select(line => Read(file, line))];
    }

    private SafeFileHandle Open() => File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    private Person Read(SafeFileHandle file, int line)
    {
        var buffer = new byte[lineStarts[line + 1] - lineStarts[line]];
        RandomAccess.Read(file, buffer, lineStarts[line]);
        return JsonSerializer.Deserialize<Person>(buffer.AsSpan().TrimEnd(" \r\n"u8), Person.Json)!;
    }

    // One byte a letter: ASCII as it is, а–я after it, ё as е; whatever else becomes a dot.
    private static byte[] Fold(string text)
    {
        var folded = new byte[text.Length];
        for (var i = 0; i < text.Length; i++)
        {
            var letter = char.ToLowerInvariant(text[i]);
            folded[i] = letter switch
            {
                'ё' => Cyrillic('е'),
                >= 'а' and <= 'я' => Cyrillic(letter),
                < '\u0080' and >= ' ' => (byte)letter,
                _ => (byte)'.',
            };
        }
        return folded;
    }

    private static byte Cyrillic(char letter) => (byte)(letter - 'а' + 0xC0);
}
