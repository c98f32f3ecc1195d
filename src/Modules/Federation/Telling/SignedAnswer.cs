using System.Globalization;
using Microsoft.AspNetCore.Http;
using MySchool.Federation.Wire;

namespace MySchool.Federation.Telling;

/// <summary>An answer signed together with the request it belongs to.</summary>
internal sealed class SignedAnswer(DiaryTold told, ClaimedSignature request, NodeKey node, DateTimeOffset now) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var body = told.Write();
        var digest = MessageSignature.Digest(body);
        var signed = MessageSignature.Sign(node.Key!, node.Id, MessageSignature.OfAnswer, name => name switch
        {
            "\"@status\"" => StatusCodes.Status200OK.ToString(CultureInfo.InvariantCulture),
            "\"content-digest\"" => digest,
            _ => $":{request.Text}:",
        }, now);
        var response = httpContext.Response;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = body.Length;
        response.Headers["Content-Digest"] = digest;
        response.Headers["Signature-Input"] = signed.InputHeader;
        response.Headers["Signature"] = signed.SignatureHeader;
        // The digest is of the bytes as they leave: nothing on the way may pack them.
        response.Headers.CacheControl = "no-store, no-transform";
        response.Headers.ContentEncoding = "identity";
        await response.Body.WriteAsync(body, httpContext.RequestAborted);
    }
}
