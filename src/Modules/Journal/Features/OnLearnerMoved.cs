using System.Text.Json;
using MySchool.Contracts.Journal;
using MySchool.Contracts.Registry;
using MySchool.Journal.Data;
using MySchool.Journal.Domain;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using Npgsql;
using NpgsqlTypes;

namespace MySchool.Journal.Features;

/// <summary>A subject of a statement: its average and marks by term, and lessons missed.</summary>
internal sealed record StatementSubject(string Subject, IReadOnlyList<StatementTerm> Terms, string? Average, int Marks, int Absences);

/// <summary>A term of a subject.</summary>
internal sealed record StatementTerm(short Number, string? Average, int Marks);

/// <summary>
/// Keeps what a learner attended before moving, so that the family goes on reading it, and writes the statement that
/// travels to the next school. An order undone takes both back.
/// </summary>
internal sealed class KeepFormerGroups(IClock clock) : IEventHandler<LearnerMoved>
{
    public async Task HandleAsync(IReadOnlyList<LearnerMoved> happened, NpgsqlConnection connection, CancellationToken cancel)
    {
        foreach (var moved in happened)
        {
            await using var batch = new NpgsqlBatch(connection);
            batch.Add("delete from journal.former_groups where movement_id = $1", moved.MovementId);
            batch.Add("delete from journal.statements where school_year = $1 and school_id = $2 and movement_id = $3", moved.SchoolYear, moved.School, moved.MovementId);
            if (moved.Left is { } left) AddLeft(batch, moved, left, clock.Now);
            await batch.ExecuteNonQueryAsync(cancel);
            if (moved.Left is { LeavesSchool: true })
                await Statements.FillAsync(connection, moved.School, moved.SchoolYear, [moved.LearnerId], clock.Now, cancel);
        }
    }

    private static void AddLeft(NpgsqlBatch batch, LearnerMoved moved, LeftClass left, DateTimeOffset now)
    {
        foreach (var group in left.Groups)
            batch.Add("""
                insert into journal.former_groups (school_year, school_id, learner_id, group_id, starts_on, ends_on, movement_id, school_name, class_name, subject_name)
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                """, moved.SchoolYear, moved.School, moved.LearnerId, group.GroupId, group.From, group.To, moved.MovementId, left.SchoolName, left.ClassName, group.SubjectName);
        if (left.LeavesSchool)
            batch.Add("""
                insert into journal.statements (school_year, school_id, movement_id, learner_id, learner_name, school_name, class_name, last_day, terms, subjects, made_at)
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9, '[]', $10)
                """, moved.SchoolYear, moved.School, moved.MovementId, moved.LearnerId, left.LearnerName, left.SchoolName, left.ClassName, left.LastDay,
                Statements.Document(left.Terms), now);
    }
}

/// <summary>Hands the statement to the school that has accepted the learner, or takes it back with the acceptance.</summary>
internal sealed class BringStatement : IEventHandler<TransferSettled>
{
    public async Task HandleAsync(IReadOnlyList<TransferSettled> happened, NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var settled in happened)
            batch.Add("update journal.statements set to_school_id = $3 where school_id = $1 and movement_id = $2", settled.FromSchool, settled.MovementId,
                Maybe.Uuid(settled.ToSchool));
        await batch.ExecuteNonQueryAsync(cancel);
    }
}

/// <summary>A mark that the former school corrects within its edit window corrects the statement too.</summary>
internal sealed class RefreshStatements(IClock clock) : IEventHandler<MarksRecorded>
{
    public async Task HandleAsync(IReadOnlyList<MarksRecorded> happened, NpgsqlConnection connection, CancellationToken cancel)
    {
        foreach (var change in happened.GroupBy(c => (c.School, c.SchoolYear)).OrderBy(c => c.Key.School))
            await Statements.FillAsync(connection, change.Key.School, change.Key.SchoolYear,
                [.. change.SelectMany(c => c.Cells.Select(cell => cell.Learner)).Distinct()], clock.Now, cancel);
    }
}

