using MySchool.Kernel;

namespace MySchool.Access.Esia;

/// <summary>
/// Whether ЕСИА answers. Sign-in asks before it sends a browser there: a dead page of another site is a dead end,
/// while ours can say what to do. Those already signed in never wait for it.
/// </summary>
internal sealed class EsiaHealth(IHttpClientFactory http, EsiaOptions options, IClock clock)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ProbeLimit = TimeSpan.FromSeconds(3);
    private long lastAnswer;
    private long lastFailure;

    /// <summary>True when the last question stayed without an answer.</summary>
    public bool IsAway => Interlocked.Read(ref lastFailure) > Interlocked.Read(ref lastAnswer);

    public void Answered() => Interlocked.Exchange(ref lastAnswer, clock.Now.UtcTicks);

    public void Failed() => Interlocked.Exchange(ref lastFailure, clock.Now.UtcTicks);

    /// <summary>Asks, unless the last answer is fresh.</summary>
    public async Task<bool> IsThereAsync(CancellationToken cancel)
    {
        if (!IsAway && clock.Now.UtcTicks - Interlocked.Read(ref lastAnswer) < Fresh.Ticks) return true;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(ProbeLimit);
        try
        {
            using var client = http.CreateClient(EsiaClient.HttpName);
            using var answer = await client.GetAsync(new Uri(options.Origin + "/"), HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            if ((int)answer.StatusCode < 500) Answered();
            else Failed();
        }
        catch (Exception failure) when (failure is HttpRequestException || (failure is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            Failed();
        }
        return !IsAway;
    }
}
