import type { Act } from "./keys.ts";
import type { Cell, JournalTable } from "./table.ts";

/** The focused cell with its row and column; one cell of the grid is in the order of Tab. */
export class Cursor {
  private row = 0;
  private column: number;
  private lit: HTMLElement[] = [];
  private hovered = -1;

  constructor(private readonly table: JournalTable) {
    this.column = table.today >= 0 ? table.today : Math.max(0, table.columnCount - 1);
    if (table.rowCount > 0 && table.columnCount > 0) this.cell.td.tabIndex = 0;
  }

  get cell(): Cell {
    return this.table.at(this.row, this.column);
  }

  /** Brings today's column into view before anything is focused. */
  reveal(): void {
    const scroller = this.table.table.parentElement!, header = this.table.lessons[this.column]?.header;
    if (!header) return;
    const names = this.table.learners[0]?.row.cells[0]?.offsetWidth ?? 0, from = header.offsetLeft - (scroller.clientWidth + names) / 2;
    const first = this.table.lessons.find((lesson) => lesson.header.offsetLeft - names >= from)?.header;
    scroller.scrollLeft = (first ?? header).offsetLeft - names;
  }

  focus(cell: Cell): void {
    this.settle(cell);
    cell.td.focus({ preventScroll: true });
    cell.td.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  /** Marks the place of a cell that has got the focus. */
  settle(cell: Cell): void {
    this.cell.td.tabIndex = -1;
    this.row = cell.row;
    this.column = cell.column;
    cell.td.tabIndex = 0;
    this.table.describe(cell);
    this.light(cell);
  }

  move(act: Extract<Act, { do: "move" | "edge" }>): void {
    const [row, column] = act.do === "move"
      ? [this.row + act.row, this.column + act.column]
      : [edge(act.row, this.row, this.table.rowCount), edge(act.column, this.column, this.table.columnCount)];
    this.focus(this.table.at(within(row, this.table.rowCount), within(column, this.table.columnCount)));
  }

  down(): void {
    if (this.row + 1 < this.table.rowCount) this.move({ do: "move", row: 1, column: 0 });
  }

  /** Moves to the next or previous cell in reading order; false at the end, where Tab leaves the grid. */
  tab(back: boolean): boolean {
    const next = this.row * this.table.columnCount + this.column + (back ? -1 : 1);
    if (next < 0 || next >= this.table.rowCount * this.table.columnCount) return false;
    this.focus(this.table.at(Math.floor(next / this.table.columnCount), next % this.table.columnCount));
    return true;
  }

  hover(column: number): void {
    if (column === this.hovered) return;
    if (this.hovered >= 0) for (const element of this.table.column(this.hovered)) element.classList.remove("is-hover");
    if (column >= 0) for (const element of this.table.column(column)) element.classList.add("is-hover");
    this.hovered = column;
  }

  unlight(): void {
    for (const element of this.lit) element.classList.remove("is-row", "is-column");
    this.lit = [];
  }

  private light(cell: Cell): void {
    this.unlight();
    const column = this.table.column(cell.column);
    for (const element of column) element.classList.add("is-column");
    cell.learner.row.classList.add("is-row");
    this.lit = [...column, cell.learner.row];
  }
}

const edge = (side: -1 | 1 | undefined, now: number, count: number) => (side === undefined ? now : side < 0 ? 0 : count - 1);
const within = (value: number, count: number) => Math.max(0, Math.min(count - 1, value));
