import { Book } from "./journal/book.ts";
import { Cursor } from "./journal/cursor.ts";
import { credit, noCredit, readKey, type Act } from "./journal/keys.ts";
import { StatusLine } from "./journal/line.ts";
import { listen } from "./journal/live.ts";
import { CellPanel, type PanelHost } from "./journal/panel.ts";
import { layPaste } from "./journal/paste.ts";
import { PostOffice } from "./journal/post-office.ts";
import { JournalTable, type Cell } from "./journal/table.ts";
import { mostParts, owed, partsOf, type CellValue, type LiveEvent, type Named, type SaveAnswer, type WorkType } from "./journal/types.ts";
import { count, takeTexts, text } from "./shared/texts.ts";

/** The class journal: a table the server rendered becomes a grid for the keyboard that saves by itself. */
class JournalGrid extends HTMLElement {
  private table!: JournalTable;
  private cursor!: Cursor;
  private book!: Book;
  private post!: PostOffice;
  private status!: StatusLine;
  private panel!: CellPanel;
  private marks: string[] = [];
  private codes: Named[] = [];
  private leaves = false;
  private touched = false;
  private pointed: Cell | null = null;
  private troubled = new Set<Cell>();
  private typed: Cell | null = null;
  private joining: { cell: Cell; sign: "/" | " " } | null = null;
  private readonly stop: (() => void)[] = [];

  connectedCallback(): void {
    const table = this.querySelector<HTMLTableElement>("table[role=grid]");
    if (!table || this.table) return;
    takeTexts(this);
    this.marks = (this.getAttribute("marks") ?? "2 3 4 5").split(/\s+/).filter(Boolean);
    this.codes = this.json<Named[]>("absence-codes");
    const works = this.json<WorkType[]>("work-types");
    if (!table.closest(".grid-scroll")) {
      const scroller = document.createElement("div");
      scroller.className = "grid-scroll";
      table.replaceWith(scroller);
      scroller.append(table);
    }
    this.table = new JournalTable(table, this.marks, this.codes, works);
    if (this.table.rowCount === 0 || this.table.columnCount === 0) return;
    this.cursor = new Cursor(this.table);
    this.status = new StatusLine(this, this.isReadonly ? "" : text("Hint"));
    this.post = this.openPost();
    this.book = new Book(this.table, this.post.outbox);
    this.panel = new CellPanel(this.panelHost(works), this);
    this.cursor.reveal();
    this.listenToPerson(table);
    this.listenToServer();
    void this.post.open();
  }

  disconnectedCallback(): void {
    this.post?.close();
    for (const stop of this.stop.splice(0)) stop();
  }

  private get isReadonly(): boolean {
    return this.hasAttribute("readonly");
  }

  private listenToPerson(table: HTMLTableElement): void {
    table.addEventListener("keydown", (event) => this.onKey(event));
    table.addEventListener("focusin", (event) => this.onFocus(event));
    table.addEventListener("focusout", () => { this.leaves = false; });
    table.addEventListener("pointerdown", (event) => this.onPointer(event));
    table.addEventListener("click", (event) => this.onClick(event));
    table.addEventListener("pointerover", (event) => {
      if (event.pointerType === "mouse") this.cursor.hover(this.table.cellOf(event.target as Element)?.column ?? -1);
    });
    table.addEventListener("pointerleave", () => this.cursor.hover(-1));
    table.addEventListener("paste", (event) => this.onPaste(event));
    table.addEventListener("copy", (event) => this.onCopy(event));
  }

  private listenToServer(): void {
    const on = (target: EventTarget, name: string, act: () => void) => {
      target.addEventListener(name, act);
      this.stop.push(() => target.removeEventListener(name, act));
    };
    on(window, "online", () => this.post.now());
    on(document, "visibilitychange", () => this.post.now());
    on(window, "pagehide", () => this.post.now());
    const url = this.url("live-url");
    if (url) this.stop.push(listen(url, this.post.session, (event) => this.heard(event)));
  }

  private openPost(): PostOffice {
    return new PostOffice(this.getAttribute("person") ?? "", this.getAttribute("group") ?? "", this.url("save-url") ?? "", {
      sending: (batch) => this.book.mark(batch.changes, "saving"),
      answered: (batch, answer) => this.answered(batch.changes.length, answer),
      refused: (batch, message) => this.notSaved(this.book.refused(batch.changes, message), message),
      restored: () => this.book.restore(),
      elsewhere: (message) => this.status.note("elsewhere", text("Elsewhere", message)),
      trouble: (trouble, waiting) => {
        if (trouble !== null) this.book.mark(this.post.outbox.changes(), "queued");
        this.status.show(trouble, waiting);
      },
    });
  }

