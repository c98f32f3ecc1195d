import type { Cell, JournalTable } from "./table.ts";
import type { CellValue } from "./types.ts";
import { fold, parseEntry, parseTsv } from "./tsv.ts";

/** What a pasted block comes to: cells to fill, and words nobody could place. */
export interface Pasted {
  entries: { cell: Cell; value: Partial<CellValue> }[];
  skipped: string[];
  /** Whether rows were found by the names in the first column. */
  byName: boolean;
}

/** Lays a block from a spreadsheet over the grid: by names when its first column holds them, else in the order of the rows. */
export function layPaste(text: string, start: Cell, table: JournalTable, marks: readonly string[], codes: readonly string[]): Pasted {
  const lines = parseTsv(text);
  const rows = rowsByName(lines, table.learners.map(({ name }) => name));
  const pasted: Pasted = { entries: [], skipped: [], byName: rows !== null };
  lines.forEach((line, down) => {
    const row = rows ? rows[down]! : start.row + down, values = rows ? line.slice(1) : line;
    if (row === null || row >= table.rowCount) return void pasted.skipped.push(...(rows ? line.slice(0, 1) : line));
    values.forEach((words, right) => {
      const column = start.column + right, entry = parseEntry(words, marks, codes);
      const cell = column < table.columnCount ? table.at(row, column) : null;
      if (!entry || !cell || cell.lesson.locked !== null) pasted.skipped.push(words);
      else if (entry.mark || entry.absence) pasted.entries.push({ cell, value: entry });
    });
  });
  pasted.skipped = pasted.skipped.filter((words) => words.trim() !== "");
  return pasted;
}

/**
 * The row of each line by the name that begins it; null when the first column holds no names. A name that fits nobody, or more
 * than one, has no row: a mark is never guessed.
 */
export function rowsByName(lines: readonly string[][], names: readonly string[]): (number | null)[] | null {
  if (lines.every((line) => line.length < 2)) return null;
  const learners = names.map(wordsOf);
  const rows = lines.map((line) => {
    const typed = wordsOf(line[0] ?? "");
    const fits = typed.length < 1 ? [] : learners.flatMap((name, row) => (isNamed(typed, name) ? [row] : []));
    return fits.length === 1 ? fits[0]! : null;
  });
  const known = rows.filter((row) => row !== null);
  return known.length * 2 > lines.filter((line) => line[0]?.trim()).length && new Set(known).size === known.length ? rows : null;
}

// «Иванов Иван», «Иванов И.», «Иванов Иван Петрович», «Иванов И.П.», «Иванов».
const isNamed = (typed: string[], [last, first = ""]: string[]) =>
  typed[0] === last && (typed[1] === undefined || typed[1] === first || (typed[1].length === 1 && first.startsWith(typed[1])));

const wordsOf = (name: string) => fold(name).split(/[\s.,]+/).filter(Boolean);
