using System.Collections.Immutable;
using CsCheck;
using MySchool.Journal.Domain;
using MySchool.Kernel;
using Xunit;

namespace MySchool.Modules.Tests.Journal.Plans;

/// <summary>Edits of a plan, its layout over lessons, and the sums of plan against fact.</summary>
public sealed class PlanRulesTests
{
    private static readonly DateOnly Today = new(2026, 11, 23);
    private static readonly IReadOnlyDictionary<Guid, int> Nothing = ImmutableDictionary<Guid, int>.Empty;

    private static readonly Gen<ImmutableArray<PlanRow>> Rows =
        Gen.Select(Gen.Int[0, 5], Gen.Int[1, 4], Gen.Int[0, 1000]).Array[1, 14].Select(lines => lines.Select(line => line.Item1 == 0
            ? PlanRow.Section(Ids.New(), $"Раздел {line.Item3}") : new PlanRow(Ids.New(), false, $"Тема {line.Item3}", line.Item2, null, "", "")).ToImmutableArray());

    // A year of lessons around today: some cancelled, some with a topic of the teacher's own.
    private static readonly Gen<List<PlanLesson>> Lessons = Gen.Select(Gen.Int[0, 9], Gen.Int[1, 3]).Array[0, 40].Select(days => days.Select((day, at) =>
        new PlanLesson(Ids.New(), Today.AddDays(at * 2 - 30), (short)day.Item2, day.Item1 == 0, day.Item1 == 1)).ToList());

    [Fact]
    public void Edits_keep_every_line_that_was_given_in_its_place() => Gen.Select(Rows, Gen.Int[0, 13], Gen.Int[0, 6], Gen.Int[0, 13]).Sample((rows, at, deed, givenAt) =>
    {
        var given = rows[givenAt % rows.Length] is { IsSection: false } held ? new Dictionary<Guid, int> { [held.Id] = held.Hours } : [];
        var id = rows[at % rows.Length].Id;
        var after = deed switch
        {
            0 => PlanEdits.Move(rows, id, -1, given), 1 => PlanEdits.Move(rows, id, 1, given), 2 => PlanEdits.Merge(rows, id, false, given), 3 => PlanEdits.Merge(rows, id, true, given),
            4 => PlanEdits.Split(rows, id, Ids.New(), given), 5 => PlanEdits.Remove(rows, id, given), _ => PlanEdits.Insert(rows, id, PlanRow.Section(Ids.New(), "Ещё")),
        };
        if (!after.IsOk) return true;
        var hours = PlanEdits.HoursOf(after.Value) - PlanEdits.HoursOf(rows);
        var isSumRight = deed switch { 3 => hours == -1, 4 => hours == (rows.First(row => row.Id == id).Hours == 1 ? 1 : 0), 5 => hours == -rows.First(row => row.Id == id).Hours, _ => hours == 0 };
        return isSumRight && given.All(pair => after.Value.Any(row => row.Id == pair.Key && row.Hours >= pair.Value)) && after.Value.Select(row => row.Id).Distinct().Count() == after.Value.Length;
    });

    [Fact]
    public void Joined_topics_part_again_at_the_joint()
    {
        ImmutableArray<PlanRow> rows = [new(Ids.New(), false, "Дроби", 1, 1, "§ 1", ""), new(Ids.New(), false, "Проценты", 1, null, "", "")];
        var joined = PlanEdits.Merge(rows, rows[0].Id, false, Nothing).Value;
        Assert.Equal("Дроби; Проценты", joined.Single().Title);
        Assert.Equal(2, joined.Single().Hours);
        var parted = PlanEdits.Split(joined, joined[0].Id, Ids.New(), Nothing).Value;
        Assert.Equal(["Дроби", "Проценты"], parted.Select(row => row.Title));
        Assert.Equal([1, 1], parted.Select(row => row.Hours));
        // The way to catch up: both in one lesson.
        Assert.Equal(1, PlanEdits.Merge(rows, rows[0].Id, true, Nothing).Value.Single().Hours);
    }

