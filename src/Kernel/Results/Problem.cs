using MySchool.Kernel.Resources;

namespace MySchool.Kernel;

/// <summary>An expected refusal, said to a person and to a program at once.</summary>
/// <param name="Code">Stable machine code, dotted: <c>journal.term-closed</c>. Never shown to people.</param>
/// <param name="Message">One Russian sentence that says what to do next.</param>
/// <param name="Field">The input it concerns, or null when it concerns the whole request.</param>
/// <param name="Status">The HTTP status a route answers with: 400, 403, 404, 409, 413, 422, 429 or 503.</param>
public sealed record Problem(string Code, string Message, string? Field = null, int Status = 422)
{
    /// <summary>What is forbidden looks exactly like what does not exist.</summary>
    public static Problem NotFound => new("not-found", Texts.NotFound, null, 404);
}

/// <summary>A value, or the refusal that stands in its place.</summary>
/// <typeparam name="T">What the caller gets when nothing stands in the way.</typeparam>
public readonly record struct Result<T>
{
    private readonly T? value;

    private Result(T? value, Problem? problem)
    {
        this.value = value;
        Problem = problem;
    }

    /// <summary>The refusal, or null when there is a value.</summary>
    public Problem? Problem { get; }

    /// <summary>True when <see cref="Value"/> may be read.</summary>
    public bool IsOk => Problem is null;

    /// <summary>The value.</summary>
    /// <exception cref="InvalidOperationException">The result is a refusal.</exception>
    public T Value => IsOk ? value! : throw new InvalidOperationException($"No value: {Problem!.Code}");

    /// <summary>Wraps a value.</summary>
    public static implicit operator Result<T>(T value) => new(value, null);

    /// <summary>Wraps a refusal.</summary>
    public static implicit operator Result<T>(Problem problem) => new(default, problem);

    /// <summary>Turns the value into another; a refusal stays as it is.</summary>
    public Result<TNext> Then<TNext>(Func<T, Result<TNext>> next) => IsOk ? next(Value) : Problem!;
}
