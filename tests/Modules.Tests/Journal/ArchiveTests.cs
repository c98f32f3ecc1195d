using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using MySchool.Contracts.Registry;
using MySchool.Journal.Data;
using MySchool.Journal.Domain;
using MySchool.Journal.Features.Archive;
using MySchool.Journal.Features.Classes;
using MySchool.Journal.Features.Remarks;
using Xunit;

namespace MySchool.Modules.Tests.Journal;

/// <summary>The archive's book of a large class: its hash, and its pages in good time.</summary>
public sealed class ArchiveTests
{
    private static readonly DateTimeOffset Made = new(2027, 5, 27, 12, 0, 0, TimeSpan.FromHours(3));

    [Fact]
    public void The_same_journal_has_the_same_hash() => Assert.Equal(Book(4, 2, 5).Hash(), Book(4, 2, 5).Hash());

    [Fact]
    public void Whatever_is_printed_changes_the_hash()
    {
        var book = Book(4, 2, 5);
        var (first, lesson) = (book.Journals[0], book.Journals[0].Lessons[0]);
        ArchiveBook[] others =
        [
            book with { Learners = [.. book.Learners[1..]] },
            book with { Learners = [book.Learners[0] with { Who = book.Learners[0].Who with { To = new(2026, 12, 1) } }, .. book.Learners[1..]] },
            With(first with { Lessons = [lesson with { Topic = "Иная тема" }, .. first.Lessons[1..]] }),
            With(first with { Lessons = [lesson with { Homework = "№ 2" }, .. first.Lessons[1..]] }),
            With(first with { Lessons = [lesson with { Date = lesson.Date.AddDays(1) }, .. first.Lessons[1..]] }),
            With(first with { Cells = first.Cells.ToDictionary(cell => cell.Key, _ => "2") }),
            book with { Of = book.Of with { Book = book.Of.Book with { Set = new() { [(first.Group.GroupId, book.Learners[0].Who.PersonId, 1)] = "5" } } } },
            book with { Remarks = [new(new Remark(Guid.Empty, first.Group.GroupId, 1, "topic", null, null, "Темы", new(2026, 10, 1), "open", 1, Made), "Алгебра", [])] },
        ];
        Assert.Equal(others.Length + 1, others.Append(book).Select(one => Convert.ToHexString(one.Hash())).Distinct().Count());

        ArchiveBook With(ArchiveJournal journal) => book with { Journals = [journal, .. book.Journals[1..]] };
    }

    [Fact]
    public void Fields_cannot_flow_into_each_other()
    {
        var book = Book(1, 1, 1);
        var lesson = book.Journals[0].Lessons[0];
        Assert.NotEqual(With("Тема 1", "2").Hash(), With("Тема", "1 2").Hash());
        Assert.NotEqual(With("Тема", "1:2 3").Hash(), With("Тема 3:1:2", "3").Hash());

        ArchiveBook With(string topic, string homework) => book with { Journals = [book.Journals[0] with { Lessons = [lesson with { Topic = topic, Homework = homework }] }] };
    }

    [Fact]
    public void A_year_of_thirty_learners_and_sixteen_subjects_is_drawn_within_seconds_with_its_faces_inside()
    {
        var book = Book(30, 16, 102);
        using var file = new MemoryStream();
        var clock = Stopwatch.StartNew();
        var pages = ArchivePages.Write(file, book, Convert.ToHexStringLower(book.Hash()), Made);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(15), $"{pages} pages took {clock.Elapsed}");
        TestContext.Current.TestOutputHelper!.WriteLine($"{pages} pages, {file.Length / 1024} KB, {clock.ElapsedMilliseconds} ms");
        var text = Encoding.Latin1.GetString(file.ToArray());
        Assert.InRange(pages, 80, 200);
        Assert.Contains("GolosText-Regular", text, StringComparison.Ordinal);
        Assert.Contains("/FontFile2", text, StringComparison.Ordinal);
    }

    private static ArchiveBook Book(int learners, int subjects, int lessons)
    {
        var people = Enumerable.Range(1, learners).Select(n => new RosterLearner(Id(1, n), new($"Фамилия{n}", "Имя", "Отчество"), new(2026, 9, 1), null)).ToList();
        var groups = Enumerable.Range(1, subjects).Select(n => new SchoolGroup(Id(2, n), Id(3, 1), "7Б", 7, $"Предмет {n}", "Учитель У.У.")).ToList();
        var terms = ImmutableArray.Create(new TermFacts(Id(4, 1), 1, "1-я четверть", new(2026, 9, 1), new(2026, 10, 23)));
        var school = new SchoolRosters(2026, "Europe/Moscow", terms, groups, groups.SelectMany(group => people.Select(learner => (group.GroupId, learner))).ToLookup(row => row.GroupId, row => row.learner)) { SchoolName = "Школа № 7" };
        var none = Array.Empty<int>();
        var rows = new ClassBook(Regulation.Usual, none.ToLookup(_ => (Guid.Empty, Guid.Empty), _ => default(DatedMark)), none.ToLookup(_ => Guid.Empty, _ => (MissedLesson)null!), [], none.ToLookup(_ => Guid.Empty, _ => default(DateOnly)));
        var of = ClassTerms.Of(school, Id(3, 1), null, rows, new(2027, 5, 27));
        var journals = groups.Select((group, at) =>
        {
            var held = Enumerable.Range(1, lessons).Select(n => new ArchiveLesson(Id(5 + at, n), new DateOnly(2026, 9, 1).AddDays(2 * n), 1, $"Тема урока {n}: уравнения и их системы", false, $"§ {n}, № {n}1–{n}9")).ToImmutableArray();
            return new ArchiveJournal(group, [.. people], held, held.SelectMany((lesson, n) => people.Where((_, p) => (p + n) % 3 == 0).Select(learner => ((lesson.Id, learner.PersonId), n % 7 == 0 ? "Б" : "4"))).ToDictionary(cell => cell.Item1, cell => cell.Item2));
        });
        return new(of, of.Learners, [.. journals], []);
    }

    private static Guid Id(int kind, int number) => new(kind, (short)(number >> 8), (short)number, 0, 0, 0, 0, 0, 0, 0, 1);
}