    [Fact]
    public void Reserve_is_spent_from_the_end_and_never_below_what_was_given()
    {
        ImmutableArray<PlanRow> rows = [new(Ids.New(), false, "Резерв", 3, 9, "", ""), new(Ids.New(), false, "Тема", 5, 1, "", ""), new(Ids.New(), false, "Резерв", 2, 9, "", "")];
        var given = new Dictionary<Guid, int> { [rows[0].Id] = 1 };
        Assert.Equal([2, 5], PlanEdits.SpendReserve(rows, 3, new HashSet<short> { 9 }, given).Select(row => row.Hours));
        Assert.Equal([1, 5], PlanEdits.SpendReserve(rows, 99, new HashSet<short> { 9 }, given).Select(row => row.Hours));
    }

    [Fact]
    public void Layout_gives_open_lessons_the_topics_left_in_order_and_no_hour_twice() => Gen.Select(Rows, Lessons, Gen.Int[0, 20]).Sample((rows, lessons, taken) =>
    {
        var hours = rows.SelectMany(row => Enumerable.Repeat(row.Id, row.Hours)).ToList();
        var held = lessons.Where(lesson => !lesson.IsCancelled && lesson.Date < Today).Take(taken).Zip(hours).ToList();
        var facts = held.ToLookup(pair => pair.First.Id, pair => pair.Second);
        var layout = new PlanLayout(rows, [.. lessons], facts, Today);
        var planned = layout.Lessons.Where(laid => laid.Planned is not null).ToList();
        // In order, after what is given, each hour once, never over a cancelled lesson or a topic typed by hand.
        return planned.Select(laid => laid.Planned!.Id).SequenceEqual(hours.Skip(held.Count).Take(planned.Count))
            && planned.All(laid => !laid.Lesson.IsCancelled && !laid.Lesson.HasTopic && laid.Given.IsEmpty)
            && (planned.Count == hours.Count - held.Count || lessons.All(lesson => lesson.IsCancelled || lesson.HasTopic || layout.At(lesson.Id) is { Planned: not null } or { Given.IsEmpty: false }));
    });

    [Fact]
    public void A_cancelled_lesson_moves_the_rest_by_one_and_is_a_lesson_of_lag()
    {
        ImmutableArray<PlanRow> rows = [.. Enumerable.Range(1, 6).Select(n => new PlanRow(Ids.New(), false, $"Тема {n}", 1, null, "", ""))];
        var lessons = Enumerable.Range(0, 6).Select(n => new PlanLesson(Ids.New(), Today.AddDays(n - 3), 1, false, n < 3)).ToList();
        var facts = lessons.Take(3).Zip(rows).ToLookup(pair => pair.First.Id, pair => pair.Second.Id);
        var straight = new PlanLayout(rows, lessons, facts, Today);
        Assert.Equal(rows[3], straight.At(lessons[3].Id)!.Planned);
        Assert.Equal((0, 0, 0), (straight.Progress.Lag, straight.Progress.Short, straight.Progress.Spare));

        lessons[1] = lessons[1] with { IsCancelled = true, HasTopic = false };
        facts = new[] { (lessons[0].Id, rows[0].Id), (lessons[2].Id, rows[1].Id) }.ToLookup(pair => pair.Item1, pair => pair.Item2);
        var moved = new PlanLayout(rows, lessons, facts, Today);
        Assert.Equal(rows[2], moved.At(lessons[3].Id)!.Planned);
        Assert.Equal((1, 1, 1), (moved.Progress.Lag, moved.Progress.Short, moved.Progress.Cancelled));

        // Two topics at one lesson win the hour back.
        var joined = new PlanLayout(rows, lessons, facts.SelectMany(f => f.Select(row => (f.Key, row))).Append((lessons[2].Id, rows[2].Id)).ToLookup(pair => pair.Item1, pair => pair.Item2), Today);
        Assert.Equal((0, 0), (joined.Progress.Lag, joined.Progress.Short));
    }