/// <summary>Works statements out from the former school's own rows.</summary>
internal static class Statements
{
    public static NpgsqlParameter Document(object value) => new() { Value = JsonSerializer.Serialize(value, Json.Options), NpgsqlDbType = NpgsqlDbType.Jsonb };

    /// <summary>Fills the statements that a school gave of these learners this year; nothing when it gave none.</summary>
    public static async Task FillAsync(NpgsqlConnection connection, Guid school, short year, Guid[] learners, DateTimeOffset now, CancellationToken cancel)
    {
        var given = await GivenAsync(connection, school, year, learners, cancel);
        foreach (var (movement, learner, terms) in given)
        {
            var subjects = await SubjectsAsync(connection, school, year, learner, terms, cancel);
            await using var batch = new NpgsqlBatch(connection);
            batch.Add("update journal.statements set subjects = $4, made_at = $5 where school_year = $1 and school_id = $2 and movement_id = $3",
                year, school, movement, Document(subjects), now);
            await batch.ExecuteNonQueryAsync(cancel);
        }
    }

    private static async Task<List<(Guid Movement, Guid Learner, TermFacts[] Terms)>> GivenAsync(
        NpgsqlConnection connection, Guid school, short year, Guid[] learners, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.Add("select movement_id, learner_id, terms::text from journal.statements where school_year = $1 and school_id = $2 and learner_id = any($3)", year, school, learners);
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        return await reader.ReadAllAsync(r => (r.GetGuid(0), r.GetGuid(1), JsonSerializer.Deserialize<TermFacts[]>(r.GetString(2), Json.Options)!), cancel);
    }

    private static async Task<IReadOnlyList<StatementSubject>> SubjectsAsync(
        NpgsqlConnection connection, Guid school, short year, Guid learner, TermFacts[] terms, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection);
        const string attended = "journal.former_groups f where f.school_year = $1 and f.school_id = $2 and f.learner_id = $3";
        batch.AddOfYear($"select distinct f.subject_name from {attended} order by 1", year, school, learner);
        batch.AddOfYear($"""
            select f.subject_name, m.lesson_date, m.value, m.weight from journal.marks m join {attended.Replace(" where ", " on ", StringComparison.Ordinal)}
               and m.group_id = f.group_id and m.lesson_date between f.starts_on and f.ends_on
             where m.school_year = $1 and m.school_id = $2 and m.learner_id = $3 and m.slot < 10
            """, year, school, learner);
        batch.AddOfYear($"""
            select f.subject_name, count(*)::int from journal.absences a join {attended.Replace(" where ", " on ", StringComparison.Ordinal)}
               and a.group_id = f.group_id and a.lesson_date between f.starts_on and f.ends_on
             where a.school_year = $1 and a.school_id = $2 and a.learner_id = $3 group by 1
            """, year, school, learner);
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var names = await reader.ReadAllAsync(r => r.GetString(0), cancel);
        var marks = (await reader.ReadAllAsync(r => (Subject: r.GetString(0), Date: r.GetFieldValue<DateOnly>(1), Value: r.GetString(2), Weight: r.GetInt16(3)), cancel)).ToLookup(m => m.Subject);
        var absences = (await reader.ReadAllAsync(r => (Subject: r.GetString(0), Count: r.GetInt32(1)), cancel)).ToDictionary(a => a.Subject, a => a.Count);
        return [.. names.Select(name => new StatementSubject(name,
            [.. terms.Select(term => Over(term.Number, [.. marks[name].Where(m => m.Date >= term.Starts && m.Date <= term.Ends).Select(m => (m.Value, m.Weight))]))],
            WeightedAverage.Of(marks[name].Select(m => (m.Value, m.Weight))).Text, marks[name].Count(), absences.GetValueOrDefault(name)))];
    }

    private static StatementTerm Over(short number, IReadOnlyList<(string, short)> marks) => new(number, WeightedAverage.Of(marks).Text, marks.Count);
}
