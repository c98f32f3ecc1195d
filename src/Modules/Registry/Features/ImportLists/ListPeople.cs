using System.Globalization;
using MySchool.Registry.Resources;

namespace MySchool.Registry.Features.ImportLists;

/// <summary>
/// Gathers the people of all sheets and writes them as rows of the import. One person is one row: a teacher named twice has
/// both roles, a parent of two children is named once, and a learner named twice is refused.
/// </summary>
internal sealed class ListPeople(ListFiles files)
{
    private sealed class Found(string id, ListName name, (string Sheet, int Row) from)
    {
        public string Id => id;
        public ListName Name => name;
        public (string Sheet, int Row) From => from;
        public string Birth { get; set; } = "";
        public string Sex { get; set; } = "";
        public string Snils { get; set; } = "";
        public HashSet<string> Roles { get; } = [];
        public List<string> Guardians { get; } = [];
        public string? Class { get; set; }
    }

    private readonly Dictionary<string, Found> learners = [];
    private readonly Dictionary<string, Found> staff = [];
    private readonly Dictionary<string, Found> guardians = [];
    private readonly Dictionary<string, ((string Sheet, int Row) From, string Shift, ListName? Leader)> classes = [];
    private readonly Dictionary<string, List<Found>> byName = [];
    private int made;

    /// <summary>People gathered so far.</summary>
    public int Count => learners.Count + staff.Count + guardians.Count;

    /// <summary>Positions that open nothing here, and how many people have them.</summary>
    public Dictionary<string, int> OtherPositions { get; } = [];

    public void AddLearner(ListRow row, string sheet, string? classAbove)
    {
        var (birth, sex, snils) = (row.BirthDate(), row.Sex(), row.Snils());
        if (row.Name() is not { } name || row.Class(classAbove) is not { } className) return;
        var from = (sheet, row.Number);
        var key = $"{name.Key}|{Day(birth)}|{(birth is null ? className : "")}";
        if (learners.TryGetValue(key, out var before))
        {
            row.Refuse(ListField.FullName, string.Format(CultureInfo.InvariantCulture, Texts.ListTwice, before.From.Row));
            return;
        }
        var learner = learners[key] = New(name, from);
        (learner.Birth, learner.Sex, learner.Snils, learner.Class) = (Day(birth), sex, snils, className);
        learner.Roles.Add("student");
        if (!byName.TryGetValue(name.Key, out var same)) byName[name.Key] = same = [];
        same.Add(learner);
        classes.TryAdd(className, (from, "", null));
        AddGuardian(learner, row.Other(ListField.Mother), ("parent", "female"), from);
        AddGuardian(learner, row.Other(ListField.Father), ("parent", "male"), from);
        AddGuardian(learner, row.Other(ListField.Guardian), ("relative", null), from);
    }

    public void AddStaff(ListRow row, string sheet)
    {
        var (birth, sex, snils, position) = (row.BirthDate(), row.Sex(), row.Snils(), row.Text(ListField.Position));
        if (row.Name() is not { } name) return;
        if (ListWords.RoleOf(position) is not { } role)
        {
            OtherPositions[position] = OtherPositions.GetValueOrDefault(position) + 1;
            return;
        }
        var key = $"{name.Key}|{Day(birth)}";
        if (!staff.TryGetValue(key, out var person)) person = staff[key] = New(name, (sheet, row.Number));
        (person.Birth, person.Sex, person.Snils) = (Day(birth), sex, snils.Length > 0 ? snils : person.Snils);
        person.Roles.Add(role);
    }

    public void AddClass(ListRow row, string sheet)
    {
        if (row.Class(null) is not { } name) return;
        var shift = row.Text(ListField.Shift);
        classes[name] = ((sheet, row.Number), shift.Length > 0 ? shift[..1] : "", row.Other(ListField.Leader));
    }

    public void AddParent(ListRow row, string sheet)
    {
        var (birth, snils) = (row.BirthDate(), row.Snils());
        if (row.Name() is not { } name || row.Other(ListField.Child) is not { } child) return;
        var className = row.Text(ListField.Class).Length > 0 ? row.Class(null) : null;
        var meant = byName.GetValueOrDefault(child.Key)?.Where(known => className is null || known.Class == className).ToList() ?? [];
        if (meant.Count != 1)
        {
            row.Refuse(ListField.Child, meant.Count == 0 ? Texts.ListNoSuchChild : Texts.ListManyChildren);
            return;
        }
        var guardian = AddGuardian(meant[0], name, ListWords.KinshipOf(row.Text(ListField.Kinship)), (sheet, row.Number))!;
        if (birth is not null) guardian.Birth = Day(birth);
        if (snils.Length > 0) guardian.Snils = snils;
    }

    /// <summary>Writes everything gathered; class leaders are told by name among the staff.</summary>
    public void Write(Action<(string Sheet, int Row)> refuseLeader)
    {
        foreach (var (name, (from, shift, leader)) in classes)
        {
            files.Add("classes.csv", from, name, name, "homeroom", "s", "y", string.Concat(name.TakeWhile(char.IsAsciiDigit)), shift);
            if (leader is null) continue;
            var known = staff.Values.Where(person => person.Name.Key == leader.Key).ToList();
            if (known.Count == 1) files.Add("enrollments.csv", from, $"l:{name}", name, "s", known[0].Id, "teacher");
            else refuseLeader(from);
        }
        foreach (var person in learners.Values.Concat(staff.Values).Concat(guardians.Values)) Write(person);
    }

    private void Write(Found person)
    {
        files.Add("users.csv", person.From, person.Id, person.Name.Last, person.Name.First, person.Name.Middle,
            person.Snils.Length > 0 ? $"{{SNILS:{person.Snils}}}" : "", string.Join(',', person.Roles), "s", string.Join(',', person.Guardians));
        if (person.Birth.Length + person.Sex.Length > 0) files.Add("demographics.csv", person.From, person.Id, person.Birth, person.Sex);
        if (person.Class is { } name) files.Add("enrollments.csv", person.From, $"e:{person.Id}", name, "s", person.Id, "student");
    }

    // One parent for brothers and sisters, who share most of a surname; two people of one name for others.
    private Found? AddGuardian(Found learner, ListName? name, (string Role, string? Sex) kin, (string Sheet, int Row) from)
    {
        if (name is null) return null;
        var key = name.Middle.Length > 0 ? $"{name.Key}|{learner.Name.Stem}" : $"{name.Key}|{learner.Id}";
        if (!guardians.TryGetValue(key, out var guardian)) guardian = guardians[key] = New(name, from);
        guardian.Sex = kin.Sex ?? guardian.Sex;
        guardian.Roles.Add(kin.Role);
        if (!learner.Guardians.Contains(guardian.Id)) learner.Guardians.Add(guardian.Id);
        return guardian;
    }

    private Found New(ListName name, (string, int) from) => new($"p{++made}", name, from);

    private static string Day(DateOnly? date) => date?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "";
}
