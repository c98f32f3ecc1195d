using Microsoft.AspNetCore.Http;
using MySchool.Journal.Features;
using MySchool.Kernel;
using MySchool.Kernel.Web;
using MySchool.Ui;

namespace MySchool.Journal.Pages;

/// <summary>Answers with the lesson's page; a refused form keeps what was typed and the refusal's status.</summary>
internal static class LessonPages
{
    public static IResult ToLessonPage(this Result<LessonCard> card) => card.IsOk
        ? Page.Of<LessonPage>(new { Data = card.Value }, card.Value.Refusal?.Status ?? 200)
        : card.Problem!.ToPage();
}
