using System.Text.Json;
using System.Text.Json.Nodes;
using MySchool.Generator;
using MySchool.Generator.Export;
using MySchool.Generator.Load;
using MySchool.Generator.People;
using MySchool.Generator.Places;
using MySchool.Kernel.Secrets;
using Npgsql;

namespace MySchool.CommandLine.Launch;

/// <summary>Invented people of two regions; one mother has children in both and in a third.</summary>
internal sealed class FederationDemo(DateOnly today)
{
    public const string CodeOne = "13000000";
    public const string CodeTwo = "25000000";
    public const string CodeNet = "92000000";
    public const string TitleOne = "Заречная область";
    public const string TitleTwo = "Приморская область";
    public const string TitleNet = "Сетевая область";
    private const int SeedOne = 2026;
    private const int SeedTwo = 2027;
    private static readonly JsonSerializerOptions Readable = new(JsonSerializerDefaults.Web) { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.Create(System.Text.Unicode.UnicodeRanges.All) };

    private readonly DemoRegionPeople one = new(SeedOne, today);
    private readonly DemoRegionPeople two = new(SeedTwo, today);

    /// <summary>The mother of three regions.</summary>
    private Person Mother => one.Population.Demo.First(demo => demo.Person.FullName == "Кузнецова Ольга Николаевна").Person;

    /// <summary>In the second region she is somebody whose name and account become hers.</summary>
    private Guardianship Twin => two.Ties.First(tie => tie.Kinship == "mother" && !two.IsCast(tie.Guardian));

    private Guardianship OnlyTwo => two.Ties.First(tie => tie.Guardian.Id != Twin.Guardian.Id && tie.Learner.Id != Twin.Learner.Id && !two.IsCast(tie.Guardian));

    private Guardianship WithoutConsent => one.Ties.First(tie => !one.IsCast(tie.Guardian));

    private Pupil Grown => one.Schools.SelectMany(school => school.Pupils).First(pupil => pupil.Class.Grade == 10 && !one.IsCast(pupil.Person));

    private Person Operator => one.Population.Offices.First(office => office.Role == "operator").Person;

    /// <summary>Loads a region into an empty database and gives its people their accounts.</summary>
    public async Task LoadAsync(FederationNode node, bool isFirst, CancellationToken cancel)
    {
        await using var owner = NpgsqlDataSource.Create(node.Database.Owner);
        var people = isFirst ? one : two;
        if (await new DemoState(owner).ReadAsync(cancel) == LoadState.Loaded) return;
        var vault = IdentifierVault.OpenOrCreate(node.SnilsKey);
        await new RegionLoader(node.Database.Owner).LoadAsync(new LoadRequest(RegionSize.Sample, today, snils => (vault.Hash(snils), vault.Encrypt(snils))) { Seed = people.Seed }, cancel);
        await RunAsync(owner, "update registry.identities i set esia_oid = a.oid, bound_at = now() from unnest($1, $2) a (id, oid) where i.person_id = a.id",
            [people.Everybody.Select(person => person.Id).ToArray(), people.Everybody.Select(EsiaPeopleFile.OidOf).ToArray()], cancel);
        if (!isFirst) await BecomeSecondAsync(owner, cancel);
        // The first two of the list gave their word, the third has not.
        await ConsentAsync(owner, isFirst ? [.. one.Ties.Where(tie => tie.Guardian == Mother), new(Grown.Person, Grown.Person, "self")] : [.. two.Ties.Where(tie => tie.Guardian == Twin.Guardian || tie.Guardian == OnlyTwo.Guardian)], cancel);
    }

