import { h } from "../shared/dom.ts";
import { text } from "../shared/texts.ts";
import { when } from "../shared/words.ts";
import { PhraseBank, type Phrase } from "./phrases.ts";
import type { Cell } from "./table.ts";
import { mostParts, owed, partsOf, type CellValue, type HistoryItem, type Named, type WorkType } from "./types.ts";

export interface PanelHost {
  readonly marks: readonly string[];
  readonly codes: readonly Named[];
  readonly works: readonly WorkType[];
  readonly historyUrl: string | null;
  canEdit(cell: Cell): boolean;
  put(cell: Cell, value: Partial<CellValue>): void;
  resolve(cell: Cell, choice: "mine" | "theirs"): void;
  next(cell: Cell): Cell | null;
  closed(cell: Cell): void;
}

const kindNames = { mark: "Mark", absence: "Absence", comment: "Comment" };
const gap = 4;

/** A small sheet beside a cell, a drawer on touch screens: mark, absence, work, comment, conflict and history. */
export class CellPanel {
  private readonly dialog = h("dialog", { class: "dialog cell-panel", "aria-labelledby": "cell-panel-title" });
  private readonly history = h("div", { class: "small muted" });
  private cell: Cell | null = null;
  private readonly phrases = new PhraseBank();
  private adding = false;
  private splitting: number | null = null;

  constructor(private readonly host: PanelHost, parent: HTMLElement) {
    parent.append(this.dialog);
    this.dialog.addEventListener("close", () => this.close());
    this.dialog.addEventListener("click", (event) => { if (event.target === this.dialog) this.dialog.close(); });
  }

  open(cell: Cell): void {
    this.cell = cell;
    this.adding = false;
    this.splitting = null;
    this.draw();
    if (!this.dialog.open) this.dialog.showModal();
    this.place(cell);
    this.dialog.querySelector<HTMLElement>("[aria-pressed=true], .cell-keys button:not(:disabled), textarea")?.focus();
    void this.tell(cell);
  }

  /** Draws again when the open cell changed. */
  refresh(cell: Cell): void {
    if (this.cell === cell && this.dialog.open && !this.dialog.contains(document.activeElement)) this.draw();
  }

  private close(): void {
    if (!this.cell) return;
    const cell = this.cell;
    this.keepComment();
    this.cell = null;
    this.host.closed(cell);
  }

  private draw(): void {
    const cell = this.cell!, canEdit = this.host.canEdit(cell);
    this.dialog.replaceChildren(
      h("div", { class: "dialog-head" },
        h("h2", { id: "cell-panel-title" }, cell.learner.name, h("br"), h("span", { class: "muted small" }, cell.lesson.title)),
        h("button", { type: "button", class: "button button-plain", click: () => this.dialog.close() }, text("Close"))),
      h("div", { class: "dialog-body" },
        this.trouble(cell),
        cell.lesson.locked !== null && h("p", { class: "notice notice-warning" }, h("span", { class: "notice-body" }, cell.lesson.locked)),
        canEdit && this.marks(cell),
        canEdit && this.due(cell),
        canEdit && this.keys("Absence", text("Absence"), this.host.codes, (code) => code === cell.value.absence, (code) => this.press({ absence: code === cell.value.absence ? null : code }, code)),
        this.comment(cell, canEdit),
        canEdit && h("div", { class: "form-footer" },
          h("button", { type: "button", class: "button button-primary", click: () => this.dialog.close() }, text("Done")),
          this.host.next(cell) && h("button", { type: "button", class: "button", click: () => this.forward() }, text("NextLearner"))),
        h("details", { class: "disclosure", open: true }, h("summary", {}, text("History")), this.history)));
  }

  private forward(): void {
    const next = this.host.next(this.cell!);
    this.keepComment();
    if (next) this.open(next);
  }

  // A row of keys for each mark of the cell, and for one more when it is asked for.
  private marks(cell: Cell): HTMLElement {
    const parts = partsOf(cell.value.mark), shown = Math.max(1, parts.length + (this.adding ? 1 : 0));
    const mayAdd = parts.length > 0 && parts.length < mostParts && !this.adding && parts[0] !== owed;
    return h("div", { class: "stack" },
      ...Array.from({ length: shown }, (_, i) => h("div", { class: "stack" }, this.markKeys(cell, parts, i), i < parts.length && parts[i] !== owed && this.work(cell, i))),
      mayAdd && h("button", { type: "button", class: "button button-small", click: () => { this.adding = true; this.draw(); } }, text("AddMark")));
  }

