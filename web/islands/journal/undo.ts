import type { CellValue } from "./types.ts";

export interface Step {
  lesson: string;
  learner: string;
  before: CellValue;
  after: CellValue;
}

/** What was done and may be taken back; one entry is one act, be it a key or a pasted column. */
export class UndoStack {
  private done: Step[][] = [];
  private undone: Step[][] = [];

  constructor(private readonly limit = 200) {}

  push(steps: Step[]): void {
    if (steps.length === 0) return;
    this.done.push(steps);
    if (this.done.length > this.limit) this.done.shift();
    this.undone = [];
  }

  undo(): Step[] | null {
    const steps = this.done.pop() ?? null;
    if (steps) this.undone.push(steps);
    return steps;
  }

  redo(): Step[] | null {
    const steps = this.undone.pop() ?? null;
    if (steps) this.done.push(steps);
    return steps;
  }
}