    /// <summary>The portal knows its operator and nobody else.</summary>
    public async Task LoadPortalAsync(FederationNode portal, CancellationToken cancel)
    {
        await using var owner = NpgsqlDataSource.Create(portal.Database.Owner);
        var vault = IdentifierVault.OpenOrCreate(portal.SnilsKey);
        var country = one.Plan.Country;
        await RunAsync(owner, "insert into registry.organisations (id, kind, name, short_name) values ($1, 'country', $2, $3) on conflict do nothing", [country.Id, country.Name, country.ShortName], cancel);
        await RunAsync(owner, "insert into registry.unit_closure values ($1, $1, 0) on conflict do nothing", [country.Id], cancel);
        await RunAsync(owner, "insert into registry.people (id, last_name, first_name, middle_name) values ($1, $2, $3, $4) on conflict do nothing", [Operator.Id, Operator.Last, Operator.First, Operator.Middle], cancel);
        await RunAsync(owner, "insert into registry.identities (person_id, snils_hash, snils_cipher, esia_oid, bound_at) values ($1, $2, $3, $4, now()) on conflict do nothing",
            [Operator.Id, vault.Hash(Operator.Snils), vault.Encrypt(Operator.Snils), EsiaPeopleFile.OidOf(Operator)], cancel);
        await RunAsync(owner, "insert into registry.memberships (unit_id, id, person_id, role, position, starts_on) values ($1, $2, $2, 'operator', 'Оператор портала', '2026-09-01') on conflict do nothing", [country.Id, Operator.Id], cancel);
    }

    /// <summary>One file of people for one ЕСИА.</summary>
    public void WritePeople(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var about = Lines().ToDictionary(line => line.Oid);
        var seen = new HashSet<string>();
        using var whole = new StreamWriter(path + ".new");
        var lines = one.EsiaLines(path, TitleOne).Concat(two.EsiaLines(path, TitleTwo)).Where(line => seen.Add((string)line["oid"]!)).ToList();
        foreach (var line in lines.OrderBy(line => !about.ContainsKey((string)line["oid"]!)))
        {
            var isTried = about.TryGetValue((string)line["oid"]!, out var tried);
            line["demo"] = isTried;
            if (isTried) line["about"] = tried!.Role;
            whole.WriteLine(line.ToJsonString(Readable));
        }
        whole.Close();
        File.Move(path + ".new", path, overwrite: true);
    }

    /// <summary>Where everybody is, for the stand-in of ГИС РУО.</summary>
    public void WritePlaces(string path)
    {
        var places = new Dictionary<string, List<object>>();
        foreach (var (people, code, title) in ((DemoRegionPeople, string, string)[])[(one, CodeOne, TitleOne), (two, CodeTwo, TitleTwo)])
        {
            foreach (var tie in people.Ties.DistinctBy(tie => tie.Guardian.Id)) Place(EsiaPeopleFile.OidOf(people == two && tie.Guardian == Twin.Guardian ? Mother : tie.Guardian), code, title, "guardian");
            foreach (var pupil in people.Schools.SelectMany(school => school.Pupils)) Place(EsiaPeopleFile.OidOf(pupil.Person), code, title, "learner");
        }
        Place(EsiaPeopleFile.OidOf(Mother), CodeNet, TitleNet, "guardian");
        File.WriteAllText(path, JsonSerializer.Serialize(places, Readable));

        void Place(string oid, string code, string title, string role)
        {
            if (!places.TryGetValue(oid, out var list)) places[oid] = list = [];
            list.Add(new { region = title, regionCode = code, school = new { id = Guid.Empty, name = title }, role });
        }
    }

    /// <summary>Students of the foreign journal.</summary>
    public void WriteStudents(string path) => File.WriteAllText(path, JsonSerializer.Serialize((object[])
    [
        new { studentId = 4107, nickName = "Кузнецова Полина", className = "8Г", schoolName = "Гимназия № 3", consent = true, esia = (string[])[EsiaPeopleFile.OidOf(Mother)] },
        new { studentId = 4108, nickName = "Кузнецов Лев", className = "2А", schoolName = "Гимназия № 3", consent = false, esia = (string[])[EsiaPeopleFile.OidOf(Mother)] },
    ], Readable));

    /// <summary>People to try.</summary>
    public IReadOnlyList<FederationLine> Lines() =>
    [
        new(EsiaPeopleFile.OidOf(Mother), Mother.FullName, "Мама детей в трёх регионах", "Портал: дети всех регионов в одном переключателе; у младшего из Сетевой области нет согласия"),
        new(EsiaPeopleFile.OidOf(OnlyTwo.Guardian), OnlyTwo.Guardian.FullName, $"Родитель, {TitleTwo}", "Портал сразу открывает дневник региона, хотя сам этого человека не знает"),
        new(EsiaPeopleFile.OidOf(Grown.Person), Grown.Person.FullName, $"Ученик {Grown.Class.Name}, {TitleOne}", "Свой дневник на портале"),
        new(EsiaPeopleFile.OidOf(WithoutConsent.Guardian), WithoutConsent.Guardian.FullName, $"Родитель без согласия, {TitleOne}", "Портал просит согласие; дайте его в регионе и обновите страницу портала"),
        new(EsiaPeopleFile.OidOf(Operator), Operator.FullName, "Оператор портала", "«Регионы»: адреса, ключи, сроки, «Проверить связь»"),
    ];

