import { csrf } from "../shared/http.ts";
import { text } from "../shared/texts.ts";
import { Outbox, retryDelay, type Batch } from "./outbox.ts";
import type { SaveAnswer } from "./types.ts";

export type Trouble = "offline" | "signed-out" | null;

export interface SenderEvents {
  /** The queue changed and must be kept. */
  kept(): void;
  sending(batch: Batch): void;
  answered(batch: Batch, answer: SaveAnswer): void;
  refused(batch: Batch, message: string): void;
  trouble(trouble: Trouble): void;
}

const gatherMs = 150;
const timeoutMs = 20_000;

/** Sends an outbox, batch after batch, until it is empty; waits out lost connections. */
export class Sender {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isSending = false;
  private attempt = 0;

  constructor(private readonly outbox: Outbox, private readonly url: string, private readonly session: string, private readonly events: SenderEvents) {}

  /** Sends soon, together with what is typed meanwhile. */
  soon(ms = gatherMs): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.send(), ms);
  }

  /** Sends at once: the page is going, or the connection came back. */
  now(): void {
    clearTimeout(this.timer);
    void this.send();
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private async send(): Promise<void> {
    if (this.isSending) return;
    const batch = this.outbox.take();
    if (!batch) return;
    this.isSending = true;
    this.events.kept();
    this.events.sending(batch);
    const goesOn = await this.post(batch);
    this.isSending = false;
    if (goesOn && !this.outbox.isEmpty) this.soon(0);
  }

  private async post(batch: Batch): Promise<boolean> {
    let response: Response;
    try {
      response = await fetch(this.url, {
        method: "POST", credentials: "same-origin", keepalive: true, signal: AbortSignal.timeout(timeoutMs), redirect: "manual",
        headers: { "Content-Type": "application/json", Accept: "application/json", RequestVerificationToken: csrf(), "X-Session": this.session },
        body: JSON.stringify(batch),
      });
    }
    catch {
      return this.wait("offline");
    }
    if (response.status === 401 || response.type === "opaqueredirect") return this.wait("signed-out");
    if (response.status >= 500 || response.status === 408 || response.status === 429) return this.wait("offline");
    const answer = (await response.json().catch(() => null)) as (SaveAnswer & { title?: string }) | null;
    if (response.ok && !answer?.cells) return this.wait("offline");
    this.attempt = 0;
    this.outbox.settle(batch.key, response.ok ? answer!.cells : []);
    this.events.kept();
    this.events.trouble(null);
    if (response.ok) this.events.answered(batch, answer!);
    else this.events.refused(batch, answer?.title ?? text("ServerRefused"));
    return true;
  }

  private wait(trouble: "offline" | "signed-out"): false {
    this.events.trouble(trouble);
    if (trouble === "offline") this.soon(retryDelay(this.attempt++));
    return false;
  }
}
