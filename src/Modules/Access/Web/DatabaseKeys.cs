using System.Xml;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using MySchool.Kernel;
using MySchool.Kernel.Data;

namespace MySchool.Access.Web;

/// <summary>
/// Keys of cookies and form tokens in the database, so that all nodes read each other's and a restart signs nobody out.
/// The database is asked for at the first key, not while the program is being put together.
/// </summary>
internal sealed class DatabaseKeys(Lazy<FactsDb> db, IClock clock) : IXmlRepository
{
    /// <inheritdoc/>
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var command = db.Value.Source.CreateCommand("select xml from access.data_protection_keys order by created_at");
        using var reader = command.ExecuteReader();
        var keys = new List<XElement>();
        while (reader.Read()) keys.Add(Parse(reader.GetString(0)));
        return keys;
    }

    /// <inheritdoc/>
    public void StoreElement(XElement element, string friendlyName)
    {
        using var command = db.Value.Source.CreateCommand("insert into access.data_protection_keys (id, name, xml, created_at) values ($1, $2, $3, $4)");
        foreach (var value in (object[])[Ids.New(), friendlyName, element.ToString(SaveOptions.DisableFormatting), clock.Now])
            command.Parameters.AddWithValue(value);
        command.ExecuteNonQuery();
    }

    private static XElement Parse(string xml)
    {
        using var reader = XmlReader.Create(new StringReader(xml), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
        return XElement.Load(reader);
    }
}