    private async Task BecomeSecondAsync(NpgsqlDataSource owner, CancellationToken cancel)
    {
        await RunAsync(owner, "update registry.organisations set name = $1, short_name = $1, oktmo = $2 where kind = 'region'", [TitleTwo, CodeTwo], cancel);
        await RunAsync(owner, "update registry.identities set esia_oid = null where esia_oid = $1", [EsiaPeopleFile.OidOf(Mother)], cancel);
        await RunAsync(owner, "update registry.identities set esia_oid = $1 where person_id = $2", [EsiaPeopleFile.OidOf(Mother), Twin.Guardian.Id], cancel);
        await RunAsync(owner, "update registry.people set last_name = $2, first_name = $3, middle_name = $4 where id = $1", [Twin.Guardian.Id, Mother.Last, Mother.First, Mother.Middle], cancel);
        foreach (var tie in two.Ties.Where(tie => tie.Guardian == Twin.Guardian))
            await RunAsync(owner, "update registry.people set last_name = $2 where id = $1", [tie.Learner.Id, tie.Learner.IsMale ? "Кузнецов" : "Кузнецова"], cancel);
    }

    private static Task ConsentAsync(NpgsqlDataSource owner, IReadOnlyList<Guardianship> words, CancellationToken cancel) => RunAsync(owner, """
        insert into access.consents (id, event, subject_id, giver_id, purpose, text_version, text_hash, at, expires_at)
        select gen_random_uuid(), 'given', w.subject, w.giver, t.purpose, t.version, t.hash, now(), now() + interval '1 year'
          from unnest($1, $2) w (giver, subject) cross join access.consent_texts t where t.purpose = 'federal-diary' or t.purpose = 'diary' and w.giver <> w.subject
        """, [words.Select(word => word.Guardian.Id).ToArray(), words.Select(word => word.Learner.Id).ToArray()], cancel);

    private static async Task RunAsync(NpgsqlDataSource owner, string sql, object[] values, CancellationToken cancel)
    {
        await using var command = owner.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(cancel);
    }
}

/// <summary>Somebody to try the federation as.</summary>
internal sealed record FederationLine(string Oid, string Name, string Role, string Try);

/// <summary>The people of one region, made again from its seed.</summary>
internal sealed class DemoRegionPeople
{
    public DemoRegionPeople(int seed, DateOnly today)
    {
        Seed = seed;
        Plan = RegionPlan.Create(RegionSize.Sample, seed);
        Population = new Population(Plan, seed, Generator.Year.Calendar.Of(today));
        Schools = [.. Population.MakeSchools()];
    }

    public int Seed { get; }

    public RegionPlan Plan { get; }

    public Population Population { get; }

    public IReadOnlyList<School> Schools { get; }

    public IEnumerable<Guardianship> Ties => Schools.SelectMany(school => school.Guardianships).Where(tie => tie.Restriction is null);

    public IReadOnlyList<Person> Everybody => [.. Schools.SelectMany(school => school.NewPeople).Concat(Population.Demo.Select(demo => demo.Person)).Concat(Population.Offices.Select(office => office.Person)).DistinctBy(person => person.Id)];

    public bool IsCast(Person person) => Population.Demo.Any(demo => demo.Person.Id == person.Id) || person.Last.StartsWith("Кузнецов", StringComparison.Ordinal);

    public IReadOnlyList<JsonObject> EsiaLines(string near, string title)
    {
        var path = $"{near}.{Seed}";
        using (var file = new EsiaPeopleFile(path, title))
        {
            foreach (var school in Schools) file.Add(school, school.NewPeople);
            file.Add(null, [.. Population.Offices.Select(office => office.Person)]);
            file.Complete(Population.Offices, Population.Demo, Population.Stranger);
        }
        var lines = File.ReadLines(path).Select(line => JsonNode.Parse(line)!.AsObject()).ToList();
        File.Delete(path);
        return lines;
    }
}