  private panelHost(works: WorkType[]): PanelHost {
    return {
      marks: this.marks, codes: this.codes, works, historyUrl: this.url("history-url"),
      canEdit: (cell) => !this.isReadonly && cell.lesson.locked === null,
      put: (cell, value) => this.put([{ cell, value }]),
      resolve: (cell, choice) => {
        this.book.resolve(cell, choice);
        this.settled(cell);
        this.post.changed();
      },
      next: (cell) => (cell.row + 1 < this.table.rowCount ? this.table.at(cell.row + 1, cell.column) : null),
      closed: (cell) => this.cursor.focus(cell),
    };
  }

  private onKey(event: KeyboardEvent): void {
    if (event.isComposing || !this.table.cellOf(event.target as Element)) return;
    const act = readKey(event, this.marks, this.codes.map(({ code }) => code));
    if (!act || (act.do === "tab" && (this.leaves || !this.cursor.tab(act.back)))) return;
    event.preventDefault();
    this.act(act);
  }

  private act(act: Act): void {
    const { cell } = this.cursor, { joining, typed } = this;
    this.joining = this.typed = null;
    switch (act.do) {
      case "move": case "edge": return this.cursor.move(act);
      case "mark": return joining ? this.joined(joining.cell, joining.sign, act.value) : this.type(cell, { mark: act.value });
      case "join": return this.join(typed ?? cell, act.sign);
      case "absence": return this.type(cell, { absence: cell.value.absence === act.code ? null : act.code });
      case "credit": return this.type(cell, { mark: cell.value.mark === credit ? noCredit : credit }, false);
      case "fill": return this.fill(cell, act.whole);
      case "clear": return this.type(cell, { mark: null, absence: null }, false);
      case "undo": return this.replay(this.book.takeBack());
      case "redo": return this.replay(this.book.again());
      case "panel": return this.panel.open(cell);
      case "leave": this.leaves = true; return this.status.say(text("TabLeaves"));
      case "tab": return;
    }
  }

  private type(cell: Cell, value: Partial<CellValue>, goesDown = true): void {
    if (this.refuseToEdit(cell)) return;
    this.put([{ cell, value }]);
    this.typed = cell;
    if (goesDown && this.getAttribute("advance") !== "none") this.cursor.down();
  }

  // The sign comes after the first figure, when the cursor has gone on already: it means the cell just typed in.
  private join(cell: Cell, sign: "/" | " "): void {
    if (this.refuseToEdit(cell)) return;
    const parts = partsOf(cell.value.mark), last = parts.at(-1);
    if (!last || last === owed || (sign === " " ? parts.length >= mostParts : !/^[1-5]$/.test(last))) return this.status.say(text("NothingToJoin"));
    this.joining = { cell, sign };
    this.cursor.focus(cell);
    this.status.say(text(sign === "/" ? "SplitNext" : "AnotherNext", cell.value.mark!));
  }

  private joined(cell: Cell, sign: "/" | " ", mark: string): void {
    if (mark === owed || (sign === "/" && !/^[1-5]$/.test(mark))) return this.status.say(text("NothingToJoin"));
    this.type(cell, { mark: cell.value.mark + sign + mark });
  }

  // The empty cells of a column get what the cell holds; whoever has a mark or was away is left alone.
  private fill(from: Cell, whole: boolean): void {
    const { mark, absence, work, more, due } = from.value;
    if (this.refuseToEdit(from)) return;
    if (!mark && !absence) return this.status.say(text("NothingToFill"));
    const entries = Array.from({ length: this.table.rowCount }, (_, row) => this.table.at(row, from.column))
      .filter((cell) => cell !== from && (whole || cell.row > from.row) && !cell.value.mark && !cell.value.absence)
      .map((cell) => ({ cell, value: mark ? { mark, work, more, due } : { absence } }));
    this.put(entries);
    this.status.say(text("Filled", count("Marks", entries.length)), true);
  }

