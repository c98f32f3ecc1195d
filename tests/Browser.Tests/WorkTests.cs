using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace MySchool.Browser.Tests;

/// <summary>A work from a pupil's telephone over the teacher's screen and back.</summary>
public sealed class WorkTests(Contour contour)
{
    private const string Task = "Решить № 215 и прислать страницу тетради";

    [Fact]
    public async Task A_page_is_photographed_drawn_over_returned_handed_in_again_and_marked()
    {
        await using var teacher = await contour.VisitAsAsync(People.Teacher);
        await teacher.GoAsync("/journal");
        var group = await contour.Database.ScalarAsync<Guid>("""
            select l.group_id from journal.lessons l join registry.teaching_groups g on g.id = l.group_id join registry.subjects s on s.id = g.subject_id and s.name = 'Алгебра'
              join registry.enrolments e on e.class_id = g.class_id join registry.people p on p.id = e.person_id and p.last_name = 'Кузнецов' and p.first_name = 'Артём' where l.date <= date '2026-11-23' order by l.date desc limit 1
            """);
        var lesson = await contour.Database.ScalarAsync<Guid>("select id from journal.lessons where group_id = $1 and date <= date '2026-11-23' order by date desc, number desc limit 1", group);
        await teacher.GoAsync($"/journal/{group}/lessons/{lesson}/homework");
        await teacher.Page.GetByLabel("Что сделать").FillAsync(Task);
        await teacher.Page.GetByLabel("Сколько минут").FillAsync("15");
        await teacher.Page.GetByLabel("Сдать работу").CheckAsync();
        await teacher.FollowAsync(teacher.Page.GetByRole(AriaRole.Button, new() { Name = "Задать" }));
        if (await teacher.Page.GetByRole(AriaRole.Button, new() { Name = "Всё равно задать" }).CountAsync() > 0)
            await teacher.FollowAsync(teacher.Page.GetByRole(AriaRole.Button, new() { Name = "Всё равно задать" }));
        await teacher.SeesAsync(Task);
        var homework = await contour.Database.ScalarAsync<Guid>("select id from journal.homework where text = $1", Task);
        var child = await contour.Database.ScalarAsync<Guid>("select person_id from registry.enrolments e join registry.people p on p.id = e.person_id where p.last_name = 'Кузнецов' and p.first_name = 'Артём' limit 1");

        await using var pupil = await contour.VisitAsAsync(People.Pupil, new() { ViewportSize = new() { Width = 360, Height = 780 }, HasTouch = true, IsMobile = true });
        await pupil.GoAsync($"/works/{homework}");
        await HandInAsync(pupil, "Первый раз");
        await pupil.SeesAsync("Работа сдана");

        var work = $"/works/{group}/{homework}/{child}";
        await teacher.GoAsync(work);
        await DrawAsync(teacher);
        await teacher.Page.Locator("summary", new() { HasText = "Вернуть на исправление" }).ClickAsync();
        await teacher.Page.GetByLabel("Что исправить").FillAsync("Посмотрите на метку");
        await teacher.FollowAsync(teacher.Page.GetByRole(AriaRole.Button, new() { Name = "Вернуть", Exact = true }));
        await teacher.SeesAsync("Работа возвращена");

        await pupil.GoAsync($"/works/{homework}");
        await pupil.SeesAsync("Посмотрите на метку");
        await pupil.Page.Locator("summary", new() { HasText = "Сдано раньше" }).ClickAsync();
        await pupil.FollowAsync(pupil.Page.GetByRole(AriaRole.Link, new() { Name = "photo" }).First);
        await pupil.SeesAsync("Знак!");
        Assert.Equal(1, await pupil.Page.Locator(".ink-pin").CountAsync());
        await pupil.GoAsync($"/works/{homework}");
        await HandInAsync(pupil, "Исправил");

        await teacher.GoAsync(work);
        await teacher.Page.GetByLabel("Отметка", new() { Exact = false }).First.FillAsync("5");
        await teacher.Page.GetByLabel("Комментарий", new() { Exact = false }).First.FillAsync("Теперь верно");
        await teacher.FollowAsync(teacher.Page.GetByRole(AriaRole.Button, new() { Name = "Проверено" }));
        await teacher.SeesAsync("Отметка поставлена");
        await pupil.GoAsync($"/works/{homework}");
        await pupil.SeesAsync("Теперь верно");
        Assert.Empty(teacher.Troubles);
        Assert.Empty(pupil.Troubles);
    }

    private static async Task HandInAsync(Visitor pupil, string text)
    {
        await pupil.Page.GetByLabel("Ответ").FillAsync(text);
        // A picture that the browser itself makes: there is no camera here.
        var url = await pupil.Page.EvaluateAsync<string>("() => { const c = document.createElement('canvas'); c.width = 900; c.height = 1200; const d = c.getContext('2d'); d.fillStyle = '#fff'; d.fillRect(0, 0, 900, 1200); d.fillStyle = '#124'; d.font = '60px sans-serif'; d.fillText('x = 4', 100, 300); return c.toDataURL('image/jpeg'); }");
        await pupil.Page.Locator("input[name=files]").SetInputFilesAsync(new FilePayload { Name = $"photo {text.Length}.jpg", MimeType = "image/jpeg", Buffer = Convert.FromBase64String(url.Split(',')[1]) });
        await pupil.Page.GetByRole(AriaRole.Button, new() { NameRegex = new("Сдать") }).ClickAsync();
        await pupil.ArriveAsync("**done=handed");
    }

    private static async Task DrawAsync(Visitor teacher)
    {
        var paper = teacher.Page.Locator(".sheet-paper");
        await teacher.Page.GetByRole(AriaRole.Button, new() { Name = "Перо" }).ClickAsync();
        await paper.ScrollIntoViewIfNeededAsync();
        var box = (await paper.BoundingBoxAsync())!;
        await teacher.Page.Mouse.MoveAsync(box.X + 60, box.Y + 300);
        await teacher.Page.Mouse.DownAsync();
        await teacher.Page.Mouse.MoveAsync(box.X + 200, box.Y + 360, new() { Steps = 8 });
        await teacher.Page.Mouse.UpAsync();
        await Expect(teacher.Page.Locator(".ink-pen")).ToHaveCountAsync(1);
        // A pin by the keyboard alone; a second one is taken back.
        await teacher.Page.GetByRole(AriaRole.Button, new() { Name = "Метка", Exact = true }).ClickAsync();
        await paper.FocusAsync();
        await teacher.Page.Keyboard.PressAsync("ArrowRight");
        await teacher.Page.Keyboard.PressAsync("Enter");
        await teacher.Page.Keyboard.TypeAsync("Знак!");
        await teacher.Page.Keyboard.PressAsync("Enter");
        await Expect(teacher.Page.Locator(".ink-pin")).ToHaveCountAsync(1);
        await teacher.Page.GetByRole(AriaRole.Button, new() { Name = "Ластик" }).ClickAsync();
        box = (await paper.BoundingBoxAsync())!;
        await teacher.Page.Mouse.ClickAsync(box.X + 130, box.Y + 330);
        await Expect(teacher.Page.Locator(".ink-pen")).ToHaveCountAsync(0);
        await teacher.Page.GetByRole(AriaRole.Button, new() { Name = "Отменить" }).ClickAsync();
        await Expect(teacher.Page.Locator(".ink-pen")).ToHaveCountAsync(1);
        await Expect(teacher.Page.Locator(".marker-bar [role=status]")).ToHaveTextAsync("сохранено");
    }
}
