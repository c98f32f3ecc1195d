using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using MySchool.StandIns.Esia.People;

namespace MySchool.StandIns.Esia.Pages;

internal static class LoginPage
{
    private static readonly HtmlEncoder Html = HtmlEncoder.Create(UnicodeRanges.All);

    /// <summary>The page; without a ticket it only looks people up, because nobody asked for a login.</summary>
    public static string Render(string? ticket, string query, IReadOnlyList<Person> people)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"""
            <!doctype html>
            <html lang="ru">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Вход. Учебный стенд Госуслуг</title>
            <link rel="stylesheet" href="/login.css">
            </head>
            <body>
            <header><p class="brand">Госуслуги <span>учебный стенд</span></p></header>
            <main>
            <h1>Кто входит?</h1>
            <p class="lead">Здесь вместо настоящей ЕСИА выбирают вымышленного человека. Пароль не нужен.</p>
            {(ticket is null ? "<p class=\"note\">Никто не просил о входе. Начните с кнопки «Войти через Госуслуги» на платформе.</p>" : "")}
            <form class="search" method="get" action="/login" role="search">
            {(ticket is null ? "" : $"<input type=\"hidden\" name=\"ticket\" value=\"{Html.Encode(ticket)}\">")}
            <label for="q">Имя, роль или школа</label>
            <div><input id="q" name="q" type="search" maxlength="100" value="{Html.Encode(query)}" placeholder="иванова учитель школа № 7" autocomplete="off"><button type="submit">Найти</button></div>
            </form>
            <h2>{(query.Length == 0 ? "С кого начать" : people.Count == 0 ? "Никого не нашли" : people.Count == PeopleIndex.Cap ? $"Первые {PeopleIndex.Cap} человек" : "Нашлись")}</h2>
            """);
        if (people.Count == 0) page.Append(Empty(query));
        else AppendPeople(page, ticket, people);
        if (ticket is not null) AppendRefusals(page, ticket);
        return page.Append("</main></body></html>").ToString();
    }

    private static string Empty(string query) => query.Length == 0
        ? "<p class=\"note\">Файл с людьми ещё пуст. Он появится, когда загрузятся данные региона; обновите страницу через минуту.</p>"
        : "<p class=\"note\">Попробуйте одну фамилию или номер школы.</p>";

    private static void AppendPeople(StringBuilder page, string? ticket, IReadOnlyList<Person> people)
    {
        page.Append("<form method=\"post\" action=\"/login\">").Append(Ticket(ticket)).Append("<ul class=\"people\">");
        foreach (var person in people)
        {
            page.Append("<li><button type=\"submit\" name=\"oid\" value=\"").Append(Html.Encode(person.Oid)).Append('"')
                .Append(ticket is null ? " disabled>" : ">")
                .Append("<strong>").Append(Html.Encode(person.FullName)).Append("</strong><span>").Append(Html.Encode(person.About))
                .Append(person.Trusted ? "" : ", учётная запись не подтверждена").Append("</span></button></li>");
        }
        page.Append("</ul></form>");
    }

    private static void AppendRefusals(StringBuilder page, string ticket) => page.Append(CultureInfo.InvariantCulture, $"""
        <form class="other" method="post" action="/login">{Ticket(ticket)}
        <button type="submit" name="answer" value="refuse">Отказать</button>
        <button type="submit" name="answer" value="unconfirmed">Неподтверждённая учётная запись</button>
        </form>
        """);

    private static string Ticket(string? ticket) =>
        ticket is null ? "" : $"<input type=\"hidden\" name=\"ticket\" value=\"{Html.Encode(ticket)}\">";
}
