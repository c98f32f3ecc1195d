using MySchool.Contracts.Journal;
using MySchool.Journal.Domain;
using Xunit;

namespace MySchool.Modules.Tests.Journal;

public sealed class CellRulesTests
{
    private static readonly Guid Lesson = Guid.CreateVersion7();
    private static readonly Guid Learner = Guid.CreateVersion7();
    private static readonly Guid Teacher = Guid.CreateVersion7();
    private static readonly DateOnly Today = new(2026, 11, 23);
    private static readonly LessonState Held = new(Lesson, Today, 1, false);
    private static readonly JournalRules Rules = new(Today, 14, 7, new Dictionary<short, short> { [1] = 1, [2] = 3 }, new HashSet<string> { "Н", "Б", "У" });

    private static CellChange Put(string? value, int seen = 0, CellKind kind = CellKind.Mark, short? work = null) => new(Lesson, Learner, kind, value, work, seen);

    private static CellState Standing(string value, int version) => new(value, 1, 1, null, version, Guid.CreateVersion7());

    private static Verdict Judge(CellChange change, CellState? now = null, LessonState? lesson = null, JournalRules? rules = null, bool attends = true, int last = 0) =>
        CellRules.Judge(change, now, Math.Max(last, now?.Version ?? 0), lesson ?? Held, attends, rules ?? Rules, Teacher);

    [Fact]
    public void Mark_typed_into_an_empty_cell_is_saved_as_its_first_version()
    {
        var verdict = Judge(Put("5"));
        Assert.Equal(("saved", "5", 1, true), (verdict.State, verdict.Next!.Value, verdict.Next.Version, verdict.IsWrite));
    }

    [Fact]
    public void Weight_is_that_of_the_work_type_at_the_time_of_marking() => Assert.Equal(3, Judge(Put("4", work: 2)).Next!.Weight);

    [Fact]
    public void Mark_over_a_colleagues_newer_mark_is_a_conflict_and_keeps_it()
    {
        var verdict = Judge(Put("5"), Standing("4", 3));
        Assert.Equal(("conflict", "4", false), (verdict.State, verdict.Next!.Value, verdict.IsWrite));
    }

    [Fact]
    public void Mark_over_the_version_seen_is_saved_as_the_next_one() => Assert.Equal(4, Judge(Put("5", 3), Standing("4", 3)).Next!.Version);

    [Fact]
    public void Same_mark_again_writes_nothing() => Assert.Equal(("saved", false), (Judge(Put("4"), Standing("4", 3)).State, Judge(Put("4"), Standing("4", 3)).IsWrite));

    [Fact]
    public void Versions_go_on_after_a_clearing() => Assert.Equal(6, Judge(Put("5"), null, last: 5).Next!.Version);

    [Fact]
    public void Clearing_what_a_colleague_has_changed_is_a_conflict() => Assert.Equal("conflict", Judge(Put(null, 1), Standing("3", 2)).State);

    [Theory]
    [InlineData(-14, true)]
    [InlineData(-15, false)]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void Cells_are_open_from_the_lesson_to_the_end_of_the_edit_window(int day, bool isOpen) =>
        Assert.Equal(isOpen ? "saved" : "refused", Judge(Put("5"), lesson: Held with { Date = Today.AddDays(day) }).State);

    [Theory]
    [InlineData("6")]
    [InlineData("0")]
    [InlineData("55")]
    [InlineData("<script>")]
    [InlineData("")]
    public void Unknown_mark_is_refused(string value) => Assert.Equal("journal.unknown-mark", Judge(Put(value)).Refusal!.Code);

    [Theory]
    [InlineData("зачет", "зачёт")]
    [InlineData("ЗАЧЁТ", "зачёт")]
    [InlineData(" 5 ", "5")]
    public void Mark_is_read_as_people_type_it(string typed, string value) => Assert.Equal(value, Judge(Put(typed)).Next!.Value);

    [Theory]
    [InlineData("5 4", "5 4")]
    [InlineData("4/5", "4/5")]
    [InlineData(" 5   3/4 зачет ", "5 3/4 зачёт")]
    [InlineData(".", "•")]
    public void Cell_holds_several_marks_a_split_one_or_a_point(string typed, string value) => Assert.Equal(value, Judge(Put(typed)).Next!.Value);

