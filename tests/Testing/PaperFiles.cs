using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace MySchool.Testing;

/// <summary>Small files of each kind.</summary>
public static class PaperFiles
{
    /// <summary>A PDF with so many pages, each with its number.</summary>
    public static byte[] Pdf(int pages = 1)
    {
        var objects = new List<string> { "<</Type/Catalog/Pages 2 0 R>>", $"<</Type/Pages/Kids[{string.Join(' ', Enumerable.Range(0, pages).Select(i => $"{4 + 2 * i} 0 R"))}]/Count {pages}>>", "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>" };
        for (var i = 0; i < pages; i++)
        {
            var words = $"BT /F1 24 Tf 50 300 Td (Page {i + 1}) Tj ET";
            objects.Add($"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 400]/Contents {5 + 2 * i} 0 R/Resources<</Font<</F1 3 0 R>>>>>>");
            objects.Add($"<</Length {words.Length}>>\nstream\n{words}\nendstream");
        }
        var text = new StringBuilder("%PDF-1.4\n");
        var places = new List<int>();
        for (var i = 0; i < objects.Count; i++)
        {
            places.Add(text.Length);
            text.Append(CultureInfo.InvariantCulture, $"{i + 1} 0 obj\n{objects[i]}\nendobj\n");
        }
        var table = text.Length;
        text.Append(CultureInfo.InvariantCulture, $"xref\n0 {objects.Count + 1}\n0000000000 65535 f \n");
        foreach (var place in places) text.Append(CultureInfo.InvariantCulture, $"{place:D10} 00000 n \n");
        text.Append(CultureInfo.InvariantCulture, $"trailer<</Size {objects.Count + 1}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF");
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    /// <summary>A package with these entries.</summary>
    public static byte[] Package(params (string Name, string Text)[] entries)
    {
        using var memory = new MemoryStream();
        using (var archive = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, text) in entries)
            {
                using var entry = archive.CreateEntry(name).Open();
                entry.Write(Encoding.UTF8.GetBytes(text));
            }
        return memory.ToArray();
    }

    /// <summary>A document of Word, as far as its list of contents says.</summary>
    public static byte[] Docx() => Package(("[Content_Types].xml", "<Types/>"), ("word/document.xml", "<document/>"));
}
