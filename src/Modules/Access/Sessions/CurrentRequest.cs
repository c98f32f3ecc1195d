using Microsoft.AspNetCore.Http;

namespace MySchool.Access.Sessions;

/// <summary>The request that a scope of services serves; set by the pipeline, so that services need no ambient state.</summary>
internal sealed class CurrentRequest
{
    public HttpContext? Http { get; set; }

    public Session? Session => Http?.Features.Get<Session>();
}
