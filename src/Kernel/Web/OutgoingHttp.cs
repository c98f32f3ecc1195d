namespace MySchool.Kernel.Web;

/// <summary>Configuration section <c>Outgoing</c>: whom this node may call at all.</summary>
public sealed class OutgoingOptions
{
    /// <summary>Section of the configuration.</summary>
    public const string Section = "Outgoing";

    /// <summary>Hosts that may be called: <c>diary.region.ru</c>, <c>diary.region.ru:8443</c> or <c>*.region.ru</c>. Empty calls nobody.</summary>
    public IList<string> AllowedHosts { get; } = [];

    /// <summary>Whether hosts may stand inside the operator's own network and be called without encryption, as on a developer's machine.</summary>
    public bool MayStayInside { get; set; }
}

/// <summary>A whole answer from outside.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Header">Reads a header, or null.</param>
/// <param name="Body">The body, within the limit.</param>
public sealed record OutgoingAnswer(int Status, Func<string, string?> Header, byte[] Body);

/// <summary>
/// The one door of modules to the outside: hosts of the operator's list, checked addresses, no redirect, no cookie, an answer of
/// limited length. An address typed into a page opens nothing that the list does not name.
/// </summary>
public sealed class OutgoingHttp(OutgoingOptions options) : IDisposable
{
    private readonly HttpMessageInvoker invoker = new(OutgoingConnections.Handler(options.MayStayInside));

    /// <summary>Whether an address may be called.</summary>
    /// <param name="address">A whole address.</param>
    public bool Allows(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (!address.IsAbsoluteUri || address.UserInfo.Length > 0) return false;
        if (address.Scheme != Uri.UriSchemeHttps && !(options.MayStayInside && address.Scheme == Uri.UriSchemeHttp)) return false;
        return options.AllowedHosts.Any(allowed => Names(allowed, address));
    }

    /// <summary>Calls and reads the whole answer.</summary>
    /// <param name="request">What to send.</param>
    /// <param name="mostBytes">The longest body taken.</param>
    /// <param name="cancel">Ends waiting: of the connection, of headers and of the body alike.</param>
    /// <exception cref="HttpRequestException">The host is not of the list, is away, or answers more than is taken.</exception>
    public async Task<OutgoingAnswer> SendAsync(HttpRequestMessage request, int mostBytes, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.RequestUri is not { } address || !Allows(address)) throw new HttpRequestException("The host is not of the list of those that may be called");
        using var answer = await invoker.SendAsync(request, cancel);
        if (answer.Content.Headers.ContentLength > mostBytes) throw new HttpRequestException("The answer is longer than is taken");
        using var body = new MemoryStream((int)(answer.Content.Headers.ContentLength ?? 4096));
        await using var stream = await answer.Content.ReadAsStreamAsync(cancel);
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancel)) > 0)
        {
            if (body.Length + read > mostBytes) throw new HttpRequestException("The answer is longer than is taken");
            body.Write(buffer, 0, read);
        }
        var headers = answer.Headers.Concat(answer.Content.Headers).ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);
        return new((int)answer.StatusCode, name => headers.GetValueOrDefault(name), body.ToArray());
    }

    /// <inheritdoc/>
    public void Dispose() => invoker.Dispose();

    private static bool Names(string allowed, Uri address)
    {
        var at = allowed.LastIndexOf(':');
        var host = at < 0 ? allowed : allowed[..at];
        if (at < 0 ? !address.IsDefaultPort : allowed[(at + 1)..] != address.Port.ToString(System.Globalization.CultureInfo.InvariantCulture)) return false;
        return host.StartsWith("*.", StringComparison.Ordinal)
            ? address.Host.EndsWith(host[1..], StringComparison.OrdinalIgnoreCase) : address.Host.Equals(host, StringComparison.OrdinalIgnoreCase);
    }
}
