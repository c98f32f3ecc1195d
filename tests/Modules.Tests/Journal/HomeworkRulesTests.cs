using CsCheck;
using MySchool.Journal.Domain;
using Xunit;

namespace MySchool.Modules.Tests.Journal;

/// <summary>What homework may be, and how much of it.</summary>
public sealed class HomeworkRulesTests
{
    private static readonly Guid Anna = Guid.CreateVersion7();

    private static TypedHomework Typed(string? text = "Упр. 5", string? links = null, string? minutes = null, bool isChosen = false, params Guid[] learners) =>
        new(text, links, minutes, null, null, isChosen, [.. learners], false, 0);

    [Fact]
    public void Grade_one_has_none() => Assert.Equal("journal.no-homework-in-grade-1", HomeworkRules.Judge(Typed(), 1, new HashSet<Guid>()).Problem!.Code);

    [Theory]
    [InlineData(" ", null, null, "text")]
    [InlineData("Упр. 5", "javascript:alert(1)", null, "links")]
    [InlineData("Упр. 5", "ftp://example.ru/a", null, "links")]
    [InlineData("Упр. 5", "https://gosuslugi.ru@evil.example/", null, "links")]
    [InlineData("Упр. 5", "file:///etc/passwd", null, "links")]
    [InlineData("Упр. 5", "http://localhost/", null, "links")]
    [InlineData("Упр. 5", null, "много", "minutes")]
    [InlineData("Упр. 5", null, "0", "minutes")]
    [InlineData("Упр. 5", null, "601", "minutes")]
    public void What_is_wrong_is_said_at_its_field(string text, string? links, string? minutes, string field) =>
        Assert.Equal(field, HomeworkRules.Judge(Typed(text, links, minutes), 7, new HashSet<Guid>()).Problem!.Field);

    [Fact]
    public void Links_are_of_the_web_whatever_is_typed() => Gen.String.Sample(typed =>
    {
        if (HomeworkRules.LinksOf(typed) is { IsOk: true, Value: var links })
            Assert.All(links, link => Assert.True(link.StartsWith("https://", StringComparison.Ordinal) || link.StartsWith("http://", StringComparison.Ordinal)));
    });

    [Fact]
    public void A_link_may_lack_its_beginning() => Assert.Equal(["https://resh.edu.ru/subject/16/", "http://fipi.ru/"], HomeworkRules.LinksOf("resh.edu.ru/subject/16/\nhttp://fipi.ru").Value);

    [Fact]
    public void Only_those_who_attend_are_chosen()
    {
        Assert.Equal("learners", HomeworkRules.Judge(Typed(isChosen: true, learners: Guid.CreateVersion7()), 7, new HashSet<Guid> { Anna }).Problem!.Field);
        Assert.Equal([Anna], HomeworkRules.Judge(Typed(isChosen: true, learners: [Anna, Guid.CreateVersion7(), Anna]), 7, new HashSet<Guid> { Anna }).Value.Learners);
        Assert.Empty(HomeworkRules.Judge(Typed(learners: Anna), 7, new HashSet<Guid> { Anna }).Value.Learners);
    }

    [Fact]
    public void A_day_counts_a_subject_once_by_its_fullest_group_and_only_stated_minutes()
    {
        var (one, two, algebra) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        var load = HomeworkRules.LoadOf([("Английский", one, 30), ("Английский", two, 20), ("Алгебра", algebra, 40), ("Алгебра", algebra, 90), ("История", Guid.CreateVersion7(), null)], new DateOnly(2026, 11, 26), 150);
        Assert.Equal((160, 1, true), (load.Total, load.Untimed, load.IsOver));
        Assert.Equal(("Алгебра", 130), load.Subjects[0]);
    }
}