  private markKeys(cell: Cell, parts: string[], i: number): HTMLElement {
    const options = this.host.marks.filter((mark) => i === 0 || mark !== owed).map((mark) => ({ code: mark, name: mark === owed ? text("Owed") : mark }));
    const first = parts[i]?.split("/")[0] ?? "", splits = this.splitting === i, label = text(i === 0 ? "Mark" : "NthMark", i + 1);
    const put = (part: string | null, code: string) => {
      this.adding = false;
      this.splitting = null;
      this.press(this.withPart(cell.value, parts, i, part), code);
    };
    const keys = this.keys(`Mark${i}`, label, options, (code) => (splits ? false : parts[i]?.split("/").includes(code) === true),
      (code) => put(splits ? `${first}/${code}` : parts[i] === code ? null : code, code), splits ? (code) => /^[1-5]$/.test(code) : undefined);
    if (/^[1-5]$/.test(parts[i] ?? "")) keys.querySelector(".cell-keys")!.append(h("button", {
      type: "button", class: "button", "aria-pressed": String(splits), "aria-label": text("SplitNext", first), title: text("SplitNext", first),
      click: () => { this.splitting = splits ? null : i; this.draw(); } }, `${first}/…`));
    return keys;
  }

  // The works of the other marks stay with them when one goes.
  private withPart(value: CellValue, parts: string[], i: number, part: string | null): Partial<CellValue> {
    if (part === owed) return { mark: owed, more: [] };
    const works = [value.work, ...value.more], next = parts[0] === owed ? [] : [...parts];
    if (part === null) {
      next.splice(i, 1);
      works.splice(i, 1);
    }
    else next[i] = part;
    return { mark: next.join(" ") || null, work: works[0] ?? null, more: works.slice(1).map((work) => work ?? 0) };
  }

  private keys(id: string, label: string, options: readonly Named[], isOn: (code: string) => boolean, press: (code: string) => void, isFit: (code: string) => boolean = () => true): HTMLElement {
    return h("div", { class: "field" },
      h("span", { class: "hint", id: `cell-${id}` }, label),
      h("div", { class: "cell-keys", role: "group", "aria-labelledby": `cell-${id}` }, ...options.map(({ code, name }) =>
        h("button", {
          type: "button", class: "button", disabled: !isFit(code), "aria-pressed": String(isOn(code)), title: name === code ? null : name,
          "aria-label": name === code ? null : `${code}, ${name}`, click: () => press(code),
        }, code))));
  }

  private due(cell: Cell): HTMLElement | null {
    if (cell.value.mark !== owed) return null;
    const input = h("input", { class: "input", id: "cell-due", type: "date", value: cell.value.due ?? "", change: () => this.host.put(cell, { due: input.value || null }) });
    return h("div", { class: "field" }, h("label", { class: "hint", for: "cell-due" }, text("DueLabel")), input);
  }

  private press(value: Partial<CellValue>, code: string): void {
    this.host.put(this.cell!, value);
    this.draw();
    [...this.dialog.querySelectorAll<HTMLElement>(".cell-keys button")].find((button) => button.textContent === code)?.focus();
  }

  private work(cell: Cell, i: number): HTMLElement | null {
    if (this.host.works.length === 0) return null;
    const chosen = (i === 0 ? cell.value.work : cell.value.more[i - 1]) ?? cell.lesson.work, id = `cell-work-${i}`;
    const choose = (work: number) => (i === 0 ? { work } : { more: cell.value.more.map((other, j) => (j === i - 1 ? work : other)) });
    const select = h("select", { class: "input", id, change: () => this.host.put(cell, choose(Number(select.value))) },
      ...this.host.works.map((type) => h("option", { value: String(type.number), selected: type.number === chosen },
        type.weight > 1 ? text("WorkWeighs", type.name, type.weight) : type.name)));
    return h("div", { class: "field" }, h("label", { class: "hint", for: id }, text("Work")), select);
  }

  private comment(cell: Cell, canEdit: boolean): HTMLElement | null {
    if (!canEdit) return cell.value.comment ? h("p", {}, cell.value.comment) : null;
    const area = h("textarea", { class: "input", id: "cell-comment", rows: "2", maxlength: "500", disabled: cell.value.mark === null, change: () => this.keepComment() });
    area.value = cell.value.comment ?? "";
    return h("div", { class: "field" },
      h("label", { class: "hint", for: "cell-comment" }, cell.value.mark === null ? text("CommentNeedsMark") : text("CommentLabel")), area,
      cell.value.mark !== null && this.bank(cell, area));
  }

