import { mostParts, owed } from "./types.ts";

/** Reads what a spreadsheet puts on the clipboard: tabs, line ends, cells in quotes with doubled quotes inside. */
export function parseTsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [], cell = "", quoted = false;
  const endCell = () => { row.push(cell); cell = ""; };
  const endRow = () => { endCell(); rows.push(row); row = []; };
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (quoted) {
      if (c !== '"') cell += c;
      else if (text[i + 1] === '"') { cell += '"'; i++; }
      else quoted = false;
    }
    else if (c === '"' && cell === "") quoted = true;
    else if (c === "\t") endCell();
    else if (c === "\n") endRow();
    else if (c !== "\r") cell += c;
  }
  if (cell !== "" || row.length > 0) endRow();
  return rows;
}

export interface Entry {
  mark?: string;
  absence?: string;
}

/** Reads one cell as people write it: «5», «5 4», «4/5», «5 н», «н/5», «зач», «незачет». Null when it cannot be read; empty for an empty cell. */
export function parseEntry(text: string, marks: readonly string[], codes: readonly string[]): Entry | null {
  const whole = plain(text);
  if (whole === "") return {};
  const entry: Entry = {};
  const known = readOne(whole, marks, codes);
  if (known) return known;
  const parts = whole.split(/[\s,;]+/).filter(Boolean).flatMap((part) => (isSplit(part, marks) ? [part] : part.split("/"))).filter(Boolean);
  const found: string[] = [];
  for (const part of parts) {
    const one = isSplit(part, marks) ? { mark: part } : readOne(part, marks, codes);
    if (!one || (one.absence && entry.absence)) return null;
    if (one.mark) found.push(one.mark);
    else entry.absence = one.absence!;
  }
  if (found.length > mostParts || (found.length > 1 && found.includes(owed))) return null;
  if (found.length > 0) entry.mark = found.join(" ");
  return entry;
}

const isSplit = (text: string, marks: readonly string[]) => /^[1-5]\/[1-5]$/.test(text) && text.split("/").every((one) => marks.includes(one));

function readOne(text: string, marks: readonly string[], codes: readonly string[]): Entry | null {
  const mark = marks.find((mark) => plain(mark) === text) ?? abbreviated(text, marks);
  if (mark) return { mark };
  const absence = codes.find((code) => plain(code) === text);
  return absence ? { absence } : null;
}

const abbreviated = (text: string, marks: readonly string[]) => {
  const word = { "зач": "зачет", "нез": "незачет", "незач": "незачет", "на": "н/а" }[text.replace(/\.$/, "")];
  return word && marks.find((mark) => plain(mark) === word);
};

/** Letters that people write alike made alike. */
export const fold = (text: string) => text.trim().toLowerCase().replaceAll("ё", "е");

const plain = (text: string) => fold(text).replace(/[,.]0+$/, "");
