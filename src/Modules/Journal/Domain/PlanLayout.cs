using System.Collections.Immutable;

namespace MySchool.Journal.Domain;

/// <summary>A lesson of the year as a plan sees it.</summary>
/// <param name="Id">The lesson.</param>
/// <param name="Date">Its day.</param>
/// <param name="Number">Its place in the day.</param>
/// <param name="IsCancelled">Whether it is not held.</param>
/// <param name="HasTopic">Whether a topic is written in the journal.</param>
internal sealed record PlanLesson(Guid Id, DateOnly Date, short Number, bool IsCancelled, bool HasTopic);

/// <summary>A lesson with what of the plan stands at it.</summary>
/// <param name="Lesson">The lesson.</param>
/// <param name="Given">Topics it has given.</param>
/// <param name="Planned">The topic that falls to it as things stand; null when something is given or written, or the plan is over.</param>
internal sealed record LaidLesson(PlanLesson Lesson, ImmutableArray<PlanRow> Given, PlanRow? Planned);

/// <summary>
/// A plan laid over the lessons of a group, in order: what is given stays where it was given, what is not goes over lessons that are
/// still open. Pure, and worked out at each reading: holidays and cancelled lessons move the rest by themselves.
/// </summary>
internal sealed class PlanLayout
{
    private readonly Dictionary<Guid, LaidLesson> byLesson = [];
    private readonly ILookup<Guid, DateOnly> datesOf;

    /// <param name="rows">Lines of the plan in order.</param>
    /// <param name="lessons">Lessons of the group's year in order of day and number, the cancelled among them.</param>
    /// <param name="facts">What lessons have given: line by lesson.</param>
    /// <param name="today">Today at the school.</param>
    public PlanLayout(ImmutableArray<PlanRow> rows, IReadOnlyList<PlanLesson> lessons, ILookup<Guid, Guid> facts, DateOnly today)
    {
        Rows = rows;
        var known = rows.ToDictionary(row => row.Id);
        var times = lessons.SelectMany(lesson => facts[lesson.Id]).Where(known.ContainsKey).CountBy(id => id).ToDictionary();
        GivenHours = times.ToDictionary(pair => pair.Key, pair => Math.Min(pair.Value, known[pair.Key].Hours));
        var units = Units().GetEnumerator();
        var dates = new List<(Guid Row, DateOnly Date)>();
        foreach (var lesson in lessons)
        {
            var given = facts[lesson.Id].Where(known.ContainsKey).Select(id => known[id]).OrderBy(row => rows.IndexOf(row)).ToImmutableArray();
            var planned = IsOpen(lesson, given) && units.MoveNext() ? units.Current : null;
            byLesson[lesson.Id] = new(lesson, given, planned);
            dates.AddRange(given.Select(row => (row.Id, lesson.Date)));
            if (planned is not null) dates.Add((planned.Id, lesson.Date));
        }
        datesOf = dates.ToLookup(pair => pair.Row, pair => pair.Date);
        Lessons = [.. lessons.Select(lesson => byLesson[lesson.Id])];
        Progress = PlanProgress.Of(this, today);

        IEnumerable<PlanRow> Units() => rows.SelectMany(row => Enumerable.Repeat(row, row.Hours - GivenHours.GetValueOrDefault(row.Id)));
    }

    public ImmutableArray<PlanRow> Rows { get; }

    public ImmutableArray<LaidLesson> Lessons { get; }

    /// <summary>Hours given of each topic that has any; never more than it has.</summary>
    public IReadOnlyDictionary<Guid, int> GivenHours { get; }

    public PlanProgress Progress { get; }

    public LaidLesson? At(Guid lesson) => byLesson.GetValueOrDefault(lesson);

    /// <summary>Days of a topic: given or laid out, in order; none when no lesson is left for it.</summary>
    public IEnumerable<DateOnly> DatesOf(Guid row) => datesOf[row];

    /// <summary>The section a topic stands in.</summary>
    public PlanRow? SectionOf(Guid row)
    {
        PlanRow? section = null;
        foreach (var line in Rows)
        {
            if (line.Id == row) return line.IsSection ? line : section;
            if (line.IsSection) section = line;
        }
        return null;
    }

    /// <summary>The topic after this one that still has hours to give.</summary>
    public PlanRow? Next(Guid row) => Rows.SkipWhile(line => line.Id != row).Skip(1).FirstOrDefault(IsLeft);

    /// <summary>Topics that still have hours to give.</summary>
    public IEnumerable<PlanRow> Left => Rows.Where(IsLeft);

    private bool IsLeft(PlanRow row) => row.Hours > GivenHours.GetValueOrDefault(row.Id);

    // A topic typed by hand is the teacher's word: the plan passes such a lesson by.
    private static bool IsOpen(PlanLesson lesson, ImmutableArray<PlanRow> given) => !lesson.IsCancelled && !lesson.HasTopic && given.IsEmpty;
}

/// <summary>Plan against fact in hours.</summary>
/// <param name="Hours">Hours of the plan.</param>
/// <param name="Given">Of them given.</param>
/// <param name="Due">Lessons of the timetable before today, the cancelled among them, as many as the plan has hours: what should have been given.</param>
/// <param name="Cancelled">Cancelled ones among the lessons before today.</param>
/// <param name="Unwritten">Lessons held before today without any topic.</param>
/// <param name="Ahead">Lessons still open for topics: today's and later, and those held without a topic.</param>
internal sealed record PlanProgress(int Hours, int Given, int Due, int Cancelled, int Unwritten, int Ahead)
{
    /// <summary>Hours behind the timetable; never below nought.</summary>
    public int Lag => Math.Max(0, Due - Given);

    /// <summary>Hours still to give.</summary>
    public int Left => Hours - Given;

    /// <summary>Hours for which no lesson is left this year.</summary>
    public int Short => Math.Max(0, Left - Ahead);

    /// <summary>Lessons to which no topic is left.</summary>
    public int Spare => Math.Max(0, Ahead - Left);

    /// <summary>Hours behind once what was held without a topic is written down.</summary>
    public int LagOnceWritten => Math.Max(0, Lag - Unwritten);

    public static PlanProgress Of(PlanLayout layout, DateOnly today)
    {
        var past = layout.Lessons.Where(laid => laid.Lesson.Date < today).ToList();
        var hours = PlanEdits.HoursOf(layout.Rows);
        return new(hours, layout.GivenHours.Values.Sum(), Math.Min(past.Count, hours), past.Count(laid => laid.Lesson.IsCancelled),
            past.Count(laid => IsOpen(laid)), layout.Lessons.Count(IsOpen));

        static bool IsOpen(LaidLesson laid) => laid is { Lesson: { IsCancelled: false, HasTopic: false }, Given.IsEmpty: true };
    }
}
