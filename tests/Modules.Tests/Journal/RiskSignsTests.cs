using System.Collections.Immutable;
using System.Globalization;
using CsCheck;
using MySchool.Journal.Domain;
using Xunit;

namespace MySchool.Modules.Tests.Journal;

public sealed class RiskSignsTests
{
    private static readonly DateOnly Today = new(2026, 11, 23);
    private static readonly (DateOnly, DateOnly) Term = (new(2026, 11, 2), new(2026, 12, 27));

    [Theory]
    [InlineData("5.11:2 9.11:3 12.11:2", true)]
    [InlineData("5.11:3 9.11:3 12.11:3", false)]
    // Two marks say nothing of a level; marks of the term before are another term's.
    [InlineData("5.11:2 9.11:2", false)]
    [InlineData("5.10:2 9.10:2 12.10:2", false)]
    public void An_average_below_the_threshold_is_told_with_its_marks(string marks, bool isTold)
    {
        var found = Find(marks);
        Assert.Equal(isTold, found.Any(sign => sign.Kind == RiskKind.LowAverage));
        if (isTold) Assert.Contains("2,33, ниже 2,50", found.First(sign => sign.Kind == RiskKind.LowAverage).Why, StringComparison.Ordinal);
    }

    [Fact]
    public void A_low_average_counts_since_the_mark_after_which_it_has_stayed_low() =>
        Assert.Equal(new DateOnly(2026, 11, 18), Assert.Single(Find("5.11:4 9.11:2 12.11:2 16.11:2 18.11:2 19.11:2"), sign => sign.Kind == RiskKind.LowAverage).Since);

    [Fact]
    public void A_fall_compares_three_weeks_with_the_six_before() =>
        Assert.Contains("был средний балл 5,00, за последние 21 дн. 4,00", Assert.Single(Find("5.10:5 9.10:5 12.10:5 5.11:4 9.11:4 12.11:4"), sign => sign.Kind == RiskKind.Falling).Why, StringComparison.Ordinal);

    [Fact]
    public void A_small_fall_is_no_fall() => Assert.DoesNotContain(Find("5.10:4 9.10:4 12.10:5 5.11:4 9.11:4 12.11:4"), sign => sign.Kind == RiskKind.Falling);

    [Fact]
    public void Twos_of_two_weeks_are_gathered_over_subjects()
    {
        var found = RiskSigns.Find([Subject("Алгебра", "10.11:2 12.11:2"), Subject("Физика", "20.11:2 1.11:2")], [], RiskRules.Usual, 3, Term, Today);
        var twos = Assert.Single(found, sign => sign.Kind == RiskKind.Twos);
        Assert.Equal("3 двойки за 14 дн.: Алгебра (2), Физика.", twos.Why);
        Assert.Equal(new DateOnly(2026, 11, 10), twos.Since);
    }

    [Fact]
    public void Lessons_missed_without_a_reason_are_counted_within_their_days()
    {
        DateOnly[] missed = [.. Enumerable.Repeat(new DateOnly(2026, 11, 9), 4), .. Enumerable.Repeat(new DateOnly(2026, 11, 10), 3), new(2026, 9, 3)];
        Assert.Equal("7 пропущенных уроков без уважительной причины за 30 дн. (2 дня).", Assert.Single(RiskSigns.Find([], missed, RiskRules.Usual, 3, Term, Today)).Why);
        Assert.Empty(RiskSigns.Find([], missed[..5], RiskRules.Usual, 3, Term, Today));
    }

    [Fact]
    public void Too_few_marks_are_told_only_near_the_end_of_the_term()
    {
        Assert.Empty(Find("5.11:5"));
        var near = RiskSigns.Find([Subject("Алгебра", "5.11:5")], [], RiskRules.Usual, 3, Term, new(2026, 12, 14));
        Assert.Contains("1 из 3 нужных отметок", Assert.Single(near).Why, StringComparison.Ordinal);
        Assert.Empty(RiskSigns.Find([Subject("Физкультура", "5.11:зачёт")], [], RiskRules.Usual, 3, Term, new(2026, 12, 14)));
    }

    [Fact]
    public void A_term_that_ended_badly_is_a_debt() => Assert.Equal("Алгебра: за период «1-я четверть» стоит «н/а».",
        Assert.Single(RiskSigns.Find([Subject("Алгебра", "") with { Debts = [("1-я четверть", "н/а", new(2026, 10, 25))] }], [], RiskRules.Usual, 3, Term, Today)).Why);

    [Fact]
    public void Rules_switched_off_find_nothing() => Anything.Sample(any =>
        RiskSigns.Find([any], [.. any.Marks.Select(mark => mark.Date)], RiskRules.Usual with { LowAverage = 0, FallBy = 0, Twos = 0, Missed = 0, FewDays = 0 }, 3, Term, Today).IsEmpty);

    [Fact]
    public void Each_sign_says_why_what_helps_and_a_day_that_has_come() => Anything.Sample(any =>
        RiskSigns.Find([any], [.. any.Marks.Select(mark => mark.Date).Order()], RiskRules.Usual, 3, Term, Today).All(sign => sign.Why.Length > 10 && sign.Help.Length > 10 && sign.Since <= Today));

    [Fact]
    public void A_two_more_never_takes_the_sign_of_twos_away() => Anything.Sample(any =>
    {
        var more = any with { Marks = [.. any.Marks, new(Today, "2", 1)] };
        return !Has(any) || Has(more);

        static bool Has(RiskSubject subject) => RiskSigns.Find([subject], [], RiskRules.Usual, 3, Term, Today).Any(sign => sign.Kind == RiskKind.Twos);
    });

    private static readonly Gen<RiskSubject> Anything = Gen.Select(Gen.Int[0, 80], Gen.Int[0, 4].Select(at => new[] { "2", "3", "4", "5", "н/а" }[at]), Gen.Short[1, 3]).Array[0, 25]
        .Select(marks => new RiskSubject("Алгебра", Guid.Empty, [.. marks.Select(mark => new DatedMark(Today.AddDays(-mark.Item1), mark.Item2, mark.Item3)).OrderBy(mark => mark.Date)], 5, []));

    private static ImmutableArray<RiskSign> Find(string marks) => RiskSigns.Find([Subject("Алгебра", marks)], [], RiskRules.Usual, 3, Term, Today);

    private static RiskSubject Subject(string name, string marks) => new(name, Guid.Empty, [.. marks.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(mark => mark.Split(':'))
        .Select(parts => new DatedMark(DateOnly.ParseExact($"{parts[0]}.2026", "d.M.yyyy", CultureInfo.InvariantCulture), parts[1], 1))], 5, []);
}
