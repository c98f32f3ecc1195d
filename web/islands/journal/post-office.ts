import { Outbox } from "./outbox.ts";
import { Sender, type SenderEvents, type Trouble } from "./sender.ts";
import { text } from "../shared/texts.ts";
import { QueueStore, type StoredQueue } from "./store.ts";
import type { Batch } from "./outbox.ts";
import type { SaveAnswer } from "./types.ts";

export interface PostEvents {
  sending(batch: Batch): void;
  answered(batch: Batch, answer: SaveAnswer): void;
  refused(batch: Batch, message: string): void;
  trouble(trouble: Trouble, waiting: number): void;
  /** Marks of this journal came back from an earlier page. */
  restored(): void;
  /** Marks of another journal, left from an earlier page, were not all accepted. */
  elsewhere(message: string): void;
}

/** Keeps the outbox of one journal across reloads and sends it; sends also what was left in this person's other journals. */
export class PostOffice {
  readonly session = crypto.randomUUID();
  readonly outbox = new Outbox(() => crypto.randomUUID());
  private readonly id = crypto.randomUUID();
  private readonly sender: Sender;
  private store: QueueStore | null = null;
  private trouble: Trouble = null;

  constructor(private readonly person: string, private readonly group: string, private readonly url: string, private readonly events: PostEvents) {
    this.sender = new Sender(this.outbox, url, this.session, {
      kept: () => this.keep(),
      sending: (batch) => events.sending(batch),
      answered: (batch, answer) => events.answered(batch, answer),
      refused: (batch, message) => events.refused(batch, message),
      trouble: (trouble) => this.tell(trouble),
    });
  }

  async open(): Promise<void> {
    // A last try to send goes on; nothing is laid aside any more for somebody who leaves.
    addEventListener("signing-out", () => { this.store = null; });
    this.store = await QueueStore.open(this.person);
    this.store.hold(this.id);
    for (const queue of await this.store.adopt(this.person)) {
      if (queue.group === this.group) this.outbox.adopt(queue);
      else this.forward(queue);
      if (queue.group === this.group) await this.store.remove(queue.id);
    }
    if (this.outbox.isEmpty) return;
    this.keep();
    this.events.restored();
    this.sender.now();
  }

  /** Something was put into the outbox. */
  changed(): void {
    this.keep();
    if (this.trouble === null) this.sender.soon();
    this.tell(this.trouble);
  }

  now(): void {
    this.sender.now();
  }

  close(): void {
    this.sender.now();
    this.sender.stop();
  }

  private keep(): void {
    void this.store?.save({ id: this.id, person: this.person, group: this.group, url: this.url, ...this.outbox.state });
  }

  private tell(trouble: Trouble): void {
    this.trouble = trouble;
    this.events.trouble(trouble, this.outbox.cellCount);
  }

  private forward(queue: StoredQueue): void {
    const outbox = new Outbox(() => crypto.randomUUID(), queue);
    const keep = () => void this.store?.save({ ...queue, ...outbox.state });
    const events: SenderEvents = {
      kept: keep, sending: () => {}, trouble: () => {},
      answered: (_, answer) => {
        const lost = answer.cells.filter((cell) => cell.state !== "saved");
        if (lost.length > 0) this.events.elsewhere(lost.find((cell) => cell.message)?.message ?? text("OtherTeacherDiffers"));
      },
      refused: (_, message) => this.events.elsewhere(message),
    };
    this.store?.hold(queue.id);
    new Sender(outbox, queue.url, this.session, events).now();
  }
}
