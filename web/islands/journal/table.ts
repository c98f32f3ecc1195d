import { text } from "../shared/texts.ts";
import { averageOf } from "./average.ts";
import { owed, partsOf, type CellAnswer, type CellValue, type Named, type WorkType } from "./types.ts";

export type CellState = "saving" | "saved" | "queued" | "refused" | "conflict";

export interface Lesson {
  id: string;
  work: number | null;
  locked: string | null;
  /** Whether marks put now wait to be posted. */
  holds: boolean;
  title: string;
  header: HTMLElement;
}

export interface Learner {
  id: string;
  name: string;
  row: HTMLTableRowElement;
}

/** A cell of the grid: what it shows, and the versions its changes start from. */
export interface Cell {
  td: HTMLTableCellElement;
  row: number;
  column: number;
  lesson: Lesson;
  learner: Learner;
  value: CellValue;
  /** What the server was last known to hold. */
  server: CellValue;
  markVersion: number;
  absenceVersion: number;
  /** Why it was refused. */
  message: string | null;
  /** What another person put meanwhile. */
  theirs: CellAnswer | null;
}

const figure = /^[1-5](\/[1-5])?$/;
const savedShownMs = 1600;

/** The table the server rendered, read into rows and columns and painted back. */
export class JournalTable {
  readonly lessons: Lesson[];
  readonly learners: Learner[];
  readonly today: number;
  private readonly matrix: HTMLTableCellElement[][];
  private readonly cells = new Map<HTMLTableCellElement, Cell>();
  private readonly lessonIndex: Map<string, number>;
  private readonly learnerIndex: Map<string, number>;

  constructor(readonly table: HTMLTableElement, private readonly marks: readonly string[], private readonly codes: readonly Named[], private readonly works: readonly WorkType[]) {
    const headers = [...table.tHead!.rows[0]!.querySelectorAll<HTMLElement>("th[data-lesson]")];
    this.lessons = headers.map((header) => ({
      id: header.dataset.lesson!, work: number(header.dataset.work), locked: header.dataset.locked ?? null, holds: header.dataset.holds !== undefined,
      title: header.dataset.title ?? (header.title.split(" · ")[0] || header.innerText.replace(/\s+/g, " ").trim()), header,
    }));
    const rows = [...table.tBodies[0]!.rows].filter((row) => row.dataset.learner !== undefined);
    this.learners = rows.map((row) => ({ id: row.dataset.learner!, name: row.querySelector(".name")?.textContent?.trim() ?? "", row }));
    this.matrix = rows.map((row) => [...row.querySelectorAll<HTMLTableCellElement>("td[role=gridcell]")]);
    this.lessonIndex = new Map(this.lessons.map((lesson, i) => [lesson.id, i]));
    this.learnerIndex = new Map(this.learners.map((learner, i) => [learner.id, i]));
    this.today = headers.findIndex((header) => header.hasAttribute("aria-current"));
    this.prepare();
  }

  get rowCount(): number {
    return this.learners.length;
  }

  get columnCount(): number {
    return this.lessons.length;
  }

  at(row: number, column: number): Cell {
    return this.cellOf(this.matrix[row]![column]!)!;
  }

  find(key: { lesson: string; learner: string }): Cell | null {
    const row = this.learnerIndex.get(key.learner), column = this.lessonIndex.get(key.lesson);
    return row === undefined || column === undefined ? null : this.at(row, column);
  }

  /** The cell of an element inside it; read from the page the first time. */
  cellOf(element: Element | null): Cell | null {
    const td = element?.closest<HTMLTableCellElement>("td[role=gridcell]");
    if (!td || !this.table.contains(td)) return null;
    return this.cells.get(td) ?? this.read(td);
  }

  column(index: number): HTMLElement[] {
    return [this.lessons[index]!.header, ...this.matrix.map((row) => row[index]!)];
  }

  /** Shows a value that was typed or came from the server. */
  show(cell: Cell, value: CellValue): void {
    const { td } = cell;
    if (!value.mark) delete td.dataset.held;
    else if (cell.lesson.holds && !cell.value.mark) td.dataset.held = "";
    cell.value = value;
    td.replaceChildren();
    for (const mark of partsOf(value.mark)) td.append(span(`m ${markClass(mark)}`, mark));
    if (value.absence) td.append(span(this.isBad(value.absence) ? "a bad" : "a", value.absence));
    const weight = value.mark ? this.weightOf(value.work ?? cell.lesson.work) : 1;
    attribute(td, "data-w", weight === 1 ? null : String(weight));
    attribute(td, "data-work", value.work === null || value.work === cell.lesson.work ? null : String(value.work));
    attribute(td, "data-mw", value.more.map((work) => this.weightOf(work)).join(" ") || null);
    attribute(td, "data-mwork", value.more.join(" ") || null);
    attribute(td, "data-due", value.due);
    attribute(td, "data-c", value.comment);
    this.average(cell.row);
  }