  // Own words by one tap; what is typed now can be kept for the next time.
  private bank(cell: Cell, area: HTMLTextAreaElement): HTMLElement {
    const place = h("div", { class: "phrases" });
    const show = (phrases: readonly Phrase[]) => place.replaceChildren(
      ...phrases.map((phrase) => h("span", { class: "phrase" },
        h("button", { type: "button", class: "button button-small", click: () => { area.value = [area.value.trim(), phrase.text].filter(Boolean).join(". "); this.keepComment(); void this.phrases.keep(phrase.text); } }, phrase.text),
        h("button", { type: "button", class: "button button-small button-plain", "aria-label": text("DropPhrase", phrase.text), click: () => void this.phrases.drop(phrase.id).then(show) }, "×"))),
      h("button", { type: "button", class: "button button-small button-plain", click: () => { if (area.value.trim()) void this.phrases.keep(area.value.trim()).then(show); } }, text("KeepPhrase")));
    void this.phrases.all().then((phrases) => { if (this.cell === cell) show(phrases); });
    return place;
  }

  private keepComment(): void {
    const area = this.dialog.querySelector<HTMLTextAreaElement>("#cell-comment");
    if (area && !area.disabled && this.cell) this.host.put(this.cell, { comment: area.value.trim() || null });
  }

  private trouble(cell: Cell): HTMLElement | null {
    if (!cell.theirs && cell.message === null && cell.td.dataset.state !== "refused") return null;
    const by = cell.theirs?.mark?.by ?? cell.theirs?.absence?.by ?? text("OtherTeacher");
    const mine = words(cell.value), theirs = words(cell.server);
    const choose = (choice: "mine" | "theirs") => () => { this.host.resolve(cell, choice); this.draw(); };
    return h("div", { class: "notice notice-danger", role: "alert" }, h("div", { class: "notice-body" },
      h("p", {}, cell.theirs ? text("MineAndTheirs", mine, by, theirs) : cell.message ?? text("NotAccepted")),
      h("div", { class: "row" },
        h("button", { type: "button", class: "button button-small", click: choose("mine") }, cell.theirs ? text("KeepMine", mine) : text("SendAgain")),
        h("button", { type: "button", class: "button button-small", click: choose("theirs") }, cell.theirs ? text("TakeTheirs", theirs) : text("TakeBack", theirs)))));
  }

  private async tell(cell: Cell): Promise<void> {
    this.history.replaceChildren(text("Loading"));
    const items = await this.fetchHistory(cell);
    if (this.cell !== cell) return;
    if (items === null) this.history.replaceChildren(text("HistoryAway"));
    else if (items.length === 0) this.history.replaceChildren(text("NoChanges"));
    else this.history.replaceChildren(h("ol", { class: "timeline" }, ...items.map((item) => this.line(cell, item))));
    this.place(cell);
  }

  private line(cell: Cell, item: HistoryItem): HTMLElement {
    const before: Partial<CellValue> = item.kind === "mark" ? { mark: item.old, more: [] } : item.kind === "absence" ? { absence: item.old } : { comment: item.old };
    const [[kind, old]] = Object.entries(before) as [[keyof CellValue, string | null]];
    const mayReturn = this.host.canEdit(cell) && cell.value[kind] !== old && (kind !== "comment" || cell.value.mark !== null);
    return h("li", {},
      `${text(kindNames[item.kind])}: ${item.old ?? text("Empty")} → ${item.new ?? text("Empty")}`,
      h("p", {}, `${when(item.at)}, ${item.by}`), item.why && h("p", {}, text("Reason", item.why)),
      mayReturn && h("button", { type: "button", class: "button button-small", click: () => { this.host.put(cell, before); this.draw(); } }, text("Return", old ?? text("Empty"))));
  }

  private async fetchHistory(cell: Cell): Promise<HistoryItem[] | null> {
    if (!this.host.historyUrl) return [];
    try {
      const query = new URLSearchParams({ lesson: cell.lesson.id, learner: cell.learner.id });
      const response = await fetch(`${this.host.historyUrl}?${query}`, { headers: { Accept: "application/json" }, credentials: "same-origin" });
      return response.ok ? ((await response.json()) as HistoryItem[]) : null;
    }
    catch {
      return null;
    }
  }

  // Beside the cell, inside the window. On touch screens the style sheet makes it a drawer.
  private place(cell: Cell): void {
    const { style } = this.dialog;
    style.left = style.top = "";
    if (matchMedia("(pointer: coarse)").matches) return;
    const at = cell.td.getBoundingClientRect(), own = this.dialog.getBoundingClientRect();
    const fitsRight = at.right + gap + own.width < innerWidth;
    style.left = `${Math.max(gap, fitsRight ? at.right + gap : at.left - own.width - gap)}px`;
    style.top = `${Math.max(gap, Math.min(at.top, innerHeight - own.height - gap))}px`;
  }
}

const words = (value: CellValue) => [value.mark, value.absence].filter(Boolean).join(" ") || text("Empty");
