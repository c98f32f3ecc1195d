using Xunit;
using static Microsoft.Playwright.Assertions;

namespace MySchool.Browser.Tests;

/// <summary>A remark on a journal from the deputy's tap to the teacher's answer and back.</summary>
public sealed class RemarkTests(Contour contour)
{
    [Fact]
    public async Task What_was_found_becomes_a_remark_in_one_tap_and_goes_there_and_back()
    {
        await using var deputy = await contour.VisitAsAsync(People.Deputy);
        await deputy.GoAsync("/journal/remarks?state=found&kind=homework");
        // Of the teacher the demonstration is shown by.
        var found = deputy.Page.Locator(".lacks > li", new() { HasText = "Соколова М.П." }).First;
        await Expect(found).ToContainTextAsync("нет задания");
        await deputy.FollowAsync(found.Locator("button"));
        await Expect(deputy.Page.Locator("main")).ToContainTextAsync("Замечание отправлено учителю");

        await using var teacher = await contour.VisitAsAsync(People.Teacher);
        await teacher.GoAsync("/today");
        await teacher.FollowAsync(teacher.Page.Locator("#remarks li a").First);
        await teacher.Page.FillAsync("textarea[name=text]", "Задания на эти уроки внесены");
        await teacher.FollowAsync(teacher.Page.Locator("form[action$='/answer'] button.button-primary"));
        await Expect(teacher.Page.Locator("main")).ToContainTextAsync("есть ответ");

        await deputy.GoAsync("/journal/remarks?state=answered&kind=homework");
        await deputy.FollowAsync(deputy.Page.Locator("main tbody a", new() { HasText = "7Б" }).Or(deputy.Page.Locator("main tbody a", new() { HasText = "Алгебра" })).First);
        await Expect(deputy.Page.Locator("main")).ToContainTextAsync("Задания на эти уроки внесены");
        await deputy.FollowAsync(deputy.Page.Locator("button[value=close]"));
        await Expect(deputy.Page.Locator("main")).ToContainTextAsync("Замечание закрыто");
        Assert.Empty(deputy.Troubles);
        Assert.Empty(teacher.Troubles);
    }
}
