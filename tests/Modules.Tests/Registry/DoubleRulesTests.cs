using CsCheck;
using MySchool.Registry.Domain;
using Xunit;

namespace MySchool.Modules.Tests.Registry;

public sealed class DoubleRulesTests
{
    private static readonly DateOnly Born = new(2013, 5, 14);
    private static readonly Likeness Anna = new("Семёнова", "Анна", "Ильинична", Born, "female");

    [Theory]
    [InlineData("Семёнова", "Анна", "Ильинична", "SameName")]
    [InlineData("Семенова", "Анна", "Ильинична", "SameNameSpelled")]
    [InlineData("СЕМЁНОВА", "анна", "Ильинична", "SameNameSpelled")]
    [InlineData("Анна", "Семёнова", "Ильинична", "NamesSwapped")]
    [InlineData("Орлова-Семёнова", "Анна", "Ильинична", "DoubleSurname")]
    [InlineData("Семёнова Орлова", "Анна", "Ильинична", "DoubleSurname")]
    [InlineData("Симёнова", "Анна", "Ильинична", "SlipInLastName")]
    [InlineData("Семнёова", "Анна", "Ильинична", "SlipInLastName")]
    [InlineData("Семёнова", "Ана", "Ильинична", "SlipInFirstName")]
    [InlineData("Семёнова", "Анна", "", "SameName")]
    public void Names_written_otherwise_with_one_birth_date_are_likely_one_person(string last, string first, string middle, string reason)
    {
        var judgement = Judge(Anna, new Likeness(last, first, middle, Born, null));
        Assert.True(judgement.IsLikely);
        Assert.Contains(reason, judgement.Reasons);
        Assert.Contains("SameBirth", judgement.Reasons);
    }

    [Theory]
    [InlineData("Семёнова", "Дарья", "Ильинична")]
    [InlineData("Орлова", "Анна", "Ильинична")]
    [InlineData("Симёнова", "Ана", "Ильинична")]
    [InlineData("Симёнова", "Анна", "Петровна")]
    [InlineData("Орлова-Семёнова", "Анна", "Петровна")]
    public void Twins_namesakes_and_two_slips_are_two_people(string last, string first, string middle) =>
        Assert.False(Judge(Anna, new Likeness(last, first, middle, Born, "female")).IsLikely);

    [Fact]
    public void Day_and_month_may_be_swapped_and_no_other_date_passes()
    {
        var march = Anna with { BirthDate = new DateOnly(2013, 3, 5) };
        Assert.Contains("BirthSwapped", Judge(march, Anna with { BirthDate = new DateOnly(2013, 5, 3) }).Reasons);
        Assert.False(Judge(march, Anna with { BirthDate = new DateOnly(2013, 3, 6) }).IsLikely);
        Assert.False(Judge(march, Anna with { BirthDate = new DateOnly(2012, 5, 3) }).IsLikely);
    }

    [Fact]
    public void Missing_birth_date_makes_the_same_full_name_possible_and_a_slip_not_enough()
    {
        Assert.True(Judge(Anna, Anna with { BirthDate = null }).IsLikely);
        Assert.False(Judge(Anna, Anna with { BirthDate = null, LastName = "Симёнова" }).IsLikely);
    }

    [Fact]
    public void Two_true_numbers_belong_to_two_people()
    {
        var judgement = DoubleRules.Judge(Anna, Anna, IdentifierWord.Differ, []);
        Assert.False(judgement.IsLikely);
        Assert.Contains("SnilsDiffer", judgement.Reasons);
    }

    [Fact]
    public void One_number_offered_for_both_outweighs_everything_else()
    {
        var judgement = DoubleRules.Judge(Anna, new Likeness("Орлова", "Вера", "", null, "male"), IdentifierWord.Nothing, ["snils"]);
        Assert.Equal(100, judgement.Score);
        Assert.Equal("SnilsClash", judgement.Reasons[0]);
    }

    [Fact]
    public void Other_gender_and_other_middle_name_lower_the_score_and_are_said()
    {
        var judgement = Judge(Anna, Anna with { MiddleName = "Петровна", Gender = "male" });
        Assert.False(judgement.IsLikely);
        Assert.Contains("MiddleDiffers", judgement.Reasons);
        Assert.Contains("GenderDiffers", judgement.Reasons);
    }

    [Fact]
    public void Judgement_does_not_depend_on_the_order_of_the_two()
    {
        var name = Any("Семёнова", "Семенова", "Симёнова", "Орлова-Семёнова", "Анна", "Ана", "Ли", "");
        var likeness = Gen.Select(name, name, name, Any<DateOnly?>(null, Born, new(2013, 3, 5), new(2013, 5, 3)), Any<string?>(null, "male", "female"),
            (last, first, middle, born, gender) => new Likeness(last, first, middle, born, gender));
        Gen.Select(likeness, likeness).Sample((one, other) =>
        {
            var (there, back) = (Judge(one, other), Judge(other, one));
            return there.Score == back.Score && there.Reasons.SequenceEqual(back.Reasons) && there.Score is >= 0 and <= 100;
        });
    }

    [Theory]
    [InlineData("анна", "ана", true)]
    [InlineData("анна", "анаа", true)]
    [InlineData("илья", "ильяс", true)]
    [InlineData("пётр", "птёр", true)]
    [InlineData("анна", "анна", false)]
    [InlineData("ли", "ло", false)]
    [InlineData("иван", "ибок", false)]
    public void Slip_is_one_letter_or_two_neighbours(string one, string other, bool isSlip) => Assert.Equal(isSlip, DoubleRules.IsOneSlip(one, other));

    private static Gen<T> Any<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static Judgement Judge(Likeness one, Likeness other) => DoubleRules.Judge(one, other, IdentifierWord.Nothing, []);
}
