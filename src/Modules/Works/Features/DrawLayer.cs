using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Journal;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Files;
using MySchool.Kernel.Web;
using MySchool.Works.Domain;
using MySchool.Works.Resources;
using NpgsqlTypes;

namespace MySchool.Works.Features;

/// <summary>A page's layer as the marker sends it.</summary>
/// <param name="Version">The version drawn over; 0 for an empty page.</param>
/// <param name="Layer">The whole layer, as JSON within JSON: it is read by its own strict rules.</param>
internal sealed record DrawLayerRequest(int Version, string Layer);

/// <summary>How the layer stands now.</summary>
internal sealed record DrawLayerAnswer(int Version);

/// <summary>Keeps what a teacher draws over a page: the whole of it each time, over the version that was seen.</summary>
internal sealed class DrawLayer(AppDb db, IHomeworks homeworks, IClock clock)
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/works/{groupId:guid}/{homeworkId:guid}/{learnerId:guid}/layers/{fileId:guid}/{page:int}", async (
            Guid groupId, Guid homeworkId, Guid learnerId, Guid fileId, int page, DrawLayerRequest request, HttpContext http, DrawLayer feature, CancellationToken cancel) =>
            (await feature.HandleAsync(http.RequireActor(), groupId, homeworkId, learnerId, fileId, page, request, cancel)).ToJson()).Allow(WorksActions.Check).WithMetadata(new RequestSizeLimitAttribute(2 * Layer.MostBytes));

    public async Task<Result<DrawLayerAnswer>> HandleAsync(Actor actor, Guid groupId, Guid homeworkId, Guid learnerId, Guid fileId, int page, DrawLayerRequest request, CancellationToken cancel)
    {
        if (await homeworks.FindForTeacherAsync(actor, groupId, homeworkId, cancel) is not { } task) return Problem.NotFound;
        if (page is < 1 or > PdfPages.MostPages) return Problem.NotFound;
        var layer = Layer.Read(request.Layer ?? "");
        if (!layer.IsOk) return layer.Problem!;
        var version = await db.ReadAsync(actor, batch =>
        {
            batch.Add("""
                insert into works.layers as l (school_year, school_id, file_id, page, work_id, learner_id, group_id, is_shown, version, data, by_person, at)
                select f.school_year, f.school_id, f.id, $6, f.work_id, f.learner_id, f.group_id, w.state <> 'handed', 1, $7, $8, $9
                  from works.files f join works.works w on w.school_year = f.school_year and w.school_id = f.school_id and w.id = f.work_id
                 where f.school_year = $1 and f.school_id = $2 and f.id = $3 and f.group_id = $4 and f.learner_id = $5 and w.homework_id = $11 and f.is_handed and ($10 = 0 or exists (
                   select from works.layers k where k.school_year = $1 and k.school_id = $2 and k.file_id = $3 and k.page = $6))
                on conflict (school_year, school_id, file_id, page) do update set data = excluded.data, version = l.version + 1, by_person = excluded.by_person, at = excluded.at, is_shown = excluded.is_shown
                 where l.version = $10
                returning version
                """, task.SchoolYear, task.SchoolId, fileId, groupId, learnerId, (short)page, Maybe.Of(layer.Value.ToJson(), NpgsqlDbType.Jsonb), actor.PersonId, clock.Now, request.Version, homeworkId);
            batch.AddAudit(actor, WorksActions.Check, clock.Now, task.SchoolId, learnerId, $"drawn={fileId}/{page}");
        }, (reader, token) => reader.ReadFirstAsync(r => (int?)r.GetInt32(0), token), cancel);
        return version is { } now ? new DrawLayerAnswer(now) : new Problem("works.layer-changed", Texts.LayerChanged, null, 409);
    }
}
