using MySchool.Generator.People;
using MySchool.Generator.Year;
using Npgsql;

namespace MySchool.Generator.Load;

/// <summary>Writes plans of lessons (КТП): one a teacher, subject and grade, where the demo curriculum plans; what is past has been given.</summary>
internal sealed class PlanRows(NpgsqlConnection connection, School school, Calendar calendar)
{
    private const int TopicsOfSection = 4;
    private readonly IdSource ids = new(new Dice((ulong)school.Plan.Number + 78), Calendar.Founded);

    private sealed record Topic(Guid Id, string Title, int Hours, int Kind, string Homework);

    private sealed record Plan(Guid Id, TeachingGroup First, IReadOnlyList<Topic> Topics);

    public void Write(SchoolYear year)
    {
        WriteKinds();
        var lessons = year.Lessons.Where(lesson => YearMaker.IsPlanned(lesson.Group)).GroupBy(lesson => lesson.Group).ToList();
        var plans = lessons.GroupBy(of => (of.Key.Teacher, of.Key.Subject, of.Key.Class.Grade)).Select(of => (Plan: Make(of.First().Key, of.First().Count()), Groups: of.ToList())).ToList();
        WritePlans([.. plans.Select(of => of.Plan)]);
        using (var copy = new CopyTable(connection, "journal.plan_groups", "school_year, school_id, group_id, plan_id"))
        {
            foreach (var (plan, groups) in plans)
                foreach (var group in groups) copy.Row().Small(calendar.StartYear).Id(school.Id).Id(group.Key.Id).Id(plan.Id);
            copy.Complete();
        }
        using (var copy = new CopyTable(connection, "journal.lesson_topics", "school_year, school_id, group_id, lesson_id, row_id, plan_id"))
        {
            foreach (var (plan, groups) in plans)
                foreach (var lesson in groups.SelectMany(group => group).Where(lesson => lesson.Topic.Length > 0))
                    if (plan.Topics.FirstOrDefault(topic => topic.Title == lesson.Topic) is { } topic)
                        copy.Row().Small(calendar.StartYear).Id(school.Id).Id(lesson.Group.Id).Id(lesson.Id).Id(topic.Id).Id(plan.Id);
            copy.Complete();
        }
    }

    private void WriteKinds()
    {
        using var copy = new CopyTable(connection, "journal.lesson_kinds", "school_id, number, name, short_name, work_type, is_reserve");
        foreach (var kind in Dictionaries.LessonKinds)
        {
            var row = copy.Row().Id(school.Id).Small(kind.Number).Text(kind.Name).Text(kind.ShortName);
            (kind.Work is { } work ? row.Small(work) : row.Null()).Bool(kind.IsReserve);
        }
        copy.Complete();
    }

    // Two hours of the last topic are a reserve. Geometry spends two lessons more on its second topic than planned and is behind.
    private Plan Make(TeachingGroup group, int lessons)
    {
        var titles = Enumerable.Range(0, lessons).Select(index => Curriculum.Topics.Of(group.Subject, index, lessons)).CountBy(title => title).ToList();
        var topics = titles.Select((title, at) => new Topic(ids.Next(), title.Key, group.Subject.Code == "geometry" && at == 1 || at == titles.Count - 1 ? Math.Max(1, title.Value - 2) : title.Value,
            at == titles.Count - 1 ? 3 : 1, $"§ {at * 3 + 1}, № {at * 20 + 12}–{at * 20 + 18}")).ToList();
        var reserve = Math.Max(1, lessons - topics.Sum(topic => topic.Hours));
        return new(ids.Next(), group, [.. topics, new(ids.Next(), "Резервное время", reserve, 9, "")]);
    }

    private void WritePlans(IReadOnlyList<Plan> plans)
    {
        using (var copy = new CopyTable(connection, "journal.plans", "school_id, id, owner_id, school_year, subject_name, grade, title, changed_at"))
        {
            foreach (var plan in plans)
                copy.Row().Id(school.Id).Id(plan.Id).Id(plan.First.Teacher.Person.Id).Small(calendar.StartYear).Text(plan.First.Subject.Name).Small(plan.First.Class.Grade)
                    .Text($"{plan.First.Subject.Name}, {plan.First.Class.Grade} класс").Instant(calendar.Starts.ToDateTime(new TimeOnly(12, 0), DateTimeKind.Utc));
            copy.Complete();
        }
        using var rows = new CopyTable(connection, "journal.plan_rows", "school_id, plan_id, id, position, is_section, title, hours, kind, homework, note");
        foreach (var plan in plans)
        {
            var position = 0;
            foreach (var (topic, at) in plan.Topics.Select((topic, at) => (topic, at)))
            {
                if (at % TopicsOfSection == 0)
                    rows.Row().Id(school.Id).Id(plan.Id).Id(ids.Next()).Small(++position).Bool(true).Text($"Раздел {at / TopicsOfSection + 1}. {topic.Title}").Small(0).Null().Text("").Text("");
                rows.Row().Id(school.Id).Id(plan.Id).Id(topic.Id).Small(++position).Bool(false).Text(topic.Title).Small(topic.Hours).Small(topic.Kind).Text(topic.Homework).Text("");
            }
        }
        rows.Complete();
    }
}
