using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Registry;
using MySchool.Journal.Data;
using MySchool.Journal.Domain;
using MySchool.Journal.Features.Classes;
using MySchool.Journal.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Sheets;
using MySchool.Kernel.Web;

namespace MySchool.Journal.Features.Archive;

/// <summary>The journal of a group over a term as a workbook: marks and absences, topics and homework.</summary>
internal sealed class ExportJournal(AppDb db, IRegistry registry, ReadingAudit audit, IClock clock)
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/journal/{groupId:guid}/journal.xlsx", async (Guid groupId, short? term, HttpContext context, ExportJournal handler, CancellationToken cancel) =>
        {
            var file = await handler.HandleAsync(context.RequireActor(), groupId, term, cancel);
            return file.IsOk ? Results.File(file.Value.Bytes, SheetWriter.MediaType, file.Value.Name) : file.Problem!.ToPage();
        }).Allow(HeadActions.ExportJournal);

    public async Task<Result<(byte[] Bytes, string Name)>> HandleAsync(Actor actor, Guid groupId, short? period, CancellationToken cancel)
    {
        if (await JournalAccess.FindGroupAsync(registry, actor, groupId, HeadActions.ExportJournal, cancel) is not { } group) return Problem.NotFound;
        var term = FindClass.TermOf(group.Terms, period, clock.TodayIn(group.TimeZone));
        var (from, to) = (term?.Starts ?? group.Terms.FirstOrDefault()?.Starts ?? actor.Today, term?.Ends ?? group.Terms.LastOrDefault()?.Ends ?? actor.Today);
        var noted = audit.NoteAsync(actor, HeadActions.ExportJournal, group.SchoolId, null, $"group={groupId}");
        var (lessons, cells) = await db.ReadAsync(actor, batch =>
        {
            batch.AddOfYear("""
                select l.id, l.date, l.number, l.topic, l.is_cancelled, (select string_agg(h.text, '; ' order by h.due_on, h.id) from journal.homework h
                    where h.school_year = $1 and h.school_id = $2 and h.lesson_id = l.id)
                  from journal.lessons l where l.school_year = $1 and l.school_id = $2 and l.group_id = $3 and l.date between $4 and $5 order by l.date, l.number
                """, group.SchoolYear, group.SchoolId, groupId, from, to);
            batch.AddOfYear("""
                select lesson_id, learner_id, value, slot from journal.marks where school_year = $1 and school_id = $2 and group_id = $3 and lesson_date between $4 and $5
                union all
                select lesson_id, learner_id, code, 10 from journal.absences where school_year = $1 and school_id = $2 and group_id = $3 and lesson_date between $4 and $5 order by 4
                """, group.SchoolYear, group.SchoolId, groupId, from, to);
            TermBookRows.Add(batch, group, clock.TodayIn(group.TimeZone));
        }, async (reader, token) =>
        {
            var read = await reader.ReadAllAsync(r => new ArchiveLesson(r.GetGuid(0), r.GetFieldValue<DateOnly>(1), r.GetInt16(2), r.GetString(3), r.GetBoolean(4), r.Text(5)), token);
            var values = (await reader.ReadAllAsync(r => (Key: (r.GetGuid(0), r.GetGuid(1)), Value: r.GetString(2)), token)).ToLookup(row => row.Key, row => row.Value);
            return (read, (Values: values, Book: await TermBookRows.ReadAsync(reader, token)));
        }, cancel);
        await noted;
        return (Write(group, term, lessons, cells.Values, cells.Book), string.Format(Words.Russian, Texts.JournalFile, group.SubjectName, group.ClassName, term?.Name ?? Texts.Year));
    }

    private static byte[] Write(GroupRoster group, TermFacts? term, List<ArchiveLesson> lessons, ILookup<(Guid, Guid), string> cells, TermBook book)
    {
        var period = term?.Number ?? Period.Year;
        var marks = new Sheet(Texts.SheetMarks,
            [new(Texts.Learner, 34), .. lessons.Select(lesson => new SheetColumn(lesson.Date.ToString("dd.MM", Words.Russian), 7)), new(Texts.Average, 10), new(Texts.TermMark, 10)],
            group.Learners.Select(IReadOnlyList<object?> (learner) => [
                learner.Name.Full, .. lessons.Select(lesson => CellOf([.. cells[(lesson.Id, learner.PersonId)]])),
                ReportSheets.Rounded(WeightedAverage.Of(book.MarksOf(learner.PersonId, term)).Value), ReportSheets.Mark(book.Set.GetValueOrDefault((learner.PersonId, period))?.Value)]));
        var topics = new Sheet(Texts.SheetTopics, [new(Texts.Date, 12), new(Texts.Lesson, 8), new(Texts.Topic, 70), new(Texts.Homework, 60)],
            lessons.Select(IReadOnlyList<object?> (lesson) => [lesson.Date, lesson.Number, lesson.IsCancelled ? $"{Texts.Cancelled}. {lesson.Topic}" : lesson.Topic, lesson.Homework]));
        return ReportSheets.Write(marks, topics);
    }

    private static object? CellOf(IReadOnlyList<string> values) => values.Count == 1 ? ReportSheets.Mark(values[0]) : values.Count == 0 ? null : string.Join('/', values);
}
