using Npgsql;

namespace MySchool.Registry.Features.ImportOneRoster;

/// <summary>A row of enrollments.csv by which a learner is in a class or a group.</summary>
internal readonly record struct Learning(int Line, int Class, int Person, DateOnly? Begins, DateOnly? Ends, bool IsGone);

/// <summary>
/// Who attends what. Four rows of five in an import say only that a learner of 7Б attends algebra as all of 7Б does: they
/// are counted here, and the database sees those that say more.
/// </summary>
internal sealed class Attendance
{
    private readonly record struct Home(ClassFrame Frame, bool IsOpen);

    private readonly List<Learning> homes = [];
    private readonly Dictionary<int, List<Learning>> groups = [];

    public void AddToClass(Learning row) => homes.Add(row);

    public void AddToGroup(Learning row)
    {
        if (!groups.TryGetValue(row.Class, out var rows)) groups[row.Class] = rows = [];
        rows.Add(row);
    }

    /// <summary>Copies into <c>i_spread</c> what groups are of which class, and into <c>i_learners</c> members of parts and odd rows.</summary>
    public async Task StageAsync(NpgsqlConnection connection, DateOnly today, CancellationToken cancel)
    {
        var frames = await ClassFrame.ReadAsync(connection, cancel);
        var (spread, learners) = (new StageWriter(), new StageWriter());
        var homesOf = HomesByPerson(frames, today);
        var sizes = homesOf.Values.SelectMany(h => h).Where(h => h.IsOpen).CountBy(h => h.Frame.Line).ToDictionary();
        foreach (var (line, rows) in groups)
        {
            if (!frames.TryGetValue(line, out var group)) continue;
            var people = rows.Select(row => row.Person).ToHashSet();
            var best = BestHome(group, people, homesOf);
            var isWhole = best.Frame is { } home && best.Met == people.Count && best.MetOpen == sizes.GetValueOrDefault(home.Line)
                && (group.NamedHome ?? home.Id) == home.Id;
            spread.Start(line);
            spread.Integer(best.Frame?.Line);
            spread.Flag(isWhole);
            foreach (var row in rows)
                if (!isWhole || group.IsOdd(row)) Write(learners, row);
        }
        await StageWriter.CopyAsync(connection, "i_spread", new[] { spread.Take() }.ToAsyncEnumerable(), cancel);
        await StageWriter.CopyAsync(connection, "i_learners", new[] { learners.Take() }.ToAsyncEnumerable(), cancel);
    }

    private Dictionary<int, List<Home>> HomesByPerson(Dictionary<int, ClassFrame> frames, DateOnly today)
    {
        var found = new Dictionary<int, List<Home>>();
        foreach (var row in homes)
        {
            if (!frames.TryGetValue(row.Class, out var frame)) continue;
            if (!found.TryGetValue(row.Person, out var own)) found[row.Person] = own = [];
            var known = own.FindIndex(home => home.Frame == frame);
            var isOpen = frame.IsOpen(row, today);
            if (known < 0) own.Add(new Home(frame, isOpen));
            else if (isOpen) own[known] = new Home(frame, true);
        }
        return found;
    }

    private static void Write(StageWriter to, Learning row)
    {
        to.Start(row.Line);
        to.Integer(row.Class);
        to.Integer(row.Person);
        to.Date(row.Begins);
        to.Date(row.Ends);
        to.Flag(row.IsGone);
    }

    // The class most of the learners are in now, else the one most were in.
    private static (ClassFrame? Frame, int Met, int MetOpen) BestHome(ClassFrame group, HashSet<int> people, Dictionary<int, List<Home>> homesOf)
    {
        var met = new Dictionary<ClassFrame, (int Met, int Open)>(ReferenceEqualityComparer.Instance);
        foreach (var person in people)
            foreach (var home in homesOf.GetValueOrDefault(person, []))
                if (home.Frame.SchoolId == group.SchoolId && home.Frame.Year == group.Year)
                {
                    var so = met.GetValueOrDefault(home.Frame);
                    met[home.Frame] = (so.Met + 1, so.Open + (home.IsOpen ? 1 : 0));
                }
        var best = met.OrderByDescending(m => m.Value.Open).ThenByDescending(m => m.Value.Met).ThenBy(m => m.Key.Id).FirstOrDefault();
        return (best.Key, best.Value.Met, best.Value.Open);
    }
}
