/** What travels between the grid and the server. */
export type Kind = "mark" | "absence" | "comment";

export interface Change {
  lesson: string;
  learner: string;
  kind: Kind;
  value: string | null;
  work: number | null;
  /** Works of the second and third mark. */
  moreWorks?: readonly number[];
  /** Until when a work behind a point is to be done: «2026-12-15». */
  due?: string | null;
  base: number;
}

export interface Mark {
  value: string | null;
  work: number | null;
  weight: number | null;
  more?: { work: number; weight: number }[] | null;
  due?: string | null;
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
  /** Up to three marks by spaces, «5 3/4»; a point alone. */
  mark: string | null;
  /** Work of the first mark. */
  work: number | null;
  /** Works of the others. */
  more: readonly number[];
  /** Until when the work behind a point is to be done; null for the usual term. */
  due: string | null;
  comment: string | null;
  absence: string | null;
}

/** A work that is owed. */
export const owed = "•";

/** The marks of a cell one by one. */
export const partsOf = (mark: string | null) => (mark === null ? [] : mark.split(" "));

/** The most marks a cell holds. */
export const mostParts = 3;

export const changeKey = (change: { lesson: string; learner: string; kind: Kind }) => `${change.lesson}|${change.learner}|${change.kind}`;
export const cellKey = (cell: { lesson: string; learner: string }) => `${cell.lesson}|${cell.learner}`;
