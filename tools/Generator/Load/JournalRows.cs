using MySchool.Generator.People;
using MySchool.Generator.Timetable;
using MySchool.Generator.Year;
using Npgsql;

namespace MySchool.Generator.Load;

/// <summary>Writes a school's journals.</summary>
internal sealed class JournalRows(NpgsqlConnection connection, School school, Calendar calendar, bool isWithHistory)
{
    private static readonly string[] MarkValues = ["", "1", "2", "3", "4", "5"];
    private const int DebtDays = 14;
    private static readonly string[] Corrections = ["Исправлено после пересдачи", "Опечатка", "Работа пересмотрена"];
    private readonly IdSource requests = new(new Dice((ulong)school.Plan.Number + 77), Calendar.Founded);

    private DateOnly owedSince;

    private int Year => calendar.StartYear;

    /// <summary>Answers the number of marks.</summary>
    public long Write(SchoolYear year)
    {
        owedSince = year.Marks.Count == 0 ? DateOnly.MaxValue : year.Marks.Max(mark => mark.Lesson.Date).AddDays(1 - DebtDays);
        WriteSettings();
        WriteWeek();
        WriteLessons(year);
        new PlanRows(connection, school, calendar).Write(year);
        var marks = WriteMarks(year);
        WriteAbsences(year);
        WriteDebts(year);
        WriteHistory(year);
        WriteHomework(year);
        WriteTotals(year);
        return marks;
    }

    private void WriteSettings()
    {
        using (var copy = new CopyTable(connection, "journal.settings", "school_id, edit_window_days"))
        {
            copy.Row().Id(school.Id).Small(14);
            copy.Complete();
        }
        using (var copy = new CopyTable(connection, "journal.work_types", "school_id, number, name, short_name, weight"))
        {
            foreach (var work in Dictionaries.WorkTypes)
                copy.Row().Id(school.Id).Small(work.Number).Text(work.Name).Text(work.ShortName).Small(work.Weight);
            copy.Complete();
        }
        using (var copy = new CopyTable(connection, "journal.absence_codes", "school_id, code, name, category, position"))
        {
            var position = 1;
            foreach (var code in Dictionaries.AbsenceCodes)
                copy.Row().Id(school.Id).Text(code.Code).Text(code.Name).Text(code.Category).Small(position++);
            copy.Complete();
        }
    }

    private void WriteWeek()
    {
        using var copy = new CopyTable(connection, "journal.weekly_lessons", "school_id, id, group_id, weekday, number, starts_at, ends_at, room");
        foreach (var w in school.Week)
        {
            var (starts, ends) = Bells.Of(school.Plan.HasTwoShifts, w.Group.Class.Shift, w.Number);
            copy.Row().Id(school.Id).Id(w.Id).Id(w.Group.Id).Small(w.Weekday).Small(w.Number).Time(starts).Time(ends).Text(w.Room);
        }
        copy.Complete();
    }

    private void WriteLessons(SchoolYear year)
    {
        using var copy = new CopyTable(connection, "journal.lessons", "school_year, school_id, id, group_id, date, number, starts_at, ends_at, room, topic, work_type");
        foreach (var l in year.Lessons)
            copy.Row().Small(Year).Id(school.Id).Id(l.Id).Id(l.Group.Id).Date(l.Date).Small(l.Number).Time(l.Starts).Time(l.Ends)
                .Text(l.Room).Text(l.Topic).Small(l.WorkType);
        copy.Complete();
    }

    private long WriteMarks(SchoolYear year)
    {
        using var copy = new CopyTable(connection, "journal.marks",
            "school_year, school_id, group_id, lesson_id, learner_id, slot, lesson_date, value, work_type, weight, comment, version, recorded_by, recorded_at");
        foreach (var m in year.Marks)
            copy.Row().Small(Year).Id(school.Id).Id(m.Lesson.Group.Id).Id(m.Lesson.Id).Id(m.Pupil.Person.Id).Small(1).Date(m.Lesson.Date)
                .Text(ValueOf(m)).Small(m.WorkType).Small(Dictionaries.Work(m.WorkType).Weight).Text(m.Comment)
                .Int(m.Corrected > 0 ? 2 : 1).Id(m.Lesson.Group.Teacher.Person.Id).Instant(RecordedAt(m.Lesson, m.Corrected > 0 ? 2 : 1));
        return copy.Complete();
    }

    // Some good works of weight are marked twice, for two sides of them; some of the last bad ones were not handed in yet.
    private string ValueOf(Mark mark)
    {
        var chance = (mark.Lesson.Id.GetHashCode() ^ mark.Pupil.Person.Id.GetHashCode()) & 7;
        if (mark.Corrected > 0) return MarkValues[mark.Value];
        if (mark.Value > 3 && Dictionaries.Work(mark.WorkType).Weight > 2 && chance == 0) return $"{mark.Value}/{mark.Value - 1}";
        return IsOwed(mark) ? "•" : MarkValues[mark.Value];
    }

