using Microsoft.AspNetCore.Http;
using MySchool.Access.Keys;

namespace MySchool.Access.Sessions;

/// <summary>The request that a scope of services serves; set by the pipeline, so that services need no ambient state.</summary>
internal sealed class CurrentRequest
{
    public HttpContext? Http { get; set; }

    public Session? Session => Http?.Features.Get<Session>();

    /// <summary>The key that the request came with in place of a session.</summary>
    public KeyInUse? Key => Http?.Features.Get<KeyInUse>();
}