  /** Takes what the server knows of a cell. */
  accept(cell: Cell, answer: CellAnswer): void {
    cell.server = {
      mark: answer.mark?.value ?? null, work: answer.mark?.work ?? null, comment: answer.mark?.comment ?? null, absence: answer.absence?.code ?? null,
      more: answer.mark?.more?.map(({ work }) => work) ?? [], due: answer.mark?.due ?? null,
    };
    cell.markVersion = answer.mark?.version ?? 0;
    cell.absenceVersion = answer.absence?.version ?? 0;
    attribute(cell.td, "data-v", cell.markVersion ? String(cell.markVersion) : null);
    attribute(cell.td, "data-av", cell.absenceVersion ? String(cell.absenceVersion) : null);
  }

  mark(cell: Cell, state: CellState | null): void {
    attribute(cell.td, "data-state", state);
    if (state !== "saved") return;
    setTimeout(() => { if (cell.td.dataset.state === "saved") delete cell.td.dataset.state; }, savedShownMs);
  }

  flash(cell: Cell): void {
    cell.td.classList.remove("is-new");
    void cell.td.offsetWidth;
    cell.td.classList.add("is-new");
  }

  // From what the row shows, typed and not yet saved included.
  private average(row: number): void {
    const place = this.learners[row]!.row.querySelector<HTMLElement>("[data-average]");
    if (!place) return;
    const average = averageOf(this.matrix[row]!.flatMap((td) => {
      const weights = [number(td.dataset.w) ?? 1, ...numbers(td.dataset.mw)];
      return [...td.querySelectorAll(".m")].map((mark, i) => ({ mark: mark.textContent!.trim(), weight: weights[i] ?? 1 }));
    }));
    place.textContent = average?.text ?? "";
    attribute(place, "title", average?.formula ?? null);
  }

  /** What a cell says beside its content, for those who do not see its signs. */
  describe(cell: Cell): void {
    const { value, td, message } = cell, weight = value.mark ? this.weightOf(value.work ?? cell.lesson.work) : 1;
    const parts = [
      value.mark === owed && text("Owed"), value.due && text("DueOn", new Date(value.due).toLocaleDateString("ru-RU", { day: "numeric", month: "long" })), weight > 1 && text("Weighs", weight),
      this.codes.find(({ code }) => code === value.absence)?.name, value.comment && text("CommentIs", value.comment), td.dataset.held !== undefined && text("Held"), message,
    ].filter(Boolean);
    attribute(td, "aria-description", parts.join(", ") || null);
  }

  weightOf(work: number | null): number {
    return this.works.find((type) => type.number === work)?.weight ?? 1;
  }

  private isBad(code: string): boolean {
    return this.codes.find((named) => named.code === code)?.bad === true;
  }

  private read(td: HTMLTableCellElement): Cell {
    const row = this.matrix.findIndex((cells) => cells[0]!.parentElement === td.parentElement);
    const column = this.matrix[row]!.indexOf(td);
    const plain = td.children.length === 0 ? td.textContent!.trim() : "";
    const marks = [...td.querySelectorAll(".m")].map((mark) => mark.textContent!.trim()).join(" ");
    const mark = marks || (this.marks.includes(plain) ? plain : null);
    const absence = td.querySelector(".a")?.textContent?.trim() ?? (mark === null && plain !== "" ? plain : null);
    const lesson = this.lessons[column]!;
    const value = { mark, absence, work: mark === null ? null : number(td.dataset.work) ?? lesson.work, more: numbers(td.dataset.mwork), due: td.dataset.due ?? null, comment: td.dataset.c || null };
    const cell: Cell = {
      td, row, column, lesson, learner: this.learners[row]!, value, server: value,
      markVersion: number(td.dataset.v) ?? 0, absenceVersion: number(td.dataset.av) ?? 0, message: null, theirs: null,
    };
    this.cells.set(td, cell);
    return cell;
  }

  // What the server need not repeat in every cell: today's and locked columns, and the tint of a mark.
  private prepare(): void {
    this.lessons.forEach((lesson, column) => {
      const isToday = column === this.today;
      if (!isToday && lesson.locked === null) return;
      for (const row of this.matrix) {
        row[column]!.classList.toggle("is-today", isToday);
        row[column]!.classList.toggle("is-locked", lesson.locked !== null);
        if (lesson.locked !== null) row[column]!.setAttribute("aria-readonly", "true");
      }
      if (lesson.locked !== null) lesson.header.title = lesson.locked;
    });
    for (const mark of this.table.querySelectorAll<HTMLElement>(".m")) mark.classList.add(markClass(mark.textContent!.trim()));
    for (const absence of this.table.querySelectorAll<HTMLElement>(".a")) absence.classList.toggle("bad", this.isBad(absence.textContent!.trim()));
    for (const row of this.matrix) {
      for (const td of row) {
        td.tabIndex = -1;
        if (td.childElementCount === 0 && td.textContent!.trim() !== "") this.show(this.read(td), this.read(td).value);
      }
    }
  }
}

export const markClass = (mark: string) => (mark === owed ? "mo" : figure.test(mark) ? `m${Math.min(...mark.split("/").map(Number))}` : "mw");

const number = (text: string | undefined) => (text === undefined || text === "" ? null : Number(text));

const numbers = (text: string | undefined) => (text ? text.split(" ").map(Number) : []);

const span = (name: string, text: string) => {
  const element = document.createElement("span");
  element.className = name;
  element.textContent = text;
  return element;
};

const attribute = (element: HTMLElement, name: string, value: string | null) => {
  if (value === null) element.removeAttribute(name);
  else element.setAttribute(name, value);
};
