// A journal page with invented learners for work on the island; never part of the product.
const surnames = ["Алексеева Дарья", "Борисов Тимофей", "Васильев Артём", "Григорьева София", "Добронравова-Константинопольская Елизавета", "Ершов Максим", "Жукова Полина", "Зайцев Кирилл", "Иванов Пётр", "Ильина Варвара", "Козлов Михаил", "Кузнецова Алиса", "Лебедев Роман", "Макарова Ева", "Морозов Егор", "Никитина Анна", "Новиков Лев", "Орлова Вера", "Павлов Глеб", "Петрова Мария", "Романов Илья", "Семёнова Ульяна", "Сидоров Марк", "Смирнов Даниил", "Соколова Кира", "Тарасов Фёдор", "Фёдорова Злата", "Харитонов Ян", "Цветкова Нина", "Яковлев Степан"];
export const works = [{ number: 1, name: "Ответ на уроке", weight: 1 }, { number: 2, name: "Контрольная работа", weight: 2 }, { number: 3, name: "Экзамен", weight: 3 }];
export const codes = [{ code: "Н", name: "не был(а)", bad: true }, { code: "Б", name: "болел(а)" }, { code: "У", name: "по уважительной причине" }];
export const size = { rows: 30, columns: 45 };

let seed = 7;
const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;

export const cells = new Map();
for (let r = 0; r < size.rows; r++) {
  for (let c = 0; c < 38; c++) {
    const dice = random();
    if (dice < 0.28) cells.set(`l${c}|p${r}`, { mark: { value: "5544433 52".replace(" ", "4")[Math.floor(random() * 10)], work: c % 9 === 5 ? 2 : 1, weight: c % 9 === 5 ? 2 : 1, comment: dice < 0.01 ? "Решил задачу двумя способами" : null, version: 1, by: null }, absence: null });
    else if (dice > 0.95) cells.set(`l${c}|p${r}`, { mark: null, absence: { code: codes[Math.floor(random() * 3)].code, version: 1, by: null } });
  }
}

const escape = (value) => JSON.stringify(value).replaceAll("&", "&amp;").replaceAll("'", "&#39;");
const date = (c) => new Date(2026, 8, 2 + c * 2);
const head = (c) => {
  const work = c % 9 === 5 ? 2 : 1;
  return `<th scope="col" data-lesson="l${c}" data-work="${work}"${c < 4 ? ' data-locked="Закрыт 15 ноября: завуч может открыть"' : ""}${c === 38 ? ' aria-current="date"' : ""}><a href="#l${c}">${date(c).getDate()}<small>${date(c).toLocaleDateString("ru", { month: "short" }).slice(0, 3)}</small></a></th>`;
};
const cell = (r, c) => {
  const { mark, absence } = cells.get(`l${c}|p${r}`) ?? {};
  const attributes = (mark ? ` data-v="${mark.version}"` : "") + (absence ? ` data-av="${absence.version}"` : "") + (mark?.weight > 1 ? ` data-w="${mark.weight}"` : "") + (mark?.comment ? ` data-c="${mark.comment}"` : "");
  return `<td role="gridcell"${attributes}>${mark ? `<span class="m">${mark.value}</span>` : ""}${absence ? `<span class="a">${absence.code}</span>` : ""}</td>`;
};
const range = (count) => Array.from({ length: count }, (_, i) => i);

export const average = (r) => {
  const marks = range(size.columns).map((c) => cells.get(`l${c}|p${r}`)?.mark).filter((mark) => mark && /\d/.test(mark.value ?? ""));
  const weights = marks.reduce((sum, mark) => sum + mark.weight, 0);
  return weights ? (marks.reduce((sum, mark) => sum + mark.value * mark.weight, 0) / weights).toFixed(2).replace(".", ",") : null;
};

export const page = ({ theme = "auto", contrast = "none", scale = "100", person = "t1", group = "g1", readonly = false }) => `<!DOCTYPE html>
<html lang="ru" data-theme="${theme}" data-contrast="${contrast}" data-scale="${scale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Журнал 7Б</title><meta name="csrf" content="token"><link rel="stylesheet" href="/ui/styles.css"><script type="module" src="/ui/islands/common.js"></script><script type="module" src="/ui/islands/journal-grid.js"></script></head>
<body><div class="frame"><div class="rail"></div><main class="main"><div class="page page-wide"><header class="page-head"><div><h1>Алгебра, 7Б</h1></div><div class="page-actions"><a class="button button-primary" href="#new">Добавить урок</a></div></header>
<journal-grid group="${group}" person="${person}" save-url="/journal/{group}/marks" live-url="/journal/{group}/live" history-url="/journal/{group}/history" marks="2 3 4 5 зачёт незачёт н/а" absence-codes='${escape(codes)}' work-types='${escape(works)}'${readonly ? " readonly" : ""}>
<table role="grid" aria-label="Журнал 7Б, алгебра"><thead><tr><th class="name" scope="col">Ученик</th>${range(size.columns).map(head).join("")}<th class="avg" scope="col">Ср. балл</th></tr></thead>
<tbody>${range(size.rows).map((r) => `<tr data-learner="p${r}"><th scope="row" class="name">${surnames[r]}</th>${range(size.columns).map((c) => cell(r, c)).join("")}<td class="avg" data-average>${average(r) ?? ""}</td></tr>`).join("\n")}</tbody></table></journal-grid>
</div></main></div></body></html>`;
