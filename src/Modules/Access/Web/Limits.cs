using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using MySchool.Access.Keys;
using MySchool.Access.Resources;
using MySchool.Kernel;
using MySchool.Kernel.Web;

namespace MySchool.Access.Web;

/// <summary>
/// Who may ask how often. By account and by school rather than by address, because a school shares one;
/// by address only where nobody is known yet: at sign-in, whose signatures are dear.
/// </summary>
internal sealed class Limits(AccessOptions options)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    /// <summary>Before anybody is known.</summary>
    public RateLimiterOptions OfAddresses() => Of(PartitionedRateLimiter.Create<HttpContext, string>(context =>
        context.Request.Path.StartsWithSegments("/calendar", StringComparison.OrdinalIgnoreCase) ? Bucket($"c:{context.GetNetwork()}", options.SignInPerMinute)
        : IsSignIn(context.Request.Path) ? Bucket($"a:{context.GetNetwork()}", options.SignInPerMinute) : Free()));

    /// <summary>Once the person and the school are known.</summary>
    public RateLimiterOptions OfPeople() => Of(PartitionedRateLimiter.CreateChained(
        PartitionedRateLimiter.Create<HttpContext, string>(context =>
            context.Features.Get<KeyInUse>() is { } key ? Bucket($"k:{key.Id}", options.KeyPerMinute)
                : context.GetActor() is { } actor ? Bucket($"p:{actor.PersonId}", options.AccountPerMinute)
                : IsDiaryOfStranger(context.Request.Path) ? Bucket($"a:{context.GetNetwork()}", options.SignInPerMinute) : Free()),
        PartitionedRateLimiter.Create<HttpContext, string>(context =>
            context.GetActor() is { Hat.UnitId: var unit } && unit != Guid.Empty ? Bucket($"s:{unit}", options.SchoolPerMinute) : Free())));

    private static bool IsSignIn(PathString path) =>
        path.StartsWithSegments("/sign-in", StringComparison.OrdinalIgnoreCase) || path.StartsWithSegments("/esia", StringComparison.OrdinalIgnoreCase)
        || Contracts.Access.StrangerPages.All.Any(page => path.StartsWithSegments(page, StringComparison.OrdinalIgnoreCase)) && !IsDiaryOfStranger(path);

    // Opened daily by those who have signed in, too: only a stranger is counted by address.
    private static bool IsDiaryOfStranger(PathString path) => path.StartsWithSegments(Contracts.Access.StrangerPages.RegionalDiary, StringComparison.OrdinalIgnoreCase);

    private static RateLimitPartition<string> Free() => RateLimitPartition.GetNoLimiter("free");

    private static RateLimitPartition<string> Bucket(string key, int perMinute) => perMinute <= 0 ? Free()
        : RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = Math.Max(1, perMinute / 6),
            TokensPerPeriod = Math.Max(1, perMinute / 6),
            ReplenishmentPeriod = Period,
            QueueLimit = 0,
        });

    private static RateLimiterOptions Of(PartitionedRateLimiter<HttpContext> limiter) => new()
    {
        GlobalLimiter = limiter,
        RejectionStatusCode = StatusCodes.Status429TooManyRequests,
        OnRejected = async (rejected, _) =>
        {
            var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : Period;
            rejected.HttpContext.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            await Refusals.AnswerAsync(rejected.HttpContext, new Problem("too-many-requests", Texts.TooManyRequests, null, 429));
        },
    };
}
