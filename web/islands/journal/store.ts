import { answered, openStore } from "../shared/idb.ts";
import { keyOf, seal, unseal, type Sealed } from "../shared/vault.ts";
import type { OutboxState } from "./outbox.ts";

export interface StoredQueue extends OutboxState {
  id: string;
  person: string;
  group: string;
  url: string;
}

/** How a queue lies in the database: whose it is, and the rest sealed by that person's key. */
interface Kept extends Sealed {
  id: string;
  person: string;
}

export const queueDatabase = "my-school-journal", queueStore = "queues";

const lockName = (id: string) => `journal-queue:${id}`;

/** Queues of unsent marks in the browser's database, sealed. Without one (private windows) they live as long as the page. */
export class QueueStore {
  // One after another: a queue that is sealed later must not be covered by one that was sealed earlier.
  private last: Promise<unknown> = Promise.resolve();

  private constructor(private readonly database: IDBDatabase | null, private readonly key: CryptoKey | null) {}

  static async open(person: string): Promise<QueueStore> {
    try {
      return new QueueStore(await openStore(queueDatabase, queueStore, "id"), await keyOf(person));
    }
    catch {
      return new QueueStore(null, null);
    }
  }

  save(queue: StoredQueue): Promise<void> {
    const isEmpty = queue.batch === null && queue.waiting.length === 0, { id, person } = queue, text = JSON.stringify(queue);
    return this.inTurn(async () => {
      const kept: Kept | null = isEmpty || !this.key ? null : { id, person, ...(await seal(this.key, text)) };
      await this.run((queues) => (kept ? queues.put(kept) : queues.delete(id)));
    });
  }

  remove(id: string): Promise<void> {
    return this.inTurn(async () => void (await this.run((queues) => queues.delete(id))));
  }

  /** Queues of this person that no open page holds. Those of anybody else are wiped: computers are shared. */
  async adopt(person: string): Promise<StoredQueue[]> {
    const all = (await this.run((queues) => queues.getAll())) as Kept[] | undefined ?? [];
    const held = new Set((await navigator.locks?.query())?.held?.map((lock) => lock.name));
    const left: StoredQueue[] = [];
    for (const kept of all) {
      if (kept.person === person && held.has(lockName(kept.id))) continue;
      const text = kept.person === person && this.key && kept.data ? await unseal(this.key, kept) : null;
      if (text === null) await this.remove(kept.id);
      else left.push(JSON.parse(text) as StoredQueue);
    }
    return left;
  }

  /** Tells other pages that this queue has an owner, until the page goes. */
  hold(id: string): void {
    void navigator.locks?.request(lockName(id), () => new Promise(() => {}));
  }

  private inTurn(act: () => Promise<void>): Promise<void> {
    const done = this.last.then(act, act);
    this.last = done;
    return done;
  }

  private async run(act: (queues: IDBObjectStore) => IDBRequest): Promise<unknown> {
    if (!this.database) return undefined;
    try {
      return await answered(act(this.database.transaction(queueStore, "readwrite").objectStore(queueStore)));
    }
    catch {
      return undefined;
    }
  }
}