    [Theory]
    [InlineData("5 4 3 2")]
    [InlineData("5/6")]
    [InlineData("5/4/3")]
    [InlineData("5/зачёт")]
    [InlineData("• 5")]
    [InlineData("н/а/5")]
    public void What_no_cell_can_hold_is_refused(string typed) => Assert.Equal("journal.unknown-mark", Judge(Put(typed)).Refusal!.Code);

    [Fact]
    public void Each_mark_of_a_cell_has_its_own_work()
    {
        var verdict = Judge(Put("5 4", work: 2) with { MoreWorks = [1] });
        Assert.Equal((3, new WorkWeight(1, 1)), (verdict.Next!.Weight, Assert.Single(verdict.Next.More)));
        var kept = Judge(Put("3 4", verdict.Next.Version), verdict.Next);
        Assert.Equal((3, new WorkWeight(1, 1)), (kept.Next!.Weight, Assert.Single(kept.Next.More)));
        Assert.False(Judge(Put("5 4", 1, work: 2) with { MoreWorks = [1] }, verdict.Next).IsWrite);
        Assert.True(Judge(Put("5 4", 1, work: 2) with { MoreWorks = [2] }, verdict.Next).IsWrite);
        Assert.Equal("journal.unknown-work", Judge(Put("5 4") with { MoreWorks = [77] }).Refusal!.Code);
    }

    [Fact]
    public void Point_waits_two_weeks_or_until_the_day_named_and_goes_with_a_mark()
    {
        var point = Judge(Put("•")).Next!;
        Assert.Equal(Today.AddDays(14), point.Due);
        Assert.Equal(Today.AddDays(3), Judge(Put("•", 1) with { Due = Today.AddDays(3) }, point).Next!.Due);
        Assert.Equal("journal.due-before-lesson", Judge(Put("•") with { Due = Today.AddDays(-1) }).Refusal!.Code);
        Assert.Null(Judge(Put("4", 1), point).Next!.Due);
    }

    [Fact]
    public void What_a_family_has_seen_is_not_hidden_again()
    {
        Assert.True(Judge(Put("5"), lesson: Held with { HoldsMarks = true }).Next!.IsHeld);
        Assert.False(Judge(Put("5", 3), Standing("4", 3), Held with { HoldsMarks = true }).Next!.IsHeld);
        Assert.True(Judge(Put("5", 3), Standing("4", 3) with { IsHeld = true }).Next!.IsHeld);
    }

    [Fact]
    public void Grade_1_has_absences_but_no_marks()
    {
        var first = Rules with { Grade = 1 };
        Assert.Equal("journal.no-marks-in-grade-1", Judge(Put("5"), rules: first).Refusal!.Code);
        Assert.Equal("saved", Judge(Put("Н", kind: CellKind.Absence), rules: first).State);
    }

    [Fact]
    public void Absence_must_be_of_the_schools_dictionary() => Assert.Equal("journal.unknown-absence", Judge(Put("Х", kind: CellKind.Absence)).Refusal!.Code);

    [Fact]
    public void Learner_not_in_the_group_that_day_gets_no_mark() => Assert.Equal("journal.not-in-group", Judge(Put("5"), attends: false).Refusal!.Code);

    [Fact]
    public void Cancelled_lesson_takes_no_marks() => Assert.Equal("journal.lesson-cancelled", Judge(Put("5"), lesson: Held with { IsCancelled = true }).Refusal!.Code);

    [Fact]
    public void Lesson_of_another_group_is_unknown() =>
        Assert.Equal("journal.no-lesson", CellRules.Judge(Put("5"), null, 0, null, false, Rules, Teacher).Refusal!.Code);

    [Fact]
    public void Comment_needs_a_mark() => Assert.Equal("journal.comment-without-mark", Judge(Put("Молодец", kind: CellKind.Comment)).Refusal!.Code);

    [Fact]
    public void Comment_keeps_the_mark()
    {
        var verdict = Judge(Put("Молодец", 2, CellKind.Comment), Standing("5", 2));
        Assert.Equal(("5", "Молодец", 3), (verdict.Next!.Value, verdict.Next.Comment, verdict.Next.Version));
    }
}
