using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MySchool.Contracts.Registry;
using MySchool.Kernel;
using MySchool.Kernel.Data;
using MySchool.Kernel.Files;
using MySchool.Kernel.Web;

namespace MySchool.Journal.Features.Homework;

/// <summary>Gives a file of homework: to the teacher of the group and whoever reads its journal, and to the families it is addressed to.</summary>
internal sealed class GiveHomeworkFile(AppDb db, IRegistry registry, ByteStore store, IClock clock)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/journal/{groupId:guid}/homework/{homeworkId:guid}/files/{fileId:guid}", async (
            Guid groupId, Guid homeworkId, Guid fileId, HttpContext http, GiveHomeworkFile feature, CancellationToken cancel) =>
            await feature.OfGroupAsync(http, groupId, homeworkId, fileId, cancel)).Allow(JournalActions.OpenJournal);
        routes.MapGet("/diary/{learnerId:guid}/homework/{homeworkId:guid}/files/{fileId:guid}", async (
            Guid learnerId, Guid homeworkId, Guid fileId, HttpContext http, GiveHomeworkFile feature, CancellationToken cancel) =>
            await feature.OfLearnerAsync(http, learnerId, homeworkId, fileId, cancel)).Allow(JournalActions.OpenDiary);
    }

    private async Task<IResult> OfGroupAsync(HttpContext http, Guid groupId, Guid homeworkId, Guid fileId, CancellationToken cancel) =>
        await JournalAccess.FindGroupAsync(registry, http.RequireActor(), groupId, JournalActions.OpenJournal, cancel) is { } group
            ? await GiveAsync(http, group.SchoolYear, group.SchoolId, [groupId], null, homeworkId, fileId, cancel) : Problem.NotFound.ToPage();

    private async Task<IResult> OfLearnerAsync(HttpContext http, Guid learnerId, Guid homeworkId, Guid fileId, CancellationToken cancel) =>
        await JournalAccess.FindLearnerAsync(registry, http.RequireActor(), learnerId, clock.Now, cancel) is { } learner
            ? await GiveAsync(http, learner.SchoolYear, learner.SchoolId, [.. learner.Groups.Select(group => group.GroupId)], learnerId, homeworkId, fileId, cancel) : Problem.NotFound.ToPage();

    private async Task<IResult> GiveAsync(HttpContext http, short year, Guid school, Guid[] groups, Guid? learner, Guid homework, Guid file, CancellationToken cancel)
    {
        var found = await db.ReadAsync(http.RequireActor(), batch => batch.Add($"""
            select f.address, f.sealed_key, f.media_type, f.name from journal.homework_files f
              join journal.homework h on h.school_year = f.school_year and h.school_id = f.school_id and h.id = f.homework_id
             where f.school_year = $1 and f.school_id = $2 and f.homework_id = $3 and f.id = $4 and f.state = '{FileStates.Clean}' and h.group_id = any($5)
               and ($6 is null or {DiaryRows.IsFor("$6")})
            """, year, school, homework, file, groups, Maybe.Uuid(learner)),
            (reader, token) => reader.ReadFirstAsync(r => ((string, byte[], string, string)?)(r.GetString(0), r.GetFieldValue<byte[]>(1), r.GetString(2), r.GetString(3)), token), cancel);
        return found is { } bytes ? http.Give(store, bytes) : Problem.NotFound.ToPage();
    }
}
