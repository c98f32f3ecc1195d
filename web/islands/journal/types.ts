/** What travels between the grid and the server. */
export type Kind = "mark" | "absence" | "comment";

export interface Change {
  lesson: string;
  learner: string;
  kind: Kind;
  value: string | null;
  work: number | null;
  base: number;
}

export interface Mark {
  value: string | null;
  work: number | null;
  weight: number | null;
  comment: string | null;
  version: number;
  by: string | null;
}

export interface Absence {
  code: string | null;
  version: number;
  by: string | null;
}

export interface CellAnswer {
  lesson: string;
  learner: string;
  state?: "saved" | "conflict" | "refused";
  mark: Mark | null;
  absence: Absence | null;
  message?: string | null;
}

export interface SaveAnswer {
  cells: CellAnswer[];
}

export interface LiveEvent extends SaveAnswer {
  by?: string;
  session?: string;
}

export interface HistoryItem {
  at: string;
  by: string;
  kind: Kind;
  old: string | null;
  new: string | null;
  why: string | null;
}

export interface Named {
  code: string;
  name: string;
  /** Without a good reason: shown in red. */
  bad?: boolean;
}

export interface WorkType {
  number: number;
  name: string;
  weight: number;
}

/** What a cell shows now. */
export interface CellValue {
  mark: string | null;
  work: number | null;
  comment: string | null;
  absence: string | null;
}

export const changeKey = (change: { lesson: string; learner: string; kind: Kind }) => `${change.lesson}|${change.learner}|${change.kind}`;
export const cellKey = (cell: { lesson: string; learner: string }) => `${cell.lesson}|${cell.learner}`;
