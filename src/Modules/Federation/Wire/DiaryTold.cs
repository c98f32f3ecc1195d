using System.Collections.Immutable;
using System.Text.Json;
using MySchool.Kernel;

namespace MySchool.Federation.Wire;

/// <summary>
/// The answer of <c>/api/diary/v1</c>, and what every dialect is turned into. Fields are only ever added; what they mean stands in
/// docs/federation.md.
/// </summary>
/// <param name="Version">1.</param>
/// <param name="At">When it was told.</param>
/// <param name="NeedsConsent">Somebody of the family is left out until consent is given in the region, or the person is unknown there: the two look the same.</param>
/// <param name="Learners">Whom the asker may see.</param>
/// <param name="Diary">The week of one of them, or null when only learners were asked for or there is nobody.</param>
internal sealed record DiaryTold(int Version, DateTimeOffset At, bool NeedsConsent, ImmutableArray<ToldLearner> Learners, ToldWeek? Diary)
{
    public const int Current = 1;
    private const int MostLearners = 30;
    private const int MostLessons = 150;

    // Nothing that the shape promises may be missing: the other side is not us.
    private static readonly JsonSerializerOptions Strict = new(Json.Options) { RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, MaxDepth = 12 };

    /// <summary>Reads an answer; null when it is not one.</summary>
    public static DiaryTold? Read(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize<DiaryTold>(body, Strict) is { Version: Current, Learners.Length: <= MostLearners } told
                && (told.Diary is null || told.Diary.Lessons.Length <= MostLessons) ? told : null;
        }
        catch (Exception other) when (other is JsonException or NotSupportedException or InvalidOperationException)
        {
            return null;
        }
    }

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, Json.Options);
}

/// <summary>A learner of the asker's family.</summary>
/// <param name="Id">The region's own id, opaque to others.</param>
/// <param name="Name">«Иванова Мария».</param>
/// <param name="Class">«7Б».</param>
/// <param name="School">Short name of the school.</param>
internal sealed record ToldLearner(string Id, string Name, string Class, string School);

/// <summary>A week of one learner.</summary>
/// <param name="Learner">Whose: <see cref="ToldLearner.Id"/>.</param>
/// <param name="Monday">First day.</param>
/// <param name="Today">Today at the school.</param>
/// <param name="Term">«2-я четверть», or null.</param>
/// <param name="Lessons">In order.</param>
/// <param name="Subjects">Averages of the term; empty when the region does not tell them.</param>
internal sealed record ToldWeek(
    string Learner, DateOnly Monday, DateOnly Today, string? Term, ImmutableArray<ToldLesson> Lessons, ImmutableArray<ToldSubject> Subjects);

/// <summary>A lesson.</summary>
internal sealed record ToldLesson(
    DateOnly Date, short Number, TimeOnly? Starts, TimeOnly? Ends, string Subject, string Teacher, string Topic, string Room, bool IsCancelled,
    string? FormerSchool, ImmutableArray<ToldMark> Marks, ToldAbsence? Absence, ImmutableArray<ToldHomework> Homework);

/// <summary>A mark; <paramref name="Value"/> is «2»…«5» or a word of the region's own.</summary>
internal sealed record ToldMark(string Value, short Weight, string Work, string? Comment);

/// <summary>An absence.</summary>
internal sealed record ToldAbsence(string Code, string Name, bool IsBad, string? Reason);

/// <summary>Homework due at the lesson.</summary>
internal sealed record ToldHomework(string Text, bool IsDone);

/// <summary>A subject over the term.</summary>
internal sealed record ToldSubject(string Subject, string Teacher, int Marks, string? Average, int Absences);
