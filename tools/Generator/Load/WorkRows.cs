using MySchool.Generator.People;
using MySchool.Generator.Year;
using Npgsql;

namespace MySchool.Generator.Load;

/// <summary>Work handed in on the homework of the last days, as far as a few in each class have: something to look at for teacher and family.</summary>
internal sealed class WorkRows(NpgsqlConnection connection, School school, int year, SchoolYear lived)
{
    private static readonly string[] Answers =
        ["Решил оба примера. Во втором ответ 42.", "Сделал всё, кроме последнего пункта: не понял условие.", "Ответ: x = 4, y = −2. Проверка сошлась.", "Выписал правило и три примера к нему."];

    // Due over the weekend's teaching days and later: what a teacher still has on the table.
    private const int RecentDays = 3;

    private readonly DateOnly lastDay = lived.Homework.Count == 0 ? DateOnly.FromDayNumber(RecentDays) : lived.Homework.Max(homework => homework.Lesson.Date);

    /// <summary>Whether work is handed in on it.</summary>
    public bool Takes(Homework homework) => homework.Due >= lastDay.AddDays(-RecentDays) && homework.Lesson.Group.Subject.Code is ("algebra" or "russian" or "physics");

    public void Write()
    {
        var handed = lived.Homework.Where(homework => Takes(homework) && homework.Lesson.Date < lastDay)
            .SelectMany(homework => homework.Lesson.Group.Pupils.Where((_, i) => i % 3 == 0).Select((pupil, i) => (Id: school.Ids.Next(), Homework: homework, Pupil: pupil, IsReturned: i % 4 == 3, Answer: Answers[i % Answers.Length]))).ToList();
        using (var copy = new CopyTable(connection, "works.works", "school_year, school_id, id, homework_id, learner_id, group_id, subject, task, due_on, state, attempt, handed_at, changed_at"))
        {
            foreach (var work in handed)
                copy.Row().Small(year).Id(school.Id).Id(work.Id).Id(work.Homework.Id).Id(work.Pupil.Person.Id).Id(work.Homework.Lesson.Group.Id).Text(work.Homework.Lesson.Group.Subject.Name).Text(work.Homework.Text)
                    .Date(work.Homework.Due).Text(work.IsReturned ? "returned" : "handed").Small(work.IsReturned ? 2 : 1).Instant(At(work.Homework, 2)).Instant(At(work.Homework, 3));
            copy.Complete();
        }
        using (var copy = new CopyTable(connection, "works.drafts", "school_year, school_id, work_id, learner_id, text"))
        {
            foreach (var work in handed) copy.Row().Small(year).Id(school.Id).Id(work.Id).Id(work.Pupil.Person.Id).Text(work.Answer);
            copy.Complete();
        }
        using (var copy = new CopyTable(connection, "works.steps", "school_year, school_id, work_id, number, learner_id, group_id, attempt, what, text, by_person, at"))
        {
            foreach (var work in handed)
            {
                Step(1, "handed", work.Answer, work.Pupil.Person.Id);
                if (work.IsReturned) Step(2, "returned", "Проверьте последний пункт и допишите вывод.", work.Homework.Lesson.Group.Teacher.Person.Id);

                void Step(int number, string what, string text, Guid by) => copy.Row().Small(year).Id(school.Id).Id(work.Id).Small(number).Id(work.Pupil.Person.Id).Id(work.Homework.Lesson.Group.Id)
                    .Small(1).Text(what).Text(text).Id(by).Instant(At(work.Homework, number + 1));
            }
            copy.Complete();
        }
    }

    // Some hours after the lesson; Moscow is three hours ahead.
    private static DateTime At(Homework homework, int hours) => homework.Lesson.Date.ToDateTime(homework.Lesson.Ends, DateTimeKind.Utc).AddHours(hours - 3);
}
