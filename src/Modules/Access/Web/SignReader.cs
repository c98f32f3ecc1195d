using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.StaticAssets;
using MySchool.Kernel;
using MySchool.Kernel.Web;
using Npgsql;

namespace MySchool.Access.Web;

/// <summary>What waits for the person of this request.</summary>
/// <param name="All">Of every module.</param>
internal sealed record NavSigns(IReadOnlyList<NavSign> All);

/// <summary>Asks the modules what waits for the person, before a page is drawn. A page without its numbers is still a page.</summary>
internal sealed class SignReader(RequestDelegate next, IEnumerable<INavSigns> modules)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetActor() is { } actor && IsPage(context))
        {
            var all = new List<NavSign>();
            try
            {
                foreach (var module in modules) all.AddRange(await module.ReadAsync(actor, context.RequestAborted));
            }
            catch (NpgsqlException)
            {
                // The page itself will say that the database does not answer.
            }
            context.Features.Set(new NavSigns(all));
        }
        await next(context);
    }

    private static bool IsPage(HttpContext context) =>
        !context.IsForPrograms() && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal)
        && context.GetEndpoint()?.Metadata.GetMetadata<StaticAssetDescriptor>() is null;
}
