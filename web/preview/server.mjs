// A stand-in server for work on the journal island: npm run preview, then http://127.0.0.1:5180/
// POST /mode {"mode": "ok" | "down" | "401" | "refuse" | "slow"} changes how it answers; POST /other {lesson, learner, value} is another teacher.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { average, cells, page, works } from "./page.mjs";

const wwwroot = join(import.meta.dirname, "../../src/Ui/wwwroot");
const types = { css: "text/css", js: "text/javascript", svg: "image/svg+xml", woff2: "font/woff2" };
const listeners = new Set(), answered = new Map(), log = [];
let mode = "ok";

const at = (key) => cells.get(key) ?? cells.set(key, { mark: null, absence: null }).get(key);
const told = ({ lesson, learner }, state, message = null) => ({ lesson, learner, state, message, ...at(`${lesson}|${learner}`) });
const publish = (event) => { for (const response of listeners) response.write(`event: cells\ndata: ${JSON.stringify(event)}\n\n`); };

function apply(change, by) {
  const cell = at(`${change.lesson}|${change.learner}`);
  const place = change.kind === "absence" ? "absence" : "mark", version = cell[place]?.version ?? 0;
  if (change.base !== version) return told(change, "conflict", "Другой учитель успел раньше");
  if (change.value === "2" && mode === "no-twos") return told(change, "refused", "Двойку за этот урок ставит только завуч");
  if (change.kind === "absence") cell.absence = change.value === null ? null : { code: change.value, version: version + 1, by };
  else if (change.kind === "comment") cell.mark = { ...cell.mark, comment: change.value, version: version + 1, by };
  else cell.mark = change.value === null ? null : { value: change.value, work: change.work, weight: works.find(({ number }) => number === change.work)?.weight ?? 1, comment: cell.mark?.comment ?? null, version: version + 1, by };
  return told(change, "saved");
}

const averagesOf = (changes) => [...new Set(changes.map(({ learner }) => learner))].map((learner) => ({ learner, value: average(Number(learner.slice(1))) }));
const body = async (request) => { let text = ""; for await (const chunk of request) text += chunk; return JSON.parse(text || "{}"); };
const json = (response, status, value) => response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(value));

async function save(request, response) {
  const { key, changes } = await body(request);
  log.push({ key, count: changes.length, mode });
  if (mode === "down") return void response.destroy();
  if (mode === "401") return json(response, 401, {});
  if (mode === "refuse") return json(response, 403, { title: "Четверть закрыта: завуч может открыть", code: "journal.term-closed" });
  if (mode === "slow") await new Promise((resolve) => setTimeout(resolve, 1500));
  if (!answered.has(key)) {
    const answers = changes.map((change) => apply(change, "вы"));
    answered.set(key, { cells: answers, averages: averagesOf(changes) });
    publish({ by: "Вы", session: request.headers["x-session"], ...answered.get(key) });
  }
  json(response, 200, answered.get(key));
}

createServer(async (request, response) => {
  const url = new URL(request.url, "http://127.0.0.1");
  const path = url.pathname;
  if (path === "/") return response.writeHead(200, { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": "default-src 'self'" }).end(page(Object.fromEntries(url.searchParams)));
  if (path === "/journal/g1/marks") return save(request, response);
  if (path === "/journal/g1/history") return json(response, 200, [{ at: new Date().toISOString(), by: "Смирнова М. П.", kind: "mark", old: "4", new: "5", why: "опечатка при вводе" }, { at: "2026-11-19T09:15:00Z", by: "Смирнова М. П.", kind: "mark", old: null, new: "4", why: null }]);
  if (path === "/mode") return json(response, 200, { mode: (mode = (await body(request)).mode) });
  if (path === "/log") return json(response, 200, log);
  if (path === "/journal/g1/live") {
    response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-cache" }).write(": here\n\n");
    listeners.add(response);
    return request.on("close", () => listeners.delete(response));
  }
  if (path === "/other") {
    const change = await body(request), cell = at(`${change.lesson}|${change.learner}`);
    cell.mark = { value: change.value, work: 1, weight: 1, comment: null, version: (cell.mark?.version ?? 0) + 1, by: "Мария Петровна" };
    if (!change.quiet) publish({ by: "Мария Петровна", cells: [told(change)], averages: averagesOf([change]) });
    return json(response, 200, {});
  }
  try {
    const file = readFileSync(join(wwwroot, path.replace(/^\/ui\//, "").replaceAll("..", "")));
    response.writeHead(200, { "Content-Type": types[path.split(".").pop()] ?? "application/octet-stream" }).end(file);
  }
  catch {
    response.writeHead(404).end();
  }
}).listen(5180, "127.0.0.1", () => console.log("http://127.0.0.1:5180/"));
