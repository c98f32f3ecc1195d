using System.Globalization;
using MySchool.Contracts.Access;
using MySchool.Federation.Wire;
using MySchool.Kernel;
using MySchool.Kernel.Web;

namespace MySchool.Federation.Asking;

/// <summary>A region that runs this platform: a token, a signed question, a signed answer.</summary>
internal sealed class OwnDialect(OutgoingHttp http, Tokens tokens, NodeKey node, FederationOptions options, IClock clock) : IRegionalDiary
{
    private const int MostBytes = 512 * 1024;

    public string Dialect => Dialects.Own;

    public async Task<RegionAnswer> AskAsync(Region region, DiaryQuestion question, CancellationToken cancel)
    {
        if (node.Key is null || region.Keys is not { Count: > 0 }) throw new RegionFault(FaultKind.Refused);
        var address = region.At(PathOf(question));
        for (var attempt = 1; ; attempt++)
        {
            var token = await tokens.GetAsync(region.At("/connect/token"), region.Account, region.Secret, ApiScopes.Diary, cancel);
            var asked = Sign(address, token);
            using var request = asked.Request;
            var answer = await http.SendAsync(request, MostBytes, cancel);
            if (answer.Status == 200) return Believe(region, asked, answer);
            if (answer.Status == 401 && attempt == 1) tokens.Forget(region.At("/connect/token"), region.Account, ApiScopes.Diary);
            else throw new RegionFault(answer.Status is >= 400 and < 500 ? FaultKind.Refused : FaultKind.Away);
        }
    }

    public bool Proves(Region region, RegionAnswer answer) => answer.Proof is { } proof
        && MessageSignature.Read(proof.Input, proof.Signature, MessageSignature.OfAnswer) is { } claimed && Verify(region, claimed, proof, answer.Body);

    private static string PathOf(DiaryQuestion question)
    {
        var person = $"/api/diary/v1/persons/{Uri.EscapeDataString(question.Oid)}";
        return question.IsListOnly ? $"{person}/learners"
            : $"{person}?week={question.Monday:yyyy-MM-dd}{(question.Child is { } child ? $"&child={Uri.EscapeDataString(child)}" : "")}";
    }

    private Asked Sign(Uri address, string token)
    {
        var (authorization, digest) = ($"Bearer {token}", MessageSignature.Digest([]));
        var signed = MessageSignature.Sign(node.Key!, node.Id, MessageSignature.OfRequest, name => name switch
        {
            "\"@method\"" => "GET",
            "\"@authority\"" => address.Authority.ToLowerInvariant(),
            "\"@path\"" => address.AbsolutePath,
            "\"@query\"" => address.Query.Length == 0 ? "?" : address.Query,
            "\"authorization\"" => authorization,
            _ => digest,
        }, clock.Now);
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        request.Headers.TryAddWithoutValidation("Content-Digest", digest);
        request.Headers.TryAddWithoutValidation("Signature-Input", signed.InputHeader);
        request.Headers.TryAddWithoutValidation("Signature", signed.SignatureHeader);
        return new(request, signed);
    }

    private RegionAnswer Believe(Region region, Asked asked, OutgoingAnswer answer)
    {
        var proof = new AnswerProof(
            asked.Request.RequestUri!.PathAndQuery, asked.Signed.Input, asked.Signed.Signature, answer.Status,
            answer.Header("Signature-Input") ?? "", answer.Header("Signature") ?? "");
        // Some other page in the place of the diary, or somebody else's signature under it.
        if (MessageSignature.Read(proof.Input, proof.Signature, MessageSignature.OfAnswer) is not { } claimed) throw new RegionFault(FaultKind.Garbled);
        if ((clock.Now - claimed.Created).Duration() > TimeSpan.FromSeconds(options.SkewSeconds) || !Verify(region, claimed, proof, answer.Body)) throw new RegionFault(FaultKind.Forged);
        return new(DiaryTold.Read(answer.Body) ?? throw new RegionFault(FaultKind.Garbled), answer.Body, proof);
    }

    // The digest is made of the bytes in hand, so a header that says otherwise does not matter.
    private static bool Verify(Region region, ClaimedSignature claimed, AnswerProof proof, byte[] body) =>
        region.Keys?.Find(claimed.KeyId) is { } key && MessageSignature.Holds(claimed, key, name => name switch
        {
            "\"@status\"" => proof.Status.ToString(CultureInfo.InvariantCulture),
            "\"content-digest\"" => MessageSignature.Digest(body),
            _ => $":{proof.QuestionSignature}:",
        });

    private sealed record Asked(HttpRequestMessage Request, SignedHeaders Signed);
}
