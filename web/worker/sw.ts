// Keeps a person's own pages for a time without a network: diaries of the family, a teacher's journals of the day. Only pages that the
// server itself has marked, sealed by a key of their owner; gone with signing out and with the first page of another person. See
// docs/decisions/035 and 044.
import { answered, openStore } from "../islands/shared/idb.ts";
import { forgetKeys, keyOf, seal, unseal } from "../islands/shared/vault.ts";

/** What of the worker's scope is used; the DOM's own types know only windows. */
interface WorkerScope {
  addEventListener(type: string, listener: (event: never) => void): void;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void>; openWindow(url: string): Promise<unknown> };
  registration: { showNotification(title: string, options: object): Promise<void> };
  location: Location;
}
interface Waiting { waitUntil(done: Promise<unknown>): void }
interface Asked extends Waiting { request: Request; respondWith(answer: Promise<Response>): void }
interface Pushed extends Waiting { data: { json(): unknown } | null }
interface Clicked extends Waiting { notification: { close(): void; data: { url?: string } | null } }
interface Told extends Waiting { data: { owner?: string; pages?: string[]; adds?: boolean } | null }

const worker = self as unknown as WorkerScope;
const assets = "assets-1", keptPages = "kept-", freshMs = 60 * 60_000, mostAssets = 80;
const keptHeaders = ["content-type", "content-security-policy", "x-content-type-options", "referrer-policy"];

const nameOf = (owner: string) => keptPages + owner;

/** Removes every kept page and key but the owner's. */
async function forget(except = ""): Promise<void> {
  for (const name of await caches.keys()) if (name.startsWith(keptPages) && name !== nameOf(except)) await caches.delete(name);
  await forgetKeys(except).catch(() => undefined);
}

/** At sign-out the marks that were not sent go too. */
async function forgetQueues(): Promise<void> {
  const queues = await openStore("my-school-journal", "queues", "id").catch(() => null);
  if (!queues) return;
  await answered(queues.transaction("queues", "readwrite").objectStore("queues").clear());
  queues.close();
}