  private put(entries: { cell: Cell; value: Partial<CellValue> }[]): void {
    if (this.book.put(entries) === 0) return;
    for (const { cell } of entries) this.settled(cell);
    this.post.changed();
  }

  private replay(cells: Cell[]): void {
    const first = cells[0];
    if (!first) return this.status.say(text("NothingToUndo"));
    this.post.changed();
    this.cursor.focus(first);
  }

  private refuseToEdit(cell: Cell): boolean {
    const why = this.isReadonly ? text("ReadOnly") : cell.lesson.locked;
    if (why !== null) this.status.say(why);
    return why !== null;
  }

  private onFocus(event: FocusEvent): void {
    const cell = this.table.cellOf(event.target as Element);
    if (!cell) return;
    this.cursor.settle(cell);
    if (cell.message !== null || cell.theirs) this.status.say(text("PressForMore", cell.message ?? text("Differs")));
    else if (cell.lesson.locked !== null) this.status.say(cell.lesson.locked);
  }

  private onPointer(event: PointerEvent): void {
    this.touched = event.pointerType !== "mouse";
    const cell = this.table.cellOf(event.target as Element);
    this.pointed = cell && cell.td === document.activeElement ? cell : null;
  }

  // A touch opens the panel; a mouse chooses the cell first and opens the panel by a second click.
  private onClick(event: MouseEvent): void {
    const cell = this.table.cellOf(event.target as Element);
    if (!cell) return;
    this.cursor.focus(cell);
    if (this.touched || this.pointed === cell) this.panel.open(cell);
  }

  private onCopy(event: ClipboardEvent): void {
    const { mark, absence } = this.cursor.cell.value;
    event.clipboardData?.setData("text/plain", [mark, absence].filter(Boolean).join(" "));
    event.preventDefault();
  }

  private onPaste(event: ClipboardEvent): void {
    const start = this.table.cellOf(event.target as Element);
    const pasted = event.clipboardData?.getData("text/plain");
    if (!start || !pasted) return;
    event.preventDefault();
    if (this.isReadonly) return void this.refuseToEdit(start);
    const { entries, skipped: left, byName } = layPaste(pasted, start, this.table, this.marks, this.codes.map(({ code }) => code));
    this.put(entries);
    const named = left.slice(0, 5).join(", ") + (left.length > 5 ? ` ${text("AndMore")}` : "");
    this.status.say(text(byName ? "PastedByName" : "Pasted", count("Marks", entries.length)) + (left.length > 0 ? `. ${text("Skipped", named)}` : ""), true);
  }

  private answered(sent: number, answer: SaveAnswer): void {
    const troubled = this.book.answered(answer);
    for (const told of answer.cells) {
      const cell = this.table.find(told);
      if (cell && told.state === "saved") this.settled(cell);
      if (cell) this.panel.refresh(cell);
    }
    if (troubled.length > 0) return this.notSaved(troubled, troubled.find((cell) => cell.message)?.message ?? null);
    this.status.say(sent === 1 ? text("SavedOne") : text("SavedMany"));
  }

  private notSaved(cells: Cell[], message: string | null): void {
    for (const cell of cells) this.troubled.add(cell);
    this.tellTroubled(message);
    for (const cell of cells) this.panel.refresh(cell);
  }

  private settled(cell: Cell): void {
    if (this.troubled.delete(cell)) this.tellTroubled(null);
  }

  private tellTroubled(message: string | null): void {
    const first = [...this.troubled][0];
    const why = message ?? first?.message ?? text("OtherTeacherDiffers");
    this.status.note("troubled", first ? text("NotSaved", count("Marks", this.troubled.size), first.learner.name, first.lesson.title, why) : null);
  }

  private heard(event: LiveEvent): void {
    const changed = this.book.heard(event);
    for (const cell of changed) {
      this.settled(cell);
      this.panel.refresh(cell);
    }
    if (changed.length > 0 && event.by) this.status.say(`${event.by}: ${changed.length === 1 ? `${changed[0]!.learner.name}, ${changed[0]!.td.textContent || text("Erased")}` : count("Marks", changed.length)}`);
  }

  private url(name: string): string | null {
    return this.getAttribute(name)?.replace("{group}", this.getAttribute("group") ?? "") ?? null;
  }

  private json<T extends unknown[]>(name: string): T {
    return JSON.parse(this.getAttribute(name) || "[]") as T;
  }
}

customElements.define("journal-grid", JournalGrid);
