import type { OutboxState } from "./outbox.ts";

export interface StoredQueue extends OutboxState {
  id: string;
  person: string;
  group: string;
  url: string;
}

const lockName = (id: string) => `journal-queue:${id}`;

/** Queues of unsent marks in the browser's database. Without one (private windows) they live as long as the page. */
export class QueueStore {
  private constructor(private readonly database: IDBDatabase | null) {}

  static async open(): Promise<QueueStore> {
    try {
      const request = indexedDB.open("my-school-journal", 1);
      request.onupgradeneeded = () => request.result.createObjectStore("queues", { keyPath: "id" });
      return new QueueStore(await answer(request));
    }
    catch {
      return new QueueStore(null);
    }
  }

  async save(queue: StoredQueue): Promise<void> {
    const isEmpty = queue.batch === null && queue.waiting.length === 0;
    await this.run((queues) => (isEmpty ? queues.delete(queue.id) : queues.put(queue)));
  }

  async remove(id: string): Promise<void> {
    await this.run((queues) => queues.delete(id));
  }

  /** Queues of this person that no open page holds. Those of anybody else are wiped: computers are shared. */
  async adopt(person: string): Promise<StoredQueue[]> {
    const all = (await this.run((queues) => queues.getAll())) as StoredQueue[] | undefined ?? [];
    const held = new Set((await navigator.locks?.query())?.held?.map((lock) => lock.name));
    const left: StoredQueue[] = [];
    for (const queue of all) {
      if (queue.person !== person) await this.remove(queue.id);
      else if (!held.has(lockName(queue.id))) left.push(queue);
    }
    return left;
  }

  /** Tells other pages that this queue has an owner, until the page goes. */
  hold(id: string): void {
    void navigator.locks?.request(lockName(id), () => new Promise(() => {}));
  }

  private async run(act: (queues: IDBObjectStore) => IDBRequest): Promise<unknown> {
    if (!this.database) return undefined;
    try {
      return await answer(act(this.database.transaction("queues", "readwrite").objectStore("queues")));
    }
    catch {
      return undefined;
    }
  }
}

const answer = <T>(request: IDBRequest<T>) => new Promise<T>((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});
