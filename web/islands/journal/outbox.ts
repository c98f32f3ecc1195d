import { cellKey, changeKey, type CellAnswer, type Change } from "./types.ts";

export interface Batch {
  key: string;
  changes: Change[];
}

/** What is kept across a reload. */
export interface OutboxState {
  batch: Batch | null;
  waiting: Change[];
}

export const mostInBatch = 200;

/**
 * Changes on their way to the server. One batch at a time; its key and content never change until it is answered,
 * so that a retry is the same request. Later changes of a cell wait and replace one another.
 */
export class Outbox {
  private batch: Batch | null;
  private waiting: Map<string, Change>;

  constructor(private readonly newKey: () => string, state: OutboxState = { batch: null, waiting: [] }) {
    this.batch = state.batch;
    this.waiting = new Map(state.waiting.map((change) => [changeKey(change), change]));
  }

  get state(): OutboxState {
    return { batch: this.batch, waiting: [...this.waiting.values()] };
  }

  get isEmpty(): boolean {
    return this.batch === null && this.waiting.size === 0;
  }

  /** Cells that wait, for the banner. */
  get cellCount(): number {
    return new Set(this.changes().map(cellKey)).size;
  }

  changes(): Change[] {
    return [...(this.batch?.changes ?? []), ...this.waiting.values()];
  }

  holds(change: { lesson: string; learner: string; kind: Change["kind"] }): boolean {
    return this.changes().some((other) => changeKey(other) === changeKey(change));
  }

  /** Adds a change; one that waits for the same cell and kind is replaced and keeps the version it started from. */
  put(change: Change): void {
    const key = changeKey(change);
    const earlier = this.waiting.get(key);
    this.waiting.delete(key);
    this.waiting.set(key, earlier ? { ...change, base: earlier.base } : change);
  }

  /** Takes over what another page of the same journal left. What is here wins: it was typed later. */
  adopt(state: OutboxState): void {
    const mine = this.waiting;
    this.waiting = new Map();
    if (this.batch === null) this.batch = state.batch;
    else for (const change of state.batch?.changes ?? []) this.put(change);
    for (const change of [...state.waiting, ...mine.values()]) this.put(change);
  }

  /** The batch to send: the unanswered one again, or a new one of what waits; null when there is nothing. */
  take(): Batch | null {
    if (this.batch !== null || this.waiting.size === 0) return this.batch;
    const changes = [...this.waiting.values()].slice(0, mostInBatch);
    for (const change of changes) this.waiting.delete(changeKey(change));
    return (this.batch = { key: this.newKey(), changes });
  }

  /** The batch was answered. Changes that still wait start from the versions the server told. */
  settle(key: string, cells: CellAnswer[]): void {
    if (this.batch?.key !== key) return;
    this.batch = null;
    for (const cell of cells) {
      if (cell.state !== "saved") continue;
      for (const change of this.waiting.values()) {
        if (cellKey(change) !== cellKey(cell)) continue;
        change.base = (change.kind === "absence" ? cell.absence?.version : cell.mark?.version) ?? 0;
      }
    }
  }
}

/** Pause before the next try, in milliseconds: 1, 2, 4 … 60 seconds, shaken by a quarter so that classes do not march in step. */
export const retryDelay = (attempt: number, random = Math.random()) =>
  Math.round(Math.min(60_000, 1000 * 2 ** Math.min(attempt, 6)) * (0.75 + random / 2));