/** Keeps an answer when the server has marked it; answers whether it did. */
async function keep(answer: Response): Promise<boolean> {
  const url = answer.headers.get("x-offline"), owner = answer.headers.get("x-owner");
  if (answer.status !== 200 || answer.redirected || !url || !owner || !url.startsWith("/")) return false;
  const headers = new Headers({ "x-offline-at": new Date().toISOString() });
  for (const name of keptHeaders) if (answer.headers.has(name)) headers.set(name, answer.headers.get(name)!);
  const html = await answer.text(), { iv, data } = await seal(await keyOf(owner), html);
  headers.set("x-iv", btoa(String.fromCharCode(...iv)));
  await (await caches.open(nameOf(owner))).put(url, new Response(data, { headers }));
  await keepAssets([...html.matchAll(/(?:href|src)="(\/ui\/[^"#]+)/g)].map((found) => found[1]!));
  return true;
}

async function keepAssets(urls: string[]): Promise<void> {
  const cache = await caches.open(assets);
  for (const url of new Set(urls))
    if (!(await cache.match(url))) await fetch(url).then((answer) => (answer.ok ? cache.put(url, answer) : undefined), () => undefined);
  const kept = await cache.keys();
  for (const old of kept.slice(0, Math.max(0, kept.length - mostAssets))) await cache.delete(old);
}

/**
 * Reads ahead what a page of the owner names (two weeks of each child, journals of the day), each at most once an hour; what
 * it no longer names goes, unless the page only adds itself.
 */
async function readAhead(owner: string, pages: string[], adds: boolean): Promise<void> {
  await forget(owner);
  const cache = await caches.open(nameOf(owner));
  for (const kept of await cache.keys()) {
    const { pathname, search } = new URL(kept.url);
    if (!adds && !pages.includes(pathname + search)) await cache.delete(kept);
  }
  for (const url of pages) {
    const at = (await cache.match(url))?.headers.get("x-offline-at");
    if (at && Date.now() - Date.parse(at) < freshMs) continue;
    const answer = await fetch(url, { headers: { accept: "text/html" }, credentials: "same-origin" }).catch(() => null);
    if (!answer || answer.headers.get("x-owner") !== owner || !(await keep(answer))) return;
  }
}

/** Monday of a day as diaries name weeks. */
function mondayOf(text: string | null): string {
  const day = text ? new Date(`${text}T12:00:00Z`) : new Date();
  if (Number.isNaN(day.getTime())) return "";
  day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7));
  return day.toISOString().slice(0, 10);
}

/** The kept page that answers an address best: that very page; for a diary the same child and week, else the same child's first, else any. */
async function findKept(url: URL): Promise<Response | null> {
  const name = (await caches.keys()).find((each) => each.startsWith(keptPages));
  if (!name) return null;
  const owner = name.slice(keptPages.length), cache = await caches.open(name), all = (await cache.keys()).map((request) => new URL(request.url));
  const same = all.find((each) => each.pathname === url.pathname && (each.pathname.startsWith("/journal") || each.search === url.search));
  if (same) return open(owner, await cache.match(same.href));
  if (!["/", "/today", "/diary"].includes(url.pathname)) return null;
  const journals = all.find((each) => each.pathname === "/journal");
  if (journals && url.pathname !== "/diary") return open(owner, await cache.match(journals.href));
  const kept = all.filter((each) => each.pathname === "/diary");
  const learner = url.searchParams.get("learner") ?? kept[0]?.searchParams.get("learner");
  const ofChild = kept.filter((each) => each.searchParams.get("learner") === learner);
  const found = ofChild.find((each) => each.searchParams.get("date") === mondayOf(url.searchParams.get("date"))) ?? ofChild[0] ?? kept[0];
  return found ? open(owner, await cache.match(found.href)) : null;
}

/** Unseals a page, opens the words that it holds for this hour and puts the moment in their place. */
async function open(owner: string, answer: Response | undefined): Promise<Response | null> {
  const iv = answer?.headers.get("x-iv");
  if (!answer || !iv) return null;
  const text = await unseal(await keyOf(owner), { iv: Uint8Array.from(atob(iv), (sign) => sign.charCodeAt(0)), data: await answer.arrayBuffer() });
  if (text === null) return null;
  const at = new Date(answer.headers.get("x-offline-at") ?? 0), isToday = at.toDateString() === new Date().toDateString();
  const when = at.toLocaleString("ru-RU", isToday ? { hour: "2-digit", minute: "2-digit" } : { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" });
  const html = text.replace(/ data-offline hidden(="[^"]*")?/, " data-offline").replace("{offline-at}", when);
  return new Response(html, { headers: answer.headers });
}

async function navigate(request: Request): Promise<Response> {
  try {
    const answer = await fetch(request);
    const owner = answer.headers.get("x-owner");
    if (owner) await forget(owner);
    if (owner && answer.headers.has("x-offline")) void keep(answer.clone());
    return answer;
  } catch (away) {
    const kept = await findKept(new URL(request.url));
    if (kept) return kept;
    throw away;
  }
}

async function asset(request: Request): Promise<Response> {
  return (await (await caches.open(assets)).match(request)) ?? fetch(request);
}

worker.addEventListener("install", (event: Waiting) => event.waitUntil(worker.skipWaiting()));
worker.addEventListener("activate", (event: Waiting) => event.waitUntil(worker.clients.claim()));
worker.addEventListener("message", (event: Told) => {
  const { owner, pages, adds } = event.data ?? {};
  if (owner && pages) event.waitUntil(readAhead(owner, pages, adds === true));
});
worker.addEventListener("push", (event: Pushed) => {
  const { title, body, url } = (event.data?.json() ?? {}) as { title?: string; body?: string; url?: string };
  if (title) event.waitUntil(worker.registration.showNotification(title, { body: body ?? "", icon: "/ui/icon-192.png", lang: "ru", data: { url } }));
});
worker.addEventListener("notificationclick", (event: Clicked) => {
  event.notification.close();
  const url = event.notification.data?.url;
  event.waitUntil(worker.clients.openWindow(url?.startsWith("/") ? url : "/today"));
});
worker.addEventListener("fetch", (event: Asked) => {
  const { request } = event, url = new URL(request.url);
  if (url.origin !== worker.location.origin) return;
  if (request.method !== "GET") {
    if (url.pathname === "/sign-out") event.waitUntil(Promise.all([forget(), forgetQueues()]));
    return;
  }
  if (request.mode === "navigate") event.respondWith(navigate(request));
  else if (url.pathname.startsWith("/ui/")) event.respondWith(asset(request));
});
