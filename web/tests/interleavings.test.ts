import assert from "node:assert/strict";
import { test } from "node:test";
import { Outbox, type Batch, type OutboxState } from "../islands/journal/outbox.ts";
import type { CellAnswer, Change } from "../islands/journal/types.ts";

/** A line of the server's history. */
interface Line { cell: string; version: number; old: string | null; new: string | null; by: number }

/** The server's rule in small: a write over the version seen, a conflict over any other, the first answer for a key that comes again. */
class Server {
  readonly history: Line[] = [];
  /** What somebody wanted and found there already. */
  readonly agreed: Line[] = [];
  private readonly cells = new Map<string, { value: string | null; version: number }>();
  private readonly answers = new Map<string, CellAnswer[]>();

  stand(cell: string) {
    const held = this.cells.get(cell);
    return held?.value == null ? { value: null, version: 0 } : held;
  }

  save(batch: Batch, by: number): CellAnswer[] {
    const known = this.answers.get(batch.key);
    if (known) return known;
    const answer = batch.changes.map((change) => this.judge(change, by));
    this.answers.set(batch.key, answer);
    return answer;
  }

  private judge(change: Change, by: number): CellAnswer {
    const cell = change.lesson, now = this.stand(cell), isSame = now.value === change.value;
    if (isSame) this.agreed.push({ cell, version: now.version, old: now.value, new: change.value, by });
    else if (change.base === now.version) {
      const version = (this.cells.get(cell)?.version ?? 0) + 1;
      this.history.push({ cell, version, old: now.value, new: change.value, by });
      this.cells.set(cell, { value: change.value, version });
    }
    const after = this.stand(cell);
    return {
      lesson: cell, learner: change.learner, state: isSame || after.value === change.value ? "saved" : "conflict",
      mark: after.value === null ? null : { value: after.value, work: 1, weight: 1, comment: null, version: after.version, by: null }, absence: null,
    };
  }
}

/** A browser: what it shows, what it knows, what waits, and what it asks its person about. */
class Device {
  outbox: Outbox;
  readonly shown = new Map<string, string | null>();
  readonly asks = new Map<string, string | null>();
  readonly seen = new Map<string, Set<number>>();
  /** What had been seen of a cell when its waiting change was typed. */
  readonly typedOver = new Map<string, ReadonlySet<number>>();
  private readonly versions = new Map<string, number>();
  private n = 0;

  constructor(readonly id: number, private readonly server: Server) {
    this.outbox = this.open();
  }

  /** The page is opened anew: the queue comes from the database, the cells from the server or, without a network, as they were. */
  reload(isOnline: boolean): void {
    this.outbox = this.open(JSON.parse(JSON.stringify(this.outbox.state)) as OutboxState);
    if (isOnline) for (const cell of cells) if (!this.outbox.holds(address(cell)) && !this.asks.has(cell)) this.learn(cell, this.server.stand(cell));
  }

  type(cell: string, value: string | null): void {
    this.asks.delete(cell);
    this.shown.set(cell, value);
    this.typedOver.set(cell, new Set(this.seen.get(cell) ?? [0]));
    this.outbox.put({ ...address(cell), value, work: 1, base: this.versions.get(cell) ?? 0 });
  }

  hear(cell: string): void {
    if (!this.outbox.holds(address(cell)) && !this.asks.has(cell)) this.learn(cell, this.server.stand(cell));
  }

  take(): Batch | null {
    return this.outbox.take();
  }

  answered(batch: Batch, answer: CellAnswer[]): void {
    this.outbox.settle(batch.key, answer);
    for (const told of answer) {
      const theirs = told.mark?.value ?? null, cell = told.lesson;
      this.know(cell, told.mark?.version ?? 0);
      if (this.outbox.holds(address(cell))) continue;
      if (told.state === "conflict") this.asks.set(cell, this.shown.get(cell) ?? null);
      else this.shown.set(cell, theirs);
    }
  }

  private learn(cell: string, { value, version }: { value: string | null; version: number }): void {
    this.know(cell, version);
    this.shown.set(cell, value);
  }

  private know(cell: string, version: number): void {
    this.versions.set(cell, version);
    (this.seen.get(cell) ?? this.seen.set(cell, new Set([0])).get(cell)!).add(version);
  }

  private open(state?: OutboxState): Outbox {
    return new Outbox(() => `d${this.id}-${++this.n}`, state);
  }
}

const cells = ["a", "b", "c"], values = ["2", "3", "4", "5", null];
const address = (cell: string) => ({ lesson: cell, learner: "l", kind: "mark" as const });

// Small and good enough to repeat a run by its number.
const random = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
};

function play(seed: number): void {
  const next = random(seed), pick = <T>(of: readonly T[]) => of[Math.floor(next() * of.length)]!;
  const server = new Server(), devices = [new Device(1, server), new Device(2, server)], typed: { by: number; cell: string; value: string | null }[] = [];
  const send = (device: Device, isHeard: boolean, isAnswered: boolean) => {
    const batch = device.take();
    if (!batch || !isHeard) return;
    for (const { lesson, base } of batch.changes) {
      const isOwn = [...server.history, ...server.agreed].some((line) => line.cell === lesson && line.by === device.id && line.version === base);
      assert.ok(isOwn || device.typedOver.get(lesson)?.has(base), `run ${seed}: written over version ${base}, which was not seen`);
    }
    const answer = server.save(JSON.parse(JSON.stringify(batch)) as Batch, device.id);
    if (isAnswered) device.answered(batch, answer);
  };
  for (let step = 0; step < 30; step++) {
    const device = pick(devices), act = next(), cell = pick(cells);
    if (act < 0.4) {
      const value = pick(values);
      typed.push({ by: device.id, cell, value });
      device.type(cell, value);
    }
    else if (act < 0.75) send(device, next() < 0.8, next() < 0.7);
    else if (act < 0.9) device.hear(cell);
    else device.reload(next() < 0.5);
  }
  for (const device of devices) for (let i = 0; i < 10 && !device.outbox.isEmpty; i++) send(device, true, true);
  check(seed, server, devices, typed);
}

function check(seed: number, server: Server, devices: Device[], typed: { by: number; cell: string; value: string | null }[]): void {
  for (const cell of cells) {
    const lines = server.history.filter((line) => line.cell === cell);
    lines.forEach((line, i) => {
      assert.equal(line.version, i + 1, `run ${seed}: a version of ${cell} is missing`);
      assert.equal(line.old, lines[i - 1]?.new ?? null, `run ${seed}: a line of ${cell} covers another`);
    });
    for (const device of devices) {
      assert.ok(device.outbox.isEmpty, `run ${seed}: something still waits`);
      const last = typed.filter((entry) => entry.by === device.id && entry.cell === cell).at(-1);
      if (!last) continue;
      // The last word of each person on a cell is written, or stood already, or is asked about beside the other's.
      const isSettled = [...lines, ...server.agreed].some((line) => line.cell === cell && line.by === device.id && line.new === last.value);
      assert.ok(isSettled || (device.asks.has(cell) && device.asks.get(cell) === last.value), `run ${seed}: ${device.id}'s ${last.value} of ${cell} is nowhere`);
    }
  }
}

test("ten thousand interleavings of two devices lose nothing", () => {
  for (let seed = 1; seed <= 10_000; seed++) play(seed);
});