    [Fact]
    public void Progress_adds_up_whatever_the_year() => Gen.Select(Rows, Lessons).Sample((rows, lessons) =>
    {
        var progress = new PlanLayout(rows, [.. lessons], Array.Empty<(Guid, Guid)>().ToLookup(_ => Guid.Empty, _ => Guid.Empty), Today).Progress;
        return progress.Given == 0 && progress.Hours == PlanEdits.HoursOf(rows) && progress.Short * progress.Spare == 0
            && progress.Left - progress.Ahead == progress.Short - progress.Spare && progress.Lag <= progress.Hours && progress.Unwritten <= progress.Ahead;
    });

    [Theory]
    [InlineData(102, 102)]
    [InlineData(102, 95)]
    [InlineData(102, 110)]
    [InlineData(102, 3)]
    [InlineData(102, 0)]
    public void Hours_of_a_programme_fit_the_lessons_there_are(int programme, int lessons)
    {
        int[] hours = [25, 27, 20, 24, 6];
        Assert.Equal(programme, hours.Sum());
        var fitted = ProgrammeHours.Fit(hours, lessons);
        Assert.Equal(lessons == 0 ? programme : lessons, fitted.Sum());
        if (lessons >= hours.Length || lessons == 0) Assert.All(fitted, h => Assert.True(h >= 1));
    }

    [Fact]
    public void Hours_fit_any_programme() => Gen.Select(Gen.Int[1, 60].Array[1, 12], Gen.Int[1, 210]).Sample((hours, lessons) =>
        ProgrammeHours.Fit(hours, lessons) is var fitted && fitted.Sum() == lessons && fitted.All(h => h >= 0) && (lessons < hours.Length || fitted.All(h => h >= 1)));

    [Fact]
    public void A_rehearsal_loses_nothing_given_and_brings_all_that_comes() => Gen.Select(Rows, Rows, Gen.Int[0, 13]).Sample((now, coming, givenAt) =>
    {
        var given = now[givenAt % now.Length] is { IsSection: false } held ? new Dictionary<Guid, int> { [held.Id] = held.Hours } : [];
        var diff = PlanDiff.Replace(now, coming, given, Enum.GetValues<PlanField>().ToHashSet());
        return diff.Rows.Select(row => row.Id).Distinct().Count() == diff.Rows.Length
            && given.All(pair => diff.Rows.Any(row => row.Id == pair.Key && row.Hours >= pair.Value))
            && diff.Rows.Length >= coming.Length && diff.Rows.TakeLast(coming.Length).Select(row => row.Title).SequenceEqual(coming.Select(row => row.Title))
            && now.All(row => diff.Changes.Any(change => change.Row.Id == row.Id));
    });

    [Fact]
    public void The_same_lines_again_change_nothing()
    {
        ImmutableArray<PlanRow> now = [PlanRow.Section(Ids.New(), "Дроби"), new(Ids.New(), false, "Доли", 2, 1, "§ 1", "заметка"), new(Ids.New(), false, "Доли", 1, null, "", "")];
        var again = now.Select(row => row with { Id = Ids.New() }).ToImmutableArray();
        Assert.True(PlanDiff.Replace(now, again, Nothing, Enum.GetValues<PlanField>().ToHashSet()).IsEmpty);
        // A list of titles alone leaves hours, homework and notes as they stand.
        var bare = now.Select(row => row.IsSection ? row with { Id = Ids.New() } : new PlanRow(Ids.New(), false, row.Title, 1, null, "", "")).ToImmutableArray();
        Assert.True(PlanDiff.Replace(now, bare, Nothing, new HashSet<PlanField> { PlanField.Title }).IsEmpty);
    }
}
