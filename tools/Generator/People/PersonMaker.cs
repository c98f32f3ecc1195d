using MySchool.Generator.Names;

namespace MySchool.Generator.People;

/// <summary>Makes persons: names that agree in gender, patronymics from fathers, unique СНИЛС.</summary>
internal sealed class PersonMaker(int schoolYear)
{
    private int made;

    public Person Adult(IdSource ids, Dice dice, bool isMale, int minAge, int maxAge, string? surname = null)
    {
        var first = dice.Pick(isMale ? FirstNames.Men : FirstNames.Women);
        var last = surname ?? dice.Pick(Surnames.Masculine);
        var birth = new DateOnly(schoolYear - dice.Between(minAge, maxAge), 1, 1).AddDays(dice.Below(365));
        return Named(ids, isMale ? last : Surnames.Feminine(last), first, Patronymics.Of(dice.Pick(FirstNames.Grandfathers), isMale), birth, isMale);
    }

    public Person Child(IdSource ids, Dice dice, string surname, string fatherName, int grade)
    {
        var isMale = dice.Chance(0.51);
        var first = dice.Pick(isMale ? FirstNames.Boys : FirstNames.Girls);
        return Named(ids, isMale ? surname : Surnames.Feminine(surname), first, Patronymics.Of(fatherName, isMale), BirthOf(dice, grade), isMale);
    }

    public Person Named(IdSource ids, string last, string first, string middle, DateOnly birth, bool isMale) =>
        new(ids.Next(), last, first, middle, birth, isMale, NextSnils());

    /// <summary>Children come to grade 1 in the year they turn seven.</summary>
    public DateOnly BirthOf(Dice dice, int grade) => new DateOnly(schoolYear - 6 - grade, 1, 1).AddDays(dice.Below(365));

    // 37 and the range have no common divisor: numbers do not repeat, and neighbours do not stand in a row.
    private string NextSnils() => CheckDigits.Snils((int)(150_000_000 + made++ * 37_000_037L % 700_000_003L));
}