    private bool IsOwed(Mark mark) => mark is { Value: 2, Corrected: 0 } && mark.Lesson.Date >= owedSince
        && ((mark.Lesson.Id.GetHashCode() ^ mark.Pupil.Person.Id.GetHashCode()) & 3) != 0;

    private void WriteDebts(SchoolYear year)
    {
        using var copy = new CopyTable(connection, "journal.debts", "school_year, school_id, group_id, lesson_id, learner_id, lesson_date, due_on");
        foreach (var m in year.Marks.Where(IsOwed))
            copy.Row().Small(Year).Id(school.Id).Id(m.Lesson.Group.Id).Id(m.Lesson.Id).Id(m.Pupil.Person.Id).Date(m.Lesson.Date).Date(m.Lesson.Date.AddDays(DebtDays));
        copy.Complete();
    }

    private void WriteAbsences(SchoolYear year)
    {
        using var copy = new CopyTable(connection, "journal.absences",
            "school_year, school_id, group_id, lesson_id, learner_id, lesson_date, code, version, recorded_by, recorded_at");
        foreach (var a in year.Absences)
            copy.Row().Small(Year).Id(school.Id).Id(a.Lesson.Group.Id).Id(a.Lesson.Id).Id(a.Pupil.Person.Id).Date(a.Lesson.Date)
                .Text(a.Code).Int(1).Id(a.Lesson.Group.Teacher.Person.Id).Instant(RecordedAt(a.Lesson, 1));
        copy.Complete();
    }

    // A whole region keeps the history of corrected marks only: the first version is told by the mark itself.
    private void WriteHistory(SchoolYear year)
    {
        using var copy = new CopyTable(connection, "journal.cell_history",
            "school_year, school_id, group_id, lesson_id, learner_id, kind, version, old_value, new_value, why, at, by_person, request_key");
        foreach (var m in year.Marks)
        {
            if (m.Corrected > 0)
            {
                Line(m.Lesson, m.Pupil, "mark", 1, null, MarkValues[m.Corrected], null);
                Line(m.Lesson, m.Pupil, "mark", 2, MarkValues[m.Corrected], MarkValues[m.Value], Corrections[m.Lesson.Number % Corrections.Length]);
            }
            else if (isWithHistory)
            {
                Line(m.Lesson, m.Pupil, "mark", 1, null, ValueOf(m), null);
            }
        }
        if (isWithHistory)
            foreach (var a in year.Absences) Line(a.Lesson, a.Pupil, "absence", 1, null, a.Code, null);
        copy.Complete();

        void Line(Lesson lesson, Pupil pupil, string kind, int version, string? before, string after, string? why) =>
            copy.Row().Small(Year).Id(school.Id).Id(lesson.Group.Id).Id(lesson.Id).Id(pupil.Person.Id).Text(kind).Int(version)
                .Text(before).Text(after).Text(why).Instant(RecordedAt(lesson, version)).Id(lesson.Group.Teacher.Person.Id).Id(requests.Next());
    }

    private void WriteHomework(SchoolYear year)
    {
        var handed = new WorkRows(connection, school, Year, year);
        using (var copy = new CopyTable(connection, "journal.homework", "school_year, school_id, id, group_id, lesson_id, given_on, due_on, text, given_by, minutes, takes_work, class_id, subject_name"))
        {
            foreach (var h in year.Homework)
                copy.Row().Small(Year).Id(school.Id).Id(h.Id).Id(h.Lesson.Group.Id).Id(h.Lesson.Id).Date(h.Lesson.Date).Date(h.Due)
                    .Text(h.Text).Id(h.Lesson.Group.Teacher.Person.Id).Small(10 + h.Text.Length % 4 * 5).Flag(handed.Takes(h)).Id(h.Lesson.Group.Class.Id).Text(h.Lesson.Group.Subject.Name);
            copy.Complete();
        }
        handed.Write();
    }

    private void WriteTotals(SchoolYear year)
    {
        var marks = year.Marks.CountBy(m => m.Lesson.Date).ToDictionary();
        var absences = year.Absences.CountBy(a => a.Lesson.Date).ToDictionary();
        var territories = new List<Guid>();
        for (var up = school.Plan.Place.Parent; up is not null; up = up.Parent) territories.Add(up.Id);

        using var copy = new CopyTable(connection, "journal.day_totals", "school_id, date, territory_ids, marks, absences");
        foreach (var day in marks.Keys.Union(absences.Keys).Order())
            copy.Row().Id(school.Id).Date(day).Ids([.. territories]).Int(marks.GetValueOrDefault(day)).Int(absences.GetValueOrDefault(day));
        copy.Complete();
    }

    // Moscow time is UTC+3 all the year round. Marks are entered as the lesson ends, corrections next evening.
    private static DateTime RecordedAt(Lesson lesson, int version) =>
        lesson.Date.ToDateTime(lesson.Ends, DateTimeKind.Utc).AddHours(-3).AddMinutes(version == 1 ? -3 : 60 * 28);
}
