using Microsoft.Playwright;
using MySchool.Kernel.Sheets;

namespace MySchool.Browser.Tests;

/// <summary>A page to look at, and who looks. No person: nobody is signed in.</summary>
/// <param name="Name">Names it in messages and files.</param>
/// <param name="Person">Who opens it.</param>
/// <param name="Open">How it is reached.</param>
internal sealed record Place(string Name, string? Person, Func<Visitor, Task> Open)
{
    /// <summary>The pages that people see most, each as somebody who may open it.</summary>
    public static IReadOnlyList<Place> All { get; } =
    [
        At("sign-in", null, "/sign-in"),
        At("today-teacher", People.Teacher, "/today"),
        At("journals", People.Teacher, "/journal"),
        new("journal", People.Teacher, visitor => visitor.OpenJournalAsync("7Б", "Алгебра")),
        new("lesson", People.Teacher, OpenLessonAsync),
        new("results", People.Teacher, visitor => OpenResultsAsync(visitor, 1)),
        new("results-year", People.Teacher, visitor => OpenResultsAsync(visitor, 90)),
        new("changes", People.Teacher, async visitor =>
        {
            await visitor.OpenJournalAsync("7Б", "Алгебра");
            await FollowAsync(visitor, null, "a[href$='/changes']");
        }),
        At("closing", People.Head, "/closing?term=1"),
        new("closing-class", People.Head, visitor => FollowAsync(visitor, "/closing?term=1", "a[href^='/closing/0']")),
        new("roll", People.Teacher, async visitor =>
        {
            await visitor.OpenJournalAsync("7Б", "Алгебра");
            await visitor.GoAsync(new Uri(visitor.Page.Url).AbsolutePath + "/roll");
        }),
        new("criteria", People.Teacher, async visitor =>
        {
            await OpenLessonAsync(visitor);
            await visitor.GoAsync(new Uri(visitor.Page.Url).AbsolutePath + "/criteria");
            await visitor.Page.GetByLabel("По строке на критерий").FillAsync("Соответствие теме 3\nГрамотность 2\nОформление 1");
            await visitor.FollowAsync(visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Сохранить критерии" }));
        }),
        At("debts", People.Teacher, "/journal/debts"),
        At("journal-settings", People.Head, "/journal/settings"),
        At("plans", People.Teacher, "/plans"),
        At("plan-new", People.Teacher, "/plans/new"),
        new("plan", People.Teacher, visitor => FollowAsync(visitor, "/plans", "a[href*='group=']:has-text('Геометрия')")),
        new("plan-row", People.Teacher, async visitor =>
        {
            await FollowAsync(visitor, "/plans", "a[href*='group=']:has-text('Алгебра')");
            await visitor.FollowAsync(visitor.Page.Locator("main a[data-row]").Nth(4));
        }),
        new("plan-fill", People.Teacher, async visitor =>
        {
            await FollowAsync(visitor, "/plans", "a[href*='group=']:has-text('Алгебра')");
            await FollowAsync(visitor, null, "a[href$='/fill']");
        }),
        new("plan-draft", People.Teacher, RehearsePlanAsync),
        At("plan-progress", People.Deputy, "/plans/progress"),
        At("plan-kinds", People.Deputy, "/plans/kinds"),
        At("day-absence", People.ClassTeacher, "/journal/absent"),
        At("day-absence-school", People.Head, "/journal/absent"),
        At("classes", People.Head, "/journal/classes"),
        new("class-summary", People.Head, visitor => OpenClassAsync(visitor, "?term=1")),
        new("class-now", People.Head, visitor => OpenClassAsync(visitor, "")),
        new("class-absences", People.Head, visitor => OpenClassAsync(visitor, "/absences?term=1")),
        new("class-risks", People.Head, visitor => OpenClassAsync(visitor, "/risks")),
        At("class-led", People.ClassTeacher, "/journal/classes"),
        new("class-led-risks", People.ClassTeacher, visitor => FollowAsync(visitor, "/journal/classes", "a[href*='/risks']")),
        new("class-meeting", People.Head, visitor => OpenClassAsync(visitor, "/meeting?term=1")),
        new("class-report", People.Head, visitor => OpenClassAsync(visitor, "/report?term=1")),
        At("risk-rules", People.Head, "/journal/settings/risks"),
        At("reports", People.Head, "/journal/classes/reports?term=1"),
        At("reports-teacher", People.Head, "/journal/classes/reports?by=teacher&term=1"),
        At("remarks-found", People.Head, "/journal/remarks?state=found"),
        At("remarks-open", People.Head, "/journal/remarks?state=open"),
        new("remark", People.Head, visitor => FollowAsync(visitor, "/journal/remarks?state=answered", "a[href^='/journal/remarks/0'], main a[href^='/journal/remarks/']:not([href*='?']):not([href$='/new'])")),
        At("remark-new", People.Head, "/journal/remarks/new"),
        At("prints", People.Head, "/journal/classes/prints"),
        At("print-verify", People.Head, "/journal/classes/prints/verify?hash=0123456789abcdef"),
        At("today-family", People.Mother, "/today"),
        At("diary-week", People.Mother, "/diary"),
        At("diary-term", People.Mother, "/diary?view=term"),
        new("absence", People.Mother, async mother =>
        {
            await FollowAsync(mother, "/today", "a[href$='/absence']");
            if (await mother.Page.Locator("form[action$='/withdraw']").CountAsync() == 0) await mother.FollowAsync(mother.Page.Locator("button[value='illness']"));
        }),
        At("today-leader", People.ClassTeacher, "/today"),
        new("subject", People.Mother, visitor => FollowAsync(visitor, "/diary?view=term", "a[href*='/subjects/']")),
        At("diary-views", People.Teacher, "/journal/diaries"),
        At("notices", People.Mother, "/account/notices"),
        At("notices-window", People.Head, "/school/notices"),
        At("keys", People.Mother, "/account/keys"),
        new("keys-issued", People.Mother, async mother =>
        {
            await mother.GoAsync("/account/keys");
            await mother.FollowAsync(mother.Page.Locator("form[action='/account/keys/calendar'] button").First);
        }),
        At("account", People.Mother, "/account"),
        At("consents", People.Mother, "/account/consents"),
        At("copies", People.Mother, "/account/copies"),
        new("copies-ready", People.Mother, async mother =>
        {
            await mother.GoAsync("/account/copies");
            var ask = mother.Page.Locator("form[action='/account/copies'] button").First;
            if (await mother.Page.Locator("a[download]").CountAsync() == 0) await mother.FollowAsync(ask);
            while (await mother.Page.Locator("a[download]").CountAsync() == 0) await mother.GoAsync("/account/copies");
        }),
        At("erasure", People.Mother, "/account/erasure"),
        new("erasure-plan", People.Mother, visitor => FollowAsync(visitor, "/account/erasure", "a[href^='/account/erasure/0']")),
        At("erasures", People.Administrator, "/erasures"),
        new("erasure-decision", People.Administrator, visitor => FollowAsync(visitor, "/erasures", "a[href^='/erasures/0']")),
        new("erasure-act", People.Administrator, async visitor =>
        {
            await visitor.GoAsync("/erasures");
            var href = await visitor.Page.Locator("main tbody tr:last-child a[href^='/erasures/0']").First.GetAttributeAsync("href");
            await visitor.GoAsync($"/account/erasure/{href!.Split('/')[^1]}/act");
        }),
        At("erasure-terms", People.Operator, "/erasures/terms?code=class-journal"),
        At("today-pupil", People.Pupil, "/today"),
        new("homework", People.Teacher, async teacher =>
        {
            await OpenLessonAsync(teacher);
            await FollowAsync(teacher, null, "a[href$='/homework']");
        }),
        At("works", People.Teacher, "/works"),
        new("works-list", People.Teacher, visitor => FollowAsync(visitor, "/works", "a[href^='/works/0']")),
        new("work-check", People.Teacher, async teacher =>
        {
            await FollowAsync(teacher, "/works", "a[href^='/works/0']");
            await FollowAsync(teacher, null, "ul a[href^='/works/0']");
        }),
        new("work", People.Pupil, visitor => FollowAsync(visitor, "/diary", "a[href^='/works/']")),
        At("homework-norms", People.Head, "/journal/settings/homework"),
        At("today-school", People.Head, "/today"),
        At("school", People.Deputy, "/school"),
        new("class", People.Deputy, visitor => FollowAsync(visitor, "/school", "a[href^='/school/classes/']")),
        new("learner", People.Administrator, async visitor =>
        {
            await FollowAsync(visitor, "/school", "a[href^='/school/classes/']");
            await FollowAsync(visitor, null, "a[href^='/people/']");
        }),
        new("fields", People.Administrator, async visitor =>
        {
            await FollowAsync(visitor, "/school", "a[href^='/school/classes/']");
            await FollowAsync(visitor, null, "a[href^='/people/']");
            await FollowAsync(visitor, null, "a[href$='/fields']");
        }),
        At("field-sources", People.Operator, "/field-sources"),
        At("regions", People.Operator, "/regions"),
        At("region-new", People.Operator, "/regions/new"),
        At("import", People.Administrator, "/school/import"),
        At("movement", People.Administrator, "/school/movement"),
        At("enrol", People.Administrator, "/school/movement/enrol"),
        new("learner-movement", People.Administrator, OpenMovementAsync),
        new("new-year", People.Administrator, async visitor =>
        {
            await visitor.GoAsync("/school/year");
            var start = visitor.Page.Locator("form[action='/school/year/start'] button");
            if (await start.CountAsync() > 0) await visitor.FollowAsync(start);
        }),
        new("rehearsal", People.Administrator, visitor => RehearseAsync(visitor, ["Фамилия", "Имя", "Отчество", "Дата рождения", "Класс", "Мать"], 60)),
        new("rehearsal-refused", People.Administrator, visitor => RehearseAsync(visitor, ["Кто", "Куда"], 3)),
        At("doubles", People.Administrator, "/doubles"),
        new("double", People.Administrator, visitor => FollowAsync(visitor, "/doubles", "a[href^='/doubles/0']")),
        new("merge", People.Administrator, async visitor =>
        {
            await FollowAsync(visitor, "/doubles", "a[href^='/doubles/0']");
            await FollowAsync(visitor, null, "a[href$='/merge']");
        }),
        At("merges", People.Administrator, "/doubles/merged"),
        At("doubles-region", People.RegionalCoordinator, "/doubles"),
        At("search", People.Administrator, "/search?q=Кузнецов"),
        At("today-municipality", People.MunicipalCoordinator, "/today"),
        At("today-region", People.RegionalCoordinator, "/today"),
        At("connection-school", People.Administrator, "/connection"),
        At("connection-invitations", People.Administrator, "/connection/invitations"),
        At("connection-requests", People.Administrator, "/connection/requests"),
        At("connection-municipality", People.MunicipalCoordinator, "/connection"),
        At("connection-region", People.RegionalCoordinator, "/connection"),
        new("connection-add", People.RegionalCoordinator, async coordinator =>
        {
            await coordinator.GoAsync("/connection");
            await coordinator.FollowAsync(coordinator.Page.Locator("a[href$='/add']"));
        }),
        At("connection-rows", People.RegionalCoordinator, "/connection/rows"),
        At("connection-country", People.Operator, "/connection"),
        At("connection-definitions", People.Operator, "/connection/definitions"),
        At("invite", null, "/invite"),
        At("connect", null, "/connect"),
        At("connect-form", People.Mother, "/connect?q=школа"),
        At("clients", People.Operator, "/clients"),
        new("client", People.Operator, visitor => FollowAsync(visitor, "/clients", "a[href^='/clients/0']")),
        At("client-new", People.Operator, "/clients/new?kind=site"),
        At("system-new", People.Operator, "/clients/new?kind=system"),
        At("purposes", People.Operator, "/purposes"),
        At("purpose", People.Operator, "/purposes/regional-diary"),
        At("purpose-version", People.Operator, "/purposes/regional-diary/versions/1"),
        At("purpose-draft", People.Operator, "/purposes/regional-diary/draft"),
        new("purpose-preview", People.Operator, DraftAsync),
        new("consent-proof", People.Mother, OpenProofAsync),
        new("views", People.Mother, async visitor =>
        {
            await visitor.GoAsync("/diary");
            var child = new Uri(new Uri("http://localhost"), await visitor.Page.Locator("main a[href*='learner=']").First.GetAttributeAsync("href")).Query;
            await visitor.GoAsync($"/people/{System.Text.RegularExpressions.Regex.Match(child, "learner=([0-9a-f-]{36})").Groups[1].Value}/views");
        }),
        At("site-consent", People.Mother, Site),
        At("site-needs-parent", People.Pupil, Site),
        At("site-leave", People.Mother, "/connect/logout"),
        At("support-new", People.Mother, "/support/new?from=/diary"),
        At("support-form", People.Mother, "/support/new?q=не+вижу+ребёнка&from=/diary"),
        At("support-stranger", null, "/support/new?q=не+могу+войти&from=/sign-in"),
        At("support-school", null, "/support/new?q=не+могу+войти&unit=all"),
        new("support-own", People.Mother, async visitor =>
        {
            await WriteToSupportAsync(visitor);
            await visitor.GoAsync("/support");
        }),
        new("support-own-ticket", People.Mother, WriteToSupportAsync),
        At("support-queue", People.Administrator, "/support/queue"),
        new("support-ticket", People.Administrator, async visitor =>
        {
            await visitor.GoAsync("/support/queue");
            // Whichever test came first: without a ticket the empty queue is looked at once more.
            if (await visitor.Page.Locator("main a[href^='/support/queue/0']").CountAsync() > 0) await FollowAsync(visitor, null, "a[href^='/support/queue/0']");
        }),
        At("support-access", People.Administrator, "/support/access"),
        At("support-access-ask", People.Operator, "/support/access"),
        new("support-looked", People.Administrator, visitor => FollowAsync(visitor, "/support/access", "a[href^='/support/access/0']")),
        At("support-terms", People.Operator, "/support/terms"),
        At("help", People.Mother, "/help"),
        At("help-found", null, "/help?q=отозвать+согласие"),
        At("help-article", People.Mother, "/help/read-diary"),
        At("help-articles", People.Operator, "/help/edit"),
        new("help-editor", People.Operator, visitor => FollowAsync(visitor, "/help/edit", "a[href^='/help/edit/0']")),
        At("not-found", People.Operator, "/journal/00000000-0000-0000-0000-000000000001"),
    ];

    // A site's request, as Contour has registered it.
    private const string Site =
        "/connect/authorize?client_id=site-demo&redirect_uri=https%3A%2F%2Fsite.example%2Fcallback&response_type=code&scope=openid+profile+role+school+class+offline_access"
        + "&state=s&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";

    public static Place Of(string name) => All.Single(place => place.Name == name);

    public static IEnumerable<string> Names => All.Select(place => place.Name);

    private static Place At(string name, string? person, string address) => new(name, person, visitor => visitor.GoAsync(address));

    // A list of a school's own making, uploaded as a person would.
    private static async Task RehearseAsync(Visitor administrator, string[] titles, int rows)
    {
        using var file = new MemoryStream();
        SheetWriter.Write(file, new Sheet("5А", [.. titles.Select(title => new SheetColumn(title))], Enumerable.Range(1, rows).Select(n =>
            (IReadOnlyList<object?>)[.. ((object?[])["Новикова" + new string('а', n % 3), "Вера", "Ильинична", new DateOnly(2015, 1, 1).AddDays(n), "5А", n % 2 == 0 ? "Новикова Мария Петровна" : null]).Take(titles.Length)])));
        await administrator.GoAsync("/school/import");
        await administrator.Page.SetInputFilesAsync("input[type=file]", new FilePayload { Name = "Список 5А.xlsx", MimeType = SheetWriter.MediaType, Buffer = file.ToArray() });
        await administrator.Page.Locator("main form button.button-primary, main form button[type=submit]").First.ClickAsync();
        await administrator.ArriveAsync("**/school/import/*");
        while (await administrator.Page.Locator("meta[http-equiv=refresh], a[href^='/school/import/'] >> text=Обновить").CountAsync() > 0) await administrator.Page.ReloadAsync();
    }

    // A teacher's own table of a plan, over the plan that stands.
    private static async Task RehearsePlanAsync(Visitor teacher)
    {
        using var file = new MemoryStream();
        SheetWriter.Write(file, new Sheet("КТП", [new("№ урока"), new("Тема урока"), new("Кол-во часов"), new("Тип урока"), new("Дата"), new("Домашнее задание"), new("УУД")],
        [
            [null, "Раздел 1. Числа и вычисления (25 ч)", null, null, null, null, null], [1, "Понятие рационального числа", 1, "УНЗ", "01.09", "§ 1, № 3–6", "анализ"],
            ["2-4", "Арифметические действия с рациональными числами", null, "комбинированный", "02.09", "§ 2, № 12", "синтез"], [5, "Контрольная работа № 1", 1, "к/р", "07.09", "", ""],
            [6, "Степень с натуральным показателем", "две", "игра", "09.09", "§ 3", ""], [null, "Многочлены", 12, null, null, "§ 7", ""],
        ]));
        await FollowAsync(teacher, "/plans", "a[href*='group=']:has-text('Алгебра')");
        await FollowAsync(teacher, null, "a[href$='/fill']");
        await teacher.Page.SetInputFilesAsync("input[type=file]", new FilePayload { Name = "КТП 7 класс.xlsx", MimeType = SheetWriter.MediaType, Buffer = file.ToArray() });
        await teacher.Page.Locator("#file button").First.ClickAsync();
        await teacher.ArriveAsync("**/drafts/*");
    }

    // A next version of a text, as the operator would write it. One that is there already is looked at as it is.
    private static async Task DraftAsync(Visitor owner)
    {
        await owner.GoAsync("/purposes/regional-diary/draft");
        foreach (var (name, value) in ((string, string)[])
        [
            ("dataKinds", "Регион, название и адрес школы, класс, роль"), ("recipient", "Минпросвещения России и подведомственные организации"),
            ("legalBasis", "Федеральный закон от 27.07.2006 № 152-ФЗ, статья 9, часть 4"), ("changeNote", "Перечислены данные и получатели"),
        ]) await owner.Page.FillAsync($"[name={name}]", value);
        await owner.FollowAsync(owner.Page.Locator("form[action$='/draft'] button[type=submit], form[action$='/draft'] button.button-primary").First);
    }

    private static async Task OpenProofAsync(Visitor mother)
    {
        await mother.GoAsync("/account/consents");
        var href = await mother.Page.Locator("a[href$='/proof']").First.GetAttributeAsync("href");
        await mother.GoAsync(href!);
    }

    private static async Task WriteToSupportAsync(Visitor author)
    {
        // Once is enough for all who look.
        await author.GoAsync("/support");
        if (await author.Page.Locator("main a[href^='/support/tickets/']").CountAsync() > 0)
        {
            await FollowAsync(author, null, "a[href^='/support/tickets/']");
            return;
        }
        await author.GoAsync("/support/new?q=не+вижу+оценку&from=/diary");
        await author.Page.SelectOptionAsync("select[name=kind]", "marks");
        await author.Page.FillAsync("textarea[name=text]", "В пятницу была контрольная по алгебре, учитель сказала, что оценки стоят, а в дневнике пусто. У сына в классе у всех есть.");
        await author.Page.Locator("main form[action='/support/new'] button.button-primary, main form[action='/support/new'] button[type=submit]").First.ClickAsync();
        await author.ArriveAsync("**/support/tickets/*");
    }

    internal static async Task OpenClassAsync(Visitor head, string page)
    {
        await head.GoAsync("/journal/classes");
        var href = await head.Page.Locator("main a:has(b:text-is('7Б'))").First.GetAttributeAsync("href");
        await head.GoAsync(href + page);
    }

    private static async Task OpenResultsAsync(Visitor teacher, int term)
    {
        await teacher.OpenJournalAsync("7Б", "Алгебра");
        await FollowAsync(teacher, null, "a[href*='/results']");
        await FollowAsync(teacher, null, $"a[href$='term={term}']");
    }

    private static async Task OpenLessonAsync(Visitor teacher)
    {
        await teacher.OpenJournalAsync("7Б", "Алгебра");
        await teacher.FollowAsync(teacher.Page.Locator(".page-actions a").First);
    }

    private static async Task OpenMovementAsync(Visitor administrator)
    {
        await FollowAsync(administrator, "/school", "a[href^='/school/classes/']");
        await FollowAsync(administrator, null, "a[href^='/people/']");
        await FollowAsync(administrator, null, "a[href$='/movement']");
    }

    private static async Task FollowAsync(Visitor visitor, string? from, string link)
    {
        if (from is not null) await visitor.GoAsync(from);
        var href = await visitor.Page.Locator($"main {link}").First.GetAttributeAsync("href");
        await visitor.GoAsync(href!);
    }

    /// <summary>Opens the page in a browser of its own.</summary>
    public async Task<Visitor> VisitAsync(Contour contour, BrowserNewContextOptions? options = null)
    {
        var visitor = Person is null ? await contour.VisitAsync(options) : await contour.VisitAsAsync(Person, options);
        await Open(visitor);
        return visitor;
    }
}
