import type { Outbox } from "./outbox.ts";
import type { Cell, JournalTable } from "./table.ts";
import { UndoStack, type Step } from "./undo.ts";
import { owed, partsOf, type CellAnswer, type CellValue, type Change, type Kind, type LiveEvent, type SaveAnswer } from "./types.ts";

const kinds: Kind[] = ["mark", "absence", "comment"];

/** What the grid does to its cells: typed, undone, answered, changed by others. Knows nothing of keys or of the network. */
export class Book {
  private readonly undo = new UndoStack();

  constructor(private readonly table: JournalTable, private readonly outbox: Outbox) {}

  /** Puts values into cells as one act. Gives the number of cells that changed. */
  put(entries: { cell: Cell; value: Partial<CellValue> }[]): number {
    const steps: Step[] = [];
    for (const { cell, value } of entries) {
      const before = cell.value, after = { ...before, ...value };
      if (after.mark === null) Object.assign(after, { comment: null, work: null });
      else after.work ??= cell.lesson.work;
      after.more = partsOf(after.mark).slice(1).map((_, i) => after.more[i] ?? cell.lesson.work ?? 0);
      if (after.mark !== owed) after.due = null;
      if (same(before, after)) continue;
      steps.push({ lesson: cell.lesson.id, learner: cell.learner.id, before, after });
      this.change(cell, after);
    }
    this.undo.push(steps);
    return steps.length;
  }

  takeBack(): Cell[] {
    return this.replay(this.undo.undo(), "before");
  }

  again(): Cell[] {
    return this.replay(this.undo.redo(), "after");
  }

  /** Paints what waits from before the page was opened. */
  restore(): void {
    for (const change of this.outbox.changes()) {
      const cell = this.table.find(change);
      if (!cell) continue;
      this.table.show(cell, { ...cell.value, ...valueOf(change) });
      this.table.mark(cell, "queued");
    }
  }

  mark(changes: Change[], state: "saving" | "queued"): void {
    for (const change of changes) {
      const cell = this.table.find(change);
      if (cell && cell.theirs === null) this.table.mark(cell, state);
    }
  }

  /** Takes the answer to a batch. Gives the cells that were not saved. */
  answered(answer: SaveAnswer): Cell[] {
    const troubled: Cell[] = [];
    for (const told of answer.cells) {
      const cell = this.table.find(told);
      if (!cell) continue;
      this.table.accept(cell, told);
      if (told.state === "saved") this.saved(cell, told);
      else {
        cell.message = told.message ?? null;
        cell.theirs = told.state === "conflict" ? told : null;
        this.table.mark(cell, told.state === "conflict" ? "conflict" : "refused");
        troubled.push(cell);
      }
    }
    return troubled;
  }

  refused(changes: Change[], message: string): Cell[] {
    const cells = changes.map((change) => this.table.find(change)).filter((cell) => cell !== null);
    for (const cell of cells) {
      cell.message = message;
      this.table.mark(cell, "refused");
    }
    return cells;
  }

  /** Takes what others did; what is being typed here stays. Gives the cells that changed before one's eyes. */
  heard(event: LiveEvent): Cell[] {
    const changed: Cell[] = [];
    for (const told of event.cells) {
      const cell = this.table.find(told);
      if (!cell || kinds.some((kind) => this.outbox.holds({ ...told, kind }))) continue;
      this.table.accept(cell, told);
      const isNew = !same(cell.value, cell.server);
      cell.theirs = null;
      cell.message = null;
      this.table.mark(cell, null);
      this.table.show(cell, cell.server);
      if (isNew) {
        this.table.flash(cell);
        changed.push(cell);
      }
    }
    return changed;
  }

  /** Ends a conflict or a refusal: sends mine again, or shows what the server has. */
  resolve(cell: Cell, choice: "mine" | "theirs"): void {
    cell.theirs = null;
    cell.message = null;
    this.table.mark(cell, null);
    if (choice === "mine") this.change(cell, cell.value, cell.server);
    else this.table.show(cell, cell.server);
  }

  private saved(cell: Cell, told: CellAnswer): void {
    cell.message = null;
    cell.theirs = null;
    if (kinds.some((kind) => this.outbox.holds({ ...told, kind }))) return;
    this.table.show(cell, cell.server);
    this.table.mark(cell, "saved");
  }

  private replay(steps: Step[] | null, side: "before" | "after"): Cell[] {
    const cells: Cell[] = [];
    for (const step of steps ?? []) {
      const cell = this.table.find(step);
      if (!cell) continue;
      this.change(cell, step[side]);
      cells.push(cell);
    }
    return cells;
  }

  private change(cell: Cell, after: CellValue, before = cell.value): void {
    const address = { lesson: cell.lesson.id, learner: cell.learner.id };
    if (after.mark !== before.mark || after.work !== before.work || !sameWorks(after, before) || after.due !== before.due)
      this.outbox.put({ ...address, kind: "mark", value: after.mark, work: after.work, ...more(after), base: cell.markVersion });
    if (after.mark !== null && after.comment !== before.comment)
      this.outbox.put({ ...address, kind: "comment", value: after.comment, work: null, base: cell.markVersion });
    if (after.absence !== before.absence)
      this.outbox.put({ ...address, kind: "absence", value: after.absence, work: null, base: cell.absenceVersion });
    cell.message = null;
    cell.theirs = null;
    this.table.show(cell, after);
    this.table.mark(cell, "saving");
  }
}

const sameWorks = (a: CellValue, b: CellValue) => a.more.length === b.more.length && a.more.every((work, i) => work === b.more[i]);

const same = (a: CellValue, b: CellValue) =>
  a.mark === b.mark && a.absence === b.absence && a.work === b.work && a.comment === b.comment && a.due === b.due && sameWorks(a, b);

// Most cells have neither, and a queue of a class is long.
const more = (value: CellValue) => ({ ...(value.more.length > 0 ? { moreWorks: value.more } : {}), ...(value.due === null ? {} : { due: value.due }) });

const valueOf = (change: Change): Partial<CellValue> =>
  change.kind === "mark" ? { mark: change.value, work: change.work, more: change.moreWorks ?? [], due: change.due ?? null } : change.kind === "absence" ? { absence: change.value } : { comment: change.value };
