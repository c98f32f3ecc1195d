using System.IO.Compression;
using System.Text;
using MySchool.Kernel;
using MySchool.Kernel.Secrets;
using MySchool.Registry.Features.ImportOneRoster;
using MySchool.Contracts.Registry;
using MySchool.Testing;
using Xunit;

namespace MySchool.Modules.Tests.Registry;

/// <summary>A tiny school as OneRoster files: a class of two, algebra that all attend, English that one attends. Tests spoil it.</summary>
internal sealed class RosterFiles
{
    private readonly Dictionary<string, byte[]> files = [];

    public RosterFiles()
    {
        Set("manifest.csv", "propertyName,value\noneroster.version,1.2\nfile.users,bulk\n");
        Set("orgs.csv", "sourcedId,name,type,parentSourcedId\nr1,Область,state,\ns1,Школа № 1,school,r1\n");
        Set("academicSessions.csv", "sourcedId,title,type,startDate,endDate,parentSourcedId\ny1,2026/2027,schoolYear,2026-09-01,2027-05-31,\nt1,1 четверть,term,2026-09-01,2026-10-25,y1\n");
        Set("courses.csv", "sourcedId,title,subjectCodes\nc1,Алгебра,algebra\nc2,Английский язык,english\n");
        Set("classes.csv", """
            sourcedId,title,classType,schoolSourcedId,termSourcedIds,grades,courseSourcedId
            k1,7А,homeroom,s1,t1,7,
            g1,7А Алгебра,scheduled,s1,t1,7,c1
            g2,"7А Английский, 1",scheduled,s1,t1,7,c2

            """);
        Set("users.csv", """
            sourcedId,familyName,givenName,middleName,userIds,agentSourcedIds,primaryOrgSourcedId
            u1,Иванова,Анна,Ильинична,{SNILS:112-233-445 95},,s1
            u2,Петров,Пётр,,,u3,s1
            u3,Петрова,Ольга,,,,s1
            u4,Ильин,Илья,,,,s1

            """);
        Set("roles.csv", """
            sourcedId,userSourcedId,role,orgSourcedId,beginDate,endDate
            r1,u1,teacher,s1,2020-09-01,
            r2,u2,student,s1,,
            r3,u3,parent,s1,,
            r4,u4,student,s1,,

            """);
        Set("demographics.csv", "sourcedId,birthDate,sex\nu2,2013-05-05,male\nu3,1985-01-01,female\n");
        Set("enrollments.csv", """
            sourcedId,classSourcedId,schoolSourcedId,userSourcedId,role,beginDate,endDate
            e1,k1,s1,u2,student,,
            e2,k1,s1,u4,student,,
            e3,k1,s1,u1,teacher,,
            e4,g1,s1,u1,teacher,,
            e5,g1,s1,u2,student,,
            e6,g1,s1,u4,student,,
            e7,g2,s1,u2,student,,

            """);
    }

    public RosterFiles Set(string file, string text) => Set(file, Encoding.UTF8.GetBytes(text));

    public RosterFiles Set(string file, byte[] bytes)
    {
        files[file] = bytes;
        return this;
    }

    public RosterFiles Remove(string file)
    {
        files.Remove(file);
        return this;
    }

    public string Text(string file) => Encoding.UTF8.GetString(files[file]);

    /// <summary>Puts one text in place of another that stands in the file once.</summary>
    public RosterFiles Change(string file, string from, string to)
    {
        var parts = Text(file).Split(from);
        Assert.Equal(2, parts.Length);
        return Set(file, parts[0] + to + parts[1]);
    }

    public byte[] Zip()
    {
        using var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, bytes) in files)
            {
                using var entry = zip.CreateEntry(name, CompressionLevel.Optimal).Open();
                entry.Write(bytes);
            }
        return memory.ToArray();
    }

    /// <summary>Imports as the operator, or as an actor.</summary>
    public async Task<Result<ImportReport>> ImportAsync(TestDatabase database, Actor? actor = null)
    {
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(path, Zip(), TestContext.Current.CancellationToken);
            return await ImportAsync(database, path, actor);
        }
        finally
        {
            File.Delete(path);
        }
    }

    public static Task<Result<ImportReport>> ImportAsync(TestDatabase database, string path, Actor? actor = null, IProgress<ImportProgress>? progress = null)
    {
        var import = new ImportOneRoster(database.Options, Vault(database), new TestClock());
        var cancel = TestContext.Current.CancellationToken;
        return actor is null ? import.HandleAsOperatorAsync(path, progress, cancel) : import.HandleAsync(actor, path, progress, cancel);
    }

    // The key is one file for all classes of tests, which run side by side.
    private static readonly Lock Making = new();

    public static IdentifierVault Vault(TestDatabase database)
    {
        lock (Making) return IdentifierVault.OpenOrCreate(Path.Combine(database.Secrets, "snils.key"));
    }

    /// <summary>Everything the registry holds, as one number: nothing written is nothing counted.</summary>
    public static Task<long> RowsAsync(TestDatabase database) => database.ScalarAsync<long>("""
        select (select count(*) from registry.organisations) + (select count(*) from registry.unit_closure) + (select count(*) from registry.people)
             + (select count(*) from registry.identities) + (select count(*) from registry.memberships) + (select count(*) from registry.academic_years)
             + (select count(*) from registry.terms) + (select count(*) from registry.subjects) + (select count(*) from registry.classes)
             + (select count(*) from registry.class_leaders) + (select count(*) from registry.enrolments) + (select count(*) from registry.teaching_groups)
             + (select count(*) from registry.group_members) + (select count(*) from registry.teaching_assignments)
             + (select count(*) from registry.guardianships) + (select count(*) from registry.history) + (select count(*) from kernel.audit)
        """)!;
}
